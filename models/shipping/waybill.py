"""A waybill: a parcel handed to a carrier's own service, which gives it a number and a label. Ordered once, whatever happens.

waiting → asking → made → ready (its label is kept). Our reference names the parcel for ever at the carrier, which refuses a second
waybill under it; an answer that never came, or a refusal after one, is settled by asking for the reference before anything is sent
again. The label shows the buyer, so it is sealed under an order's key and dies with it.
"""

from __future__ import annotations

import peewee

from models.audit.event import declare
from models.orders.order import Order
from models.people.person import Person
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.tracking_account import TrackingAccount
from models.stores.store import Store
from models.support import clock
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import say
from models.vault.seal import Sealed

JOB = "shipping.waybills"
STATES = {
    "waiting": say("Waiting to be ordered"),
    "asking": say("Being ordered"),
    "unsure": say("Being looked up at the carrier"),
    "made": say("Ordered; its label is being fetched"),
    "ready": say("Ordered, with the carrier's label"),
    "refused": say("Refused by the carrier"),
}
TO_DO = ("waiting", "unsure", "made")
LASTING = ("waiting", "asking", "unsure", "made", "ready")

declare("waybill_ordered", say("%(actor)s ordered a waybill for %(object)s from %(account)s"), "account", "reference")
declare("waybill_made", say("The carrier gave %(object)s the waybill %(number)s"), "number", "reference")
declare("waybill_refused", say("The carrier refused a waybill for %(object)s: %(reason)s"), "reason")
declare("waybill_label_kept", say("The carrier's label of %(object)s was fetched"), "number", "bytes")


class Waybill(Sealed, TeamRecord):
    """`account_name` stays when the account is removed. `order` is the one whose key seals the label."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    parcel = peewee.ForeignKeyField(Parcel, unique=True, on_delete="CASCADE", backref="waybills")
    account = peewee.ForeignKeyField(TrackingAccount, null=True, index=False, on_delete="SET NULL", backref="waybills")
    account_name = peewee.CharField(max_length=80, default="")
    order = peewee.ForeignKeyField(Order, null=True, index=False, on_delete="SET NULL", backref="+")
    method = peewee.CharField(max_length=40)
    reference = peewee.CharField(max_length=40, unique=True)
    number = peewee.CharField(max_length=64, default="")
    tracking_number = peewee.CharField(max_length=64, default="")
    state = StatusField(*STATES, default="waiting")
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    due_at = UtcField(default=clock.now)
    pdf = SealedField(null=True)
    asked_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")
    created_at: UtcField = created_at()
    claimed_at = UtcField(null=True)

    about = About(
        why="a carrier's number and label of a parcel", keep="as the parcel; the label until 23 days after delivery",
        plain="id uid team store parcel account account_name order method reference number tracking_number state problem tries due_at "
        "created_at claimed_at", buyer="pdf", staff="asked_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("account", "state", "due_at"), False),)
