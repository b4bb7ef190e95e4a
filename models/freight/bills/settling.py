"""Settling a difference: agreed (the wallet posts it, once), disputed with the carrier, or cleared. Each decision is a conditional
change of state with its event. A wrong one is taken back; what the wallet has posted by then, it takes back in the same transaction:

    @of_wallet("reopen")
    def take_back(line, *, by, reason): …
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from models.audit.event import declare, track
from models.audit.measure import measure
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.money import Money
from models.support.words import say

UNDECIDED, DECIDED = ("open", "disputed"), ("agreed", "cleared")
MOST_TEXT, MOST_AT_ONCE = 500, 1000
NEVER_SMALL = ("MISSING", "NOT_OURS", "DUPLICATE")

declare("difference_agreed", say("%(actor)s agreed to %(amount)s for %(object)s: %(reason)s"),
        "amount", "reason", "bill", "kind")  # fmt: skip
declare("difference_disputed", say("%(actor)s disputed %(amount)s for %(object)s: %(reason)s"),
        "amount", "reason", "bill", "kind")  # fmt: skip
declare("difference_cleared", say("%(actor)s cleared %(amount)s for %(object)s: %(reason)s"),
        "amount", "reason", "bill", "kind")  # fmt: skip
declare("difference_reopened", say("%(actor)s took back the decision on %(object)s: %(reason)s"),
        "was", "reason", "bill", "kind")  # fmt: skip
declare("difference_posted", say("The difference of %(object)s was posted as %(ref)s"), "amount", "ref", "bill")
Listener = Callable[..., bool]
LISTENERS: dict[str, list[Listener]] = {"agree": [], "reopen": []}
measure("differences_settled", say("Freight differences settled"), "difference_agreed", "difference_cleared")


def of_wallet(moment: str) -> Callable[[Listener], Listener]:
    """Registers what a later room does when a line is agreed to or opened again: whether it had anything to do."""

    def register(listener: Listener) -> Listener:
        LISTENERS[moment].append(listener)
        return listener

    return register


class Settling:
    """What a `BillLine` can be told by people and by the wallet."""

    @property
    def is_undecided(self: Any) -> bool:
        return self.state in UNDECIDED

    @property
    def may_be_agreed(self: Any) -> bool:
        return self.is_undecided and self.kind != "MISSING" and self.difference_minor != 0

    @property
    def may_be_reopened(self: Any) -> bool:
        return self.state in DECIDED

    def agree(self: Any, *, by: Any, reason: str, amount_minor: int | None = None) -> None:
        """The difference (or a part of it) is right: the wallet may post it. Raises FieldRefused, AlreadyDecided."""
        if self.kind == "MISSING":
            raise Refused("Nothing was billed for this parcel, so there is nothing to agree to. Clear it instead.")
        amount = self.difference_minor if amount_minor is None else amount_minor
        if not amount or not min(0, self.difference_minor) <= amount <= max(0, self.difference_minor):
            raise FieldRefused("amount", "An amount between nothing and the whole difference.")
        with write_txn():
            self._decide("agreed", "difference_agreed", _said(reason), by=by, amount=amount, agreed_minor=amount)
            for listener in LISTENERS["agree"]:
                listener(self)

    def argue(self: Any, *, by: Any, reason: str) -> None:
        """The difference is disputed with the carrier. Its answer is told when it is agreed to or cleared."""
        text = _said(reason)
        with write_txn():
            self.move("open", "disputed", dispute=text, decided_by=by, decided_at=clock.now())
            self._track("difference_disputed", text, by=by, amount=self.difference_minor)

    def clear(self: Any, *, by: Any, reason: str) -> None:
        """Nothing is to be posted: a credit note came, or it is no difference after all."""
        self._decide("cleared", "difference_cleared", _said(reason), by=by, amount=self.difference_minor)

    def reopen(self: Any, *, by: Any, reason: str) -> None:
        """Takes a decision back, and its posting. Raises Refused, AlreadyDecided."""
        text = _said(reason)
        with write_txn():
            type(self).take_turn(self.id)  # Whoever posts it waits, or did.
            now = self.reload()
            if now.posted_ref and not any([listener(now, by=by, reason=text) for listener in LISTENERS["reopen"]]):
                raise Refused("The wallet has posted this difference. Reverse the transfer there.")
            now.open_again(by=by, reason=text)
        self.state, self.posted_ref = "open", ""

    def open_again(self: Any, *, by: Any, reason: str) -> None:
        """As if nobody had decided; its posting, if it had one, was reversed just before. Raises AlreadyDecided."""
        model, was = type(self), self.state
        mine = (model.id == self.id) & model.state.in_(DECIDED) & (model.posted_ref == self.posted_ref)
        with write_txn():
            opened = model.update(
                state="open",
                agreed_minor=None,
                reason="",
                dispute="",
                posted_ref="",
                decided_by=by,
                decided_at=clock.now(),
            )
            if not opened.where(mine).execute():
                raise AlreadyDecided()
            track("difference_reopened", self, by=by, was=was, reason=reason, bill=self.bill.number, kind=self.kind)
        self.state, self.posted_ref = "open", ""

    def mark_posted(self: Any, ref: str) -> None:
        """Says by which transfer it was posted; once. Raises AlreadyDecided. Call it in the transfer's own transaction."""
        model, ref = type(self), ref[:60]
        mine = (model.id == self.id) & (model.state == "agreed") & (model.posted_ref == "")
        with write_txn():
            if not ref or not model.update(posted_ref=ref).where(mine).execute():
                raise AlreadyDecided()
            self.posted_ref = ref
            amount = _text(self.agreed_minor or 0, self.currency)
            track("difference_posted", self, amount=amount, ref=ref, bill=self.bill.number)

    @classmethod
    def agree_to_small(
        cls: Any, reach: Any, limit_minor: int, currency: str, *, by: Any, reason: str
    ) -> tuple[int, int]:
        """Agrees to open differences of at most so much, the oldest first. Returns how many, and how many are left."""
        if limit_minor <= 0:
            raise FieldRefused("limit", "Write an amount above zero.")
        small = cls.reachable(reach).where(
            cls.state == "open", cls.currency == currency, cls.size_minor.between(1, limit_minor),
            cls.kind.not_in(NEVER_SMALL),
        )  # fmt: skip
        done = 0
        with write_txn():
            for line in small.order_by(cls.id).limit(MOST_AT_ONCE):
                with suppress(AlreadyDecided):  # Somebody else settles it at this moment.
                    line.agree(by=by, reason=reason)
                    done += 1
        return done, small.count()

    def _decide(self: Any, state: str, event: str, reason: str, *, by: Any, amount: int, **values: Any) -> None:
        with write_txn():
            self.move(UNDECIDED, state, reason=reason, decided_by=by, decided_at=clock.now(), **values)
            self._track(event, reason, by=by, amount=amount)

    def _track(self: Any, event: str, reason: str, *, by: Any, amount: int) -> None:
        told = _text(amount, self.currency)
        track(event, self, by=by, amount=told, reason=reason, bill=self.bill.number, kind=self.kind)


def _text(amount_minor: int, currency: str) -> str:
    return f"{Money(amount_minor, currency).text()} {currency}"


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise FieldRefused("reason", "Say why.")
    if len(text) > MOST_TEXT:
        raise FieldRefused("reason", "At most %(most)s characters; this has %(has)s.", most=MOST_TEXT, has=len(text))
    return text
