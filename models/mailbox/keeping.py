"""How long what buyers write may stay: pure rules. With an order as long as its buyer's data, but at least a week after the last message;
without one, 23 days after the last message, so that the last backup of its key is gone by day 30."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.orders.retention import DESTROY_AFTER

LEAST_AFTER_LAST = timedelta(days=7)


def keep_until(last_at: datetime, order: Any = None) -> datetime:
    """When the thread's key is destroyed. An order of which nothing personal is kept (Amazon ships it) gives no moment of its own."""
    if order is None or order.buyer_state == "none":
        return last_at + DESTROY_AFTER
    if order.purge_at is None:  # Its buyer was destroyed already.
        return last_at + LEAST_AFTER_LAST
    return max(order.purge_at, last_at + LEAST_AFTER_LAST)
