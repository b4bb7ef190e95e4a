"""The hash chain over events. A job seals what has become visible, in order; anyone can check the whole of it later.

Sealing inside the writing transaction would fork the chain on PostgreSQL, where ids become visible out of order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import peewee

from models.audit.anchor import LogAnchor
from models.audit.event import Event
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import db, write_txn
from models.support.fields import UtcField
from models.support.record import About, Record

GENESIS = "0" * 64
BATCH = 500
WALK = 2000  # Links looked at before a walk along the chain takes a breath.
BEHIND = 5000  # How many ids behind the end sealing looks: more than become visible while a transaction may be open.
EVENT_FIELDS = Event._meta.sorted_fields
COLUMNS = [f.column_name for f in EVENT_FIELDS]


class EventSeal(Record):
    """One link: the event, its place in the chain, and the hash over it and the link before."""

    seq = peewee.BigIntegerField(primary_key=True)
    event_id = peewee.BigIntegerField(unique=True)
    previous = peewee.CharField(max_length=64)
    hash = peewee.CharField(max_length=64, unique=True)

    about = About(
        why="shows that the audit log was not changed", keep="as the events", plain="seq event_id previous hash"
    )


class SealHead(Record):
    """One row: the last link. Sealing is a conditional UPDATE of it, so two sealers cannot fork the chain."""

    id = peewee.IntegerField(primary_key=True)
    seq = peewee.BigIntegerField()
    hash = peewee.CharField(max_length=64)
    event_id = peewee.BigIntegerField()
    sealed_at = UtcField(null=True)

    about = About(why="the end of the chain", keep="for ever", plain="id seq hash event_id sealed_at")


def digest(seq: int, previous: str, row: dict[str, Any]) -> str:
    """SHA-256 over the place, the link before and every column of the event as it is stored."""
    body = json.dumps(
        [seq, previous, *(str(row[c]) if row[c] is not None else None for c in COLUMNS)], ensure_ascii=False
    )
    return hashlib.sha256(b"portolan event 1\0" + body.encode()).hexdigest()


def _rows(query: Any) -> Iterator[dict[str, Any]]:
    """The events as they are stored; details in one spelling, or as they stand where they are no JSON any more."""
    stored = [peewee.Cast(f, "text").alias(f.column_name) if f is Event.details else f for f in EVENT_FIELDS]
    for values in query.select(*stored).tuples():
        row = dict(zip(COLUMNS, values, strict=True))
        with suppress(ValueError):
            row["details"] = json.dumps(json.loads(row["details"]), sort_keys=True, ensure_ascii=False)
        yield row


def unsealed(limit: int = BATCH, *, from_start: bool = False) -> Any:
    """Events without a link, oldest first. An event that became visible late is picked up late."""
    missing = ~peewee.fn.EXISTS(EventSeal.select(peewee.SQL("1")).where(EventSeal.event_id == Event.id))
    query = Event.select().where(missing).order_by(Event.id).limit(limit)
    return query if from_start else query.where(Event.id > _settled_below())


def _settled_below() -> int:
    head = SealHead.get_or_none(SealHead.id == 1)
    return 0 if head is None else head.event_id - BEHIND


def has_unsealed(*, from_start: bool = False) -> bool:
    """Is there an event to seal? `from_start` looks through all of them, which takes a while."""
    return unsealed(1, from_start=from_start).exists()


def seal_of(event: Event) -> EventSeal | None:
    """The event's place in the chain; None while it is not sealed."""
    return EventSeal.get_or_none(EventSeal.event_id == event.id)


def seal_events(limit: int = BATCH, *, from_start: bool = False) -> int:
    """Links the next events into the chain. Returns how many."""
    with write_txn():
        head = _locked_head()
        seq, previous, last = head.seq, head.hash, head.event_id
        links = []
        for row in _rows(unsealed(limit, from_start=from_start)):
            seq += 1
            link = digest(seq, previous, row)
            links.append((seq, row["id"], previous, link))
            previous, last = link, max(last, row["id"])
        if not links:
            return 0
        insert_rows(EventSeal, ("seq", "event_id", "previous", "hash"), links)
        changed = (
            SealHead.update(seq=seq, hash=previous, event_id=last, sealed_at=clock.now())
            .where(SealHead.id == 1, SealHead.seq == head.seq)
            .execute()
        )
        if not changed:
            raise RuntimeError("Two sealers at once.")
    return len(links)


def _locked_head() -> SealHead:
    SealHead.insert(id=1, seq=0, hash=GENESIS, event_id=0).on_conflict_ignore().execute()
    query = SealHead.select().where(SealHead.id == 1)
    return (query.for_update() if isinstance(db.obj, peewee.PostgresqlDatabase) else query).get()


@dataclass
class Verdict:
    """What a check of the chain found. `faults` is empty when every link holds; `left` were archived and are gone."""

    links: int = 0
    left: int = 0
    waiting: int = 0
    head: str = GENESIS
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults


def verify(
    checkpoints: dict[int, str] | None = None, most_faults: int = 20, step: Callable[[int], None] | None = None
) -> Verdict:
    """Walks the whole chain from where it begins now. `checkpoints` maps seq to the hash that was written down elsewhere at
    that time; of what left the log since, only the very end can still be compared. `step` is called after every few thousand
    links with how many these were; it may stop the walk by raising."""
    anchor = LogAnchor.last()
    begins, previous = (anchor.seq, anchor.hash) if anchor else (0, GENESIS)
    verdict = Verdict(left=begins)
    if (checkpoints or {}).get(begins, previous) != previous:
        verdict.faults.append(f"Link {begins} is not the one that was written down in the checkpoint.")
    pending = {seq: hash for seq, hash in (checkpoints or {}).items() if seq > begins}
    expected = begins + 1
    for link, row in links_after(begins):
        if len(verdict.faults) >= most_faults:
            break
        if link.seq != expected:
            verdict.faults.append(f"Links {expected} to {link.seq - 1} are missing.")
        if link.previous != previous and link.seq == expected:
            verdict.faults.append(f"Link {link.seq} does not follow the one before it.")
        if row is None:
            verdict.faults.append(f"Event {link.event_id} of link {link.seq} is gone.")
        elif digest(link.seq, link.previous, row) != link.hash:
            verdict.faults.append(f"Event {link.event_id} of link {link.seq} was changed.")
        if pending.pop(link.seq, link.hash) != link.hash:
            verdict.faults.append(f"Link {link.seq} is not the one that was written down in the checkpoint.")
        expected, previous = link.seq + 1, link.hash
        verdict.links += 1
        if step and verdict.links % WALK == 0:
            step(WALK)
    verdict.head = previous
    head = SealHead.get_or_none(SealHead.id == 1)
    if head is not None and (head.seq, head.hash) != (expected - 1, previous):
        verdict.faults.append(f"The chain ends at link {expected - 1}, but {head.seq} links were made.")
    verdict.faults += [f"Link {seq}, written down in a checkpoint, is gone." for seq in sorted(pending)]
    verdict.waiting = Event.select().count() - _sealed_count() if verdict.holds else 0
    return verdict


def _sealed_count() -> int:
    return EventSeal.select().count()


def links_after(after: int) -> Iterator[tuple[EventSeal, dict[str, Any] | None]]:
    """The links after that one in their order, each with its event as it is stored, or None where that is gone."""
    while True:
        links = list(EventSeal.select().where(EventSeal.seq > after).order_by(EventSeal.seq).limit(WALK))
        if not links:
            return
        rows = {row["id"]: row for row in _rows(Event.select().where(Event.id.in_([link.event_id for link in links])))}
        for link in links:
            yield link, rows.get(link.event_id)
        after = links[-1].seq
