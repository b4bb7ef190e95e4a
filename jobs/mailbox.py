"""Mails come in: each mailbox is read every minute, from where it was left. Nothing in it is changed.

A batch is fetched and read outside any transaction; then its mails and the cursor behind them are kept in one. Killed anywhere, the
batch is fetched again, and what was kept already is known by its Message-ID and its bytes.
"""

from __future__ import annotations

import time
from contextlib import suppress

from integrations.errors import IntegrationError
from jobs.mailbox_clients import imap_for, maildir_for
from jobs.mailbox_doctor import examine, try_sending_again
from jobs.mailbox_reading import ImapFolder, MaildirFolder
from jobs.mailbox_words import problem_words
from models.mailbox.account import MailAccount
from models.mailbox.account_state import PATIENCE, PATIENT
from models.mailbox.seen import MailSeen
from models.mailbox.visit import MailVisit
from models.support.errors import AlreadyDecided
from models.support.job_run import JobRun
from models.vault.data_key import KeyDestroyed

OF_ONE_FOLDER = {"folder_missing", "not_readonly", "no_uidvalidity"}
# Only a person can mend these; the rest (a certificate, a name, a missing folder) may be mended at the other side.
STOPPING = PATIENT | {"unsafe_address", "no_mail_folders", "folder_leads_away", "not_readonly", "no_uidvalidity"}


def fetch(run: JobRun) -> None:
    """One account: tried when that is asked for, then read."""
    account = MailAccount.of_uid(run.scope)
    if account is None or account.state not in ("checking", "active") or account.is_resting:
        return
    with suppress(AlreadyDecided, KeyDestroyed, MailAccount.DoesNotExist):  # Changed, paused or removed meanwhile.
        if account.state == "active" or examine(run, account):
            _read(run, account.reload())
        if account.reload().sending_is_due:
            try_sending_again(run, account.reload())


def forget(run: JobRun) -> None:
    run.progress(add=MailSeen.forget_old() + MailVisit.forget_old())


def _read(run: JobRun, account: MailAccount) -> None:
    began, code = time.perf_counter(), ""
    counts: list[int] = []
    try:
        if account.is_maildir:
            MaildirFolder(run, account, maildir_for(account), counts).to_the_end()
        else:
            _read_folders(run, account, counts)
        account.succeed()
    except IntegrationError as error:
        code = error.code
        note_trouble(account, error)
    finally:
        if counts or code:
            ms = round((time.perf_counter() - began) * 1000)
            MailVisit.write(account, "fetch", ms=ms, mails=sum(counts), error=code)


def _read_folders(run: JobRun, account: MailAccount, counts: list[int]) -> None:
    """One that is missing or cannot be used keeps no other from being read. Raises IntegrationError."""
    trouble: IntegrationError | None = None
    with imap_for(account) as client:
        for name in account.folders:
            try:
                ImapFolder(run, account, client, name, counts).to_the_end()
            except IntegrationError as error:
                if error.code not in OF_ONE_FOLDER:
                    raise
                trouble = error
    if trouble is not None:
        raise trouble


def note_trouble(account: MailAccount, error: IntegrationError) -> None:
    """What only a person can mend stops the account, a refused login after some tries; the rest gives it a while."""
    if error.code in STOPPING and (error.code not in PATIENT or account.failures >= PATIENCE - 1):
        account.refuse(problem_words(error))
    else:
        account.fail(problem_words(error), seconds=error.retry_after)
