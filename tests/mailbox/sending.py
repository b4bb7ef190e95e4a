"""The job that sends answers, as the tests run it."""

from __future__ import annotations

from typing import Any

from jobs import mailbox_sending
from models.mailbox import sending
from models.mailbox.account import MailAccount
from models.mailbox.message import MailMessage
from models.support import clock as the_clock
from models.support.job_run import JobRun


def deliver(account: MailAccount) -> MailAccount:
    """One run of the job."""
    run = JobRun.create(job=sending.JOB, scope=str(account.uid), slot=the_clock.now(), lease_until=the_clock.ahead(minutes=9),
                        state="running")  # fmt: skip
    try:
        mailbox_sending.send(run)
    finally:
        run.delete_instance()
    return account


def leave(account: MailAccount, clock: Any, seconds: float = 21) -> MailAccount:
    """The job, when the time to take back is over."""
    clock.move(seconds=seconds)
    return deliver(account)


def fresh(message: MailMessage) -> MailMessage:
    return MailMessage.get_by_id(message.id)
