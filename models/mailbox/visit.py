"""Every visit to a mailbox's servers that did something or failed: what for, how it went, how long it took. Nothing of any mail."""

from __future__ import annotations

import peewee

from models.mailbox.account import MailAccount
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record
from models.support.words import Words, say

KEPT_DAYS = 30
OPERATIONS = {"fetch": say("Read"), "try": say("Tried"), "send": say("Send")}


class MailVisit(Record):
    """`error` is the code of what went wrong (integrations/mailboxes)."""

    id = peewee.BigAutoField()
    account = peewee.ForeignKeyField(MailAccount, on_delete="CASCADE", index=False, backref="visits")
    at = UtcField(default=clock.now)
    operation = peewee.CharField(max_length=20)
    mails = peewee.IntegerField(default=0)
    ms = peewee.IntegerField()
    error = peewee.CharField(max_length=40, default="")

    about = About(why="shows how a mailbox was read and answers were sent", keep="30 days",
                  plain="id account at operation mails ms error")  # fmt: skip

    class Meta:
        indexes = ((("account", "id"), False), (("at",), False))

    @property
    def operation_words(self) -> Words:
        return OPERATIONS.get(self.operation) or Words(self.operation)

    @classmethod
    def write(cls, account: MailAccount, operation: str, *, ms: int, mails: int = 0, error: str = "") -> None:
        with write_txn():
            cls.create(account=account, operation=operation, mails=mails, ms=ms, error=error[:40])

    @classmethod
    def latest(cls, account: MailAccount, most: int = 15) -> list[MailVisit]:
        return list(cls.select().where(cls.account == account).order_by(cls.id.desc()).limit(most))

    @classmethod
    def forget_old(cls) -> int:
        with write_txn():
            return cls.delete().where(cls.at < clock.ago(days=KEPT_DAYS)).execute()
