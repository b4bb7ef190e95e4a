"""What a weighed parcel costs that the price sheet of its label does not take: proposed by one of the operator's people with a reason,
decided by another. Only what is agreed to costs anything, and once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.people.deciding import STATES, Decided, reason_of
from models.people.person import Person
from models.people.team import Team
from models.shipping import moments
from models.shipping.parcel import Parcel
from models.shipping.weighing import Weighing
from models.support.bulk import among
from models.support.db import db, retrying, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

MOST = 10**9  # Ten million of most currencies, for one parcel.

declare(
    "price_proposed",
    say("%(actor)s proposed that the parcel %(object)s costs %(amount)s: %(reason)s"),
    "amount",
    "reason",
)
declare(
    "price_rejected",
    say("%(actor)s rejected that the parcel %(object)s costs %(amount)s: %(reason)s"),
    "amount",
    "reason",
)
declare("price_approved", say("%(actor)s agreed that the parcel %(object)s costs %(amount)s"), "amount")
declare("parcel_priced", say("%(actor)s decided for the operator that the parcel %(object)s costs %(amount)s: %(reason)s"),
        "amount", "reason")  # fmt: skip
measure("prices_decided", say("Prices by hand decided"), "price_approved", "price_rejected")


class HandPrice(Decided, TeamRecord):
    """`team` is the parcel's. Nothing is a price, too."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    parcel = peewee.ForeignKeyField(Parcel, index=False, on_delete="RESTRICT", backref="hand_prices")
    amount_minor = peewee.BigIntegerField(constraints=[peewee.Check("amount_minor >= 0")])
    currency = peewee.CharField(max_length=3)
    reason = peewee.CharField(max_length=200)
    state = StatusField(*STATES, default="waiting")
    requested_by = peewee.ForeignKeyField(
        Person, null=True, index=False, on_delete="SET NULL", backref="prices_proposed"
    )
    decided_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="prices_decided")
    decided_at = UtcField(null=True)
    note = peewee.CharField(max_length=200, default="")
    created_at: UtcField = created_at()

    about = About(
        why="what a parcel costs that no price sheet takes, and the two people behind it", keep="10 years, as the law wants of accounts",
        plain="id uid team parcel amount_minor currency reason state decided_at note created_at",
        staff="requested_by decided_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("created_at", "id"), False), (("state", "created_at", "id"), False))

    @property
    def label(self) -> str:
        return self.parcel.tracking_number

    @property
    def _told(self) -> str:
        return f"{self.amount.text()} {self.currency}"

    @classmethod
    def of_parcels(cls, parcels: Iterable[int]) -> dict[int, HandPrice]:
        """What waits or was agreed to, by the parcel's id."""
        return {
            one.parcel_id: one for one in cls.select().where(among(cls.parcel, list(parcels)), cls.state != "rejected")
        }

    @classmethod
    def waiting_count(cls) -> int:
        return cls.select().where(cls.state == "waiting").count()

    @classmethod
    def propose(cls, weighing: Weighing, amount_minor: int, *, reason: str, by: Any) -> HandPrice:
        """Raises FieldRefused, Refused, AlreadyDecided."""
        if weighing.quote_id is not None:
            raise Refused("This parcel has its price by the price sheet.")
        if not 0 <= amount_minor <= MOST:
            raise FieldRefused("amount", "An amount is from nothing to ten million.")
        reason = reason_of("reason", reason)
        with write_txn():
            values = {
                "team": weighing.team_id,
                "parcel": weighing.parcel_id,
                "amount_minor": amount_minor,
                "currency": weighing.currency,
            }
            made = cls._keep(**values, reason=reason, requested_by=by)
            made._track("price_proposed", by, reason=reason)
        return made

    @classmethod
    def _keep(cls, **values: Any) -> HandPrice:
        try:
            with db.atomic():
                return cls.create(**values)
        except peewee.IntegrityError:
            raise AlreadyDecided("Somebody proposed a price for this parcel already.") from None

    @retrying
    def approve(self, *, by: Person) -> None:
        """From here on the parcel costs that. Raises Refused, AlreadyDecided, and what the ledger says."""
        self.require_another(by)
        with write_txn():
            self.decide("approved", by=by)
            self._track("price_approved", by)
            track("parcel_priced", self.parcel, by=by, amount=self._told, reason=self.reason)
            moments.come("price", self.parcel, by=by, amount_minor=self.amount_minor)

    def reject(self, *, note: str, by: Person) -> None:
        self.require_another(by)
        note = reason_of("note", note)
        with write_txn():
            self.decide("rejected", by=by, note=note)
            self._track("price_rejected", by, reason=note)

    def self_decided(self) -> Refused:
        return Refused("Somebody else has to decide on a price you proposed.")

    def _track(self, name: str, by: Any, **details: Any) -> None:
        """In the operator's log: what is not agreed to yet is not the seller's to read."""
        label: Any = self.parcel.quote
        track(name, self, by=by, team=label.channel.team_id, amount=self._told, **details)


HandPrice.add_index(
    HandPrice.index(HandPrice.parcel, unique=True, where=HandPrice.state != "rejected", name="hand_price_once")
)
