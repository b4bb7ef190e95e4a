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

MOST_EVENTS = 60


@tells
def of_mailbox(order: Order, reach: Any) -> Iterator[Moment]:
    """Nothing for who may not see the mailbox."""
    if not reach.may(PERMISSION, order.store_id):
        return
    written = Outreach.select(Outreach.id).where(Outreach.order == order)
    seen_to = AfterSalesCase.select(AfterSalesCase.id).where(AfterSalesCase.order == order)
    events = Event.select().where(
        (Event.object_kind == "outreach") & Event.object_id.in_(written)
        | (Event.object_kind == "after_sales_case") & Event.object_id.in_(seen_to)
    )
    for line in lines_of(events.order_by(Event.at.desc(), Event.id.desc()).limit(MOST_EVENTS)):
        yield Moment(line.at, line.words, line.actor)
