"""Reading one folder to its end, batch by batch: over IMAP by the cursor of UIDs, in a Maildir by the names of files not seen yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import peewee

from config import logs
from integrations.errors import IntegrationError
from integrations.mailboxes import Envelope, Fetched, Source, in_batches
from integrations.mailboxes.imap_client import ImapClient
from integrations.mailboxes.maildir import Maildir
from jobs.mailbox_words import BROKE_OFF, FILE_UNREADABLE, TOO_LARGE
from models.mailbox.account import MailAccount
from models.mailbox.folder import AGAIN_DAYS, MailFolder
from models.mailbox.reading import read
from models.mailbox.seen import MailSeen
from models.mailbox.taking import take
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun
from models.support.words import Words, say

AT_ONCE = 200  # Mails whose sizes are known before their bytes are fetched.
SKIPPED = {"too_large": TOO_LARGE, "file_unreadable": FILE_UNREADABLE}
# These concern the run or the database, not the mail.
NOT_THE_MAILS = (Fenced, Cancelled, Interrupted, peewee.OperationalError, peewee.InterfaceError)
BREAKS = ("timeout", "closed", "unreadable", "unreachable", "too_much")
log = logs.logger("jobs")

Read = tuple[Fetched, Any]


class _Folder:
    """What both kinds share: fetching a batch, and keeping it with the cursor in one transaction."""

    source: Source
    folder: MailFolder

    def __init__(self, run: JobRun, account: MailAccount, counts: list[int]):
        self.run, self.account, self.counts = run, account, counts

    def _take_all(self, envelopes: Sequence[Envelope]) -> None:
        for batch in in_batches(envelopes):
            self._take_batch(batch)

    def _take_batch(self, batch: list[Envelope]) -> None:
        """Fetches and keeps; what came before the connection broke is kept all the same."""
        coming: list[Read] = []
        left = {one.key for one in batch}
        try:
            for fetched in self.source.fetch(batch):
                envelope = fetched.envelope
                left.discard(envelope.key)
                coming.append((fetched, read(fetched.raw, envelope.received) if fetched.raw is not None else None))
        except IntegrationError as error:
            self.keep(coming, [fetched.envelope.key for fetched, _mail in coming])
            if error.code in BREAKS:
                self.broke(next(one for one in batch if one.key in left))
            raise
        self.keep(coming, [one.key for one in batch])

    @retrying
    def keep(self, coming: list[Read], keys: list[str]) -> None:
        """The mails, and that all of these keys need no second look."""
        with write_txn():
            self.run.fence()
            self._require_active()
            self.folder = self.folder.reload()
            taken = sum(self._keep_one(fetched, mail) for fetched, mail in coming)
            self.passed(keys, taken)
            self.run.fence(add=taken)
        if taken:
            self.counts.append(taken)

    def _require_active(self) -> None:
        """A person may have paused or changed the account since; what was fetched of the old one is not kept."""
        if self.account.reload().state != "active":
            raise AlreadyDecided()

    def _keep_one(self, fetched: Fetched, mail: Any) -> bool:
        envelope = fetched.envelope
        if fetched.raw is None:
            self._skip(envelope, SKIPPED.get(fetched.problem, TOO_LARGE))
            return False
        try:
            return take(self.account, mail, fetched.raw, envelope.received) is not None
        except NOT_THE_MAILS:
            raise
        except Exception as error:  # One mail must not hold up all others; it is said that it is missing.
            log.error("mail_not_taken", job=self.run.job, scope=self.run.scope, exc_info=error)
            words = say(
                "It could not be taken in (%(kind)s). Read it in the mailbox itself; the log has the place.",
                kind=type(error).__name__,
            )
            self._skip(envelope, words)
            return False

    def _skip(self, envelope: Envelope, words: Words) -> None:
        MailSeen.note(self.folder, self.name_of(envelope), size=envelope.size, problem=words)

    def name_of(self, envelope: Envelope) -> str:
        return envelope.key

    def passed(self, keys: list[str], taken: int) -> None:
        raise NotImplementedError

    def broke(self, envelope: Envelope) -> None:
        """The connection broke while this mail was fetched."""


class ImapFolder(_Folder):
    def __init__(self, run: JobRun, account: MailAccount, client: ImapClient, name: str, counts: list[int]):
        super().__init__(run, account, counts)
        self.source: ImapClient = client
        self.name = name

    def to_the_end(self) -> None:
        state = self.source.look(self.name)
        self.folder = MailFolder.of(self.account, self.name)
        if self.folder.uidvalidity != state.uidvalidity:
            with write_txn():
                self.run.fence()
                self.folder.numbered_anew(state.uidvalidity)
        since = self.folder.rescan_since
        uids = self.source.uids(after=self.folder.last_uid, since=since, up_to=state.highest)
        for start in range(0, len(uids), AT_ONCE):
            found = self.source.envelopes([str(uid) for uid in uids[start : start + AT_ONCE]])
            self._take_all([one for one in found if _is_since(one, since)])
        self._finish(state.highest)

    def _finish(self, highest: int) -> None:
        """Everything that was there is taken in, or older than what is wanted. The server's last number is tried before it is believed."""
        is_there = highest > self.folder.last_uid and bool(self.source.envelopes([str(highest)]))
        if is_there or self.folder.rescan_since is not None:
            with write_txn():
                self.run.fence()
                self.folder.move_to(highest if is_there else self.folder.last_uid, over=True)

    def passed(self, keys: list[str], taken: int) -> None:
        if keys:
            self.folder.move_to(max(int(key) for key in keys), taken=taken)

    def name_of(self, envelope: Envelope) -> str:
        return f"{self.folder.uidvalidity} {envelope.key}"

    def broke(self, envelope: Envelope) -> None:
        with write_txn():
            self.run.fence()
            if self.folder.broke_at(int(envelope.key)):
                self._skip(envelope, BROKE_OFF)
                self.folder.move_to(int(envelope.key))


class MaildirFolder(_Folder):
    def __init__(self, run: JobRun, account: MailAccount, source: Maildir, counts: list[int]):
        super().__init__(run, account, counts)
        self.source: Maildir = source
        self.folder = MailFolder.of(account, account.path)

    def to_the_end(self) -> None:
        """A file older than 30 days is not looked at again: so long are the names of those seen kept, and longer."""
        least = clock.now() - timedelta(days=AGAIN_DAYS)
        since = max(self.folder.rescan_since or least, least)
        names = MailSeen.unseen(self.folder, self.source.names(since))
        for start in range(0, len(names), AT_ONCE):
            self._take_all(self.source.envelopes(names[start : start + AT_ONCE]))

    def passed(self, keys: list[str], taken: int) -> None:
        for key in MailSeen.unseen(self.folder, keys):
            MailSeen.note(self.folder, key)
        self.folder.counted(taken)


def _is_since(envelope: Envelope, since: datetime | None) -> bool:
    return since is None or envelope.received is None or envelope.received >= since
