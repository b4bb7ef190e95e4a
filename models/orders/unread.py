"""A payload that could not be read as an order: kept sealed under a key of its own, so that a schema-breaking answer
loses nothing and can be mapped again by a better version. It may hold a buyer's data, so it does not stay for long."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import peewee

from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.fields import SealedField, UidField, UtcField
from models.support.job_run import wake
from models.support.record import About, Record
from models.vault import data_key
from models.vault.seal import Sealed

KEPT = timedelta(days=7)
MOST_PER_STORE = 1000
MOST_SHOWN = 200


class UnreadOrder(Sealed, Record):
    """`again_at` is set while somebody wants it read once more."""

    uid = UidField()
    store = peewee.ForeignKeyField(Store, index=False, on_delete="CASCADE")
    order_id = peewee.CharField(max_length=40, default="")
    kind = peewee.CharField(max_length=30)
    payload = SealedField()
    problem = peewee.CharField(max_length=60)
    seen_at = UtcField(default=clock.now, index=True)
    again_at = UtcField(null=True)

    about = About(why="an answer nobody could read yet", keep="7 days", plain="id uid store order_id kind problem seen_at again_at",
                  buyer="payload")  # fmt: skip

    class Meta:
        indexes = ((("store", "order_id"), False),)

    def seal_subject(self) -> str:
        return f"unread:{self.uid}"

    @classmethod
    def sealed(cls, store: Store, kind: str, payloads: Iterable[Any], problem: str) -> list[UnreadOrder]:
        """Unsaved rows with their keys made: for `keep_all()` in a transaction that follows."""
        rows = [
            cls(store=store, kind=kind, problem=problem, order_id=order_id_of(payload)).seal(
                payload=json.dumps(payload, ensure_ascii=True)
            )
            for payload in payloads
        ]
        return rows

    @classmethod
    def keep_all(cls, store: Store, rows: list[UnreadOrder]) -> None:
        """Keeps the newest payload of each order, and so many of them that a broken day does not fill the disk."""
        if not rows:
            return
        with write_txn():
            named = [row.order_id for row in rows if row.order_id]
            cls.delete().where(cls.store == store, cls.order_id.in_(named)).execute()
            room = MOST_PER_STORE - cls.select().where(cls.store == store).count()
            for row in rows[: max(0, room)]:
                row.save(force_insert=True)

    def read(self) -> Any:
        """The payload. Raises KeyDestroyed."""
        return json.loads(self.unseal("payload") or "null")

    def forget(self) -> None:
        """It was read, or its time is up."""
        data_key.destroy([self.seal_subject()])
        with write_txn():
            self.delete_instance()

    def want_again(self) -> None:
        """Somebody wants it read once more; the next poll of its store does."""
        with write_txn():
            self.change(again_at=clock.now())
            wake("orders.poll", str(self.store.uid))

    @classmethod
    def at_stores(cls, stores: list[Store]) -> list[UnreadOrder]:
        """Of these stores, the latest seen first; without what is sealed."""
        plain = (cls.id, cls.uid, cls.store, cls.order_id, cls.kind, cls.problem, cls.seen_at, cls.again_at)
        return list(
            cls.select(*plain)
            .where(cls.store.in_(stores))
            .order_by(cls.seen_at.desc(), cls.id.desc())
            .limit(MOST_SHOWN)
        )

    @classmethod
    def of(cls, store: Store) -> list[UnreadOrder]:
        return list(cls.select().where(cls.store == store).order_by(cls.id))

    @classmethod
    def too_old(cls) -> list[UnreadOrder]:
        return list(cls.select().where(cls.seen_at < clock.now() - KEPT).order_by(cls.id).limit(500))

    @classmethod
    def count_of(cls, store: Store) -> int:
        return cls.select().where(cls.store == store).count()


def order_id_of(payload: Any) -> str:
    order_id = payload.get("orderId") if isinstance(payload, dict) else None
    return order_id[:40] if isinstance(order_id, str) else ""
