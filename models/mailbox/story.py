"""What the mailbox adds to the story of an order: what was written through Amazon, and after-sales cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.audit.event import Event
from models.audit.feed import lines_of
from models.mailbox.case import AfterSalesCase
from models.mailbox.outreach import Outreach
from models.mailbox.thread import PERMISSION
from models.orders.order import Order
from models.orders.timeline import Moment, tells
from models.support.bulk import raw_rows

MOST_EVENTS = 60


@tells
def of_mailbox(order: Order, reach: Any) -> Iterator[Moment]:
    """Nothing for who may not see the mailbox."""
    if not reach.may(PERMISSION, order.store_id):
        return
    models: tuple[Any, ...] = (Outreach, AfterSalesCase)
    for model in models:
        ids = [row[0] for row in raw_rows(model.select(model.id).where(model.order == order))]
        if ids:
            about = (Event.object_kind == model._meta.table_name) & Event.object_id.in_(ids)
            events = Event.select().where(about).order_by(Event.at.desc(), Event.id.desc()).limit(MOST_EVENTS)
            yield from (Moment(line.at, line.words, line.actor) for line in lines_of(events))
