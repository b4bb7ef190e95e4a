"""What the operator makes good for a parcel: a refund of what it was charged, or a claim where it was lost or damaged. One person
proposes, another decides; up to the wallet's limit one alone (models/wallet/alone_limit.py). Only what is agreed to moves money, once.

A refund is never more than the parcel was charged. A claim is what was agreed for the goods: one stands for a parcel.
"""

from __future__ import annotations

import uuid
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import tell
from models.people.deciding import Decided, reason_of
from models.people.person import Person
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.wallet.alone_limit import AloneLimit
from models.wallet.claiming import pay_claim
from models.wallet.hold import Hold, require_amount
from models.wallet.mending import refund
from models.wallet.once import asked_before
from models.wallet.parcel_money import charged_for
from models.wallet.refusals import SelfApproval
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

KINDS = {"refund": say("Refund of freight"), "lost": say("Claim: it was lost"), "damaged": say("Claim: it was damaged")}
STATES = ("waiting", "approved", "rejected")
REF = "redress"

for _name in ("redress_proposed", "redress_approved", "redress_rejected"):
    tell(f"{_name}.kind", KINDS)
declare("redress_proposed", say("%(actor)s proposed %(object)s for the parcel %(parcel)s: %(kind)s, %(amount)s: %(reason)s"),
        "parcel", "kind", "amount", "reason")  # fmt: skip
declare("redress_approved", say("%(actor)s agreed to %(object)s for the parcel %(parcel)s: %(kind)s, %(amount)s"),
        "parcel", "kind", "amount", "alone")  # fmt: skip
declare("redress_rejected", say("%(actor)s rejected %(object)s for the parcel %(parcel)s: %(kind)s, %(amount)s: %(note)s"),
        "parcel", "kind", "amount", "note")  # fmt: skip
measure("redresses_decided", say("Refunds and claims decided"), "redress_approved", "redress_rejected")


class Redress(Decided, TeamRecord):
    """`team` is the parcel's. `decided_by` is who proposed it where that was within the limit."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    wallet = peewee.ForeignKeyField(Wallet, index=False, on_delete="RESTRICT", backref="redresses")
    parcel = peewee.ForeignKeyField(Parcel, on_delete="RESTRICT", backref="redresses")
    kind = StatusField(*KINDS)
    amount_minor = peewee.BigIntegerField(constraints=[peewee.Check("amount_minor > 0")])
    currency = peewee.CharField(max_length=3)
    reason = peewee.CharField(max_length=200)
    state = StatusField(*STATES, default="waiting")
    requested_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="redresses")
    decided_by = peewee.ForeignKeyField(
        Person, null=True, index=False, on_delete="SET NULL", backref="redresses_decided"
    )
    decided_at = UtcField(null=True)
    note = peewee.CharField(max_length=200, default="")
    created_at: UtcField = created_at()

    about = About(
        why="what was given back for a parcel, and the people behind it", keep="10 years, as the law wants of accounts",
        plain="id uid team wallet parcel kind amount_minor currency reason state decided_at note created_at",
        staff="requested_by decided_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("created_at", "id"), False), (("state", "created_at", "id"), False))

    @property
    def label(self) -> str:
        return f"C-{self.id}"

    @property
    def is_claim(self) -> bool:
        return self.kind != "refund"

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    @property
    def posted(self) -> Transfer | None:
        """What it became when it was agreed to."""
        mine = (Transfer.parcel == self.parcel_id) & (Transfer.ref_kind == REF) & (Transfer.ref_id == self.id)
        return Transfer.get_or_none(mine)

    @property
    def stands(self) -> bool:
        """Agreed to, and not reversed since."""
        made = self.posted
        return made is not None and not made.reversals.exists()

    @classmethod
    def of_parcel(cls, parcel: Parcel) -> list[Redress]:
        return list(cls.select().where(cls.parcel == parcel).order_by(cls.id))

    @classmethod
    def waiting_count(cls) -> int:
        return cls.select().where(cls.state == "waiting").count()

    # Its life

    @classmethod
    def propose(
        cls, parcel: Parcel, kind: str, amount_minor: int, *, reason: str, by: Any, key: uuid.UUID | None = None, alone: bool = False
    ) -> Redress:  # fmt: skip
        """`alone` says that who proposes may decide on wallets: within the limit it is agreed to at once. With one `key` it is proposed
        once. Raises FieldRefused, Refused."""
        require_amount(amount_minor)
        reason = reason_of("reason", reason)
        with write_txn():
            parcel.locked()  # Two proposals for one parcel come one after the other.
            if (
                before := asked_before(cls, key, parcel_id=parcel.id, kind=kind, amount_minor=amount_minor)
            ) is not None:
                return before
            wallet = wallet_of(parcel).require_open()
            _require_room(parcel, wallet, kind, amount_minor)
            made = cls.create(
                uid=key or uuid.uuid4(), team=parcel.team_id, wallet=wallet, parcel=parcel, kind=kind, amount_minor=amount_minor,
                currency=wallet.currency, reason=reason, requested_by=by,
            )  # fmt: skip
            made._track("redress_proposed", by, reason=reason)
            if alone and made._is_small(by):
                made._agree(by, alone=True)
        return made

    @retrying
    def approve(self, *, by: Person) -> Transfer:
        """Raises SelfApproval, AlreadyDecided, and what the ledger says."""
        self.require_another(by)
        with write_txn():
            return self._agree(by)

    def reject(self, *, note: str, by: Person) -> None:
        self.require_another(by)
        note = reason_of("note", note)
        with write_txn():
            self.decide("rejected", by=by, note=note)
            self._track("redress_rejected", by, note=note)

    def self_decided(self) -> SelfApproval:
        return SelfApproval(say("Somebody else has to decide on what you proposed."))

    def _agree(self, by: Any, *, alone: bool = False) -> Transfer:
        parcel = self.parcel.locked()
        if self.is_claim and any(one.is_claim and one.stands for one in Redress.of_parcel(parcel)):
            raise AlreadyDecided("A claim was paid for this parcel already.")
        self.decide("approved", by=by)
        act: Any = pay_claim if self.is_claim else refund
        made = act(
            self.wallet, parcel, parcel.channel, self.amount_minor, key=f"redress:{self.uid}", memo=self.reason, by=by,
            ref_kind=REF, ref_id=self.id,
        )  # fmt: skip
        self._track("redress_approved", by, alone=alone)
        return made

    def _is_small(self, by: Any) -> bool:
        """Is it, with all that one person alone gave back for the parcel before, within the limit, and no claim beyond what was declared?"""
        declared = declared_value(self.parcel)
        if self.is_claim and declared is not None and self.amount_minor > declared.amount_minor:
            return False
        before = [one.amount_minor for one in Redress.of_parcel(self.parcel) if one.was_alone]
        return AloneLimit.allows(self.wallet, self.amount_minor + sum(before), by)

    @property
    def was_alone(self) -> bool:
        return self.state == "approved" and self.decided_by_id == self.requested_by_id

    def _track(self, name: str, by: Any, **details: Any) -> None:
        """In the operator's log: what is not agreed to yet is not the seller's to read."""
        amount, parcel = self.wallet.told(self.amount_minor), self.parcel.tracking_number
        track(name, self, by=by, team=Team.operator(), parcel=parcel, kind=self.kind, amount=amount, **details)


Redress.add_index(
    Redress.index(
        Redress.parcel, Redress.kind, unique=True, where=Redress.state == "waiting", name="redress_waits_once"
    )
)


def wallet_of(parcel: Parcel) -> Wallet:
    """Which paid the parcel, or promised to. Raises Refused where none did."""
    models: tuple[Any, ...] = (Transfer, Hold)
    for model in models:
        found = model.select().where(model.parcel == parcel).order_by(model.id.desc()).first()
        if found is not None:
            return found.wallet
    raise Refused("No wallet has paid for this parcel.")


def declared_value(parcel: Parcel) -> Money | None:
    """What the label declared it to be worth, in the currency of its price."""
    quote: Any = parcel.quote
    told = quote and quote.asked.get("declared_value")
    return Money.of(told, quote.currency) if told else None


def _require_room(parcel: Parcel, wallet: Wallet, kind: str, amount_minor: int) -> None:
    """A refund leaves no parcel below nothing, a second claim is none, and one of a kind waits at a time."""
    known = Redress.of_parcel(parcel)
    if any(one.is_waiting and one.is_claim == (kind != "refund") for one in known):
        raise Refused("Something of this kind waits for a decision already. Decide on it first.")
    if kind != "refund" and any(one.is_claim and one.stands for one in known):
        raise Refused("A claim was paid for this parcel already.")
    if kind != "refund" and parcel.state == "void" and not Transfer.select().where(Transfer.parcel == parcel).exists():
        raise Refused("This label was voided before anything was charged: nothing left with it.")
    if kind == "refund" and amount_minor > (most := charged_for(parcel, wallet)):
        raise FieldRefused("amount", "At most %(most)s, which the parcel was charged.", most=wallet.told(max(most, 0)))
