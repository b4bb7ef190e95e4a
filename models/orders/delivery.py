"""When an order was delivered, as its carrier says, while Amazon has not said so: the clock of the buyer's data starts then.

It never makes the data stay longer than was settled before (docs/security.md).
"""

from __future__ import annotations

from datetime import datetime

from models.audit.event import declare, track
from models.orders.order import MERCHANT, Order, write_alone
from models.orders.retention import Facts, due_dates
from models.support.db import write_txn
from models.support.words import say

declare("order_delivered", say("%(object)s was delivered, as its carrier says"), "at")


def deliver(order_id: int, at: datetime) -> bool:
    """Notes the first delivery of an order we ship. False when one is known, or nothing can be delivered before it was bought."""
    with write_txn():
        store: int = Order.select(Order.store).where(Order.id == order_id).scalar()
        write_alone(store)
        order = Order.get_by_id(order_id)
        if order.delivered_at is not None or order.fulfilled_by != MERCHANT or at < order.ordered_at:
            return False
        order.change(delivered_at=at, **_limits(order, at))
        track("order_delivered", order, at=at)
    return True


def _limits(order: Order, at: datetime) -> dict[str, datetime]:
    """What is held goes 23 days after the delivery, or earlier where that was settled."""
    if order.buyer_state != "held" or order.purge_at is None:
        return {}
    facts = Facts(MERCHANT, order.ordered_at, order.deliver_by, order.shipped_at, at, order.cancelled_at)
    purge_at, limit_at = due_dates(facts)
    return {
        "purge_at": min(filter(None, (purge_at, order.purge_at))),
        "limit_at": min(filter(None, (limit_at, order.limit_at))),
    }
