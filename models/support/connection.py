"""An account with somebody outside, whoever it is: whether it lets us in, what it said last, how long it is left alone.

A job tries it: `checking` becomes `active`, or `refused` until a person mends it; `paused` is a person's wish. Rooms that have such
accounts (tracking services, mailboxes) share this and say in `tell` which event each change leaves.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided
from models.support.words import Words, say

FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=30)
STATES = {
    "checking": say("Being tried"),
    "active": say("Works"),
    "paused": say("Paused"),
    "refused": say("Refused"),
}
TRIED = ("active", "refused", "checking")


class Connection:
    """Mixin of records with `state`, `problem` (words as JSON), `problem_at`, `failures`, `good_at` and `rest_until`."""

    def tell(self, what: str, **details: Any) -> None:
        """Writes the event of the room's own: "works", "refused" (with `reason`), "paused", "resumed". Inside a transaction."""
        raise NotImplementedError

    def start(self) -> None:
        """Has the jobs look at it soon. Inside a transaction."""
        raise NotImplementedError

    def as_it_stands(self: Any) -> Any:
        """The row as it is now, for whoever changes it; others wait until the transaction ends. Of two who change it at once neither has
        the other's secret sent to a server of their own. Raises AlreadyDecided when it is gone."""
        type(self).take_turn(self.id)
        now = type(self).of_uid(self.uid)
        if now is None:
            raise AlreadyDecided()
        return now

    @property
    def state_words(self: Any) -> Words:
        return STATES[self.state]

    @property
    def problem_words(self: Any) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def is_working(self: Any) -> bool:
        return self.state == "active"

    @property
    def is_resting(self: Any) -> bool:
        return self.rest_until is not None and self.rest_until > clock.now()

    # What a person wants

    def pause(self: Any, *, by: Any = None) -> None:
        with write_txn():
            self.move(TRIED, "paused", problem="", rest_until=None)
            self.tell("paused", by=by)

    def resume(self: Any, *, by: Any = None) -> None:
        with write_txn():
            self.move("paused", self.first_state)
            self.tell("resumed", by=by)
            self.start()

    @property
    def first_state(self) -> str:
        return "checking"

    # What the job learnt

    def succeed(self: Any, **values: Any) -> None:
        """It answered. An account that was being tried works from now on."""
        values = {"good_at": clock.now(), "failures": 0, "rest_until": None, "problem": ""} | values
        with write_txn():
            if self.state == "checking":
                self.move("checking", "active", **values)
                self.tell("works")
            else:
                self.change(**values)

    def fail(self: Any, words: Words, *, seconds: float | None = None) -> None:
        """It did not answer as it should: it is left alone for a while, longer each time."""
        rest = min(FIRST_REST * 2 ** min(self.failures, 10), LONGEST_REST)
        rest = max(rest, timedelta(seconds=seconds or 0))
        self.change(
            failures=self.failures + 1, problem=words.to_json(), problem_at=clock.now(), rest_until=clock.now() + rest
        )

    def refuse(self: Any, words: Words) -> None:
        """It does not let us in; a person has to mend that."""
        with write_txn():
            self.move(("checking", "active"), "refused", problem=words.to_json(), problem_at=clock.now())
            self.tell("refused", reason=words)
