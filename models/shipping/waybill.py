"""A waybill: a parcel handed to a carrier's own service, which gives it a number and a label. Ordered once, whatever happens.

waiting → asking → made → ready (its label is kept). Our reference names the parcel for ever at the carrier, which refuses a second
waybill under it; an answer that never came, or a refusal after one, is settled by asking for the reference before anything is sent
again. The label shows the buyer, so it is sealed under an order's key and dies with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.orders.order import Order
from models.people.person import Person
from models.people.team import Team
from models.shipping.numbering import read_number
from models.shipping.parcel import Parcel
from models.shipping.tracking_account import TrackingAccount
from models.shipping.waybill_rules import reference_of, require_reveal, require_whole, required_service
from models.shipping.waybill_steps import Stepped
from models.stores.store import Store
from models.support import clock
from models.support.bulk import among
from models.support.db import write_txn
from models.support.errors import AlreadyDecided
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault.data_key import KeyDestroyed
from models.vault.seal import Sealed

JOB = "shipping.waybills"
STATES = {
    "waiting": say("Waiting to be ordered"),
    "asking": say("Being ordered"),
    "unsure": say("Being looked up at the carrier"),
    "made": say("Ordered; its label is being fetched"),
    "ready": say("Ordered, with the carrier's label"),
    "refused": say("Refused"),
}
TO_DO, UNSETTLED = ("waiting", "unsure", "made"), ("asking", "unsure")
ABANDONED = timedelta(minutes=10)  # A claim this old belongs to a job that died.

declare(
    "waybill_ordered",
    say("%(actor)s ordered a waybill for the parcel %(object)s from %(account)s"),
    "account",
    "reference",
)


class Waybill(Stepped, Sealed, TeamRecord):
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

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def is_under_way(self) -> bool:
        return self.state in ("waiting", "asking", "unsure", "made")

    @property
    def stands_still(self) -> Words | None:
        """Why nothing goes on with it, where only a person can help."""
        if not self.is_under_way or (self.account is not None and self.account.is_working):
            return None
        if self.account is None:
            return say("The service it was ordered from was removed. Order it again from another.")
        return say("The service it is ordered from does not work now. Look at it under Tracking services.")

    def seal_subject(self) -> str:
        return self.order.vault_subject  # type: ignore[union-attr]

    def seal_row(self) -> str:
        return str(self.uid)

    # Ordering

    @classmethod
    def of(cls, parcel: Parcel) -> Waybill | None:
        return cls.get_or_none(cls.parcel == parcel)

    @classmethod
    def ask(cls, parcel: Parcel, *, by: Any = None) -> Waybill:
        """Wants a waybill of the parcel's carrier. Asked twice, the first stands; one that was refused is asked for again.
        Raises Refused with what is missing."""
        account = required_service(parcel)
        require_reveal(parcel, by)
        with write_txn():
            now = parcel.locked()
            held = cls.of(now)
            if held is not None and held.state != "refused":
                return held if held.account_id else held._begin_anew(account)
            require_whole(now)
            values = {"account": account.id, "account_name": account.name, "method": now.channel.code if now.channel else "", "asked_by": by,
                      "due_at": clock.now(), "problem": ""}  # fmt: skip
            if held is not None:
                waybill = held.move("refused", "waiting", **values)
            else:
                waybill = cls.create(
                    team=now.team_id, store=now.store_id, parcel=now, reference=reference_of(now), **values
                )
            track("waybill_ordered", now, by=by, account=account.name, reference=waybill.reference)
            wake(JOB, str(account.uid))
        return waybill

    def _begin_anew(self, account: TrackingAccount) -> Waybill:
        """Its service was removed: another goes on where it stood."""
        wake(JOB, str(account.uid))
        return self.change(account=account.id, account_name=account.name, due_at=clock.now())

    # What the job does

    @classmethod
    def accounts_with_work(cls) -> list[str]:
        """Accounts that work and have a waybill to order, to look up or to fetch the label of."""
        query = TrackingAccount.select(TrackingAccount.uid).join(cls).where(_due(), TrackingAccount.state == "active")
        return [str(account.uid) for account in query.distinct()]

    @classmethod
    def claim(cls, account: TrackingAccount, most: int) -> list[tuple[Waybill, bool]]:
        """Takes some for ordering; with each whether the carrier may know it already. Another run gets others."""
        taken = []
        due = cls.select().where(cls.account == account, cls.state != "made", _due()).order_by(cls.id).limit(most)
        for row in due:
            was = row.state
            try:
                with write_txn():
                    same = (cls.id == row.id) & (cls.state == was) & (cls.tries == row.tries)
                    values = {"state": "asking", "claimed_at": clock.now(), "tries": row.tries + 1}
                    if not cls.update(**values).where(same).execute():
                        raise AlreadyDecided()
            except AlreadyDecided:
                continue
            taken.append((row.reload(), was in UNSETTLED))
        return taken

    @classmethod
    def to_fetch(cls, account: TrackingAccount, most: int) -> list[Waybill]:
        """Those whose label is to be fetched."""
        query = cls.select().where(cls.account == account, cls.state == "made", cls.due_at <= clock.now())
        return list(query.order_by(cls.id).limit(most))

    # Its label

    @classmethod
    def labels_of(cls, parcels: Sequence[Parcel]) -> dict[int, Waybill]:
        """The carriers' labels that are kept (parcel id → waybill); not where the parcel has another number by now."""
        numbers = {parcel.id: parcel.tracking_number for parcel in parcels}
        rows = (
            cls.select(cls, Order)
            .join(Order)
            .where(among(cls.parcel, list(numbers)), cls.state == "ready", cls.pdf.is_null(False))
        )
        return {
            row.parcel_id: row for row in rows if read_number(row.tracking_number).normalized == numbers[row.parcel_id]
        }

    def label_pdf(self) -> bytes:
        """In clear, for a paper that is made now. Raises KeyDestroyed."""
        content = self.unseal_bytes("pdf")
        if content is None:
            raise KeyDestroyed()
        return content

    @classmethod
    def forget_labels(cls) -> int:
        """Takes away the ciphertext of labels whose buyers' data was destroyed."""
        gone = Order.select(Order.id).where(Order.buyer_state == "destroyed")
        with write_txn():
            return cls.update(pdf=None).where(cls.pdf.is_null(False), cls.order.in_(gone)).execute()


def _due() -> Any:
    now = clock.now()
    abandoned = (Waybill.state == "asking") & (Waybill.claimed_at < now - ABANDONED)
    return (Waybill.state.in_(TO_DO) & (Waybill.due_at <= now)) | abandoned
