"""Telling Amazon that an order's pieces left, in which parcel and under which number. Told once: a claim stands before the call.

waiting → sending → confirmed, or refused with a sentence. Where the answer never came, or its job died, it is `unsure`: Amazon's own
list of packages is looked at before it is ever sent again. A number that changed later is told as a confirmation of its own.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare
from models.audit.measure import measure
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.shipping import moments
from models.shipping.parcel import Parcel
from models.shipping.sending import LASTING, Sending
from models.stores.store import Store
from models.support import clock
from models.support.errors import Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

JOB = "shipping.confirm"
STATES = {
    "waiting": say("Waiting to be sent"),
    "sending": say("Being sent"),
    "unsure": say("Being checked at Amazon"),
    "confirmed": say("Confirmed"),
    "refused": say("Refused"),
    "taken_back": say("Taken back"),
}

declare(
    "confirmation_asked", say("%(actor)s wants Amazon told that %(object)s left with %(parcel)s"), "parcel", "number"
)
measure("shipments_told", say("Shipments told to Amazon"), "confirmation_asked")


class Confirmation(Sending, TeamRecord):
    """One order in one parcel. `reference` is Amazon's packageReferenceId: a number that counts up within the order. `number`,
    `carrier` and `left_at` are what Amazon is told."""

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
    number = peewee.CharField(max_length=64, default="", constraints=[peewee.SQL("DEFAULT ''")])
    carrier = peewee.CharField(max_length=90, default="", constraints=[peewee.SQL("DEFAULT ''")])
    left_at = UtcField(null=True)
    sent_at = UtcField(null=True)
    is_combined = peewee.BooleanField(default=False, constraints=[peewee.SQL("DEFAULT FALSE")])

    about = About(
        why="what Amazon was told of a shipment, and what it answered", keep="as the parcel",
        plain="id uid team store parcel order reference state problem tries due_at created_at decided_at number carrier left_at "
        "sent_at is_combined", staff="asked_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("order", "reference"), True),
            (("state", "due_at"), False),
            (("team", "created_at", "id"), False),
            (("team", "state", "created_at", "id"), False),
        )

    # Asking

    @property
    def label(self) -> str:
        return self.order.order_id

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def has_old_number(self) -> bool:
        """Amazon has a number that the parcel has no more, and nobody told it the new one."""
        if self.state != "confirmed" or not self.number or self.number == self.parcel.core:
            return False
        mine = Confirmation.select().where(Confirmation.parcel == self.parcel, Confirmation.order == self.order_id)
        return not mine.where(Confirmation.id > self.id, Confirmation.state.in_(LASTING)).exists()

    @classmethod
    def visible_to(cls, reach: Any, permission: str = "parcels.view") -> Any:
        """Those of the stores for which this person holds the permission."""
        query = cls.select().where(cls.team == reach.team_id)
        stores = reach.by_permission.get(permission, frozenset())
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> Confirmation:
        """Raises OutOfReach."""
        found = cls.visible_to(reach).where(cls.uid == uid).first()
        if found is None:
            raise OutOfReach
        return found

    @classmethod
    def of_parcel(cls, parcel: Parcel) -> list[Confirmation]:
        """With their orders, the first asked first."""
        found = list(cls.select(cls, Order).join(Order).where(cls.parcel == parcel).order_by(cls.id))
        for one in found:
            one.parcel = parcel
        return found

    @classmethod
    def of_order(cls, order: Order) -> list[Confirmation]:
        """With their parcels, the first asked first."""
        found = list(cls.select(cls, Parcel).join(Parcel).where(cls.order == order).order_by(cls.id))
        for one in found:
            one.order = order
        return found

    @classmethod
    def refused_count(cls, reach: Any) -> int:
        return cls.visible_to(reach).where(cls.state == "refused").count()

    @classmethod
    def next_reference(cls, order: Order) -> int:
        """Beyond ours and those of packages that Amazon was told of elsewhere."""
        ours = cls.select(peewee.fn.MAX(cls.reference)).where(cls.order == order).scalar() or 0
        theirs = (int(one.reference) for one in OrderPackage.of(order) if one.reference.isdecimal())
        return max([ours, *(number for number in theirs if number < 1_000_000)]) + 1


# An order is told once for a parcel and a number, whoever asks at the same time.
Confirmation.add_index(
    Confirmation.index(
        Confirmation.parcel,
        Confirmation.order,
        Confirmation.number,
        unique=True,
        where=Confirmation.state.not_in(("refused", "taken_back")),
        name="confirmation_once",
    )
)
# Who else was told with a number.
Confirmation.add_index(
    Confirmation.index(
        Confirmation.team, Confirmation.number, where=Confirmation.number != "", name="confirmation_number"
    )
)


@moments.at("void")
def stay(parcel: Parcel, **_more: Any) -> None:
    """What Amazon was told of has left, and cannot be taken back here."""
    states = {one.state for one in Confirmation.select(Confirmation.state).where(Confirmation.parcel == parcel)}
    if "confirmed" in states:
        raise Refused("Amazon was told that it left. Cancel or refund the order at Amazon instead; this parcel stays.")
    if "waiting" in states:
        raise Refused("Amazon is about to be told that it left. Take that back first.")
    if states & {"sending", "unsure"}:
        raise Refused("Amazon is being told that it left. Wait for its answer.")
