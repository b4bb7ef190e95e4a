"""How a confirmation comes to its end: claimed, sent, answered; looked up where the answer never came; or decided by a person.

A claim is a conditional UPDATE, so that whoever comes second leaves it alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.audit.event import declare, track
from models.orders.order import Order
from models.orders.refetch import OrderRefetch
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided
from models.support.words import Words, say

UNDER_WAY = ("waiting", "sending", "unsure")
LASTING = (*UNDER_WAY, "confirmed")
DUE = ("waiting", "unsure")
ANSWER_WITHIN = timedelta(minutes=5)  # Longer than any call lasts: what is still `sending` then, nobody sends any more.
SHOWS_WITHIN = timedelta(minutes=5)  # A package that Amazon took is among the order's packages by then.
BACK_OFF_FIRST, BACK_OFF_MOST = 30, 1800

declare("confirmation_accepted", say("Amazon took the shipment of %(object)s with %(parcel)s"), "parcel", "number")
declare("confirmation_refused", say("The shipment of %(object)s was refused: %(reason)s"), "parcel", "reason")
declare("confirmation_taken_back", say("%(actor)s took back that %(object)s left with %(parcel)s"), "parcel")
declare("confirmation_settled", say("%(actor)s looked at Amazon for %(object)s: %(found)s"), "parcel", "found")


class Sending:
    """What the job and people do with a `Confirmation` that somebody asked for."""

    @classmethod
    def due(cls: Any, store: Store, limit: int = 100) -> list[Any]:
        """Those a step can be taken for now, oldest first."""
        query = cls.select(cls, Order).join(Order).where(
            cls.store == store, cls.state.in_(DUE), cls.due_at <= clock.now()
        )  # fmt: skip
        return list(query.order_by(cls.due_at, cls.id).limit(limit))

    @classmethod
    def stores_with_work(cls: Any) -> list[str]:
        """Uids of the stores for which something is due."""
        due = cls.select(cls.store).where(cls.state.in_(UNDER_WAY), cls.due_at <= clock.now())
        return [str(one.uid) for one in Store.select(Store.uid).where(Store.state == "active", Store.id.in_(due))]

    @classmethod
    def has_work(cls: Any) -> bool:
        return cls.select(cls.id).where(cls.state.in_(UNDER_WAY), cls.due_at <= clock.now()).exists()

    @classmethod
    def doubt_the_lost(cls: Any, store: Store) -> int:
        """What was being sent by a job that died: nobody knows whether Amazon got it."""
        with write_txn():
            lost = cls.update(state="unsure", due_at=clock.now())
            return lost.where(cls.store == store, cls.state == "sending", cls.due_at <= clock.now()).execute()

    @classmethod
    def rest(cls: Any, store: Store, problem: Words, seconds: float) -> None:
        """The store has trouble that is nobody's of these: what is due waits a while."""
        with write_txn():
            cls.update(due_at=clock.ahead(seconds=seconds), problem=problem.to_json()).where(
                cls.store == store, cls.state.in_(DUE), cls.due_at <= clock.now()
            ).execute()

    def claim(self: Any, **told: Any) -> bool:
        """Takes it for sending; False when another was first."""
        now = clock.now()
        try:
            self.move("waiting", "sending", tries=self.tries + 1, sent_at=now, due_at=now + ANSWER_WITHIN, **told)
        except AlreadyDecided:
            return False
        return True

    def accept(self: Any) -> None:
        """Amazon has it. The parcel left, if nobody said so before, and the order is fetched again soon."""
        with write_txn():
            self.move(("sending", "unsure"), "confirmed", decided_at=clock.now(), problem="")
            track("confirmation_accepted", self, parcel=self.parcel.label, number=self.number)
            self.parcel.leave(self.left_at or clock.now(), source="confirm")
            OrderRefetch.soon(self.order)

    def refuse(self: Any, reason: Words) -> None:
        with write_txn():
            self.move(UNDER_WAY, "refused", decided_at=clock.now(), problem=reason.to_json())
            track("confirmation_refused", self, parcel=self.parcel.label, reason=str(reason))

    def later(
        self: Any, seconds: float | None = None, problem: Words | None = None, *, is_unsure: bool = False
    ) -> None:
        """Tries again after a while; `is_unsure` when Amazon may have taken it though its answer never came."""
        seconds = min(BACK_OFF_MOST, BACK_OFF_FIRST * 2 ** min(self.tries, 10)) if seconds is None else seconds
        words = problem.to_json() if problem else self.problem
        state = "unsure" if is_unsure else "waiting"
        self.move(UNDER_WAY, state, due_at=clock.ahead(seconds=seconds), problem=words)

    @property
    def other_references(self: Any) -> set[str]:
        """Amazon's packages of this order that are other parcels of ours."""
        model = type(self)
        told = model.select().where(model.order == self.order_id, model.id != self.id)
        return {str(one.reference) for one in told.where(model.state == "confirmed")}

    @property
    def would_show(self: Any) -> bool:
        """If Amazon had taken what was sent last, its list would show it by now."""
        return self.sent_at is None or clock.now() - self.sent_at > SHOWS_WITHIN

    # What people decide

    def take_back(self: Any, *, by: Any = None) -> None:
        """While it only waits, or was refused."""
        with write_txn():
            self.move(("waiting", "refused"), "taken_back", decided_at=clock.now())
            track("confirmation_taken_back", self, by=by, parcel=self.parcel.label)

    def settle(self: Any, is_there: bool, *, by: Any = None) -> None:
        """Somebody looked in Seller Central where Portolan cannot tell: it is there, or it is to be sent again."""
        with write_txn():
            self.move("unsure", "unsure")  # Not what is being sent again meanwhile.
            found = say("it is there") if is_there else say("it is not there")
            track("confirmation_settled", self, by=by, parcel=self.parcel.label, found=str(found))
            self.accept() if is_there else self.later(0)
