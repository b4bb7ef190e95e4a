"""How a mailbox stands: tried by a job, working, refused, paused, removed. What each change leaves in the event log is declared here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import as_said, tell
from models.support import clock
from models.support.connection import TRIED, Connection
from models.support.db import after_commit, write_txn
from models.support.job_run import wake
from models.support.words import Words, say
from models.vault import data_key

JOB, REMOVED = "mailbox.fetch", "removed"
PATIENCE = 3  # Failures in a row before a person is called.
AGAIN_AFTER = timedelta(minutes=30)
# A provider that has trouble refuses logins, too: only when it goes on so is a person called, and asking stops.
PATIENT = frozenset(
    {"login_refused", "app_password", "password_off", "grant_refused", "client_refused", "token_refused"}
)

declare("mail_account_works", say("The mailbox %(object)s let us in"))
declare("mail_account_refused", say("The mailbox %(object)s does not work: %(reason)s"), "reason")
tell("mail_account_refused.reason", as_said)
declare("mail_account_paused", say("%(actor)s paused the mailbox %(object)s"))
declare("mail_account_resumed", say("%(actor)s put the mailbox %(object)s to work again"))
declare("mail_account_removed", say("%(actor)s removed the mailbox %(object)s and destroyed its secrets"))
declare("mail_account_read_again", say("%(actor)s had the last 30 days of the mailbox %(object)s read again"))


class Standing(Connection):
    """What a `MailAccount` says and does about its own state (models/mailbox/account.py)."""

    @property
    def can_send(self: Any) -> bool:
        """There is a server to send by, and nothing about it was wrong when it was tried last."""
        bad = {"bad"} & {one["level"] for one in self.findings if one["side"] == "smtp"}
        return bool(self.smtp_host) and not bad and self.state not in ("paused", REMOVED)

    @property
    def sending_is_due(self: Any) -> bool:
        """It could not send for some time, and not because of its login: that only a person mends, and guessing would lock it."""
        bad = {one["code"] for one in self.findings if one["side"] == "smtp" and one["level"] == "bad"}
        return self.is_working and bool(bad) and not bad & PATIENT and self.tried_at < clock.now() - AGAIN_AFTER

    @property
    def needs_mending(self: Any) -> bool:
        return (
            self.state == "refused"
            or self.failures >= PATIENCE
            or (self.is_working and bool(self.smtp_host) and not self.can_send)
        )

    def tell(self: Any, what: str, **details: Any) -> None:
        track(f"mail_account_{what}", self, **details)

    def start(self: Any) -> None:
        wake(JOB, str(self.uid))

    def try_again(self: Any) -> None:
        """Has both servers tried now, step by step."""
        with write_txn():
            self.move(TRIED, "checking", rest_until=None, failures=0)
            self.start()

    def remove(self: Any, *, by: Any = None) -> None:
        """Destroys the secrets. Mails that were taken in stay with their threads."""
        with write_txn():
            self.move((*TRIED, "paused"), REMOVED, secret=None, client_secret=None, smtp_secret=None, client_id="",
                      problem="", findings=[], removed_at=clock.now())  # fmt: skip
            self.tell("removed", by=by)
            after_commit(self._destroy_key)

    def _destroy_key(self: Any) -> None:
        data_key.destroy([self.seal_subject()])

    def tried(self: Any, findings: list[dict[str, Any]], problem: Words | None, *, is_passing: bool = False) -> None:
        """What a trial found. It works unless there is a problem with reading; one that may pass is tried again by itself."""
        told = {"findings": findings, "tried_at": clock.now()}
        with write_txn():
            if problem is None:
                self.succeed(**told)
                return
            self.change(**told)
            if is_passing:
                self.fail(problem)
            else:
                self.refuse(problem)

    def sending_tried(self: Any, findings: list[dict[str, Any]]) -> None:
        """Sending alone was tried again."""
        self.change(findings=[one for one in self.findings if one["side"] != "smtp"] + findings, tried_at=clock.now())
