"""How an account with a tracking service does, besides what all accounts have: whether new numbers wait, and whether it sends by
itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import as_said, tell
from models.support import clock
from models.support.connection import Connection
from models.support.words import Words, say

HEARD_WITHIN = timedelta(days=3)  # Messages that came by themselves so lately will go on coming.

declare("tracking_account_works", say("The tracking service %(object)s let us in"))
declare("tracking_account_refused", say("The tracking service %(object)s does not work: %(reason)s"), "reason")
tell("tracking_account_refused.reason", as_said)
declare("tracking_account_paused", say("%(actor)s paused the tracking service %(object)s"))
declare("tracking_account_resumed", say("%(actor)s put the tracking service %(object)s to work again"))


class Health(Connection):
    """What a `TrackingAccount` knows of its service (models/shipping/tracking_account.py)."""

    def tell(self, what: str, **details: Any) -> None:
        track(f"tracking_account_{what}", self, **details)

    @property
    def hears(self: Any) -> bool:
        """It sends by itself: then only what is silent is asked for."""
        return self.hook_at is not None and self.hook_at > clock.ago(seconds=HEARD_WITHIN.total_seconds())

    @property
    def may_register(self: Any) -> bool:
        return self.register_after is None or self.register_after <= clock.now()

    # What the job learnt

    def succeed(self: Any, *, quota: dict[str, int] | None = None, **values: Any) -> None:
        """It answered. Why new numbers wait stays to be read until they no longer do."""
        if not self.may_register:
            values["problem"] = self.problem
        if quota is not None:
            values |= {"quota": quota, "quota_at": clock.now()}
        super().succeed(**values)

    def heard(self: Any) -> None:
        """A message came; noted at most once a minute."""
        if self.hook_at is None or self.hook_at < clock.ago(minutes=1):
            self.change(hook_at=clock.now())

    def register_later(self: Any, until: datetime, words: Words) -> None:
        """New numbers wait; what is followed already is asked for all the same."""
        self.change(register_after=until, problem=words.to_json(), problem_at=clock.now())
