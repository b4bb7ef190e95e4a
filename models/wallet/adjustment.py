"""A manual change of a wallet: proposed by one person with a reason, decided by another. It adds or takes an amount, reverses a
transfer, or pays out what is left."""

from __future__ import annotations

import uuid
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.people.deciding import STATES, Decided, reason_of
from models.people.person import Person
from models.people.team import Team
from models.support.db import retrying, write_txn
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.wallet.billing import reverse_by_hand
from models.wallet.hold import require_amount
from models.wallet.mending import adjust, pay_out
from models.wallet.once import asked_before
from models.wallet.refusals import SelfApproval
from models.wallet.transfer import NOT_FREIGHT, Transfer
from models.wallet.wallet import Wallet

KINDS = {"adjustment": say("Adjustment"), "reversal": say("Reversal"), "payout": say("Payout")}

declare("adjustment_proposed", say("%(actor)s proposed to change %(wallet)s by %(amount)s (%(kind)s): %(reason)s"),
        "amount", "wallet", "kind", "reason")  # fmt: skip
declare(
    "adjustment_approved",
    say("%(actor)s agreed to change %(wallet)s by %(amount)s (%(kind)s)"),
    "amount",
    "wallet",
    "kind",
)
declare(
    "adjustment_rejected",
    say("%(actor)s rejected the change of %(wallet)s by %(amount)s: %(note)s"),
    "amount",
    "wallet",
    "note",
)
measure("adjustments_decided", say("Changes of wallets decided"), "adjustment_approved", "adjustment_rejected")


class Adjustment(Decided, TeamRecord):
    """`amount_minor` as the wallet feels it: below nothing takes money out."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    wallet = peewee.ForeignKeyField(Wallet, index=False, on_delete="RESTRICT", backref="adjustments")
    kind = StatusField(*KINDS)
    amount_minor = peewee.BigIntegerField(constraints=[peewee.Check("amount_minor <> 0")])
    currency = peewee.CharField(max_length=3)
    reverses = peewee.ForeignKeyField(Transfer, null=True, index=False, on_delete="RESTRICT", backref="proposals")
    reason = peewee.CharField(max_length=200)
    state = StatusField(*STATES, default="waiting")
    requested_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="adjustments")
    decided_by = peewee.ForeignKeyField(
        Person, null=True, index=False, on_delete="SET NULL", backref="adjustments_decided"
    )
    decided_at = UtcField(null=True)
    note = peewee.CharField(max_length=200, default="")
    created_at: UtcField = created_at()

    about = About(
        why="changes by hand, and the two people behind each", keep="10 years, as the law wants of accounts",
        plain="id uid team wallet kind amount_minor currency reverses reason state decided_at note created_at",
        staff="requested_by decided_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "created_at", "id"), False), (("state", "created_at", "id"), False))

    @property
    def label(self) -> str:
        return f"A-{self.id}"

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    @property
    def posted(self) -> Transfer | None:
        """What it became when it was approved."""
        if self.reverses_id is not None:
            return Transfer.get_or_none(Transfer.reverses == self.reverses_id)
        mine = (Transfer.wallet == self.wallet_id) & NOT_FREIGHT
        return Transfer.get_or_none(mine, Transfer.ref_kind == "adjustment", Transfer.ref_id == self.id)

    @classmethod
    def waiting_of(cls, wallet: Wallet) -> list[Adjustment]:
        return list(cls.select().where(cls.wallet == wallet, cls.state == "waiting").order_by(cls.id))

    @classmethod
    def waiting_reversal(cls, transfer: Transfer) -> Adjustment | None:
        return cls.get_or_none(cls.reverses == transfer, cls.state == "waiting")

    @property
    def _facts(self) -> dict[str, str]:
        return {"amount": self.wallet.told(self.amount_minor), "wallet": self.wallet.label}

    @classmethod
    def propose(
        cls,
        wallet: Wallet,
        amount_minor: int,
        *,
        reason: str,
        by: Any,
        kind: str = "adjustment",
        reverses: Transfer | None = None,
        key: uuid.UUID | None = None,
    ) -> Adjustment:
        """With one `key` it is proposed once. Raises InvalidAmount, FieldRefused, WalletClosed, KeyConflict."""
        require_amount(abs(amount_minor))
        reason = reason_of("reason", reason)
        body = {
            "wallet_id": wallet.id,
            "kind": kind,
            "amount_minor": amount_minor,
            "reverses_id": reverses.id if reverses else None,
        }
        with write_txn():
            wallet.locked()
            if (before := asked_before(cls, key, **body)) is not None:
                return before  # type: ignore[no-any-return]
            wallet.require_open()
            made = cls.create(
                uid=key or uuid.uuid4(), team=wallet.team_id, wallet=wallet, kind=kind, amount_minor=amount_minor, currency=wallet.currency,
                reverses=reverses, reason=reason, requested_by=by,
            )  # fmt: skip
            track("adjustment_proposed", made, by=by, kind=kind, reason=made.reason, **made._facts)
        return made

    @classmethod
    def propose_reversal(cls, transfer: Transfer, *, reason: str, by: Any) -> Adjustment:
        return cls.propose(
            transfer.wallet, -transfer.signed_minor, reason=reason, by=by, kind="reversal", reverses=transfer
        )

    @retrying
    def approve(self, *, by: Person) -> Transfer:
        """Raises SelfApproval, AlreadyDecided, and what the ledger says."""
        self.require_another(by)
        key, memo = f"adjustment:{self.uid}", self.reason
        ref: dict[str, Any] = {"ref_kind": "adjustment", "ref_id": self.id}
        with write_txn():
            self.decide("approved", by=by)
            if self.reverses is not None:
                made = reverse_by_hand(self.reverses, key=key, memo=memo, by=by)
            elif self.kind == "payout":
                made = pay_out(self.wallet, -self.amount_minor, key=key, memo=memo, by=by, **ref)
            else:
                made = adjust(self.wallet, self.amount_minor, key=key, memo=memo, by=by, **ref)
            track("adjustment_approved", self, by=by, kind=self.kind, **self._facts)
        return made

    def reject(self, *, note: str, by: Person) -> None:
        self.require_another(by)
        note = reason_of("note", note)
        with write_txn():
            self.decide("rejected", by=by, note=note)
            track("adjustment_rejected", self, by=by, note=self.note, **self._facts)

    def self_decided(self) -> SelfApproval:
        return SelfApproval(say("Somebody else has to decide on a change you proposed."))
