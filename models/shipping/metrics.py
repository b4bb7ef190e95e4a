"""What Amazon judges a seller by, counted for each store and marketplace over 10 and 30 days (models/shipping/promises.py).

A count is one walk along the index of when orders were placed, so a page never counts: a job does, hourly or when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import peewee

from models.orders.canary import Canary
from models.orders.order import Order
from models.shipping import promises
from models.shipping.confirmation import Confirmation
from models.shipping.parcel import Parcel
from models.shipping.seller_count import SellerCount
from models.stores.store import Store
from models.support import clock
from models.support.bulk import raw_rows
from models.support.db import write_txn
from models.support.words import Words, say

JOB = "shipping.metrics"
UNSEEN = ("NotFound", "InfoReceived")


@dataclass(frozen=True)
class Measure:
    """`limit` is Amazon's, in per cent: the rate stays below it, or with `is_least` at it or above. `hits` and `total` name cases
    of the list of orders, empty where there is none."""

    name: str
    title: Words
    formula: Words
    limit: Decimal
    is_least: bool = False
    hits: str = ""
    total: str = ""
    others: str = ""

    def is_kept(self, rate: Decimal) -> bool:
        return rate * 100 >= self.limit if self.is_least else rate * 100 < self.limit


MEASURES = (
    Measure("late", say("Late shipments"), say(
        "Orders told to Amazon after the day they should have left, or not told yet though that day is past, of all orders of the "
        "time that were told or should have been. Of orders that Amazon was told of elsewhere, the day they left counts."
    ), Decimal(4), hits="told_late", total="due"),
    Measure("cancelled", say("Cancelled before shipping"), say(
        "Orders cancelled before anything left, without a wish of the buyer, of all orders of the time that were paid."
    ), Decimal("2.5"), hits="cancelled_by_us", total="placed"),
    Measure("tracked", say("Valid tracking"), say(
        "Parcels told to Amazon that a carrier has scanned, of all parcels told in the time that a tracking service was asked about."
    ), Decimal(95), is_least=True),
    Measure("on_time", say("Delivered on time"), say(
        "Orders that arrived by the last promised day, as Amazon or the carrier says, of all shipped orders of the time that arrived "
        "or should have."
    ), Decimal(90), is_least=True, hits="on_time", total="expected", others="not_on_time"),
)  # fmt: skip
UNASKED = "unasked"


@dataclass(frozen=True)
class Figure:
    """A measure of a store and marketplace in a window. `rate` is None while there is nothing to judge by."""

    hits: int = 0
    total: int = 0

    @property
    def rate(self) -> Decimal | None:
        return Decimal(self.hits) / self.total if self.total else None


@dataclass(frozen=True)
class Place:
    """A store and marketplace with its figures by measure and window."""

    store: Store
    marketplace_id: str
    figures: dict[tuple[str, int], Figure]
    counted_at: datetime

    def figure(self, name: str, days: int) -> Figure:
        return self.figures.get((name, days), Figure())


def places(stores: list[Store]) -> list[Place]:
    """What was counted last, store by store (one query)."""
    by_id = {store.id: store for store in stores}
    found: dict[tuple[int, str], dict[tuple[str, int], Figure]] = {}
    moments: dict[tuple[int, str], datetime] = {}
    rows = SellerCount.select().where(SellerCount.store.in_(list(by_id))).order_by(SellerCount.marketplace_id)
    for row in rows if by_id else ():
        place = (row.store_id, row.marketplace_id)
        found.setdefault(place, {})[row.name, row.days] = Figure(row.hits, row.total)
        moments[place] = row.counted_at
    ordered = sorted(found, key=lambda place: (by_id[place[0]].name, place[1]))
    return [Place(by_id[place[0]], place[1], found[place], moments[place]) for place in ordered]


def count(store: Store) -> int:
    """Counts a store anew; how many marketplaces it has orders in."""
    now = clock.now()
    counted: dict[tuple[str, int, str], list[int]] = {}
    for marketplace, days, name, hits, total in (*_orders(store), *_parcels(store)):
        for window in (one for one in promises.WINDOWS if one >= days):
            sums = counted.setdefault((marketplace, window, name), [0, 0])
            sums[0] += int(hits or 0)
            sums[1] += int(total or 0)
    rows = [
        {"team": store.team_id, "store": store.id, "marketplace_id": marketplace, "days": days, "name": name, "hits": hits,
         "total": total, "counted_at": now}
        for (marketplace, days, name), (hits, total) in counted.items()
    ]  # fmt: skip
    with write_txn():
        SellerCount.delete().where(SellerCount.store == store).execute()
        if rows:
            SellerCount.insert_many(rows).execute()
    return len({marketplace for marketplace, _days, _name in counted})


def _window(column: Any) -> Any:
    """The shortest window a moment lies in."""
    shortest, longest = promises.WINDOWS
    return peewee.Case(None, [(column >= clock.ago(days=shortest), shortest)], longest)


def _ones(condition: Any) -> Any:
    return peewee.fn.SUM(peewee.Case(None, [(condition, 1)], 0))


def _orders(store: Store) -> Iterator[tuple[str, int, str, int, int]]:
    """(marketplace, window, measure, hits, total) of orders: one walk."""
    measured = [one for one in MEASURES if one.hits]
    sums = [_ones(reduce(and_, promises.CASES[part][1]())) for one in measured for part in (one.hits, one.total)]
    window = _window(Order.ordered_at)
    query = Order.select(Order.marketplace_id, window, *sums).where(
        Order.team == store.team_id, Order.store == store, promises.within(promises.LONGEST), promises.OURS,
        Order.id.not_in(Canary.select(Canary.order)),
    ).group_by(peewee.SQL("1"), peewee.SQL("2"))  # fmt: skip
    for marketplace, days, *found in raw_rows(query):
        for at, one in enumerate(measured):
            yield marketplace, days, one.name, found[2 * at], found[2 * at + 1]


def _parcels(store: Store) -> Iterator[tuple[str, int, str, int, int]]:
    """The same of parcels told, by what tracking services said of them."""
    asked = Parcel.status != ""
    scanned = asked & Parcel.status.not_in(UNSEEN)
    window = _window(Confirmation.created_at)
    query = (
        Confirmation.select(Order.marketplace_id, window, _ones(scanned), _ones(asked), peewee.fn.COUNT(Confirmation.id))
        .join(Parcel).switch(Confirmation).join(Order)
        .where(
            Confirmation.team == store.team_id, Confirmation.state == "confirmed", Confirmation.store == store,
            Confirmation.created_at >= clock.ago(days=promises.LONGEST), Confirmation.number == Parcel.core,
        ).group_by(peewee.SQL("1"), peewee.SQL("2"))
    )  # fmt: skip
    for marketplace, days, hits, heard, total in raw_rows(query):
        yield marketplace, days, "tracked", hits, heard
        yield marketplace, days, UNASKED, total - int(heard or 0), total
