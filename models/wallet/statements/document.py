"""What a statement says, as plain text ready to be printed: the summary of its first page, and pages of lines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import segno
from babel import Locale
from babel.numbers import format_decimal

from models.people.team import Team
from models.support import clock
from models.support.money import Money, exponent
from models.support.words import Words, say, spoken
from models.wallet.reports.balances import held_at
from models.wallet.statements.lines import bounds
from models.wallet.statements.pages import page_count
from models.wallet.statements.statement import Statement
from models.wallet.statements.sums import FreightSum, Sums
from models.wallet.transfer import CHARGES, KINDS
from models.wallet.wallet import Wallet

MOST_ROWS, MINUS = 15, "\N{MINUS SIGN}"
FIRST_PAGE, ROWS_ABOVE = 26, 3  # So many rows have room on the first page; a table's heading takes as much as three.
IN_ORDER = ("recharge", "refund", "claim", "reversal", "adjustment", "exchange", "payout")
GROSS = say("Freight, extras included")
PARTS = {
    "base": say("of it for the weight"), "handling": say("Handling"), "fuel": say("Fuel"), "remote": say("Remote area"), "other": say("Other charges"), "hand": say("Priced by hand"),
}  # fmt: skip


def money_of(currency: str) -> Any:
    """Amounts as a bank writes them: thousands separated, a minus before what is owed."""
    places = exponent(currency)
    pattern = "#,##0." + "0" * places if places else "#,##0"

    def worded(amount_minor: int) -> str:
        return str(format_decimal(Money(amount_minor, currency).amount, format=pattern, locale="en")).replace(
            "-", MINUS
        )

    return worded


def kind_word(kind: str) -> str:
    return str(KINDS[kind])


def content_of(statement: Statement, sums: Sums, base_url: str) -> dict[str, Any]:
    """The values of the first page, in the language that is spoken."""
    wallet: Wallet = statement.wallet
    team, operator, money = Team.get_by_id(statement.team_id), Team.operator(), money_of(wallet.currency)
    address = f"{base_url}/statements/verify"
    summary, tables = summary_of(statement, sums, money), tables_of(sums, money)
    front = front_of(summary, tables)
    found = f"{address}?number={statement.number}&code={statement.code}"
    return {
        "number": statement.number, "account": wallet.label, "holder": team.name, "issuer": operator.name if operator else team.name,
        "currency": wallet.currency, "zone": statement.zone, "first_day": str(statement.first_day),
        "last_day": str(statement.last_day), "issued": f"{clock.local(clock.now(), statement.zone):%Y-%m-%d}",
        "lines": sums.lines, "summary": summary, "tables": tables, "front": front,
        "pages": page_count(sums.lines, front), "code": statement.code, "digest": sums.digest, "address": address,
        "qr": segno.make(found, error="m").png_data_uri(scale=6, border=1),
    }  # fmt: skip


def summary_of(statement: Statement, sums: Sums, money: Any) -> list[tuple[str, str, str]]:
    """Opening, what moved by kind, freight with its parts, closing, and what was on hold at the end: (name, amount, weight)."""
    wallet: Wallet = statement.wallet
    rows = [(str(say("Opening balance")), money(sums.opening), "first")]
    rows += [(kind_word(kind), money(sums.by_kind[kind]), "part") for kind in IN_ORDER if sums.by_kind.get(kind)]
    rows += [(str(name), money(-amount), strength) for name, amount, strength in freight_of(sums)]
    rows += [(kind_word("bill"), money(sums.by_kind["bill"]), "part")] if sums.by_kind.get("bill") else []
    held = held_of(statement)
    rows.append((str(say("Closing balance")), money(sums.closing), "strong"))
    rows.append((str(say("On hold at the end, not deducted yet")), money(held), "part"))
    rows.append((str(say("Credit limit today")), money(wallet.credit_limit_minor), "part"))
    rows.append((str(say("Available at the end")), money(sums.closing - held + wallet.credit_limit_minor), "part"))
    return rows


def held_of(statement: Statement) -> int:
    """What was promised to parcels when the period ended (minor units)."""
    _start, end = bounds(statement.first_day, statement.last_day, statement.zone)
    return held_at(end).get(statement.wallet_id, 0)


def freight_of(sums: Sums) -> list[tuple[Words, int, str]]:
    """All freight that was charged, extras included, and what it is made of. More than nothing is what the
    wallet paid."""
    gross = -sum(sums.by_kind.get(kind, 0) for kind in CHARGES)
    parts = {name: sums.parts[name] for name in PARTS if name != "hand"}
    parts["hand"] = gross - sum(parts.values())
    pieces = [(PARTS[name], amount, "piece") for name, amount in parts.items() if amount and sums.parts]
    return [(GROSS, gross, "part"), *pieces] if gross else []


def tables_of(sums: Sums, money: Any) -> list[dict[str, Any]]:
    """What freight cost by channel and by country, the dearest first; those beyond the page's room together, then all."""
    named = Locale.parse(spoken() or "en").territories
    tables = (
        (say("By channel"), say("Channel"), sums.by_channel, lambda code: code),
        (say("By country"), say("Country"), sums.by_country, lambda code: f"{code} {named.get(code, '')}".strip()),
    )
    return [
        {"title": str(title), "first": str(first), "rows": _rows(found, worded, money)} for title, first, found, worded in tables if found
    ]  # fmt: skip


def _rows(found: dict[str, FreightSum], worded: Callable[[str], str], money: Any) -> list[tuple[str, ...]]:
    dearest = sorted(found.items(), key=lambda pair: -pair[1].net)
    total = sum(one.net for _name, one in dearest)
    rows = [_row(worded(name), [one], total, money) for name, one in dearest[:MOST_ROWS]]
    if rest := [one for _name, one in dearest[MOST_ROWS:]]:
        rows.append(_row(str(say("Others")), rest, total, money))
    return [*rows, _row(str(say("All")), [one for _name, one in dearest], total, money)]


def front_of(summary: list[Any], tables: list[dict[str, Any]]) -> int:
    """How many pages come before the lines: tables that the first has no room for have the second."""
    return 1 if len(summary) + sum(ROWS_ABOVE + len(one["rows"]) for one in tables) <= FIRST_PAGE else 2


def _row(name: str, ones: list[FreightSum], total: int, money: Any) -> tuple[str, ...]:
    net = sum(one.net for one in ones)
    share = (Decimal(net) * 100 / total).quantize(Decimal("0.1"), ROUND_HALF_UP) if total else Decimal(0)
    kilograms = Decimal(sum(one.grams for one in ones)) / 1000
    sums = (sum(getattr(one, name) for one in ones) for name in ("base", "surcharges", "refunded"))
    parcels = len(set().union(*(one.parcels for one in ones)))
    return name, str(parcels), f"{kilograms:,.3f}", *map(money, sums), money(net), f"{share} %"
