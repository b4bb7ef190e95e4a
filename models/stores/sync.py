"""The health of a store's syncs: per kind the watermark, the last good time, and what went wrong in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import peewee

from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.prepared import Prepared
from models.support.record import About, Record
from models.support.words import Words, say

KINDS = {
    "account": say("Account and marketplaces"),
    "orders.merchant": say("Orders we ship"),
    "orders.amazon": say("Orders Amazon ships"),
    "definitions": say("Product types"),
    "listings": say("Listings"),
}


class Sync(Record):
    store = peewee.ForeignKeyField(Store, backref="syncs", on_delete="CASCADE")
    kind = peewee.CharField(max_length=30)
    watermark = UtcField(null=True)
    page_token = peewee.TextField(default="")
    page_query = peewee.TextField(default="")
    page_at = UtcField(null=True)
    good_at = UtcField(null=True)
    failed_at = UtcField(null=True)
    failures = peewee.IntegerField(default=0)
    problem = peewee.TextField(default="")

    about = About(why="where a sync stands and how it went", keep="as the store",
                  plain="id store kind watermark page_token page_query page_at good_at failed_at failures problem")  # fmt: skip

    class Meta:
        indexes = ((("store", "kind"), True),)

    @classmethod
    def of(cls, store: Store, kind: str) -> Sync:
        sync = cls.get_or_none(cls.store == store, cls.kind == kind)
        if sync is None:
            with write_txn():
                cls.insert(store=store, kind=kind).on_conflict_ignore().execute()
            sync = cls.get(cls.store == store, cls.kind == kind)
        return sync

    @classmethod
    def of_store(cls, store: Store) -> list[Sync]:
        return list(cls.select().where(cls.store == store).order_by(cls.kind))

    @classmethod
    def by_store(cls, stores: list[Store]) -> dict[int, list[Sync]]:
        """The syncs of several stores, by store id (one query)."""
        found: dict[int, list[Sync]] = {store.id: [] for store in stores}
        for sync in _OF_STORES.all(tuple(found)):
            found[sync.store_id].append(sync)
        return found

    @property
    def title(self) -> Words:
        return KINDS.get(self.kind, Words(self.kind))

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    def succeed(self, **values: Any) -> None:
        """Notes a good end, with columns that move with it (watermark, page_token)."""
        self.change(good_at=clock.now(), failures=0, problem="", **values)

    def fail(self, problem: Words) -> None:
        with write_txn():
            Sync.update(failed_at=clock.now(), failures=Sync.failures + 1, problem=problem.to_json()).where(
                Sync.id == self.id
            ).execute()

    @property
    def newest(self) -> datetime | None:
        return self.good_at


_OF_STORES = Prepared(lambda stores: Sync.select().where(Sync.store.in_(stores)).order_by(Sync.kind))
