"""A mail that needs no second look: a file of a Maildir that was read, or a mail that could not be taken in, with why.

Files have no numbers to count by, so each is remembered by its name, in the transaction that takes the mail in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import peewee

from models.mailbox.folder import MailFolder
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record
from models.support.words import Words

KEPT_DAYS = 45  # Older than any mail that is still looked at.


class MailSeen(Record):
    """`mark` is the digest of a file's name, or of UIDVALIDITY and UID."""

    id = peewee.BigAutoField()
    folder = peewee.ForeignKeyField(MailFolder, index=False, on_delete="CASCADE", backref="seen")
    mark = peewee.CharField(max_length=64)
    size = peewee.BigIntegerField(default=0)
    problem = peewee.TextField(default="")
    at = UtcField(default=clock.now)

    about = About(
        why="reads no file twice, and says which mails could not be taken in", keep="45 days",
        plain="id folder mark size problem at",
    )  # fmt: skip

    class Meta:
        indexes = ((("folder", "mark"), True), (("at",), False))

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def size_mb(self) -> str:
        return f"{self.size / 1_000_000:.1f}"

    @classmethod
    def note(cls, folder: MailFolder, name: str, *, size: int = 0, problem: Words | None = None) -> None:
        """Inside a transaction."""
        told = {"size": size, "problem": problem.to_json() if problem else "", "at": clock.now()}
        cls.insert(folder=folder, mark=mark_of(name), **told).on_conflict(
            conflict_target=[cls.folder, cls.mark], update=told
        ).execute()

    @classmethod
    def unseen(cls, folder: MailFolder, names: Iterable[str]) -> list[str]:
        """Those of the names that were not looked at, in their order."""
        wanted = {mark_of(name): name for name in names}
        marks, known = list(wanted), set()
        for start in range(0, len(marks), 500):
            query = cls.select(cls.mark).where(cls.folder == folder, cls.mark.in_(marks[start : start + 500]))
            known |= {row.mark for row in query}
        return [name for mark, name in wanted.items() if mark not in known]

    @classmethod
    def skipped(cls, account_id: int, most: int = 20) -> list[MailSeen]:
        """The last mails of an account that could not be taken in."""
        query = cls.select(cls, MailFolder).join(MailFolder)
        query = query.where(MailFolder.account == account_id, cls.problem != "")
        return list(query.order_by(cls.id.desc()).limit(most))

    @classmethod
    def forget(cls, account_id: int) -> None:
        """What could not be taken in is tried again. Inside a transaction."""
        folders = MailFolder.select(MailFolder.id).where(MailFolder.account == account_id)
        cls.delete().where(cls.folder.in_(folders), cls.problem != "").execute()

    @classmethod
    def forget_old(cls) -> int:
        with write_txn():
            return cls.delete().where(cls.at < clock.ago(days=KEPT_DAYS)).execute()


def mark_of(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
