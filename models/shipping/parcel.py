"""A parcel: what leaves us for one place, made of lines of one order or of several to the same buyer.

draft → labelled → shipped → delivered, lost or returned; void while it has not left. Its label points at one frozen quote. A later
room that acts on its life in the same transaction listens to its moments (models/shipping/moments.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import tell
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.kept_quote import FreightQuote
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.shipping import moments
from models.shipping.numbering import LEAST_REASON, Numbered
from models.stores.store import Store
from models.support import clock
from models.support.db import is_sqlite, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

STATES = {
    "draft": say("Draft"),
    "labelled": say("Labelled"),
    "shipped": say("Shipped"),
    "delivered": say("Delivered"),
    "lost": say("Lost"),
    "returned": say("Returned"),
    "void": say("Void"),
}
OPEN = ("draft", "labelled")
ENDS = ("delivered", "lost", "returned")

declare("parcel_drafted", say("%(actor)s drafted the parcel %(object)s for %(orders)s"), "orders", "pieces")
declare("parcel_boxed", say("%(actor)s weighed and measured the parcel %(object)s"), "grams", "sides_mm")
declare(
    "parcel_quoted",
    say("%(actor)s chose %(channel)s for the parcel %(object)s: %(total)s"),
    "channel",
    "quote",
    "total",
)
declare(
    "parcel_labelled", say("%(actor)s labelled the parcel %(object)s"), "quote", "amount_minor", "currency", "channel"
)
declare("parcel_shipped", say("The parcel %(object)s left"), "at", "source")
declare("parcel_voided", say("%(actor)s voided the parcel %(object)s: %(reason)s"), "reason", "quote")
declare("parcel_ended", say("The parcel %(object)s ended: %(state)s"), "state", "at", "source")
tell("parcel_ended.state", STATES)
measure("parcels_drafted", say("Parcels made"), "parcel_drafted")
measure("parcels_labelled", say("Parcels labelled"), "parcel_labelled")


class Parcel(Numbered, TeamRecord):
    """`number` counts within the team. `tracking_number` is as carriers compare it; `core` what Amazon is told. Weights are
    grams, sides millimetres, 0 while nobody measured."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    number = peewee.IntegerField()
    state = StatusField(*STATES, default="draft")
    country = peewee.CharField(max_length=2)
    grams = peewee.IntegerField(default=0)
    length_mm = peewee.IntegerField(default=0)
    width_mm = peewee.IntegerField(default=0)
    height_mm = peewee.IntegerField(default=0)
    cargo = JsonField(default=list)
    channel = peewee.ForeignKeyField(Channel, null=True, on_delete="RESTRICT", backref="parcels")
    quote = peewee.ForeignKeyField(FreightQuote, null=True, unique=True, on_delete="RESTRICT", backref="parcels")
    carrier = peewee.ForeignKeyField(Carrier, null=True, on_delete="RESTRICT", backref="parcels")
    carrier_name = peewee.CharField(max_length=80, default="")
    tracking_number = peewee.CharField(max_length=64, default="")
    core = peewee.CharField(max_length=64, default="")
    doubt = peewee.CharField(max_length=200, default="")
    status = peewee.CharField(max_length=40, default="")
    sub_status = peewee.CharField(max_length=80, default="")
    last_event_at = UtcField(null=True)
    made_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="parcels")
    created_at: UtcField = created_at()
    labelled_at = UtcField(null=True)
    shipped_at = UtcField(null=True)
    ended_at = UtcField(null=True)

    about = About(
        why="what was sent, how, and where it is", keep="18 months after its end",
        plain="id uid team store number state country grams length_mm width_mm height_mm cargo channel quote carrier carrier_name "
        "tracking_number core doubt status sub_status last_event_at created_at labelled_at shipped_at ended_at",
        staff="made_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("team", "number"), True),
            (("team", "created_at", "id"), False),
            (("team", "state", "created_at", "id"), False),
            (("team", "store", "created_at", "id"), False),
            (("team", "channel", "created_at", "id"), False),
            (("team", "country", "created_at", "id"), False),
            (("team", "status", "last_event_at", "sub_status"), False),
        )

    # Asking

    @classmethod
    def visible_to(cls, reach: Any, permission: str = "parcels.view") -> Any:
        """Parcels of the stores for which this person holds the permission."""
        query = cls.select().where(cls.team == reach.team_id)
        stores = reach.by_permission.get(permission, frozenset())
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> Parcel:
        """The parcel of this uid, if this person may see it. Raises OutOfReach."""
        parcel = cls.visible_to(reach).where(cls.uid == uid).first()
        if parcel is None:
            raise OutOfReach
        return parcel

    def locked(self) -> Parcel:
        """As it stands now, while others wait. Inside a transaction."""
        query = Parcel.select().where(Parcel.id == self.id)
        return (query if is_sqlite() else query.for_update()).get()

    @property
    def label(self) -> str:
        return f"P-{self.number}"

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def is_open(self) -> bool:
        """It has not left."""
        return self.state in OPEN

    # Weight, size, channel

    def box(self, *, grams: int, sides_mm: tuple[int, int, int], by: Any = None) -> None:
        """Says what it weighs and measures. A quote of other figures holds no more: it is taken off, and stays kept."""
        self._require_draft()
        if not 0 < grams <= 1_000_000:
            raise FieldRefused("grams", "Between 1 and 1,000,000 grams.")
        if any(not 0 <= side <= 10_000 for side in sides_mm):
            raise FieldRefused("sides_mm", "Between 0 and 10,000 millimetres.")
        length, width, height = sorted(sides_mm, reverse=True)
        with write_txn():
            self.move("draft", "draft", grams=grams, length_mm=length, width_mm=width, height_mm=height,
                      quote=None, channel=None)  # fmt: skip
            track("parcel_boxed", self, by=by, grams=grams, sides_mm=[length, width, height])
            moments.come("plan", self, by=by)

    def choose(self, quote: FreightQuote, *, by: Any = None) -> None:
        """Sends it by the channel of a kept quote of its own team."""
        self._require_draft()
        if quote.team_id != self.team_id:
            raise Refused("This quote belongs to another team.")
        if quote.country != self.country:
            raise Refused("This quote is for another country.")
        with write_txn():
            if Parcel.select().where(Parcel.quote == quote, Parcel.id != self.id).exists():
                raise Refused("This quote belongs to another parcel.")
            self.move("draft", "draft", quote=quote, channel=quote.channel_id)
            track("parcel_quoted", self, by=by, channel=quote.channel.code, quote=quote.label,
                  total=f"{quote.total.text()} {quote.currency}")  # fmt: skip
            moments.come("plan", self, by=by)

    def _require_draft(self) -> None:
        if self.state != "draft":
            raise Refused("The parcel has a label already. Void it, and make another.")

    # Its life

    def put_label_on(self, *, by: Any = None) -> None:
        """From here on its price is fixed: the frozen quote it points at. Raises Refused for what is missing."""
        with write_txn():
            now = self.locked()
            quote = now.quote
            if quote is None:
                raise Refused("Choose a channel first.")
            if not now.tracking_number:
                raise Refused("Give it a tracking number first.")
            self.move("draft", "labelled", labelled_at=clock.now())
            if not quote.waybill:
                quote.book(now.tracking_number, by=by)
            track("parcel_labelled", self, by=by, quote=quote.label, amount_minor=quote.total_minor,
                  currency=quote.currency, channel=quote.channel.code)  # fmt: skip
            moments.come("label", self, by=by)

    def leave(self, at: datetime, *, source: str, by: Any = None) -> None:
        """It was handed over, as a person or its carrier says. One that left already stays as it is."""
        with write_txn():
            try:
                self.move(OPEN, "shipped", shipped_at=at)
            except AlreadyDecided:
                return
            track("parcel_shipped", self, by=by, at=at, source=source)
            moments.come("leave", self, by=by)

    def hand_over(self, *, by: Any = None) -> None:
        """Somebody gave it to the carrier now. Raises Refused for one without a label."""
        if self.state != "labelled":
            raise Refused("Only a labelled parcel is handed over.")
        with write_txn():
            self.move("labelled", "shipped", shipped_at=clock.now())
            track("parcel_shipped", self, by=by, at=self.shipped_at, source="person")
            moments.come("leave", self, by=by)

    def end(self, state: str, at: datetime, *, source: str, by: Any = None) -> None:
        """It arrived, came back or is lost. Later news may still turn a delivery into a return."""
        if state not in ENDS:
            raise ValueError(state)
        with write_txn():
            self.move(tuple(STATES.keys() - {"void", state}), state, ended_at=at, shipped_at=self.shipped_at or at)
            track("parcel_ended", self, by=by, state=state, at=at, source=source)
            moments.come("end", self, by=by, state=state)

    def void(self, *, reason: str, by: Any = None) -> None:
        """Takes back a parcel that has not left; its lines may go into another."""
        if len(reason.strip()) < LEAST_REASON:
            raise FieldRefused("reason", "Say why, in at least %(least)s characters.", least=LEAST_REASON)
        with write_txn():
            quote: FreightQuote | None = self.locked().quote
            self.move(OPEN, "void", ended_at=clock.now())
            track("parcel_voided", self, by=by, reason=reason.strip()[:200], quote=quote.label if quote else "")
            moments.come("void", self, by=by)


Parcel.add_index(
    Parcel.index(Parcel.team, Parcel.tracking_number, where=Parcel.tracking_number != "", name="parcel_tracking_number")
)
# What ended lately teaches how long parcels of a lane are silent.
Parcel.add_index(
    Parcel.index(Parcel.team, Parcel.ended_at, Parcel.id, where=Parcel.ended_at.is_null(False), name="parcel_ended")
)
# The operator's list of what ever had a label of its channels, whoever's it is; what its scanner reads is found by the number alone.
Parcel.add_index(
    Parcel.index(
        Parcel.labelled_at, Parcel.id, Parcel.channel, where=Parcel.labelled_at.is_null(False), name="parcel_labelled"
    )
)
Parcel.add_index(
    Parcel.index(
        Parcel.state,
        Parcel.labelled_at,
        Parcel.id,
        Parcel.channel,
        where=Parcel.labelled_at.is_null(False),
        name="parcel_in_hand",
    )
)
Parcel.add_index(
    Parcel.index(Parcel.tracking_number, where=Parcel.tracking_number != "", name="parcel_number_anywhere")
)
