"""What parcels add to the story of an order: what was done with them, what carriers said, what Amazon was told. Held and
cancelled orders get no label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.audit.event import Event
from models.audit.feed import lines_of
from models.orders.holding import require_going_on
from models.orders.order import Order
from models.orders.timeline import Moment, tells
from models.shipping.confirmation import Confirmation
from models.shipping.moments import at
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.tracking_event import TrackingEvent
from models.support.bulk import raw_rows
from models.support.words import say

PERMISSION = "parcels.view"
MOST_EVENTS, MOST_NEWS = 100, 60
WENT_WRONG = ("DeliveryFailure", "Exception", "Expired")


@tells
def of_parcels(order: Order, reach: Any) -> Iterator[Moment]:
    """Nothing for who may not see parcels."""
    if not reach.may(PERMISSION, order.store_id):
        return
    parcels = {
        parcel.id: parcel for parcel in Parcel.select().join(ParcelLine).where(ParcelLine.order == order).distinct()
    }
    if not parcels:
        return
    told = [row[0] for row in raw_rows(Confirmation.select(Confirmation.id).where(Confirmation.order == order))]
    yield from _events("parcel", list(parcels))
    yield from _events("confirmation", told)
    news = TrackingEvent.select().where(TrackingEvent.parcel.in_(list(parcels)))
    for event in news.order_by(TrackingEvent.at.desc(), TrackingEvent.id.desc()).limit(MOST_NEWS):
        parcel = parcels[event.parcel_id]
        text = say("%(parcel)s: %(news)s", parcel=parcel.label, news=event.description or event.status or "—")
        yield Moment(event.at, text, event.location, tone="bad" if event.status in WENT_WRONG else "")


def _events(kind: str, ids: Sequence[int]) -> Iterator[Moment]:
    if not ids:
        return
    found = Event.select().where(Event.object_kind == kind, Event.object_id.in_(list(ids)))
    for line in lines_of(found.order_by(Event.at.desc(), Event.id.desc()).limit(MOST_EVENTS)):
        yield Moment(line.at, line.words, line.actor)


@at("label")
def refuse_what_stopped(parcel: Any, **_facts: Any) -> None:
    """Somebody put an order on hold, or it was cancelled, after its parcel was drafted."""
    lines = ParcelLine.select(ParcelLine.order).where(ParcelLine.parcel == parcel).distinct()
    require_going_on([row[0] for row in raw_rows(lines)])
