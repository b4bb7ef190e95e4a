"""Orders in the queues of people: those given to them that wait to be shipped, and those they put on hold."""

from __future__ import annotations

from collections.abc import Sequence

import peewee

from models.orders.order import Order
from models.support.bulk import raw_rows
from models.support.words import say
from models.workload.queues import Counts, queue


@queue("orders_mine", say("Orders of mine to ship"), "shopping-cart")
def orders_mine(team_id: int, people: Sequence[int]) -> Counts:
    """Along the short index of orders that are in somebody's hands."""
    mine = Order.select(Order.assignee, peewee.fn.COUNT(Order.id)).where(
        Order.assignee.in_(list(people)), Order.team == team_id, Order.awaits_shipment
    )
    return dict(raw_rows(mine.group_by(Order.assignee)))


@queue("orders_held", say("Orders I put on hold"), "pause")
def orders_held(team_id: int, people: Sequence[int]) -> Counts:
    """Until somebody releases them."""
    held = Order.select(Order.held_by_id, peewee.fn.COUNT(Order.id)).where(
        Order.team == team_id, Order.held_at.is_null(False), Order.held_by_id.in_(list(people))
    )
    return dict(raw_rows(held.group_by(Order.held_by_id)))
