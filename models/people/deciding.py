"""What one person asks for and another decides on, once: a recharge, a change of a wallet by hand, a price by hand.

A mixin of records with `state`, `amount_minor`, `currency`, `requested_by`, `decided_by` and `decided_at`.
"""

from __future__ import annotations

from typing import Any

from models.people.person import Person
from models.support import clock
from models.support.errors import FieldRefused, Refused
from models.support.money import Money
from models.support.words import Words, say

STATES = {"waiting": say("Waits for a decision"), "approved": say("Approved"), "rejected": say("Rejected")}
LEAST_REASON, MOST_REASON = 5, 200


class Decided:
    amount_minor: Any
    currency: Any
    state: Any
    requested_by_id: Any
    move: Any

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_waiting(self) -> bool:
        return self.state == "waiting"

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    def self_decided(self) -> Refused:
        """What is said to whoever asked for it and would decide on it."""
        raise NotImplementedError

    def require_another(self, by: Person) -> None:
        if by.id == self.requested_by_id:
            raise self.self_decided()

    def decide(self, state: str, *, by: Person, **values: Any) -> None:
        """Approves or rejects, once, inside the caller's transaction. Raises AlreadyDecided."""
        self.move("waiting", state, decided_by=by, decided_at=clock.now(), **values)


def reason_of(field: str, text: str) -> str:
    """Why somebody asks or rejects. Raises FieldRefused for hardly a word."""
    if len(text.strip()) < LEAST_REASON:
        raise FieldRefused(field, "Say why, in at least %(least)s characters.", least=LEAST_REASON)
    return text.strip()[:MOST_REASON]
