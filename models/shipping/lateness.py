"""Orders that Amazon will call late: their promised day is past or near, and Amazon was not told that they left.

What was told since the order was fetched last does not count any more, though the order itself does not say so yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import peewee

from models.lists.list_of import View, add_case, add_view
from models.lists.viewer import Viewer
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.shipping.alerts.rules import AlertRules
from models.shipping.confirmation import Confirmation
from models.support import clock
from models.support.words import Words, say


def hours_before(team_id: int) -> timedelta:
    """How long before its promised day an order is nearly late, as the team wants to be told of parcels at risk."""
    return timedelta(hours=AlertRules.of(team_id).ship_by_hours)


def conditions(team_id: int) -> tuple[Any, ...]:
    """What makes an order late or nearly so (it walks the short index of what waits)."""
    told = Confirmation.select(Confirmation.id).where(
        Confirmation.order == Order.id, Confirmation.state == "confirmed", Confirmation.decided_at > Order.fetched_at
    )  # fmt: skip
    return Order.awaits_shipment == True, Order.ship_by < clock.now() + hours_before(team_id), ~peewee.fn.EXISTS(told)  # noqa: E712


def nearly(reach: Any) -> int:
    """How many are not late yet, but soon."""
    return Order.visible_to(reach).where(*conditions(reach.team_id), Order.ship_by >= clock.now()).count()


def warning(order: Order, told: Sequence[Confirmation]) -> tuple[str, Words] | None:
    """The tone and the words on the page of an order; `told` are its confirmations."""
    if not order.awaits_shipment or not order.ship_by:
        return None
    if not order.is_late and order.ship_by >= clock.now() + hours_before(order.team_id):
        return None
    if any(one.decided_at and one.decided_at > order.fetched_at for one in told if one.state == "confirmed"):
        return None
    if order.is_late:
        return "bad", say("It is late: Amazon was not told that it left. Tell Amazon as soon as it has.")
    return "warn", say("It is nearly late: Amazon has to be told that it left before the time below.")


def _near(viewer: Viewer) -> tuple[Any, ...]:
    return conditions(viewer.reach.team_id)


add_case(ORDERS, "waiting", "near", say("Late or nearly"), _near, sort="ship_by")
add_view(ORDERS, View("near", say("Late or nearly"), "waiting=near&sort=ship_by"), after="today")
