"""How long what is on hold has been so, by team. A hold ends after fourteen days by itself; what is older waits for something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import peewee

from models.lists.filters import Cases, Choices, Offer
from models.lists.list_of import Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.support import clock
from models.support.bulk import among
from models.support.words import say
from models.wallet.finding_all import all_wallets, teams
from models.wallet.hold import Hold
from models.wallet.reaching import ALL, everybodys
from models.wallet.reports.movements import wallets_of
from models.wallet.wallet import Wallet

EDGES = (4, 8, 11, 14)
AGES = {
    "0": say("0 to 3 days"), "4": say("4 to 7 days"), "8": say("8 to 10 days"), "11": say("11 to 14 days"), "over": say("Over 14 days"),
}  # fmt: skip


def _aged(name: str) -> Any:
    """The condition of holds of an age."""
    at = list(AGES).index(name)
    conditions = [] if at == len(EDGES) else [Hold.created_at > clock.ago(days=EDGES[at])]
    if at:
        conditions.append(Hold.created_at <= clock.ago(days=EDGES[at - 1]))
    return (Hold.state == "pending", *conditions)


def _case(name: str) -> Callable[[Viewer], tuple[Any, ...]]:
    return lambda viewer: _aged(name)


@dataclass
class Ages:
    """Of one wallet, or of a currency: what is on hold and for how many parcels, by age (minor units)."""

    currency: str
    wallet: Wallet | None = None
    amounts: Counter[str] = field(default_factory=Counter)
    parcels: Counter[str] = field(default_factory=Counter)

    @property
    def amount_minor(self) -> int:
        return sum(self.amounts.values())

    @property
    def count(self) -> int:
        return sum(self.parcels.values())

    def add(self, other: Ages) -> None:
        self.amounts.update(other.amounts)
        self.parcels.update(other.parcels)


def ageing(*, team: Team | None = None, currency: str = "") -> tuple[list[Ages], list[Ages]]:
    """Wallets with something on hold, and the totals of their currencies."""
    now = clock.now()
    ages = list(AGES)
    age = peewee.Case(
        None, [(Hold.created_at > now - timedelta(days=days), ages[at]) for at, days in enumerate(EDGES)], ages[-1]
    )
    query: Any = (
        Hold.select(Hold.wallet, age, peewee.fn.SUM(Hold.amount_minor), peewee.fn.COUNT(Hold.id))
        .where(Hold.state == "pending", Hold.wallet.in_(Wallet.select(Wallet.id))).group_by(Hold.wallet, age).tuples()
    )  # fmt: skip
    rows = {one.id: Ages(one.currency, one) for one in wallets_of(team, currency)}
    for wallet, name, amount, count in query:
        if wallet in rows:
            rows[wallet].amounts[name] += int(amount)
            rows[wallet].parcels[name] += count
    shown = [one for one in rows.values() if one.count]
    totals: dict[str, Ages] = {}
    for one in shown:
        totals.setdefault(one.currency, Ages(one.currency)).add(one)
    return shown, [totals[currency] for currency in sorted(totals)]


# The holds behind it


def _around(viewer: Viewer, rows: list[Any]) -> dict[str, Any]:
    parcels = {one.id: one for one in Parcel.select().where(among(Parcel.id, [row.parcel_id for row in rows]))}
    wallets = {
        one.id: one
        for one in Wallet.select(Wallet, Team).join(Team).where(among(Wallet.id, [row.wallet_id for row in rows]))
    }
    return {"parcels": parcels, "wallets": wallets}


def _currencies(viewer: Viewer) -> list[Offer]:
    found: Any = Wallet.select(Wallet.currency).distinct().order_by(Wallet.currency).tuples()
    return [Offer(code, code, code) for (code,) in found]


HELD = declare(ListOf(
    name="held",
    title=say("On hold in all wallets"),
    model=Hold,
    permission=ALL,
    seen=lambda viewer: everybodys(Hold, viewer.reach) & (Hold.state == "pending"),
    columns=(
        Column("parcel", say("Parcel"), lambda one, viewer: viewer.around["parcels"][one.parcel_id].label, is_fixed=True),
        Column("waybill", say("Tracking number"), lambda one, viewer: viewer.around["parcels"][one.parcel_id].tracking_number),
        Column("team", say("Team"), lambda one, viewer: viewer.around["wallets"][one.wallet_id].team.name),
        Column("wallet", say("Wallet"), lambda one, viewer: viewer.around["wallets"][one.wallet_id].label),
        Column("amount", say("Amount"), lambda one, viewer: one.amount, is_end=True, kind="money"),
        Column("since", say("Since"), lambda one, viewer: one.created_at, kind="moment"),
        Column("ends", say("Ends"), lambda one, viewer: one.expires_at, sort="ends", kind="moment"),
    ),
    sorts=both("ends", Hold.expires_at, Hold.id),
    sort="ends",
    filters=(
        Choices("team", say("Team"), Hold.team, offers=teams, icon="building"),
        Choices("wallet", say("Wallet"), Hold.wallet, offers=all_wallets),
        Choices("currency", say("Currency"), Hold.currency, offers=_currencies, icon="banknote"),
        Cases("age", say("Age"), cases={name: (words, _case(name)) for name, words in AGES.items()}, icon="clock"),
    ),
    views=(View("all", say("All")), View("old", say("11 to 14 days"), "age=11"), View("over", say("Over 14 days"), "age=over")),
    around=_around,
))  # fmt: skip
