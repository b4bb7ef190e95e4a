"""How an account with a tracking service does: what it answered, how long it is left alone, whether it sends by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.audit.event import declare, track
from models.support import clock
from models.support.db import write_txn
from models.support.words import Words, say

FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=30)
HEARD_WITHIN = timedelta(days=3)  # Messages that came by themselves so lately will go on coming.

declare("tracking_account_works", say("The tracking service %(object)s let us in"))
declare("tracking_account_refused", say("The tracking service %(object)s does not work: %(reason)s"), "reason")


class Health:
    """What a `TrackingAccount` knows of its service (models/shipping/tracking_account.py)."""

    @property
    def hears(self: Any) -> bool:
        """It sends by itself: then only what is silent is asked for."""
        return self.hook_at is not None and self.hook_at > clock.ago(seconds=HEARD_WITHIN.total_seconds())

    @property
    def is_resting(self: Any) -> bool:
        return self.rest_until is not None and self.rest_until > clock.now()

    @property
    def may_register(self: Any) -> bool:
        return self.register_after is None or self.register_after <= clock.now()

    # What the job learnt

    def succeed(self: Any, *, quota: dict[str, int] | None = None) -> None:
        """It answered. An account that was being tried works from now on."""
        values: dict[str, Any] = {"good_at": clock.now(), "failures": 0, "rest_until": None}
        if self.may_register:
            values["problem"] = ""
        if quota is not None:
            values |= {"quota": quota, "quota_at": clock.now()}
        with write_txn():
            if self.state == "checking":
                self.move("checking", "active", **values)
                track("tracking_account_works", self)
            else:
                self.change(**values)

    def fail(self: Any, words: Words, *, seconds: float | None = None) -> None:
        """It did not answer as it should: it is left alone for a while, longer each time."""
        rest = min(FIRST_REST * 2 ** min(self.failures, 10), LONGEST_REST)
        rest = max(rest, timedelta(seconds=seconds or 0))
        self.change(
            failures=self.failures + 1, problem=words.to_json(), problem_at=clock.now(), rest_until=clock.now() + rest
        )

    def heard(self: Any) -> None:
        """A message came; noted at most once a minute."""
        if self.hook_at is None or self.hook_at < clock.ago(minutes=1):
            self.change(hook_at=clock.now())

    def refuse(self: Any, words: Words) -> None:
        """It does not let us in; a person has to mend that."""
        with write_txn():
            self.move(("checking", "active"), "refused", problem=words.to_json(), problem_at=clock.now())
            track("tracking_account_refused", self, reason=str(words))

    def register_later(self: Any, until: datetime, words: Words) -> None:
        """New numbers wait; what is followed already is asked for all the same."""
        self.change(register_after=until, problem=words.to_json(), problem_at=clock.now())
