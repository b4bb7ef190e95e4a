"""What is wrong with the parcels of a team: a question for each kind, along an index, however many parcels there ever were."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.orders.order import Order
from models.shipping import status as told
from models.shipping.alerts.kinds import CUSTOMS, FAILED, LATE, NO_SCAN, NOT_FOUND, PICKUP, SHIP_BY, SILENT, TROUBLE
from models.shipping.alerts.lane import Key
from models.shipping.alerts.rules import AlertRules
from models.shipping.confirmation import Confirmation
from models.shipping.following import Following
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.tracking_event import TrackingEvent
from models.support.bulk import as_moment, raw_rows

MOVING = ("labelled", "shipped")
TOLD_FOR = timedelta(days=30)  # How long a parcel that ended badly is told.
Figures = tuple[int, datetime, int, int]  # Store, since when, days, sample.


@dataclass(frozen=True)
class Asking:
    """Whose parcels are looked at, by which rules, at which moment."""

    team_id: int
    rules: AlertRules
    now: datetime
    lanes: dict[Key, tuple[int, int]] = field(default_factory=dict)

    def ago(self, **parts: float) -> datetime:
        return self.now - timedelta(**parts)


def _ship_by(asking: Asking) -> dict[int, Figures]:
    """Drafts; what waits in no parcel yet is told with the orders."""
    soonest = peewee.fn.MIN(Order.ship_by)
    drafts = _lines(asking, Parcel.state == "draft", soonest).where(
        Order.awaits_shipment == True, Order.ship_by < asking.now + timedelta(hours=asking.rules.ship_by_hours)  # noqa: E712
    )  # fmt: skip
    return _figures(drafts)


def _late(asking: Asking) -> dict[int, Figures]:
    """By the latest day that any of its orders was promised."""
    return _figures(
        _lines(asking, Parcel.state.in_(MOVING), peewee.fn.MIN(Order.deliver_by)).where(Order.deliver_by < asking.now)
    )


def _no_scan(asking: Asking) -> dict[int, Figures]:
    """Told to Amazon, and the carrier knows no more than the label. One that nobody follows may well have been scanned."""
    told_at = Confirmation.select(peewee.fn.MIN(Confirmation.decided_at)).where(
        Confirmation.parcel == Parcel.id, Confirmation.state == "confirmed"
    )
    followed = peewee.fn.EXISTS(Following.select(Following.id).where(Following.parcel == Parcel.id))
    status = peewee.fn.COALESCE(Parcel.status, "")  # Found by state: most parcels ever made may have no status.
    unheard = Parcel.select(Parcel.id, Parcel.store, told_at).where(
        Parcel.team == asking.team_id, Parcel.state.in_(MOVING), status == "", followed
    )
    known = _parcels(asking, told_at, (told.NOT_FOUND, told.INFO_RECEIVED))
    before = asking.ago(hours=asking.rules.scan_hours)
    rows = _figures(known) | _figures(unheard)
    return {parcel: figures for parcel, figures in rows.items() if figures[1] < before}


def _not_found(asking: Asking) -> dict[int, Figures]:
    since = peewee.fn.COALESCE(Parcel.labelled_at, Parcel.shipped_at, Parcel.created_at)
    query = _parcels(asking, since, (told.NOT_FOUND,)).where(since < asking.ago(days=asking.rules.not_found_days))
    return _figures(query)


def _silent(asking: Asking) -> dict[int, Figures]:
    """Each by its lane's own history, else after the team's fixed days."""
    fixed, lanes = asking.rules.silent_days, asking.lanes
    least = min([fixed, *(days for days, _parcels_of_lane in lanes.values())])
    query = _parcels(
        asking,
        Parcel.last_event_at,
        (told.IN_TRANSIT, told.OUT_FOR_DELIVERY, told.EXPIRED),
        Parcel.channel,
        Parcel.country,
    )
    found = {}
    for parcel, store, since, channel, country in raw_rows(query.where(Parcel.last_event_at < asking.ago(days=least))):
        days, sample = lanes.get((channel, country), (fixed, 0))
        if moment_of(since) < asking.ago(days=days):
            found[parcel] = (store, moment_of(since), days, sample)
    return found


def _customs(asking: Asking) -> dict[int, Figures]:
    return _figures(
        _parcels(asking, Parcel.last_event_at, (told.IN_TRANSIT,)).where(Parcel.sub_status == told.CUSTOMS_ASKS)
    )


def _failed(asking: Asking) -> dict[int, Figures]:
    return _figures(_parcels(asking, Parcel.last_event_at, (told.FAILURE,)))


def _pickup(asking: Asking) -> dict[int, Figures]:
    """Since it first lay there; that it still does is no news."""
    first = TrackingEvent.select(peewee.fn.MIN(TrackingEvent.at)).where(
        TrackingEvent.parcel == Parcel.id, TrackingEvent.status == told.FOR_PICKUP
    )
    before = asking.ago(days=asking.rules.pickup_days)
    rows = _figures(_parcels(asking, peewee.fn.COALESCE(first, Parcel.last_event_at), (told.FOR_PICKUP,)))
    return {parcel: figures for parcel, figures in rows.items() if figures[1] < before}


def _trouble(asking: Asking) -> dict[int, Figures]:
    """Also what is lost or came back, for a month."""
    since = peewee.fn.COALESCE(Parcel.last_event_at, Parcel.ended_at, Parcel.created_at)
    ended = Parcel.state.in_(("lost", "returned")) & (Parcel.ended_at > asking.now - TOLD_FOR)
    query = Parcel.select(Parcel.id, Parcel.store, since).where(
        Parcel.team == asking.team_id, Parcel.status == told.EXCEPTION, Parcel.state.in_(MOVING) | ended
    )
    return _figures(query)


FINDERS: dict[str, Callable[[Asking], dict[int, Figures]]] = {
    SHIP_BY: _ship_by, TROUBLE: _trouble, FAILED: _failed, CUSTOMS: _customs, LATE: _late, NO_SCAN: _no_scan, NOT_FOUND: _not_found,
    SILENT: _silent, PICKUP: _pickup,
}  # fmt: skip


def _parcels(asking: Asking, since: Any, statuses: Iterable[str], *more: Any) -> Any:
    """Parcels on their way that stand so, along the index of statuses."""
    return Parcel.select(Parcel.id, Parcel.store, since, *more).where(
        Parcel.team == asking.team_id, Parcel.status.in_(list(statuses)), Parcel.state.in_(MOVING)
    )


def _lines(asking: Asking, condition: Any, moment: Any) -> Any:
    """Parcels by a moment of their orders."""
    return (
        Parcel.select(Parcel.id, Parcel.store, moment)
        .join(ParcelLine, on=(ParcelLine.parcel == Parcel.id))
        .join(Order, on=(ParcelLine.order == Order.id))
        .where(Parcel.team == asking.team_id, condition)
        .group_by(Parcel.id, Parcel.store)
    )


def _figures(query: Any) -> dict[int, Figures]:
    return {row[0]: (row[1], moment_of(row[2]), 0, 0) for row in raw_rows(query) if row[2] is not None}


def moment_of(value: Any) -> datetime:
    moment = as_moment(value)
    assert moment is not None
    return moment
