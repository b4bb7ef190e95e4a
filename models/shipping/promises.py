"""What a seller promised and how it was kept, as conditions of orders: the metrics count them, and the list of orders shows them.

Amazon heard of a shipment when it took our word; of one that it was told elsewhere, when the order says that it left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee

from models.lists.filters import Cases
from models.lists.list_of import add_filter
from models.lists.viewer import Viewer
from models.orders.change import OrderChange
from models.orders.listing import ORDERS
from models.orders.order import MERCHANT, Order
from models.shipping.confirmation import Confirmation
from models.support import clock
from models.support.words import say

WINDOWS = (10, 30)
LONGEST = WINDOWS[-1]
Conditions = tuple[Any, ...]

OURS = Order.fulfilled_by == MERCHANT
AWAITS = Order.awaits_shipment == True  # noqa: E712
PENDING = Order.status.startswith("PENDING")
CANCELLED = Order.status == "CANCELLED"
NEVER_PAID = CANCELLED & peewee.fn.EXISTS(
    OrderChange.select(OrderChange.id).where(
        OrderChange.order == Order.id, OrderChange.new_status == "CANCELLED", OrderChange.old_status.startswith("PENDING")
    )
)  # fmt: skip
Before = Confirmation.alias()
TOLD_BEFORE = Before.select(Before.id).where(
    Before.parcel == Confirmation.parcel, Before.order == Order.id, Before.state == "confirmed", Before.id < Confirmation.id
)  # fmt: skip
HEARD_AT = peewee.fn.COALESCE(  # The last of its parcels; a number corrected later tells nothing new.
    Confirmation.select(peewee.fn.MAX(Confirmation.decided_at)).where(
        Confirmation.order == Order.id, Confirmation.state == "confirmed", ~peewee.fn.EXISTS(TOLD_BEFORE)
    ), Order.shipped_at,
)  # fmt: skip


def due() -> Conditions:
    """Amazon heard of it, or should have."""
    heard = Order.shipped_at.is_null(False) | (Order.status == "SHIPPED")
    return OURS, Order.ship_by.is_null(False), ~CANCELLED, heard | (AWAITS & (Order.ship_by < clock.now()))


def told_late() -> Conditions:
    return *due(), (AWAITS & (Order.ship_by < clock.now())) | (~AWAITS & (Order.ship_by < HEARD_AT))


def placed() -> Conditions:
    """Paid for, as far as Portolan saw."""
    return OURS, ~PENDING, ~NEVER_PAID


def cancelled_by_us() -> Conditions:
    return (
        OURS, CANCELLED, Order.shipped_at.is_null(), Order.cancel_requested == False, ~NEVER_PAID,  # noqa: E712
    )  # fmt: skip


def expected() -> Conditions:
    """It arrived, or should have."""
    arrives = Order.delivered_at.is_null(False) | (Order.deliver_by < clock.now())
    return OURS, Order.deliver_by.is_null(False), Order.status == "SHIPPED", arrives


def on_time() -> Conditions:
    return *expected(), Order.delivered_at <= Order.deliver_by


def not_on_time() -> Conditions:
    return *expected(), Order.delivered_at.is_null() | (Order.delivered_at > Order.deliver_by)


CASES: dict[str, tuple[Any, Callable[[], Conditions]]] = {
    "due": (say("Shipment was due"), due),
    "told_late": (say("Told to Amazon late"), told_late),
    "placed": (say("Placed and paid"), placed),
    "cancelled_by_us": (say("Cancelled by us before shipping"), cancelled_by_us),
    "expected": (say("Arrival was due"), expected),
    "on_time": (say("Arrived on time"), on_time),
    "not_on_time": (say("Not arrived on time"), not_on_time),
}


def within(days: int) -> Any:
    """Orders of the last days, along the index of when they were placed."""
    return Order.ordered_at >= clock.ago(days=days)


def _case(conditions: Callable[[], Conditions]) -> Callable[[Viewer], Conditions]:
    return lambda viewer: (within(LONGEST), *conditions())


add_filter(
    ORDERS,
    Cases("promise", say("Promises of the last 30 days"), cases={key: (words, _case(parts)) for key, (words, parts) in CASES.items()}),
    Cases("window", say("Window"), cases={"10": (say("Ordered in the last 10 days"), lambda viewer: (within(10),))}),
)  # fmt: skip
