"""A person's wish to have one order fetched again. The row is the wish; it goes when the order has come."""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.orders.canary import Canary
from models.orders.order import Order, oldest_fetched
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.fields import UtcField
from models.support.job_run import wake
from models.support.record import About, Record
from models.support.words import Words, say

NOBODY = 0
MOST_TRIES, FIRST_WAIT = 6, 60
MOST_SHOWN = 200

declare("order_asked_again", say("%(actor)s asked for the order %(object)s again"))
measure("orders_handled", say("Orders handled"), "order_asked_again", "buyer_revealed")


class OrderRefetch(Record):
    """`problem` is empty while it waits, and says in words why it failed. `asked_by_id` is `NOBODY` where Portolan wants it."""

    order = peewee.ForeignKeyField(Order, primary_key=True, on_delete="CASCADE")
    asked_by_id = peewee.IntegerField()
    asked_at = UtcField(default=clock.now)
    failed_at = UtcField(null=True)
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0, constraints=[peewee.SQL("DEFAULT 0")])
    due_at = UtcField(null=True)

    about = About(
        why="fetches an order again",
        keep="until it has come",
        plain="order asked_by_id asked_at failed_at problem tries due_at",
    )

    @classmethod
    def failed_at_stores(cls, stores: list[Store]) -> list[OrderRefetch]:
        """Those that failed for good or wait for another try, with their orders, the latest asked first."""
        query = cls.select(cls, Order).join(Order).where(Order.store.in_(stores), cls.problem != "")
        return list(query.order_by(cls.asked_at.desc()).limit(MOST_SHOWN))

    @property
    def is_waiting(self) -> bool:
        return self.failed_at is None

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @classmethod
    def ask(cls, order: Order, *, by: Any) -> OrderRefetch:
        """Puts the order in the queue of its store. Raises Refused for an order that is never fetched any more."""
        if order.ordered_at < oldest_fetched():
            raise Refused("Orders older than 30 days are not fetched any more.")
        if not order.store.is_active:
            raise Refused("The store is not connected. Authorize it first.")
        if Canary.is_one(order):
            return cls(order=order, asked_by_id=by.id)  # Amazon knows nothing of it, and is not asked.
        with write_txn():
            cls.delete().where(cls.order == order).execute()
            wish = cls.create(order=order, asked_by_id=by.id)
            track("order_asked_again", order, by=by)
            wake("orders.fetch", str(order.store.uid))
        return wish

    @classmethod
    def soon(cls, order: Order) -> None:
        """Portolan itself knows that something changed at Amazon: asked for after what people asked for, unless it comes anyway."""
        if order.ordered_at < oldest_fetched():
            return
        with write_txn():
            fresh = {cls.asked_at: clock.now(), cls.failed_at: None, cls.problem: "", cls.tries: 0, cls.due_at: None}
            cls.insert(order=order, asked_by_id=NOBODY).on_conflict(conflict_target=[cls.order], update=fresh).execute()
            wake("orders.fetch", str(Store.get_by_id(order.store_id).uid))

    @property
    def is_needless(self) -> bool:
        """Nobody asked for it, and the order came since."""
        return self.asked_by_id == NOBODY and self.order.fetched_at > self.asked_at

    @classmethod
    def of(cls, order: Order) -> OrderRefetch | None:
        return cls.get_or_none(cls.order == order)

    @classmethod
    def waiting_at(cls, store: Store) -> list[OrderRefetch]:
        query = cls.select(cls, Order).join(Order).where(Order.store == store, cls._is_due())
        return list(query.order_by(cls.asked_by_id == NOBODY, cls.asked_at))

    @classmethod
    def store_uids(cls) -> list[str]:
        """Stores for which something waits."""
        query = Store.select(Store.uid).join(Order).join(cls).where(cls._is_due()).distinct()
        return [str(row.uid) for row in query]

    @classmethod
    def _is_due(cls) -> Any:
        return cls.failed_at.is_null() & (cls.due_at.is_null() | (cls.due_at <= clock.now()))

    def later(self, problem: Words, seconds: float | None = None) -> None:
        """Tries again by itself, each time after twice as long; after six tries it is a person's turn."""
        if self.tries + 1 >= MOST_TRIES:
            self.fail(problem)
            return
        wait = max(seconds or 0, FIRST_WAIT * 2**self.tries)
        with write_txn():
            self.change(tries=self.tries + 1, due_at=clock.ahead(seconds=wait), problem=problem.to_json())

    def came(self) -> None:
        with write_txn():
            self.delete_instance()

    def fail(self, problem: Words) -> None:
        with write_txn():
            self.change(failed_at=clock.now(), problem=problem.to_json())
