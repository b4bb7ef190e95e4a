"""Reads what happened, in the order in which it became visible, and asks each rule about it.

The watermark is a place in the chain of sealed events: nothing is passed by, nothing is read twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import peewee

from models.audit.chain import EventSeal, SealHead
from models.audit.event import Event
from models.compliance import looks
from models.compliance.activity import ORDERS, REFUSED, ActivityCount
from models.compliance.alarm import escalate
from models.support import clock
from models.support.db import write_txn
from models.support.record import About, Record

BATCH = 500
# What each kind of event is looked at by.
LOOKS: dict[str, tuple[Callable[[Event], None], ...]] = {
    "person_signed_in": (looks.at_hour, looks.at_new_network, looks.at_two_networks),
    "list_exported": (looks.at_export,),
    "sign_in_refused": (looks.at_failed_sign_ins,),
}


class AlarmWatch(Record):
    """One row: up to which link of the chain the rules have looked."""

    id = peewee.IntegerField(primary_key=True)
    seq = peewee.BigIntegerField()

    about = About(why="how far the rules have looked", keep="for ever", plain="id seq")


def has_work() -> bool:
    """Is there a sealed event nobody looked at, or a count that may be too high? Cheap: asked every few seconds."""
    head = SealHead.get_or_none(SealHead.id == 1)
    if head is not None and head.seq > _mark():
        return True
    return bool(ActivityCount.lately(REFUSED, clock.now() - timedelta(minutes=1)))


def _mark() -> int:
    row = AlarmWatch.get_or_none(AlarmWatch.id == 1)
    return row.seq if row else 0


def watch(fence: Callable[..., None] | None = None) -> int:
    """Looks at everything new. Returns how many events."""
    seen = 0
    while events := _next():
        _look_at(events, fence)
        seen += len(events)
    looks.at_counts(REFUSED)
    looks.at_counts(ORDERS)
    escalate()
    return seen


def _next() -> list[tuple[int, Event | None]]:
    links = list(EventSeal.select().where(EventSeal.seq > _mark()).order_by(EventSeal.seq).limit(BATCH))
    wanted = [link.event_id for link in links]
    query = Event.select().where(Event.id.in_(wanted), Event.name.in_(list(LOOKS)))
    events = {event.id: event for event in query} if wanted else {}
    return [(link.seq, events.get(link.event_id)) for link in links]


def _look_at(events: list[tuple[int, Event | None]], fence: Callable[..., None] | None) -> None:
    """One transaction: the alarms of a batch and how far it went."""
    with write_txn():
        if fence:
            fence(add=len(events))
        for event in (event for _seq, event in events if event is not None):
            for look in LOOKS[event.name]:
                look(event)
        seq = events[-1][0]
        AlarmWatch.insert(id=1, seq=seq).on_conflict(
            conflict_target=[AlarmWatch.id], update={AlarmWatch.seq: seq}
        ).execute()
