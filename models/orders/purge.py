"""Destroying what is personal when its time is up: the keys first, then the ciphertext. Killed anywhere, it goes on.

It refuses while the clock looks wrong, and asks a person when far more than usual would go.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import Event, declare, track
from models.orders.buyer import Buyer
from models.orders.line import OrderLine
from models.orders.order import Order, vault_subject, write_alone
from models.orders.payload import OrderPayload
from models.orders.unread import UnreadOrder
from models.stores.store import Store
from models.support import clock
from models.support.bulk import among
from models.support.db import db, is_sqlite, retrying, write_txn
from models.support.errors import Refused
from models.support.job_run import JobRun
from models.support.matching import beside_index
from models.support.prepared import Asked, Prepared, together
from models.support.words import say
from models.vault import data_key

BATCH = 500
MOST_DRIFT = timedelta(hours=1)
ORPHAN_AFTER = timedelta(days=1)
USUAL_DAYS, USUAL_FACTOR, ALWAYS_FINE = 30, 3, 100
CHECKPOINT_TRIES = 5

declare("buyers_destroyed", say("The data of %(count)s buyers of %(object)s was destroyed"), "count")
declare("purge_approved", say("%(actor)s approved the destruction of %(count)s buyers' data"), "count")


class ClockLooksWrong(Refused):
    """Destroying by a wrong clock could not be mended."""


class FarMoreThanUsual(Refused):
    """A person has to look before so much is destroyed."""


@dataclass(frozen=True)
class Due:
    """What is due in one store."""

    store: Store
    count: int
    oldest: datetime


def due(now: datetime | None = None) -> list[Due]:
    """What would be destroyed now, per store (the dry run)."""
    query = (
        Order.select(Order.store, peewee.fn.COUNT(Order.id), peewee.fn.MIN(Order.purge_at))
        .where(Order.purge_at <= (now or clock.now()))
        .group_by(Order.store)
        .tuples()
    )
    rows: list[Any] = list(query)
    stores = {store.id: store for store in Store.select().where(Store.id.in_([row[0] for row in rows]))}
    return [Due(stores[store], count, _moment(oldest)) for store, count, oldest in rows]


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def due_count() -> int:
    return Order.select().where(Order.purge_at <= clock.now()).count()


def held_count() -> int:
    return Order.select().where(Order.purge_at.is_null(False)).count()


def oldest_beyond_limit(team: Any = None) -> int | None:
    """How many days the oldest personal data is past its legal moment; None when nothing is. It must be None."""
    oldest = together(beyond_limit(team))[0]
    return None if oldest is None else days_beyond(oldest)


def beyond_limit(team: Any = None) -> Asked:
    """Asks for the earliest legal moment that has passed, everywhere or in a team."""
    return _BEYOND_LIMIT.asking(clock.now(), team.id if team else None)


def days_beyond(moment: Any) -> int:
    return (clock.now() - _moment(moment)).days


def _beyond_limit(now: Any, team: Any) -> Any:
    query = Order.select(peewee.fn.MIN(Order.limit_at)).where(Order.purge_at <= now, Order.limit_at < now)
    # What is due leads, not all the orders a team ever had.
    return query if team is None else query.where(beside_index(Order.team) == team)


_BEYOND_LIMIT = Prepared(_beyond_limit)


# The purge


def purge(*, fence: Callable[..., None] | None = None, approved_by: Any = None, approve: bool = False) -> int:
    """Destroys all that is due, sweeps what was left over, and returns how many orders were emptied. Raises Refused."""
    require_true_clock()
    keyless = _keyless()
    count = due_count() + len(keyless)
    if not approve:
        require_usual(count)
    elif count:
        with write_txn():
            track("purge_approved", by=approved_by, count=count)
    destroyed = _empty(keyless, fence) + sum(_empty(batch, fence) for batch in _due_batches())
    _forget_unread()
    sweep_keys("order:", _dead_orders, fence)
    sweep_keys("unread:", _dead_unread, fence)
    if destroyed:
        erase_from_disk()
    return destroyed


def _due_batches() -> Iterable[list[tuple]]:
    while batch := list(_rows().where(Order.purge_at <= clock.now()).order_by(Order.purge_at).limit(BATCH).tuples()):
        yield batch


def _rows() -> Any:
    return Order.select(Order.id, Order.uid, Order.store)


def _empty(orders: Sequence[tuple], fence: Callable[..., None] | None) -> int:
    """Keys, then ciphertext. Rows are (id, uid, store); those of a killed purge have lost their keys already."""
    for start in range(0, len(orders), BATCH):
        batch = orders[start : start + BATCH]
        data_key.destroy(vault_subject(uid) for _id, uid, _store in batch)
        by_store: dict[int, list[int]] = {}
        for order_id, _uid, store_id in batch:
            by_store.setdefault(store_id, []).append(order_id)
        for store_id, order_ids in by_store.items():
            _empty_store(store_id, order_ids, fence)
    return len(orders)


@retrying
def _empty_store(store_id: int, order_ids: list[int], fence: Callable[..., None] | None) -> None:
    with write_txn():
        if fence:
            fence(add=len(order_ids))
        write_alone(store_id)
        _empty_rows(order_ids)
        track("buyers_destroyed", Store.get_by_id(store_id), count=len(order_ids))


# What else shows the buyer of an order, and goes in the same transaction.
_WITH_BUYERS: list[Callable[[list[int]], None]] = []


def with_buyers(forget: Callable[[list[int]], None]) -> Callable[[list[int]], None]:
    """Registers a later room's function that deletes what it keeps of the buyers of these orders."""
    _WITH_BUYERS.append(forget)
    return forget


def _empty_rows(order_ids: list[int]) -> None:
    for forget in _WITH_BUYERS:
        forget(order_ids)
    Buyer.delete().where(among(Buyer.order, order_ids)).execute()
    OrderPayload.delete().where(among(OrderPayload.order, order_ids)).execute()
    OrderLine.update(gift_message=None).where(
        among(OrderLine.order, order_ids), OrderLine.gift_message.is_null(False)
    ).execute()
    Order.update(buyer_state="destroyed", destroyed_at=clock.now(), purge_at=None, limit_at=None).where(
        among(Order.id, order_ids)
    ).execute()


def erase_from_disk() -> bool:
    """Writes SQLite's log back, so that what was erased is gone from every file. A reader may hold it up for a moment."""
    if not is_sqlite():
        return True
    for attempt in range(CHECKPOINT_TRIES):
        busy = db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            return True
        time.sleep(0.1 * 2**attempt)
    return False


# Left over


def _keyless() -> list[tuple]:
    """Orders that are not due and yet have lost their key: a purge was killed, or a backup came back."""
    found: list[tuple] = []
    after = 0
    while True:
        batch = list(
            _rows().where(Order.purge_at > clock.now(), Order.id > after).order_by(Order.id).limit(BATCH).tuples()
        )
        if not batch:
            return found
        alive = data_key.living(vault_subject(row[1]) for row in batch)
        found += [row for row in batch if vault_subject(row[1]) not in alive]
        after = batch[-1][0]


def sweep_keys(prefix: str, dead: Callable[[list[str]], list[str]], fence: Callable[..., None] | None = None) -> int:
    """Destroys keys nothing is sealed with any more: their record never came, or a backup of the keys brought them back."""
    swept, after = 0, ""
    before = clock.now() - ORPHAN_AFTER
    while subjects := data_key.living_subjects(prefix, before=before, after=after, limit=BATCH):
        swept += data_key.destroy(dead(subjects))
        after = subjects[-1]
        if fence:
            with write_txn():
                fence()
    return swept


def _dead_orders(subjects: list[str]) -> list[str]:
    uids = [subject.removeprefix("order:") for subject in subjects]
    query = Order.select(Order.uid).where(
        among(Order.uid, [uid.replace("-", "") for uid in uids]), Order.buyer_state != "destroyed"
    )
    alive = {str(row.uid) for row in query}
    return [vault_subject(uid) for uid in uids if uid not in alive]


def _dead_unread(subjects: list[str]) -> list[str]:
    uids = [subject.removeprefix("unread:") for subject in subjects]
    query = UnreadOrder.select(UnreadOrder.uid).where(among(UnreadOrder.uid, [uid.replace("-", "") for uid in uids]))
    alive = {str(row.uid) for row in query}
    return [f"unread:{uid}" for uid in uids if uid not in alive]


def _forget_unread() -> None:
    while old := UnreadOrder.too_old():
        for row in old:
            row.forget()


# The guards


def require_true_clock() -> None:
    """Raises ClockLooksWrong when the clock went back against what was recorded, or jumped while this process lived."""
    now = clock.now()
    last = last_recorded()
    if last is not None and now < last - MOST_DRIFT:
        raise ClockLooksWrong(
            "The clock shows a time before the last recorded event. Nothing was destroyed; correct the server's clock."
        )
    if abs(clock.drift()) > MOST_DRIFT:
        raise ClockLooksWrong(
            "The clock has jumped since this process started. Nothing was destroyed; check the server's clock, then restart."
        )


def last_recorded() -> datetime | None:
    """The latest moment any event or run of a job was written with."""
    event = Event.select(peewee.fn.MAX(Event.at)).scalar()
    run = JobRun.select(peewee.fn.MAX(JobRun.started_at)).scalar()
    return max((_moment(moment) for moment in (event, run) if moment is not None), default=None)


def require_usual(count: int, event: str = "buyers_destroyed") -> None:
    """Raises FarMoreThanUsual when a person should look first. `event` is what destroying that much leaves."""
    usual = usual_count(event)
    if count > ALWAYS_FINE and count > USUAL_FACTOR * usual:
        raise FarMoreThanUsual(
            "The data of %(count)s buyers is due, far more than usual (%(usual)s a day). Nothing was destroyed. "
            "Look at it with ./portolan retention purge --dry-run, then approve it with --approve.",
            count=count,
            usual=usual,
        )


def usual_count(event_name: str = "buyers_destroyed") -> int:
    """The median of what was destroyed on a day, over the days of the last 30 on which something was."""
    since = clock.now() - timedelta(days=USUAL_DAYS)
    days: Counter[Any] = Counter()
    for event in Event.select(Event.at, Event.details).where(Event.name == event_name, Event.at > since):
        days[event.at.date()] += event.details["count"]
    return int(statistics.median(days.values())) if days else 0
