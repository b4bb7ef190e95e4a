"""The story of one order, newest first: what Amazon told, what the sync saw, what people did with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.orders.change import OrderChange
from models.orders.order import STATUSES, Order
from models.support.words import Words, say


@dataclass(frozen=True)
class Moment:
    """`by` is a person's name, or Portolan, or empty for what Amazon told."""

    at: datetime
    text: Words
    by: Any = ""


def timeline(order: Order) -> list[Moment]:
    """Three queries, whatever happened."""
    told = [
        (order.ordered_at, say("Ordered at Amazon")),
        (order.created_at, say("Arrived in Portolan")),
        (order.shipped_at, say("Shipped")),
        (order.delivered_at, say("Delivered")),
        (order.cancelled_at, say("Cancelled")),
        (order.destroyed_at, say("The buyer's data was destroyed")),
    ]
    moments = [Moment(at, text) for at, text in told if at is not None]
    moments += [Moment(change.at, _words(change)) for change in OrderChange.of(order) if not _is_told(change)]
    moments += [Moment(line.at, line.words, line.actor) for line in lines_of(events_about(order))]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _is_told(change: OrderChange) -> bool:
    """These have a date of their own."""
    return change.new_status in ("SHIPPED", "CANCELLED")


def _words(change: OrderChange) -> Words:
    old, new = (STATUSES.get(status, Words(status)) for status in (change.old_status, change.new_status))
    return say("%(old)s became %(new)s", old=old, new=new)
