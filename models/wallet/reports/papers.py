"""The reports as files, by the same writers as every list: what is on the page, in its order. That one left stands in the event log."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.money import Money
from models.support.sheets import Sheet, SheetColumn, write_csv
from models.support.words import Words, say
from models.support.workbooks import write_xlsx
from models.wallet.reports.ageing import AGES
from models.wallet.reports.income import GROUPS
from models.wallet.transfer import KINDS

FORMATS = ("csv", "xlsx")
REPORTS = {
    "balances": say("Balances of all wallets"), "movements": say("Movements of all wallets"), "held": say("Ageing of what is on hold"),
    "income": say("Income of channels"),
}  # fmt: skip

tell("report_exported.report", REPORTS)
declare(
    "report_exported",
    say("%(actor)s exported the report %(report)s as %(format)s (%(rows)s rows)"),
    "report",
    "format",
    "rows",
)


def write(
    name: str, file_format: str, rows: Sequence[Any], team: Team, *, by: Any, kinds: Sequence[str] = (), group: str = ""
) -> bytes:
    """The file of a report: its rows, then the totals among them."""
    columns = {
        "balances": _balances,
        "movements": lambda: _movements(kinds),
        "held": _held,
        "income": lambda: _income(group),
    }[name]()
    sheet = Sheet(str(REPORTS[name]), columns, team.timezone, author=by.name, made_at=clock.now())
    with write_txn():
        track("report_exported", None, by=by, team=team, report=name, format=file_format, rows=len(rows))
    if file_format == "csv":
        return b"".join(write_csv(sheet, rows))
    content = io.BytesIO()
    write_xlsx(content, sheet, rows)
    return content.getvalue()


def _of_wallet() -> list[SheetColumn]:
    """Whose it is; a total has no wallet."""
    return [
        _column(say("Team"), lambda row: row.wallet.team.name if row.wallet else str(say("Total"))),
        _column(say("Wallet"), lambda row: row.wallet.label if row.wallet else row.currency),
    ]


def _balances() -> list[SheetColumn]:
    names = (("posted", say("Posted balance")), ("held", say("On hold")), ("available", say("Available")), ("credit", say("Credit limit")),
             ("used", say("Credit used")))  # fmt: skip
    return [*_of_wallet(), *(_money(words, _named(name)) for name, words in names)]


def _movements(kinds: Sequence[str]) -> list[SheetColumn]:
    sums = [_money(KINDS[kind], _named(kind)) for kind in kinds]
    return [*_of_wallet(), _money(say("Before"), _named("opening")), *sums, _money(say("After"), _named("closing"))]


def _held() -> list[SheetColumn]:
    ages = [column for name, words in AGES.items() for column in _age(name, words)]
    total = _money(say("On hold"), lambda row: Money(row.amount_minor, row.currency))
    return [*_of_wallet(), *ages, total, _column(say("Parcels"), lambda row: row.count, "number")]


def _age(name: str, words: Words) -> tuple[SheetColumn, SheetColumn]:
    return (
        _money(words, lambda row: Money(row.amounts[name], row.currency)),
        _column(say("%(age)s: parcels", age=words), lambda row: row.parcels[name], "number"),
    )


def _income(group: str) -> list[SheetColumn]:
    names = (("charged", say("Charged")), ("extras", say("Extras")), ("given", say("Given back")), ("reversed", say("Reversed")),
             ("net", say("Income")), ("billed", say("Billed by carriers")))  # fmt: skip
    return [
        _column(
            GROUPS[group],
            lambda row: f"{row.key:%Y-%m}" if group == "month" and row.key else row.key or str(say("Total")),
        ),
        _column(say("Parcels"), lambda row: row.parcels, "number"),
        _column(say("Weight in kg"), lambda row: row.kg, "number"),
        *(_money(words, _named(name)) for name, words in names),
        _money(say("Margin"), lambda row: None if row.margin is None else Money(row.margin, row.currency)),
    ]


def _named(name: str) -> Callable[[Any], Money]:
    return lambda row: row.money(name)


def _money(words: Words, value: Callable[[Any], Any]) -> SheetColumn:
    return SheetColumn(str(words), value, "money")


def _column(words: Words, value: Callable[[Any], Any], kind: str = "text") -> SheetColumn:
    return SheetColumn(str(words), value, kind)
