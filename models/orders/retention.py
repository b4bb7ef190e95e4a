"""How long a buyer's data may stay (docs/security.md): pure rules over the facts of one order.

The key is destroyed 23 days after delivery, so that its last backup (7 days) is gone by day 30, the legal moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DESTROY_AFTER = timedelta(days=23)
LEGAL_AFTER = timedelta(days=30)
UNSCANNED_TRANSIT = timedelta(days=14)
MOST_AFTER_SHIPPING = timedelta(days=45)
MOST_UNSHIPPED = timedelta(days=60)
MOST_PROMISED = timedelta(days=180)  # A later promise than this is no promise but a mistake.


@dataclass(frozen=True)
class Facts:
    """What the rules need to know of an order. `deliver_by` is the latest promised delivery."""

    fulfilled_by: str
    ordered_at: datetime
    deliver_by: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None


def due_dates(facts: Facts) -> tuple[datetime | None, datetime | None]:
    """When the buyer's data is destroyed, and the latest legal moment. None for orders of which nothing is kept."""
    if facts.fulfilled_by != "MERCHANT":
        return None, None
    counted = counted_delivery(facts)
    cap = facts.shipped_at + MOST_AFTER_SHIPPING if facts.shipped_at else counted + DESTROY_AFTER
    return min(counted + DESTROY_AFTER, cap), counted + LEGAL_AFTER


def counted_delivery(facts: Facts) -> datetime:
    """The moment that counts as delivery: the scan, else the cancellation, else what was promised."""
    if facts.delivered_at:
        return facts.delivered_at
    if facts.cancelled_at:
        return facts.cancelled_at
    promised = facts.deliver_by and min(facts.deliver_by, facts.ordered_at + MOST_PROMISED)
    if facts.shipped_at:
        # A parcel that left after the promised day cannot have been delivered on it.
        return max(promised or facts.shipped_at + UNSCANNED_TRANSIT, facts.shipped_at)
    return promised or facts.ordered_at + MOST_UNSHIPPED - DESTROY_AFTER
