"""Answers go out: each claimed, handed to its mailbox's server outside any transaction, and recorded.

The session is opened before anything is claimed, so that a server that is away puts nothing into doubt. Killed between the server's 250
and our record, an answer is in doubt and not sent again (models/mailbox/sending.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from integrations.errors import IntegrationError
from integrations.mailboxes.smtp_client import SmtpClient
from jobs.mailbox_clients import smtp_for
from jobs.mailbox_words import problem_words
from models.mailbox import hearing, sending  # noqa: F401 (hearing is told of every mail that comes in)
from models.mailbox.account import MailAccount
from models.mailbox.account_state import PATIENT
from models.mailbox.message import MailMessage
from models.mailbox.visit import MailVisit
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.job_run import JobRun
from models.support.words import Words, say
from models.vault.data_key import KeyDestroyed

RESTS = say("The mailbox it leaves by is paused or cannot send. Portolan tries again by itself.")


def send(run: JobRun) -> None:
    """Everything that leaves by one mailbox now."""
    account = MailAccount.get_or_none(MailAccount.uid == run.scope)
    if account is None:
        return
    sending.doubt_the_lost(account)
    began, code, counts = time.perf_counter(), "", [0]
    leaving = sending.due(account)
    if not leaving:
        return
    if account.is_removed:
        _each(leaving, sending.fail, sending.NO_MAILBOX)
        return
    if not account.can_send:
        _each(leaving, sending.rest, RESTS)
        return
    try:
        with smtp_for(account) as client:
            for message in leaving:
                code = _hand_over(run, client, account, message, counts) or code
                if code in ("unknown", "closed", "timeout", "unreachable"):  # This session is over.
                    break
    except IntegrationError as error:
        code = error.code
        _all_later(account, error)
    except KeyDestroyed:
        _each(leaving, sending.fail, sending.NO_MAILBOX)
    ms = round((time.perf_counter() - began) * 1000)
    MailVisit.write(account, "send", ms=ms, mails=counts[0], error=code)


def _hand_over(run: JobRun, client: SmtpClient, account: MailAccount, message: MailMessage, counts: list[int]) -> str:
    """One answer; gives the code of what went wrong, if anything did."""
    try:
        with write_txn():
            run.fence()
            raw = sending.claim(message)
            if raw is None and message.state != "sending":
                return ""  # Taken back, or another process was first.
        if raw is None:
            raise KeyDestroyed
        client.send(account.from_address, _recipient(raw), raw)
    except IntegrationError as error:
        with suppress(Refused):
            _not_sent(message, error)
        return error.code
    except KeyDestroyed:
        with suppress(Refused):
            sending.fail(message, sending.DESTROYED)
        return ""
    with suppress(Refused):  # Amazon's copy was faster, or the thread is no more.
        sending.accept(message)
    counts[0] += 1
    run.progress(add=1)
    return ""


def _recipient(raw: bytes) -> str:
    """The one address of the bytes' own To: the envelope says what the mail says."""
    head = raw.partition(b"\r\n\r\n")[0]
    line = next(line for line in head.split(b"\r\n") if line.startswith(b"To: "))
    return line[4:].decode("ascii")


def _not_sent(message: MailMessage, error: IntegrationError) -> None:
    if error.code == "unknown":
        sending.doubt(message)
    elif error.permanent and error.code not in PATIENT:
        sending.fail(message, problem_words(error))
    else:
        sending.later(message, problem_words(error))


def _all_later(account: MailAccount, error: IntegrationError) -> None:
    """The session did not come about, so nothing was claimed in it."""
    passes = not error.permanent or error.code in PATIENT
    for message in sending.due(account):
        with suppress(Refused):
            if passes:
                sending.later(message, problem_words(error), was_claimed=False)
            else:
                sending.fail(message, problem_words(error))


def _each(messages: list[MailMessage], step: Callable[[MailMessage, Words], None], problem: Words) -> None:
    for message in messages:
        with suppress(Refused):
            step(message, problem)
