"""What a tracking service sent by itself: the very bytes, sealed until the job has read them. A message is taken once, however often
it is sent."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import peewee

from models.shipping.tracking_account import TrackingAccount
from models.support import clock
from models.support.db import write_txn
from models.support.fields import SealedField, StatusField, UtcField
from models.support.record import About, Record
from models.vault.seal import Sealed

MOST_BYTES = 1024 * 1024
KEPT_DAYS = 30


class TrackingMessage(Sealed, Record):
    """`digest` names the bytes. The body may hold where a buyer lives; it is emptied as soon as it was read."""

    id = peewee.BigAutoField()
    account = peewee.ForeignKeyField(TrackingAccount, on_delete="CASCADE", index=False, backref="messages")
    digest = peewee.CharField(max_length=64)
    sign = peewee.CharField(max_length=64)
    body = SealedField(null=True)
    state = StatusField("waiting", "read", "unreadable", default="waiting")
    received_at = UtcField(default=clock.now)

    about = About(
        why="what a tracking service sent by itself", keep="30 days, the body until it was read",
        plain="id account digest state received_at", buyer="body", secret="sign",
    )  # fmt: skip

    class Meta:
        indexes = ((("account", "digest"), True), (("received_at",), False))

    def seal_subject(self) -> str:
        return self.account.seal_subject()

    def seal_row(self) -> str:
        return self.digest

    @classmethod
    def take(cls, account: TrackingAccount, raw: bytes, sign: str) -> bool:
        """Keeps signed bytes for the job, which looks for them every other second. False when these bytes came before."""
        message = cls(account=account, digest=hashlib.sha256(raw).hexdigest(), sign=sign)
        message.seal(body=raw)
        values = {name: getattr(message, name) for name in ("digest", "sign", "body", "state", "received_at")}
        with write_txn():
            is_new = bool(cls.insert(account=account, **values).on_conflict_ignore().as_rowcount().execute())
            if is_new:
                account.heard()
        return is_new

    @classmethod
    def is_waiting(cls, account: TrackingAccount) -> bool:
        return cls.select(peewee.SQL("1")).where(cls.account == account, cls.state == "waiting").exists()

    def content(self) -> bytes:
        return self.unseal_bytes("body") or b""

    def done(self, *, is_good: bool = True) -> None:
        """It was read; the bytes go."""
        self.move("waiting", "read" if is_good else "unreadable", body=None)

    @classmethod
    def waiting(cls, account: TrackingAccount, most: int) -> list[TrackingMessage]:
        query: Any = cls.select().where(cls.account == account, cls.state == "waiting").order_by(cls.id)
        return list(query.limit(most))

    @classmethod
    def forget_old(cls) -> int:
        """A message this old that comes again changes nothing either: its events are kept once."""
        with write_txn():
            return cls.delete().where(cls.received_at < clock.ago(days=KEPT_DAYS)).execute()


TrackingMessage.add_index(
    TrackingMessage.index(
        TrackingMessage.account,
        TrackingMessage.id,
        where=TrackingMessage.state == "waiting",
        name="tracking_message_waiting",
    )
)


def is_signed(raw: bytes, sign: str, key: str) -> bool:
    """17TRACK's signature: a plain hash over the bytes as sent, a slash and the key. It takes the same time whatever is wrong."""
    right = hashlib.sha256(raw + b"/" + key.encode()).hexdigest()
    return hmac.compare_digest(sign.encode("utf-8", "replace"), right.encode()) and bool(key)
