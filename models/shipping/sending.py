"""How a confirmation comes to its end: sent once (models/orders/sent_once.py), looked up where the answer never came, or decided by a
person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import as_said, tell
from models.orders.note import impersonal_words
from models.orders.refetch import OrderRefetch
from models.orders.sent_once import FOUND, UNDER_WAY, SentOnce
from models.support import clock
from models.support.db import write_txn
from models.support.words import Words, say

LASTING = (*UNDER_WAY, "confirmed")
SHOWS_WITHIN = timedelta(minutes=5)  # A package that Amazon took is among the order's packages by then.

declare("confirmation_accepted", say("Amazon took the shipment of %(object)s with %(parcel)s"), "parcel", "number")
declare("confirmation_refused", say("The shipment of %(object)s was refused: %(reason)s"), "parcel", "reason")
tell("confirmation_refused.reason", as_said)
declare("confirmation_taken_back", say("%(actor)s took back that %(object)s left with %(parcel)s"), "parcel")
declare("confirmation_settled", say("%(actor)s looked at Amazon for %(object)s: %(found)s"), "parcel", "found")
tell("confirmation_settled.found", FOUND)


class Sending(SentOnce):
    """What the job and people do with a `Confirmation` that somebody asked for."""

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
            track("confirmation_refused", self, parcel=self.parcel.label, reason=impersonal_words(reason))

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
            track("confirmation_settled", self, by=by, parcel=self.parcel.label, found=is_there)
            self.accept() if is_there else self.later(0)
