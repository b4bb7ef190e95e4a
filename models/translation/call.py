"""Every request made to a translator: operation, answer, time. No texts, no keys."""

from __future__ import annotations

from typing import Any

import peewee

from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record
from models.translation.account import TranslatorAccount

KEPT_DAYS = 400


class TranslatorCall(Record):
    id = peewee.BigAutoField()
    account = peewee.ForeignKeyField(TranslatorAccount, on_delete="CASCADE", index=False, backref="calls")
    at = UtcField(default=clock.now)
    operation = peewee.CharField(max_length=60)
    status = peewee.IntegerField()
    ms = peewee.IntegerField()
    attempt = peewee.IntegerField(default=1)
    error = peewee.CharField(max_length=80, default="")

    about = About(why="shows what was asked of a translator and how it went", keep="400 days",
                  plain="id account at operation status ms attempt error")  # fmt: skip

    class Meta:
        indexes = ((("account", "id"), False), (("at",), False))

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300 and not self.error

    @classmethod
    def write(cls, account: TranslatorAccount, call: Any) -> None:
        """Keeps a call (integrations/calls.py). One of an account that was removed meanwhile is nobody's."""
        with write_txn():
            if TranslatorAccount.select().where(TranslatorAccount.id == account.id).exists():
                cls.create(account=account, operation=call.operation[:60], status=call.status, ms=call.ms,
                           attempt=call.attempt, error=call.error[:80])  # fmt: skip

    @classmethod
    def latest(cls, account: TranslatorAccount, most: int = 20) -> list[TranslatorCall]:
        return list(cls.select().where(cls.account == account).order_by(cls.id.desc()).limit(most))

    @classmethod
    def forget_old(cls) -> int:
        with write_txn():
            return cls.delete().where(cls.at < clock.ago(days=KEPT_DAYS)).execute()
