"""Orders and sales of each day, kept per store and currency so that a chart of a month costs the same however many orders
there are. A day stands here once it was counted; whoever writes an order takes its days away in the same transaction, and
what does not stand here is counted from the orders. So the figures are always true. Cancelled orders are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

import peewee

from models.lists.days import midnight
from models.orders.canary import Canary
from models.orders.order import Order, write_alone
from models.people.team import Team
from models.stores.store import Store
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.prepared import Prepared
from models.support.record import About, TeamRecord

SHOWN_DAYS = 30
KEPT_DAYS = 60
ONE_DAY = timedelta(days=1)


class OrderDay(TeamRecord):
    """A day of a store on the clock of its team, in one currency. Every counted day has a row without currency, too: of the
    orders Amazon has not told a total of, often none."""

    store_column = "store"

    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    zone = peewee.CharField(max_length=64)
    day = peewee.DateField()
    currency = peewee.CharField(max_length=3)
    order_count = peewee.IntegerField()
    sales_minor = peewee.BigIntegerField()

    about = About(
        why="orders and sales by day, for charts", keep="60 days",
        plain="id team store zone day currency order_count sales_minor",
    )  # fmt: skip

    class Meta:
        indexes = ((("store", "day", "zone", "currency"), True),)


# Of each (store, day) how many orders and what they brought, by currency.
Counts = dict[tuple[int, date], dict[str, tuple[int, int]]]


@dataclass(frozen=True)
class Month:
    """The last days of some stores, oldest first, every day of them whether anything was sold or not."""

    days: list[date]
    counts: Counts

    def orders_of(self, store_id: int) -> list[int]:
        """How many orders, day by day."""
        return [sum(count for count, _minor in self._on(store_id, day).values()) for day in self.days]

    def order_count(self, store_id: int) -> int:
        return sum(self.orders_of(store_id))

    def sales_of(self, store_id: int, currency: str) -> list[int]:
        """What they brought in one currency, day by day, in minor units."""
        return [self._on(store_id, day).get(currency, (0, 0))[1] for day in self.days]

    @property
    def currencies(self) -> list[str]:
        """In which anything was sold, the one with most orders first."""
        orders: dict[str, int] = {}
        for by_currency in self.counts.values():
            for currency, (count, minor) in by_currency.items():
                if minor:
                    orders[currency] = orders.get(currency, 0) + count
        return sorted(orders, key=lambda currency: (-orders[currency], currency))

    def _on(self, store_id: int, day: date) -> dict[str, tuple[int, int]]:
        return self.counts.get((store_id, day), {})


def last_days(zone: str, count: int = SHOWN_DAYS) -> list[date]:
    """Today and the days before it on the clock of a zone, oldest first."""
    today = clock.local(clock.now(), zone).date()
    return [today - ONE_DAY * ago for ago in range(count - 1, -1, -1)]


def month(team: Team, store_ids: Iterable[int]) -> Month:
    """The last 30 days of these stores of a team (one query, and another while some day was not counted yet)."""
    days, ids = last_days(team.timezone), sorted(store_ids)
    kept = _kept(team, ids, days)
    missing = {day: rest for day in days if (rest := [number for number in ids if (number, day) not in kept])}
    return Month(days, kept | _counted(team, missing))


def forget(store_id: int, moments: Iterable[datetime]) -> None:
    """Takes away the days of these moments, on whatever clock they were counted. Joins the transaction of who writes."""
    days = {moment.date() + ONE_DAY * step for moment in moments for step in (-1, 0, 1)}
    if days:
        OrderDay.delete().where(OrderDay.store == store_id, OrderDay.day.in_(sorted(days))).execute()


def settle(store: Store) -> int:
    """Counts those of a store's last days that do not stand here; returns how many. Days nobody looks at any more go."""
    days = last_days(store.team.timezone)
    kept = _kept(store.team, [store.id], days)
    missing = [day for day in days if (store.id, day) not in kept]
    for day in missing:
        _settle_day(store, day)
    if missing:
        with write_txn():
            OrderDay.delete().where(OrderDay.store == store.id, OrderDay.day < days[-1] - ONE_DAY * KEPT_DAYS).execute()
    return len(missing)


@retrying
def _settle_day(store: Store, day: date) -> None:
    """A transaction for each day: it looks at the orders while it holds the lock that their writers need."""
    team = store.team
    with write_txn():
        write_alone(store.id)
        found = {"": (0, 0)} | _counted(team, {day: [store.id]}).get((store.id, day), {})
        OrderDay.delete().where(OrderDay.store == store.id, OrderDay.day == day).execute()
        place = {"team": team.id, "store": store.id, "zone": team.timezone, "day": day}
        rows = [
            place | {"currency": currency, "order_count": count, "sales_minor": minor}
            for currency, (count, minor) in found.items()
        ]
        OrderDay.insert_many(rows).execute()


def _kept(team: Team, store_ids: list[int], days: list[date]) -> Counts:
    """The counted days, on the clock the team has now."""
    kept: Counts = {}
    rows = _KEPT.all(team.id, team.timezone, days[0], days[-1], tuple(store_ids)) if store_ids else []
    for store_id, day, currency, count, minor in rows:
        kept.setdefault((store_id, day), {})[currency] = (count, minor)
    return kept


def _counted(team: Team, wanted: dict[date, list[int]]) -> Counts:
    """These days of these stores, counted from the orders (one query, a walk along an index for each day)."""
    found: Counts = {}
    if not wanted:
        return found
    parts = [_of_day(team, number, day, ids) for number, (day, ids) in enumerate(wanted.items())]
    days = list(wanted)
    for number, store_id, currency, count, minor in reduce(peewee.Select.union_all, parts).tuples():
        found.setdefault((store_id, days[number]), {})[currency] = (count, int(minor))
    return found


def _of_day(team: Team, number: int, day: date, store_ids: list[int]) -> Any:
    """An order without a total counts, and brings nothing."""
    minor = peewee.fn.COALESCE(peewee.fn.SUM(Order.total_minor), 0)
    place = peewee.Value(number, converter=False).cast("INTEGER")
    query = Order.select(place, Order.store, Order.currency, peewee.fn.COUNT(Order.id), minor)
    return query.where(
        Order.team == team.id,
        Order.store.in_(store_ids),
        Order.ordered_at >= midnight(day, team.timezone),
        Order.ordered_at < midnight(day + ONE_DAY, team.timezone),
        Order.status != "CANCELLED",
        Order.id.not_in(Canary.select(Canary.order)),  # Invented.
    ).group_by(Order.store, Order.currency)


_KEPT = Prepared(
    lambda team, zone, first, last, stores: (
        OrderDay.select(OrderDay.store, OrderDay.day, OrderDay.currency, OrderDay.order_count, OrderDay.sales_minor)
        .where(
            OrderDay.team == team,
            OrderDay.zone == zone,
            OrderDay.day >= first,
            OrderDay.day <= last,
            OrderDay.store.in_(stores),
        )
        .tuples()
    )
)
