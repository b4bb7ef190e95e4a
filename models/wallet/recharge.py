"""Money coming into a wallet. A recharge is asked for by one person and decided by another; only an approved one moves the ledger."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import tell
from models.people.deciding import STATES as DECISIONS
from models.people.deciding import Decided, reason_of
from models.people.person import Person
from models.people.team import Team
from models.support.db import retrying, write_txn
from models.support.errors import FieldRefused
from models.support.fields import StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.wallet.hold import require_amount
from models.wallet.mending import pay_in
from models.wallet.once import asked_before
from models.wallet.reaching import sees_whole
from models.wallet.refusals import SelfApproval
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

METHODS = {"bank": say("Bank transfer"), "cash": say("Cash or cheque"), "gateway": say("Payment gateway")}
BY_PEOPLE = (
    "bank",
    "cash",
)  # A gateway says by itself what came in, by a callback that was verified; nobody approves it.
STATES = {**DECISIONS, "withdrawn": say("Withdrawn")}
GONE = ("rejected", "withdrawn")
RECEIPTS = "wallet.receipts"

declare("recharge_asked", say("%(actor)s asked for a recharge of %(amount)s to %(wallet)s: %(object)s"),
        "amount", "wallet", "method", "bank_reference")  # fmt: skip
tell("recharge_asked.method", METHODS)
declare("recharge_approved", say("%(actor)s approved the recharge %(object)s of %(amount)s"), "amount", "wallet")
declare(
    "recharge_rejected", say("%(actor)s rejected the recharge %(object)s of %(amount)s: %(reason)s"), "amount", "reason"
)
declare("recharge_withdrawn", say("%(actor)s withdrew the recharge %(object)s of %(amount)s"), "amount")
measure("recharges_decided", say("Recharges decided"), "recharge_approved", "recharge_rejected")


Listener = Callable[["Recharge"], None]
WHEN_GONE: list[Listener] = []
"""Called in the transaction in which a recharge is rejected or withdrawn."""


class Recharge(Decided, TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    wallet = peewee.ForeignKeyField(Wallet, index=False, on_delete="RESTRICT", backref="recharges")
    amount_minor = peewee.BigIntegerField(constraints=[peewee.Check("amount_minor > 0")])
    currency = peewee.CharField(max_length=3)
    method = StatusField(*METHODS, default="bank")
    bank_reference = peewee.CharField(max_length=64, default="")
    paid_on = peewee.DateField(null=True)
    state = StatusField(*STATES, default="waiting", constraints=[peewee.SQL("DEFAULT 'waiting'")])
    requested_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="recharges")
    decided_by = peewee.ForeignKeyField(
        Person, null=True, index=False, on_delete="SET NULL", backref="recharges_decided"
    )
    decided_at = UtcField(null=True)
    reason = peewee.CharField(max_length=200, default="")
    created_at: UtcField = created_at()

    about = About(
        why="money that came in, and who said so", keep="10 years, as the law wants of accounts",
        plain="id uid team wallet amount_minor currency method bank_reference paid_on state decided_at reason created_at",
        staff="requested_by decided_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "created_at", "id"), False), (("state", "created_at", "id"), False))

    @classmethod
    def seen_by(cls, reach: Any) -> Any:
        """The condition of those a person may see: all of the team's, or what they asked for themselves."""
        mine = cls.team == reach.team_id
        return mine if sees_whole(reach) else mine & (cls.requested_by == reach.person)

    @classmethod
    def reachable(cls, reach: Any) -> Any:
        return cls.select().where(cls.seen_by(reach))

    @property
    def label(self) -> str:
        return f"R-{self.id}"

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def method_words(self) -> Words:
        return METHODS[self.method]

    @property
    def _amount_text(self) -> str:
        return self.wallet.told(self.amount_minor)

    @classmethod
    def ask(
        cls,
        wallet: Wallet,
        amount_minor: int,
        *,
        method: str = "bank",
        bank_reference: str = "",
        paid_on: Any = None,
        by: Any,
        key: uuid.UUID | None = None,
    ) -> Recharge:
        """With one `key` it is asked for once. Raises InvalidAmount, FieldRefused, WalletClosed, KeyConflict."""
        require_amount(amount_minor)
        if method not in BY_PEOPLE:
            raise FieldRefused("method", "Choose how it was paid.")
        reference = " ".join(bank_reference.split())[:64]
        if method == "bank" and not reference:
            raise FieldRefused("bank_reference", "Give the bank's reference, so that the payment can be found.")
        body = {"amount_minor": amount_minor, "method": method, "bank_reference": reference, "paid_on": paid_on}
        with write_txn():
            wallet.locked()
            if (before := asked_before(cls, key, wallet_id=wallet.id, **body)) is not None:
                return before  # type: ignore[no-any-return]
            wallet.require_open()
            asked = cls.create(
                uid=key or uuid.uuid4(), team=wallet.team_id, wallet=wallet, amount_minor=amount_minor, currency=wallet.currency, method=method,
                bank_reference=reference, paid_on=paid_on, requested_by=by,
            )  # fmt: skip
            track("recharge_asked", asked, by=by, amount=asked._amount_text, wallet=wallet.label, method=method,
                  bank_reference=reference)  # fmt: skip
        return asked

    def duplicates(self) -> list[Recharge]:
        """Others of the portal with the same bank reference, or of the wallet with one that differs by marks alone or with the same amount
        within a week."""
        same = (Recharge.wallet == self.wallet_id) & (Recharge.amount_minor == self.amount_minor)
        week = timedelta(days=7)
        near = Recharge.created_at.between(self.created_at - week, self.created_at + week)
        alike = same & near
        if self.bank_reference:
            alike |= (Recharge.bank_reference == self.bank_reference) & (Recharge.currency == self.currency)
            same_name = folded(self.bank_reference)
            alike |= Recharge.id.in_([number for number, told in self._references() if folded(told) == same_name])
        found = Recharge.select().where(alike, Recharge.id != self.id, Recharge.state.not_in(GONE))
        return list(found.order_by(Recharge.id.desc()).limit(10))

    @retrying
    def approve(self, *, by: Person) -> Transfer:
        """Raises SelfApproval, AlreadyDecided, FieldRefused for a payment that was counted before."""
        self.require_another(by)
        with write_txn():
            Wallet.take_turn(self.wallet_id)
            self._require_new_payment()
            self.decide("approved", by=by)
            made = pay_in(
                self.wallet, self.amount_minor, key=f"recharge:{self.uid}", by=by, ref_kind="recharge", ref_id=self.id,
                memo=self.bank_reference,
            )  # fmt: skip
            wake(RECEIPTS)
            track("recharge_approved", self, by=by, amount=self._amount_text, wallet=self.wallet.label)
        return made

    def reject(self, *, reason: str, by: Person) -> None:
        self.require_another(by)
        reason = reason_of("reason", reason)
        with write_txn():
            self.decide("rejected", by=by, reason=reason)
            self._let_go()
            track("recharge_rejected", self, by=by, amount=self._amount_text, reason=self.reason)

    def withdraw(self, *, by: Person) -> None:
        """Its team takes it back while nobody has decided. Raises AlreadyDecided."""
        with write_txn():
            self.decide("withdrawn", by=by)
            self._let_go()
            track("recharge_withdrawn", self, by=by, amount=self._amount_text)

    def _let_go(self) -> None:
        for listener in WHEN_GONE:
            listener(self)

    def self_decided(self) -> SelfApproval:
        return SelfApproval(say("Somebody else has to decide on a recharge you asked for."))

    def _require_new_payment(self) -> None:
        """One payment of a bank counts once, however its reference is spaced or cased."""
        for number, reference in self._references(Recharge.state == "approved"):
            if _plain(reference) == _plain(self.bank_reference):
                raise FieldRefused(
                    "bank_reference", "The recharge %(before)s has this bank reference already.", before=f"R-{number}"
                )

    def _references(self, *conditions: Any) -> list[tuple[int, str]]:
        """Of the wallet's other recharges, where this one has a reference."""
        mine = (Recharge.wallet == self.wallet_id) & (Recharge.id != self.id) & (Recharge.bank_reference != "")
        query: Any = Recharge.select(Recharge.id, Recharge.bank_reference).where(mine, *conditions).tuples()
        return list(query) if self.bank_reference else []


def _plain(reference: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", reference)).casefold()


def folded(text: str) -> str:
    """Without case, width, spaces and marks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


Recharge.add_index(
    Recharge.index(
        Recharge.currency, Recharge.bank_reference, where=Recharge.bank_reference != "", name="recharge_bank_reference"
    )
)
