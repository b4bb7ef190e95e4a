"""The trial of a mailbox: each step of reading and sending is done as later in earnest, and what is wrong is said in words.

Nothing is sent and nothing is changed: folders are opened for reading alone, and the mail begun by SMTP is given up before its text.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from integrations.errors import IntegrationError
from integrations.mailboxes.imap_client import ImapClient
from jobs.mailbox_clients import imap_for, maildir_for, smtp_for
from jobs.mailbox_words import PROBLEMS, problem_words
from models.mailbox.account import MailAccount
from models.mailbox.finding import READ, SEND, Finding
from models.mailbox.folder import MailFolder
from models.mailbox.visit import MailVisit
from models.support import clock
from models.support.db import write_txn
from models.support.job_run import JobRun
from models.support.words import Words, say

AHEAD = timedelta(minutes=5)
LATELY = timedelta(days=30)
MOST_NAMED = 12


def examine(run: JobRun, account: MailAccount) -> bool:
    """Tries the account and keeps what was found. True when it can be read."""
    began = time.perf_counter()
    trial = Trial(account)
    trial.read()
    trial.send()
    run.progress()
    error = trial.error
    account.tried(
        [one.told() for one in trial.findings], trial.problem, is_passing=error is not None and not error.permanent
    )
    told = next((one.code for one in trial.findings if one.level == "bad"), "")
    MailVisit.write(account, "try", ms=round((time.perf_counter() - began) * 1000), error=told)
    return trial.problem is None


def try_sending_again(run: JobRun, account: MailAccount) -> None:
    """What was wrong with sending may have been mended at the other side: a certificate, a name, who may send."""
    trial = Trial(account)
    trial.send()
    with write_txn():
        run.fence()
        account.sending_tried([one.told() for one in trial.findings])


class Trial:
    """`problem` is why it cannot be read; what is wrong with sending stands in the findings alone."""

    def __init__(self, account: MailAccount):
        self.account = account
        self.findings: list[Finding] = []
        self.problem: Words | None = None
        self.error: IntegrationError | None = None

    def _find(self, side: str, level: str, code: str, words: Words) -> None:
        self.findings.append(Finding(side, level, code, words))

    # Reading

    def read(self) -> None:
        try:
            self._read_maildir() if self.account.is_maildir else self._read_imap()
        except IntegrationError as error:
            self.error, self.problem = error, self.problem or problem_words(error)
            self._find(READ, "bad", error.code, self.problem)

    def _read_imap(self) -> None:
        with imap_for(self.account) as client:
            self._find(
                READ, "good", "signed_in", say("The server lets us in, under TLS with a certificate that is believed.")
            )
            there = client.folders()
            for name in self.account.folders:
                self._try_folder(client, name, there)
            client.look(self.account.folders[0])
            self._look_for_amazon(client)

    def _try_folder(self, client: ImapClient, name: str, there: list[str]) -> None:
        try:
            state = client.look(name)
        except IntegrationError as error:
            if error.code == "folder_missing":
                self.problem = say("There is no folder “%(name)s”. The mailbox has: %(there)s", name=name,
                                   there=", ".join(there[:MOST_NAMED]))  # fmt: skip
            raise
        self._find(READ, "good", "folder_opens",
                   say("“%(name)s” opens for reading alone: %(count)s mails, none of them is changed.", name=name, count=state.count))  # fmt: skip
        if MailFolder.will_read_again(self.account, name, state.uidvalidity):
            words = say(
                "The server numbered the mails of “%(name)s” anew (UIDVALIDITY). The last 30 days are read again; none comes twice.",
                name=name,
            )
            self._find(READ, "info", "uidvalidity", words)
        newest = client.envelopes([str(state.highest)]) if state.highest else []
        self._check_clock(newest[0].received if newest else None)

    def _look_for_amazon(self, client: ImapClient) -> None:
        if not client.from_amazon(clock.now() - LATELY):
            words = say("No mail of a buyer came here in 30 days. In Seller Central, under Notification Preferences, have “Buyer Messages” sent to "
                        "this mailbox.")  # fmt: skip
            self._find(READ, "info", "no_amazon_mail", words)

    def _read_maildir(self) -> None:
        source = maildir_for(self.account)
        newest = source.newest()
        self._find(
            READ, "good", "folder_opens", say("The folder opens for reading; nothing in it is moved or changed.")
        )
        self._check_clock(newest)

    def _check_clock(self, newest: datetime | None) -> None:
        if newest is not None and newest > clock.now() + AHEAD:
            minutes = round((newest - clock.now()).total_seconds() / 60)
            words = say("The last mail came %(minutes)s minutes from now: the mail server's clock is ahead, or this machine's is behind. Answers are "
                        "counted from when a mail came, so set both right.", minutes=minutes)  # fmt: skip
            self._find(READ, "warn", "clock", words)

    # Sending

    def send(self) -> None:
        account = self.account
        if not account.smtp_host:
            words = say("No server to send by is entered: buyers can be read, but not answered from here.")
            self._find(SEND, "info", "no_smtp", words)
            return
        try:
            with smtp_for(account) as client:
                self._find(SEND, "good", "signed_in", _let_in(account))
                client.begin(account.from_address)
                client.forget()
        except IntegrationError as error:
            self._find(SEND, "bad" if error.permanent else "warn", error.code, _of_sending(error))
            return
        words = say(
            "It takes mails from %(address)s. Enter this address in Seller Central among the authorised senders.",
            address=account.from_address,
        )
        self._find(SEND, "good", "sender_accepted", words)


def _let_in(account: MailAccount) -> Words:
    if account.smtp_security == "none":
        return say("The server lets us in (without TLS, as only the sandbox may).")
    return say("The server lets us in, under TLS with a certificate that is believed.")


def _of_sending(error: IntegrationError) -> Words:
    return problem_words(error) if error.code in PROBLEMS else say("Sending: %(message)s", message=error.message)
