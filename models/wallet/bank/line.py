"""A line of a bank account, and the recharge it belongs to: unmatched → proposed → matched, or set aside with a reason.

One line belongs to one recharge at most and the reverse; the database says so. A match only tells where the money was seen: whether a
recharge is approved is decided by two people on its own page, and nothing here does it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import tell
from models.people.deciding import LEAST_REASON, reason_of
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.db import db, retrying, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault.seal import Sealed
from models.wallet.bank.file import BankFile
from models.wallet.recharge import GONE, WHEN_GONE, Recharge
from models.wallet.refusals import SelfApproval

STATES = {
    "unmatched": say("Unmatched"), "proposed": say("Suggested"), "matched": say("Matched"), "aside": say("Set aside"),
    "outgoing": say("Money out"),
}  # fmt: skip
RULES = {"": "", "reference": say("Same reference"), "amount": say("Same amount, days apart"), "hand": say("By hand")}
tell("bank_line_matched.rule", {rule: words for rule, words in RULES.items() if isinstance(words, Words)})
OPEN, TIED = ("unmatched", "proposed"), ("proposed", "matched")

declare("bank_line_matched", say("%(actor)s matched the bank line %(object)s of %(amount)s with %(recharge)s"),
        "amount", "recharge", "rule", "reason")  # fmt: skip
declare(
    "bank_line_unmatched", say("%(actor)s took back the match of %(object)s with %(recharge)s"), "amount", "recharge"
)
declare("bank_line_freed", say("The bank line %(object)s is free again: %(recharge)s is gone"), "amount", "recharge")
declare(
    "bank_line_set_aside",
    say("%(actor)s set the bank line %(object)s of %(amount)s aside: %(reason)s"),
    "amount",
    "reason",
)
declare("bank_line_taken_back", say("%(actor)s took the bank line %(object)s back"), "amount")
measure("bank_lines_matched", say("Bank lines matched or set aside"), "bank_line_matched", "bank_line_set_aside")


class BankLine(Sealed, TeamRecord):
    """`amount_minor` is above zero where money came in. `occurrence` tells lines that say the same apart."""

    id = peewee.BigAutoField()
    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    file = peewee.ForeignKeyField(BankFile, on_delete="RESTRICT", backref="lines")
    row_number = peewee.IntegerField()
    booked_on = peewee.DateField()
    amount_minor = peewee.BigIntegerField()
    currency = peewee.CharField(max_length=3)
    balance_minor = peewee.BigIntegerField(null=True)
    reference = peewee.CharField(max_length=64)
    summary = SealedField(null=True)
    counterparty = SealedField(null=True)
    fingerprint = peewee.CharField(max_length=64)
    occurrence = peewee.IntegerField()
    state = StatusField(*STATES)
    recharge = peewee.ForeignKeyField(Recharge, null=True, unique=True, on_delete="RESTRICT", backref="bank_lines")
    rule = peewee.CharField(max_length=12, default="")
    reason = peewee.CharField(max_length=200, default="")
    decided_by = peewee.ForeignKeyField(
        Person, null=True, index=False, on_delete="SET NULL", backref="bank_lines_decided"
    )
    decided_at = UtcField(null=True)
    created_at: UtcField = created_at()

    about = About(
        why="what came into the operator's bank account, and which recharge it is", keep="10 years, as the law wants of accounts",
        plain="id uid team file row_number booked_on amount_minor currency balance_minor reference fingerprint occurrence state recharge "
        "rule reason decided_at created_at",
        staff="decided_by", secret="summary counterparty",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("team", "fingerprint", "occurrence"), True),
            (("team", "booked_on", "id"), False),
            (("team", "state", "booked_on", "id"), False),
        )

    def seal_subject(self) -> str:
        return self.file.seal_subject()

    def seal_row(self) -> str:
        return str(self.uid)

    @property
    def label(self) -> str:
        return f"B-{self.id}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def rule_words(self) -> Any:
        return RULES.get(self.rule, "")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def difference(self) -> Money | None:
        """What came in beyond what was asked for."""
        mine: Any = self.recharge
        return Money(self.amount_minor - mine.amount_minor, self.currency) if mine else None

    def told(self) -> dict[str, str]:
        return {"amount": f"{self.amount.text()} {self.currency}"}

    # What people decide

    def confirm(self, *, by: Any) -> None:
        """What was proposed is right. Raises AlreadyDecided."""
        if self.recharge is None:
            raise Refused("No recharge is suggested for this line.")
        self.match(self.recharge, by=by)

    @retrying
    def match(self, recharge: Recharge, *, reason: str = "", by: Any) -> None:
        """This money is that recharge's. With another amount it wants a reason. Raises Refused, FieldRefused, SelfApproval,
        AlreadyDecided."""
        if recharge.currency != self.currency:
            raise Refused("This recharge is in %(currency)s.", currency=recharge.currency)
        if recharge.amount_minor != self.amount_minor and len(reason.strip()) < LEAST_REASON:
            raise FieldRefused("reason", "The amounts differ. Say why they belong together.")
        rule = self.rule if self.recharge_id == recharge.id and self.rule else "hand"
        with write_txn():
            Recharge.take_turn(recharge.id)
            _require_there(recharge.reload())
            _require_another(recharge, by)
            self._tie(
                recharge, "matched", rule=rule, reason=reason.strip()[:200], decided_by=by, decided_at=clock.now()
            )
            track(
                "bank_line_matched", self, by=by, recharge=recharge.label, rule=rule, reason=self.reason, **self.told()
            )

    def propose(self, recharge: Recharge, rule: str) -> bool:
        """Found by a rule; a person confirms it. False where somebody was faster."""
        try:
            with write_txn():
                Recharge.take_turn(recharge.id)
                _require_there(recharge.reload())
                self._tie(recharge, "proposed", olds=("unmatched",), rule=rule)
        except Refused:
            return False
        return True

    def _tie(self, recharge: Recharge, state: str, *, olds: tuple[str, ...] = OPEN, **values: Any) -> None:
        """Raises AlreadyDecided where the line is not open, Refused where the recharge has another line."""
        try:
            with db.atomic():
                self.move(olds, state, recharge=recharge, **values)
        except peewee.IntegrityError:
            raise Refused("Another bank line belongs to this recharge.") from None

    def undo(self, *, by: Any) -> None:
        """Takes a match or a proposal back; what became of the recharge stays. Raises AlreadyDecided."""
        label = self.recharge.label if self.recharge else ""
        with write_txn():
            self._free(TIED)
            track("bank_line_unmatched", self, by=by, recharge=label, **self.told())

    def set_aside(self, *, reason: str, by: Any) -> None:
        """It is no recharge. Raises FieldRefused, AlreadyDecided."""
        reason = reason_of("reason", reason)
        with write_txn():
            self.move(OPEN, "aside", recharge=None, rule="", reason=reason, decided_by=by, decided_at=clock.now())
            track("bank_line_set_aside", self, by=by, reason=reason, **self.told())

    def take_back(self, *, by: Any) -> None:
        with write_txn():
            self._free(("aside",))
            track("bank_line_taken_back", self, by=by, **self.told())

    def _free(self, olds: tuple[str, ...]) -> None:
        self.move(olds, "unmatched", recharge=None, rule="", reason="", decided_by=None, decided_at=None)


def _require_there(recharge: Recharge) -> None:
    if recharge.state in GONE:
        raise Refused("This recharge is gone. Reload the page.")


def _require_another(recharge: Recharge, by: Any) -> None:
    """Whoever decides on a recharge trusts the match: it is not the word of who asked for it."""
    if by is not None and by.id == recharge.requested_by_id:
        raise SelfApproval(say("Somebody else has to match a recharge you asked for."))


def _let_go(recharge: Recharge) -> None:
    """A recharge that was rejected or withdrawn lets its line go."""
    for line in BankLine.select().where(BankLine.recharge == recharge, BankLine.state.in_(TIED)):
        with suppress(AlreadyDecided):  # Somebody takes the match back at this moment.
            line._free(TIED)
            track("bank_line_freed", line, recharge=recharge.label, **line.told())


WHEN_GONE.append(_let_go)
