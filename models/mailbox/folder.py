"""How far a mailbox's folder was read: the cursor of IMAP (UIDVALIDITY and the last UID). It moves in the transaction that takes the
mails in, so whatever is killed loses and doubles nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import peewee

from models.mailbox.account import MailAccount
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record

FIRST_DAYS, AGAIN_DAYS = 7, 30
MOST_BREAKS = 5


class MailFolder(Record):
    """While `rescan_since` is set, only mails since then are looked at: on the first run, and when the server numbered its mails anew.
    `stuck_uid` is a mail that broke the connection, `stuck_times` how often: it may not hold up all others for ever."""

    account = peewee.ForeignKeyField(MailAccount, index=False, on_delete="CASCADE", backref="cursors")
    name = peewee.CharField(max_length=200)
    uidvalidity = peewee.BigIntegerField(null=True)
    last_uid = peewee.BigIntegerField(default=0)
    rescan_since = UtcField(null=True)
    read_at = UtcField(null=True)
    taken = peewee.IntegerField(default=0)
    stuck_uid = peewee.BigIntegerField(null=True)
    stuck_times = peewee.IntegerField(default=0)

    about = About(
        why="how far a mailbox was read", keep="as the account",
        plain="id account name uidvalidity last_uid rescan_since read_at taken stuck_uid stuck_times",
    )  # fmt: skip

    class Meta:
        indexes = ((("account", "name"), True),)

    @classmethod
    def of(cls, account: MailAccount, name: str) -> MailFolder:
        """The folder's cursor, made on the first run: then the last 7 days are read."""
        with write_txn():
            found, _new = cls.get_or_create(
                account=account, name=name, defaults={"rescan_since": clock.ago(days=FIRST_DAYS)}
            )
        return found

    @classmethod
    def will_read_again(cls, account: MailAccount, name: str, uidvalidity: int) -> bool:
        """The server numbered the mails of a folder anew since it was read last."""
        found = cls.get_or_none(cls.account == account, cls.name == name)
        return found is not None and found.uidvalidity not in (None, uidvalidity)

    @classmethod
    def read_again(cls, account: MailAccount) -> None:
        """The last 30 days are looked at anew; what was taken in already does not come twice. Inside a transaction."""
        since = clock.ago(days=AGAIN_DAYS)
        cls.update(last_uid=0, rescan_since=since).where(cls.account == account).execute()

    def numbered_anew(self, uidvalidity: int) -> None:
        """The server's numbers mean other mails than before, or are seen for the first time. Inside a transaction."""
        since = self.rescan_since or clock.now()
        if self.uidvalidity is not None:
            since = min(since, clock.now() - timedelta(days=AGAIN_DAYS))
        self.change(uidvalidity=uidvalidity, last_uid=0, rescan_since=since)

    def move_to(self, uid: int, *, taken: int = 0, over: bool = False) -> None:
        """Everything up to this UID is taken in. `over`: there was no more. Inside a transaction."""
        rest: datetime | None = None if over else self.rescan_since
        self.change(
            last_uid=max(uid, self.last_uid), taken=self.taken + taken, rescan_since=rest, read_at=clock.now(),
            stuck_uid=None, stuck_times=0,
        )  # fmt: skip

    def counted(self, taken: int) -> None:
        """Mails of a folder without numbers were taken in. Inside a transaction."""
        self.change(taken=self.taken + taken, read_at=clock.now())

    def broke_at(self, uid: int) -> bool:
        """Notes that the connection broke while this mail was fetched. True when it did so too often. Inside a transaction."""
        times = self.stuck_times + 1 if self.stuck_uid == uid else 1
        self.change(stuck_uid=uid, stuck_times=times)
        return times >= MOST_BREAKS
