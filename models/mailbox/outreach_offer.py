"""What Amazon allows to write to the buyer of an order, as it said when it was last asked. It changes with the order's life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.mailbox.outreach import JOB
from models.orders.canary import Canary
from models.orders.order import Order
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.fields import JsonField, UtcField
from models.support.job_run import wake
from models.support.record import About, Record
from models.support.words import Words

HOLDS = timedelta(hours=12)


class OutreachOffer(Record):
    """`locale` is the buyer's language as Amazon tells it. `asked_at` is set while the job has not looked."""

    order = peewee.ForeignKeyField(Order, primary_key=True, on_delete="CASCADE")
    actions = JsonField(default=list)
    locale = peewee.CharField(max_length=16, default="")
    asked_at = UtcField(null=True)
    looked_at = UtcField(null=True)
    problem = peewee.TextField(default="")

    about = About(why="what Amazon allows to write to a buyer", keep="as the order",
                  plain="order actions locale asked_at looked_at problem")  # fmt: skip

    @classmethod
    def of(cls, order: Order) -> OutreachOffer | None:
        return cls.get_or_none(cls.order == order)

    @property
    def is_asked(self) -> bool:
        return self.asked_at is not None

    @property
    def is_fresh(self) -> bool:
        return self.looked_at is not None and clock.now() - self.looked_at < HOLDS

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @classmethod
    def ask(cls, order: Order) -> None:
        """Has the job look at what Amazon allows now. Raises Refused."""
        if not order.store.is_active:
            raise Refused("The store is not connected. Authorize it first.")
        with write_txn():
            if Canary.is_one(order):  # Amazon knows nothing of it, and is not asked.
                cls._keep(order, actions=[], looked_at=clock.now(), asked_at=None, problem="")
                return
            cls._keep(order, asked_at=clock.now(), problem="")
            wake(JOB, str(order.store.uid))

    @classmethod
    def _keep(cls, order: Order, **values: Any) -> None:
        named = {getattr(cls, name): value for name, value in values.items()}
        cls.insert({cls.order: order, **named}).on_conflict(conflict_target=[cls.order], update=named).execute()

    @classmethod
    def asked_of(cls, store: Store) -> list[OutreachOffer]:
        query = cls.select(cls, Order).join(Order).where(cls.asked_at.is_null(False), Order.store == store)
        return list(query.order_by(cls.asked_at).limit(100))

    @classmethod
    def stores_with_work(cls) -> list[str]:
        asked = cls.select(Order.store).join(Order).where(cls.asked_at.is_null(False))
        return [str(one.uid) for one in Store.select(Store.uid).where(Store.state == "active", Store.id.in_(asked))]

    def answer(self, actions: list[str], locale: str) -> None:
        """What Amazon said. Names we do not know are kept as they are."""
        known = [name[:60] for name in actions][:30]
        self.change(actions=known, locale=locale[:16], looked_at=clock.now(), asked_at=None, problem="")

    def fail(self, problem: Words) -> None:
        self.change(asked_at=None, problem=problem.to_json())


OutreachOffer.add_index(
    OutreachOffer.index(
        OutreachOffer.asked_at, where=OutreachOffer.asked_at.is_null(False), name="outreach_offer_asked"
    )
)
