"""Holding an order: it stands still, with a reason, until a person lets it go. What is held is not packed (models/shipping/making.py).

A hold is the team's own. Amazon knows nothing of it, its promises run on, and so does the time until the buyer's data is destroyed.
"""

from __future__ import annotations

from typing import Any

from models.audit.event import declare, track
from models.orders.note import require_impersonal
from models.orders.order import Order
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import Words, say

LEAST_REASON, MOST_REASON = 3, 200

declare("order_held", say("%(actor)s put the order %(object)s on hold: %(reason)s"), "reason")
declare("order_released", say("%(actor)s let the order %(object)s go on"), "reason")


class OnHold(Refused):
    """What would move the order on has to wait."""


def hold(order: Order, reason: str, *, by: Any) -> None:
    """Raises FieldRefused without a reason, Refused for one that is held or done."""
    reason = require_reason(reason)
    if not order.is_held and not is_there_anything_to_hold(order):
        raise Refused("Nothing of this order waits for us, so there is nothing to hold.")
    with write_txn():
        _turn(order, Order.held_at.is_null(), say("The order is on hold already."),
              held_at=clock.now(), held_by_id=by.id, hold_reason=reason)  # fmt: skip
        track("order_held", order, by=by, reason=reason)


def require_reason(reason: str) -> str:
    """The reason as it is kept. Raises FieldRefused."""
    reason = " ".join(reason.split())
    if not LEAST_REASON <= len(reason) <= MOST_REASON:
        raise FieldRefused(
            "hold_reason", "Say why, in %(least)s to %(most)s characters.", least=LEAST_REASON, most=MOST_REASON
        )
    require_impersonal("hold_reason", reason)
    return reason


def is_there_anything_to_hold(order: Order) -> bool:
    """Before it is paid for, too: what is known to be wrong need not wait for the money."""
    return order.is_ours_to_ship and not order.is_held and order.status not in ("SHIPPED", "CANCELLED", "UNFULFILLABLE")


def release(order: Order, *, by: Any) -> dict[str, Any]:
    """Lets it go on, whoever held it. Gives back the reason it had, for taking this back. Raises Refused."""
    with write_txn():
        Order.take_turn(order.id)
        reason = order.reload().hold_reason
        _turn(order, Order.held_at.is_null(False), say("The order is not on hold."),
              held_at=None, held_by_id=None, hold_reason="")  # fmt: skip
        track("order_released", order, by=by, reason=reason)
    return {"reason": reason}


def require_going_on(order_ids: list[int]) -> None:
    """What costs money or goes out of the house is for orders that still stand. Raises OnHold, Refused."""
    require_none_held(order_ids)
    gone = Order.select(Order.order_id).where(Order.id.in_(order_ids), Order.status == "CANCELLED").first()
    if gone is not None:
        raise Refused(
            "The order %(order)s was cancelled. Void the parcel; what else lies in it goes into another.",
            order=gone.order_id,
        )


def require_none_held(order_ids: list[int]) -> None:
    """Raises OnHold with the first of them that is held. Inside the transaction that moves them on."""
    held = (
        Order.select(Order.order_id, Order.hold_reason)
        .where(Order.id.in_(order_ids), Order.held_at.is_null(False))
        .first()
    )
    if held is not None:
        raise OnHold(
            say(
                "The order %(order)s is on hold: %(reason)s. Somebody has to release it first.",
                order=held.order_id,
                reason=held.hold_reason,
            )
        )


def _turn(order: Order, was: Any, otherwise: Words, **values: Any) -> None:
    """One of two who do it at once succeeds."""
    if not Order.update(**values).where(Order.id == order.id, was).execute():
        raise Refused(otherwise)
    for name, value in values.items():
        setattr(order, name, value)
