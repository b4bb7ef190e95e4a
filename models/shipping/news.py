"""What is heard of a parcel, from whomever: kept once, then the parcel is put where all its events together say it stands.

Nothing moves it backwards. What happened before its order was placed belongs to an earlier parcel that had the same number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.orders.delivery import deliver
from models.orders.line import OrderLine
from models.orders.order import Order, write_alone
from models.shipping.nameless import nameless
from models.shipping.parcel import OPEN, Parcel
from models.shipping.parcel_line import HOLDING, ParcelLine
from models.shipping.status import RANKS, RETURNED, Event, Standing, Status, standing, unique
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from models.support.bulk import raw_rows
from models.support.db import retrying, write_txn

BEFORE_ORDER = timedelta(days=1)  # Carriers' clocks are wrong by hours.
ON_THE_WAY = RANKS["InTransit_PickedUp"]
ENDS_OF_SUBS = {RETURNED: "returned", "Exception_Lost": "lost", "Exception_Destroyed": "lost"}


@dataclass(frozen=True)
class Heard:
    """Where the parcel stands now, how many events were new, and how many were older than its order."""

    standing: Standing
    new: int = 0
    too_old: int = 0


@retrying
def hear(parcel: Parcel, events: Iterable[Event], *, source: str, told: Status | None = None, by: Any = None) -> Heard:
    """Keeps what is new of the events. `told` is a provider's word for a parcel whose events tell no status."""
    told_of = unique(replace(event, description=nameless(event.description)) for event in events)
    if _is_known(parcel, told_of):
        return Heard(standing(told_of, told, now=clock.now()))
    with write_txn():
        now = parcel.locked()
        first = _first_moment(now) if told_of else datetime.min
        fitting = [event for event in told_of if event.time_utc >= first]
        new = TrackingEvent.keep(now, fitting)
        kept = [row.event for row in TrackingEvent.of(now)]
        is_earlier = bool(told_of) and not fitting  # Then what is told of the whole is told of the earlier one, too.
        where = standing(kept, None if is_earlier else told, now=clock.now())
        if now.state != "void":
            _put(now, where)
            _move(now, where, kept, source=source, by=by)
    return Heard(where, new, len(told_of) - len(fitting))


def _is_known(parcel: Parcel, events: Sequence[Event]) -> bool:
    """Nearly every look finds what the one before found: as many events, and the same last one."""
    if not events or not parcel.status or parcel.last_event_at != events[-1].time_utc:
        return False
    return TrackingEvent.count_of(parcel) == len(events)


def _first_moment(parcel: Parcel) -> datetime:
    query = Order.select(peewee.fn.MIN(Order.ordered_at)).join(ParcelLine).where(ParcelLine.parcel == parcel)
    ordered: Any = query.scalar()
    if isinstance(ordered, str):
        ordered = datetime.fromisoformat(ordered)
    return (ordered or parcel.created_at) - BEFORE_ORDER


def _put(parcel: Parcel, where: Standing) -> None:
    values = {"status": where.status.main, "sub_status": where.status.sub, "last_event_at": where.last_event_at}
    if any(getattr(parcel, name) != value for name, value in values.items()):
        parcel.change(**values)


# Its life


def _move(parcel: Parcel, where: Standing, events: Sequence[Event], *, source: str, by: Any) -> None:
    if parcel.state in OPEN and (left := _left_at(events)) is not None:
        parcel.leave(min(left, clock.now()), source=source, by=by)
    state, at = _end(where)
    if state and parcel.state not in (state, "returned"):
        parcel.end(state, min(at, clock.now()), source=source, by=by)
    if where.delivered_at is not None:
        _tell_orders(parcel, min(where.delivered_at, clock.now()))


def _left_at(events: Sequence[Event]) -> datetime | None:
    """The first moment at which the carrier had it in its hands."""
    return min(
        (e.time_utc for e in events if e.status and e.status.is_known and e.status.rank >= ON_THE_WAY), default=None
    )


def _end(where: Standing) -> tuple[str, datetime]:
    since = where.since or clock.now()
    if (state := ENDS_OF_SUBS.get(where.status.sub)) is not None:
        return state, since
    return ("delivered", where.delivered_at) if where.delivered_at is not None else ("", since)


# The orders in it


def _tell_orders(parcel: Parcel, at: datetime) -> None:
    """An order was delivered with the last of its parcels, when all its pieces lie in parcels that were. Of two that arrive at once
    the second waits here, and sees the first."""
    write_alone(parcel.store_id)
    for (order_id,) in list(
        raw_rows(ParcelLine.select(ParcelLine.order).where(ParcelLine.parcel == parcel).distinct())
    ):
        if (last := _all_delivered(order_id, parcel, at)) is not None:
            deliver(order_id, last)


def _all_delivered(order_id: int, parcel: Parcel, at: datetime) -> datetime | None:
    ordered = OrderLine.select(peewee.fn.SUM(OrderLine.quantity)).where(OrderLine.order == order_id).scalar() or 0
    packed = (
        ParcelLine.select(Parcel.id, Parcel.state, Parcel.ended_at, ParcelLine.quantity)
        .join(Parcel).where(ParcelLine.order == order_id, Parcel.state.in_(HOLDING)).namedtuples()
    )  # fmt: skip
    moments, pieces = [at], 0
    for row in packed:
        if row.id != parcel.id and (row.state != "delivered" or row.ended_at is None):
            return None
        moments += [row.ended_at] if row.id != parcel.id else []
        pieces += row.quantity
    return max(moments) if pieces >= ordered else None
