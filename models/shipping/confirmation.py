"""Telling Amazon that an order's pieces left, in which parcel and under which number. Told once: a claim stands before the call.

waiting → sending → confirmed, or refused with Amazon's words. What was being sent when its job died is `unsure`: Amazon's own list
of packages is looked at before it is ever sent again.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.orders.order import Order
from models.people.person import Person
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.stores.store import Store
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

STATES = {
    "waiting": say("Waiting to be sent"),
    "sending": say("Being sent"),
    "unsure": say("Being checked at Amazon"),
    "confirmed": say("Confirmed"),
    "refused": say("Refused by Amazon"),
    "taken_back": say("Taken back"),
}
LASTING = ("waiting", "sending", "unsure", "confirmed")

declare(
    "confirmation_asked", say("%(actor)s wants Amazon told that %(object)s left with %(parcel)s"), "parcel", "number"
)
declare("confirmation_accepted", say("Amazon took the shipment of %(object)s with %(parcel)s"), "parcel", "number")
declare("confirmation_refused", say("Amazon refused the shipment of %(object)s: %(reason)s"), "parcel", "reason")
declare("confirmation_taken_back", say("%(actor)s took back that %(object)s left with %(parcel)s"), "parcel")


class Confirmation(TeamRecord):
    """One order in one parcel. `reference` is Amazon's packageReferenceId: a number that counts up within the order."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    parcel = peewee.ForeignKeyField(Parcel, backref="confirmations", on_delete="CASCADE")
    order = peewee.ForeignKeyField(Order, backref="confirmations", on_delete="RESTRICT")
    reference = peewee.IntegerField()
    state = StatusField(*STATES, default="waiting")
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    due_at = UtcField(default=clock.now)
    asked_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="confirmations")
    created_at: UtcField = created_at()
    decided_at = UtcField(null=True)

    about = About(
        why="what Amazon was told of a shipment, and what it answered", keep="as the parcel",
        plain="id uid team store parcel order reference state problem tries due_at created_at decided_at", staff="asked_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("order", "reference"), True),
            (("state", "due_at"), False),
            (("team", "state", "created_at", "id"), False),
        )

    @property
    def label(self) -> str:
        return self.order.order_id

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @classmethod
    def of_parcel(cls, parcel: Parcel) -> list[Confirmation]:
        """With their orders, the first asked first."""
        return list(cls.select(cls, Order).join(Order).where(cls.parcel == parcel).order_by(cls.id))

    @classmethod
    def ask(cls, parcel: Parcel, order: Order, *, by: Any = None) -> Confirmation:
        """Wants Amazon told. Asked twice, the first answer stands. Raises Refused."""
        if not parcel.tracking_number:
            raise Refused("Give it a tracking number first.")
        with write_txn():
            mine = cls.select().where(cls.order == order, cls.parcel == parcel)
            if (known := mine.where(cls.state.in_(LASTING)).first()) is not None:
                return known
            last = cls.select(peewee.fn.MAX(cls.reference)).where(cls.order == order).scalar() or 0
            try:
                with db.atomic():
                    asked = cls.create(
                        team=parcel.team_id,
                        store=parcel.store_id,
                        parcel=parcel,
                        order=order,
                        reference=last + 1,
                        asked_by=by,
                    )
            except peewee.IntegrityError:
                raise AlreadyDecided() from None
            track("confirmation_asked", asked, by=by, parcel=parcel.label, number=parcel.core)
        return asked

    def claim(self) -> bool:
        """Takes it for sending; False when another was first."""
        try:
            self.move("waiting", "sending", tries=self.tries + 1)
        except AlreadyDecided:
            return False
        return True

    def accept(self) -> None:
        with write_txn():
            self.move(("sending", "unsure"), "confirmed", decided_at=clock.now(), problem="")
            track("confirmation_accepted", self, parcel=self.parcel.label, number=self.parcel.core)

    def refuse(self, reason: Words) -> None:
        with write_txn():
            self.move(("waiting", "sending", "unsure"), "refused", decided_at=clock.now(), problem=reason.to_json())
            track("confirmation_refused", self, parcel=self.parcel.label, reason=str(reason))

    def later(self, seconds: float, *, is_unsure: bool = False) -> None:
        """Tries again after a while; `is_unsure` when Amazon may have taken it though its answer never came."""
        self.move("sending", "unsure" if is_unsure else "waiting", due_at=clock.ahead(seconds=seconds))

    def take_back(self, *, by: Any = None) -> None:
        """While it only waits."""
        with write_txn():
            self.move("waiting", "taken_back", decided_at=clock.now())
            track("confirmation_taken_back", self, by=by, parcel=self.parcel.label)


# An order is told once for a parcel, whoever asks at the same time.
Confirmation.add_index(
    Confirmation.index(
        Confirmation.parcel,
        Confirmation.order,
        unique=True,
        where=Confirmation.state.not_in(("refused", "taken_back")),
        name="confirmation_once",
    )
)
