"""Destroying what buyers wrote when its time is up, as orders' buyers are: the keys first, then the ciphertext. Killed anywhere, it goes on.

It keeps the rows with their times, counts and blind marks, so that no mail of a destroyed thread comes in a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.mailbox.draft import MailDraft
from models.mailbox.keeping import keep_until
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.note import MailNote
from models.mailbox.thread import MailThread, thread_subject
from models.orders import purge as buyers
from models.orders.order import Order
from models.stores.store import Store
from models.support import clock
from models.support.bulk import among, as_moment
from models.support.db import retrying, write_txn
from models.support.words import say
from models.vault import data_key

BATCH = 200
EMPTIED = {"subject": None, "from_name": None, "from_addr": None, "text": None, "attachments": None, "problem": "", "trouble_at": None}  # fmt: skip
# Told in the transaction that empties threads: their ids. What a later room seals under a thread's key goes with it.
ON_DESTROYED: list[Callable[[list[int]], None]] = []

declare("threads_destroyed", say("What was written in %(count)s threads of %(object)s was destroyed"), "count")


def purge(*, fence: Callable[..., None] | None = None, approved_by: Any = None, approve: bool = False) -> int:
    """Destroys all that is due, sweeps what was left over, and returns how many threads were emptied. Raises Refused."""
    buyers.require_true_clock()
    follow_orders()
    keyless = _keyless()
    count = due_count() + len(keyless)
    if not approve:
        buyers.require_usual(count, "threads_destroyed")
    elif count:
        with write_txn():
            track("purge_approved", by=approved_by, count=count)
    destroyed = _empty(keyless, fence) + sum(_empty(_closed(batch), fence) for batch in _due_batches())
    buyers.sweep_keys("thread:", _dead, fence)
    if destroyed:
        buyers.erase_from_disk()
    return destroyed


def due_count() -> int:
    return MailThread.select().where(MailThread.purge_at <= clock.now()).count()


def held_count() -> int:
    return MailThread.select().where(MailThread.purge_at.is_null(False)).count()


def follow_orders() -> int:
    """Moves the day of threads with an order to where the order's has moved: it was delivered earlier or later than promised. What is due
    with its order becomes due here at the same run. Returns how many moved."""
    moved, after = 0, 0
    while rows := _with_orders(after):
        after = rows[-1][0]
        changed = [
            (key, then) for key, purge_at, last_at, order in rows if (then := keep_until(last_at, order)) != purge_at
        ]
        if changed:
            with write_txn():
                for key, then in changed:
                    MailThread.update(purge_at=then).where(
                        MailThread.id == key, MailThread.purge_at.is_null(False)
                    ).execute()
        moved += len(changed)
    return moved


def _with_orders(after: int) -> list[tuple[int, Any, Any, Order]]:
    """Threads that are held and have an order: id, when they go, when the last message came, the order."""
    query: Any = (
        MailThread.select(MailThread.id, MailThread.purge_at, MailThread.last_at, Order.buyer_state, Order.purge_at)
        .join(Order)
        .where(MailThread.purge_at.is_null(False), MailThread.id > after)
        .order_by(MailThread.id)
        .limit(BATCH * 5)
        .tuples()
    )
    return [
        (key, as_moment(purge_at), as_moment(last_at), Order(buyer_state=state, purge_at=as_moment(order_purge_at)))
        for key, purge_at, last_at, state, order_purge_at in query
    ]


def _rows() -> Any:
    return MailThread.select(MailThread.id, MailThread.uid, MailThread.store)


def _due_batches() -> Iterable[list[tuple]]:
    due = MailThread.purge_at <= clock.now()
    while batch := list(_rows().where(due).order_by(MailThread.purge_at).limit(BATCH).tuples()):
        yield batch


@retrying
def _closed(threads: list[tuple]) -> list[tuple]:
    """Those that are still due. From here on no mail joins them and nobody writes in them, so that nothing new goes with their keys."""
    ids, now = [row[0] for row in threads], clock.now()
    with write_txn():
        for store_id in sorted({store_id for _id, _uid, store_id in threads}):
            Store.take_turn(store_id)
        MailThread.update(destroyed_at=now).where(among(MailThread.id, ids), MailThread.purge_at <= now).execute()
        return list(_rows().where(among(MailThread.id, ids), MailThread.purge_at <= now).tuples())


def _empty(threads: list[tuple], fence: Callable[..., None] | None) -> int:
    """Keys, then ciphertext. Rows are (id, uid, store); those of a killed purge have lost their keys already."""
    for start in range(0, len(threads), BATCH):
        batch = threads[start : start + BATCH]
        data_key.destroy(thread_subject(uid) for _id, uid, _store in batch)
        by_store: dict[int, list[int]] = {}
        for thread_id, _uid, store_id in batch:
            by_store.setdefault(store_id, []).append(thread_id)
        for store_id, ids in by_store.items():
            _empty_store(store_id, ids, fence)
    return len(threads)


@retrying
def _empty_store(store_id: int, ids: list[int], fence: Callable[..., None] | None) -> None:
    with write_txn():
        if fence:
            fence(add=len(ids))
        Store.take_turn(store_id)
        empty_rows(ids)
        track("threads_destroyed", Store.get_by_id(store_id), count=len(ids))


def empty_rows(ids: list[int]) -> None:
    """Inside a transaction. Nobody is owed an answer in a thread that says nothing any more."""
    of_them = among(MailMessage.thread, ids)
    raws = MailMessage.select(MailMessage.id).where(of_them)
    MailRaw.delete().where(MailRaw.message.in_(raws)).execute()
    MailDraft.delete().where(among(MailDraft.thread, ids)).execute()
    MailNote.delete().where(among(MailNote.thread, ids)).execute()
    for tell in ON_DESTROYED:
        tell(ids)
    MailMessage.update(**EMPTIED).where(of_them).execute()
    is_open = MailThread.state.in_(("open", "waiting"))
    MailThread.update(
        subject=None, buyer_name=None, to_address=None, destroyed_at=clock.now(), purge_at=None, unanswered_at=None, due_at=None,
        snoozed_until=None, state=peewee.Case(None, [(is_open, "done")], MailThread.state),
    ).where(among(MailThread.id, ids)).execute()  # fmt: skip


def _keyless() -> list[tuple]:
    """Threads that are not due and yet have lost their key: a purge was killed, or a backup came back."""
    found: list[tuple] = []
    after = 0
    while batch := list(
        _rows()
        .where(MailThread.purge_at > clock.now(), MailThread.id > after)
        .order_by(MailThread.id)
        .limit(BATCH)
        .tuples()
    ):
        alive = data_key.living(thread_subject(row[1]) for row in batch)
        found += [row for row in batch if thread_subject(row[1]) not in alive]
        after = batch[-1][0]
    return found


def _dead(subjects: list[str]) -> list[str]:
    """Those of the subjects whose thread never came, or is destroyed."""
    uids = [subject.removeprefix("thread:") for subject in subjects]
    query = MailThread.select(MailThread.uid).where(
        among(MailThread.uid, [uid.replace("-", "") for uid in uids]), MailThread.destroyed_at.is_null()
    )
    alive = {str(row.uid) for row in query}
    return [thread_subject(uid) for uid in uids if uid not in alive]
