"""The list of bank lines, and what they come to day by day beside the recharges that were approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import peewee

from models.lists.days import PERIODS, day_of
from models.lists.filters import Cases, Choices, Days, Offer, Search
from models.lists.list_of import Bulk, Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.support import clock
from models.support.bulk import raw_rows
from models.support.money import Money
from models.support.paging import COUNT_LIMIT
from models.support.words import say
from models.wallet.bank.file import BankFile
from models.wallet.bank.line import RULES, STATES, BankLine
from models.wallet.reaching import ALL, DECIDE
from models.wallet.recharge import Recharge
from models.wallet.wallet import CURRENCIES

MOST_DAYS = 62


@dataclass(frozen=True)
class Booked(Days):
    """Days as the bank writes them; no clock is asked."""

    def bounds(self, value: tuple[str, str, str], viewer: Viewer) -> tuple[Any, Any]:
        preset, first, last = value
        if preset:
            return clock.local(clock.now(), viewer.zone).date() - timedelta(days=PERIODS[preset] - 1), None
        until = day_of(last)
        return day_of(first), until + timedelta(days=1) if until else None


def accounts(viewer: Viewer) -> list[Offer]:
    query = BankFile.select(BankFile.account).where(BankFile.team == viewer.reach.team_id).distinct()
    return [Offer(account, account, account) for (account,) in raw_rows(query.order_by(BankFile.account).limit(100))]


@dataclass(frozen=True)
class OfAccount(Choices):
    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        files = BankFile.select(BankFile.id).where(self.column.in_([one.value for one in value]))
        return query.where(BankLine.file.in_(files))


def _found(viewer: Viewer, text: str) -> list[int]:
    """By number, by the bank's reference, or by the recharge."""
    mine, plain = BankLine.team == viewer.reach.team_id, text.upper()
    same = BankLine.reference == text
    for mark, column in (("B-", BankLine.id), ("R-", BankLine.recharge)):
        number = plain.removeprefix(mark)
        if plain.startswith(mark) and number.isascii() and number.isdecimal() and len(number) < 12:
            same = column == int(number)
    return [row.id for row in BankLine.select(BankLine.id).where(mine, same).limit(COUNT_LIMIT)]


def _confirm(line: BankLine, *, by: Any) -> None:
    line.confirm(by=by)


def _joined(query: Any) -> Any:
    query = query.select_extend(BankFile, Recharge).join(BankFile, on=(BankLine.file == BankFile.id))
    return query.switch(BankLine).join(Recharge, "LEFT OUTER JOIN", on=(BankLine.recharge == Recharge.id))


DIFFERS = {
    "amount": (say("Another amount than asked for"), lambda viewer: (BankLine.rule == "hand", BankLine.reason != "")),
}
BANK_LINES = declare(ListOf(
    name="bank_lines",
    title=say("Bank lines"),
    model=BankLine,
    permission=ALL,
    joined=_joined,
    columns=(
        Column("number", say("Bank line"), lambda one, viewer: one.label, is_fixed=True),
        Column("day", say("Day"), lambda one, viewer: one.booked_on, sort="-day"),
        Column("amount", say("Amount"), lambda one, viewer: one.amount, is_end=True, kind="money"),
        Column("state", say("State"), lambda one, viewer: STATES[one.state]),
        Column("recharge", say("Recharge"), lambda one, viewer: one.recharge.label if one.recharge_id else ""),
        Column("rule", say("Found by"), lambda one, viewer: RULES.get(one.rule, "")),
        Column("reference", say("Reference"), lambda one, viewer: one.reference),
        Column("account", say("Bank account"), lambda one, viewer: one.file.account),
        Column("reason", say("Reason"), lambda one, viewer: one.reason),
        Column("decided", say("Decided"), lambda one, viewer: one.decided_at, is_shown=False, kind="moment"),
    ),
    sorts=both("day", BankLine.booked_on, BankLine.id),
    sort="-day",
    filters=(
        Choices("state", say("State"), BankLine.state, offers=STATES, icon="circle-check"),
        Booked("day", say("Day"), BankLine.booked_on, icon="calendar"),
        Choices("currency", say("Currency"), BankLine.currency, offers={code: code for code in CURRENCIES}, icon="banknote"),
        OfAccount("account", say("Bank account"), BankFile.account, offers=accounts, icon="building"),
        Cases("look", say("Look at"), cases=DIFFERS, icon="eye"),
        Search("q", say("Find"), BankLine.id, found=_found, icon="search", help=say("Number, bank reference or recharge")),
    ),
    views=(View("all", say("All")), View("open", say("Unmatched"), "state=unmatched"), View("proposed", say("Suggested"), "state=proposed"),
           View("aside", say("Set aside"), "state=aside")),
    bulk=(Bulk("confirm", say("Confirm what is suggested"), DECIDE, _confirm, icon="check"),),
))  # fmt: skip


@dataclass(frozen=True)
class DaySum:
    """What came in on a day in a currency, and what of it is which recharge's (minor units)."""

    day: date
    currency: str
    lines: int
    came: int
    matched: int
    proposed: int
    aside: int

    @property
    def open(self) -> Money:
        return Money(self.came - self.matched - self.proposed - self.aside, self.currency)


def days_of(team_id: int, first: date, last: date) -> Sequence[DaySum]:
    """The days of a span on which money came in, the newest first."""
    amount, state = BankLine.amount_minor, BankLine.state
    sums = [peewee.fn.SUM(peewee.Case(None, [(state == name, amount)], 0)) for name in ("matched", "proposed", "aside")]
    query: Any = (
        BankLine.select(BankLine.booked_on, BankLine.currency, peewee.fn.COUNT(BankLine.id), peewee.fn.SUM(amount), *sums)
        .where(BankLine.team == team_id, BankLine.booked_on.between(first, last), amount > 0)
        .group_by(BankLine.booked_on, BankLine.currency).order_by(BankLine.booked_on.desc(), BankLine.currency)
    )  # fmt: skip
    return [DaySum(day, currency, *map(int, sums)) for day, currency, *sums in query.tuples()]


def without_line() -> Any:
    """The condition of approved recharges by bank that no bank line belongs to."""
    lines = BankLine.select(peewee.SQL("1")).where(BankLine.recharge == Recharge.id)
    return (Recharge.state == "approved") & (Recharge.method == "bank") & ~peewee.fn.EXISTS(lines)


@dataclass(frozen=True)
class Open:
    """How much there is to look at."""

    unmatched: int
    proposed: int
    unbanked: int

    @classmethod
    def of(cls, team_id: int) -> Open:
        def lines(state: str) -> int:
            return BankLine.select().where(BankLine.team == team_id, BankLine.state == state).count()

        return cls(lines("unmatched"), lines("proposed"), Recharge.select().where(without_line()).count())
