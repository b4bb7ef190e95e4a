"""Every request made to Amazon: operation, answer, time. No bodies, no tokens, no personal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.people.team import Team
from models.stores.rate_bucket import RateBucket
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.paging import Order, Page, page_of
from models.support.record import About, TeamRecord

KEPT_DAYS = 400


class CallLog(TeamRecord):
    store_column = "store"

    id = peewee.BigAutoField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, on_delete="RESTRICT")
    at = UtcField(default=clock.now)
    operation = peewee.CharField(max_length=60)
    method = peewee.CharField(max_length=8)
    status = peewee.IntegerField()
    ms = peewee.IntegerField()
    attempt = peewee.IntegerField(default=1)
    request_id = peewee.CharField(max_length=80, default="")
    rate = peewee.DoubleField(null=True)
    error = peewee.CharField(max_length=80, default="")

    about = About(why="shows what was asked of Amazon and how it went", keep="400 days",
                  plain="id team store at operation method status ms attempt request_id rate error")  # fmt: skip

    class Meta:
        indexes = ((("team", "id"), False), (("store", "operation", "id"), False), (("at",), False))

    @property
    def rate_text(self) -> str:
        """The rate Amazon named, as short as it is."""
        return "—" if self.rate is None else f"{self.rate:.4f}".rstrip("0").rstrip(".")

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @classmethod
    def write(cls, store: Store, call: Any) -> None:
        """Keeps a call: operation, method, status, ms, attempt, request_id, rate, error."""
        with write_txn():
            cls.create(
                team=store.team_id, store=store, operation=call.operation, method=call.method, status=call.status, ms=call.ms,
                attempt=call.attempt, request_id=call.request_id, rate=call.rate, error=call.error[:80],
            )  # fmt: skip

    @classmethod
    def page(
        cls, reach: Any, *, store: Store | None = None, failed: bool = False, after: str = "", before: str = ""
    ) -> Page:
        query = cls.reachable(reach).select_extend(Store).join(Store)
        if store is not None:
            query = query.where(cls.store == store)
        if failed:
            query = query.where((cls.status < 200) | (cls.status >= 300))
        return page_of(query, Order((cls.id,)), after=after, before=before)

    @classmethod
    def forget_old(cls) -> int:
        with write_txn():
            return cls.delete().where(cls.at < clock.ago(days=KEPT_DAYS)).execute()


def tokens_left(calls: Iterable[CallLog]) -> dict[tuple[int, str], int]:
    """Tokens left now per (store id, operation), for the stores of these calls (one query)."""
    owners = {str(call.store.uid): call.store_id for call in calls}
    if not owners:
        return {}
    rows = RateBucket.select().where(RateBucket.owner.in_(list(owners)))
    return {(owners[row.owner], row.operation): row.left(row.burst) for row in rows}
