"""What all wallets hold, now or at the end of a past day: posted as the ledger says, on hold by when each hold began and ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import peewee

from models.lists.days import midnight
from models.people.team import Team
from models.support.money import Money
from models.wallet.hold import DAYS, Hold
from models.wallet.reports.movements import balances_at, wallets_of
from models.wallet.reports.sums import zone_of_days
from models.wallet.wallet import Wallet


@dataclass
class Holding:
    """One wallet's, or all of a currency. `credit` is what may be used of it today, whatever the day: the past is not kept."""

    currency: str
    wallet: Wallet | None = None
    wallets: int = 1
    posted_minor: int = 0
    held_minor: int = 0
    credit_minor: int = 0
    used_minor: int = 0

    @property
    def available_minor(self) -> int:
        return self.posted_minor - self.held_minor + self.credit_minor

    def money(self, name: str) -> Money:
        return Money(getattr(self, f"{name}_minor"), self.currency)


@dataclass(frozen=True)
class Balances:
    day: date | None
    rows: list[Holding]
    totals: list[Holding]


def balances(day: date | None, *, team: Team | None = None, currency: str = "") -> Balances:
    """At the end of a day, or now."""
    wallets = wallets_of(team, currency)
    if day is None:
        told = {one.id: (one.balance_minor, one.held_minor) for one in wallets}
    else:
        moment = midnight(day + timedelta(days=1), zone_of_days())
        posted, held = dict(balances_at(moment)), held_at(moment)
        wallets = [one for one in wallets if one.created_at < moment]
        told = {one.id: (posted.get(one.id, 0), held.get(one.id, 0)) for one in wallets}
    rows = [
        Holding(one.currency, one, 1, *told[one.id], one.credit_limit_minor, max(0, told[one.id][1] - told[one.id][0]))
        for one in wallets
    ]
    return Balances(day, rows, _totals(rows))


def _totals(rows: Iterable[Holding]) -> list[Holding]:
    found: dict[str, Holding] = {}
    for row in rows:
        total = found.setdefault(row.currency, Holding(row.currency, wallets=0))
        for name in ("wallets", "posted_minor", "held_minor", "credit_minor", "used_minor"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return [found[currency] for currency in sorted(found)]


def held_at(moment: datetime) -> dict[int, int]:
    """What was on hold in each wallet at a moment. Most of it began within the days a hold lasts; older holds stand to this day, or
    ended late: of both there are few, and each kind is found by an index of its own."""
    since = moment - timedelta(days=DAYS)
    ended = (Hold.ended_at >= moment) & (Hold.ended_at > Hold.expires_at)
    kinds = (
        (Hold.created_at >= since) & (Hold.created_at < moment) & (Hold.ended_at.is_null() | (Hold.ended_at >= moment)),
        (Hold.created_at < since) & (Hold.state == "pending"),
        (Hold.created_at < since) & ended,
    )
    wallet = Hold.wallet + 0  # By itself, SQLite would rather walk all holds wallet by wallet than sort a few.
    found: Counter[int] = Counter()
    for condition in kinds:
        query: Any = (
            Hold.select(wallet, peewee.fn.SUM(Hold.amount_minor)).where(condition).group_by(peewee.SQL("1")).tuples()
        )
        found.update({number: int(amount) for number, amount in query})
    return dict(found)
