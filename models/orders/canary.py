"""A canary: an invented order, marked here and nowhere else, that no real work touches. Whoever opens its buyer was looking around.

It looks like any shipped order in lists and search; charts leave it out and Amazon is never asked about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import peewee

from models.orders.order import Order
from models.people.person import Person
from models.stores.store import Store
from models.support import clock
from models.support.fields import UtcField
from models.support.record import About, Record

RENEWED_AFTER = timedelta(days=14)  # Before its buyer would be destroyed as any buyer is.


class Canary(Record):
    """Which order of a store is invented."""

    order = peewee.ForeignKeyField(Order, primary_key=True, on_delete="CASCADE")
    store = peewee.ForeignKeyField(Store, unique=True, on_delete="CASCADE")
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    made_at = UtcField(default=clock.now)

    about = About(why="shows who looks at orders without a reason", keep="while the store wants one",
                  plain="order store made_by made_at")  # fmt: skip

    @classmethod
    def of(cls, store: Store) -> Canary | None:
        return cls.get_or_none(cls.store == store)

    @classmethod
    def is_one(cls, order: Any) -> bool:
        return cls.select().where(cls.order == order).exists()

    @classmethod
    def among(cls, order_ids: Iterable[int]) -> list[Canary]:
        """Those of the orders that are invented; there is at most one to a store."""
        wanted = set(order_ids)
        return [canary for canary in cls.select(cls, Order).join(Order) if canary.order_id in wanted]

    @classmethod
    def old(cls) -> list[Canary]:
        return list(cls.select(cls, Store).join(Store).where(cls.made_at < clock.now() - RENEWED_AFTER))
