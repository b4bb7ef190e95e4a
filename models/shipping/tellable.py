"""What has to be right before Amazon is told that a parcel left (docs/tracking.md): checked when somebody asks, and again before
it is sent. A number that cannot be right needs the reason that stands on the parcel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models.orders.order import Order
from models.shipping.amazon_carriers import ToldAs, told_as
from models.shipping.number import TrackingNumber
from models.shipping.parcel_line import ParcelLine
from models.support import clock
from models.support.errors import FieldRefused, Refused
from models.support.words import say

LEFT = ("labelled", "shipped", "delivered")


class NoCarrier(FieldRefused):
    """Nobody said who has the parcel, and its number does not tell."""

    def __init__(self) -> None:
        super().__init__("carrier_name", say("Say which carrier has it: its number does not tell."))


class SharedNumber(FieldRefused):
    """Another order was told with this number in another parcel."""

    def __init__(self, order_id: str):
        words = say("The order %(order)s was told with this number. Say so if both lie in one box.", order=order_id)
        super().__init__("is_combined", words)


def require_parcel(parcel: Any) -> None:
    """A parcel that may have left. Raises Refused."""
    if not parcel.tracking_number:
        raise Refused("Give it a tracking number first.")
    if parcel.state == "void":
        raise Refused("The parcel is void.")
    if parcel.state == "draft" and parcel.channel_id:
        raise Refused("Label it first: its price is not fixed yet.")
    if parcel.state not in (*LEFT, "draft"):
        raise Refused("The parcel has ended without an arrival.")
    number = TrackingNumber.read(parcel.tracking_number)
    if number.is_order_id or (number.is_doubtful and not parcel.doubt):
        raise Refused("The check digit of this number is wrong. Give it again, with a reason if it is right.")


def require_order(order: Order) -> None:
    """An order of which Amazon waits to hear. Raises Refused."""
    if not order.is_ours_to_ship:
        raise Refused("Amazon ships the order %(order)s.", order=order.order_id)
    if order.is_cancelled:
        raise Refused("The order %(order)s was cancelled.", order=order.order_id)
    if order.status.startswith("PENDING"):
        raise Refused("The order %(order)s is not paid yet.", order=order.order_id)


def require_day(order: Order, left_at: datetime) -> None:
    """Not in the future, not before the purchase. Raises FieldRefused."""
    if left_at > clock.now():
        raise FieldRefused("left_on", "The day it left lies in the future.")
    if left_at < order.ordered_at:
        raise FieldRefused(
            "left_on", "It cannot have left before the order %(order)s was placed.", order=order.order_id
        )


def require_left_over(lines: Sequence[ParcelLine], told: Mapping[int, int]) -> None:
    """No more than Amazon still waits for; `told` are pieces told in other parcels (order line id → pieces). Raises Refused."""
    for line in lines:
        gone = max(line.order_line.quantity_shipped, told.get(line.order_line_id, 0))
        left = max(0, line.order_line.quantity - line.order_line.quantity_cancelled - gone)
        if line.quantity > left:
            raise Refused(
                "Of %(sku)s Amazon waits for %(left)s, and %(pieces)s lie in the parcel.",
                sku=line.sku or line.order_line.order_item_id, left=left, pieces=line.quantity,
            )  # fmt: skip


def carrier_of(parcel: Any) -> ToldAs:
    """Raises NoCarrier."""
    carrier = told_as(parcel)
    if carrier is None:
        raise NoCarrier
    return carrier
