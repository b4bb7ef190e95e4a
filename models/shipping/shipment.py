"""A shipment made ready for Amazon: what it is told, once everything is right as things stand (models/shipping/tellable.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import peewee

from models.orders.holding import require_none_held
from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.shipping import tellable
from models.shipping.amazon_carriers import ToldAs
from models.shipping.confirmation import Confirmation
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.sending import LASTING
from models.support import clock
from models.support.bulk import raw_rows
from models.support.db import write_txn
from models.support.errors import Refused


@dataclass(frozen=True)
class Shipment:
    """What goes to Amazon, in our words. `left_at` is UTC, `quantities` are units by order item id."""

    order_id: str
    marketplace_id: str
    reference: int
    carrier_code: str
    carrier_name: str
    tracking_number: str
    left_at: datetime
    quantities: dict[str, int]


def claim(one: Confirmation, fence: Callable[[], None]) -> Shipment | None:
    """Takes it for sending: what Amazon is to be told, as things stand now. None when there is nothing to send any more."""
    with write_txn():
        fence()
        parcel = one.parcel.locked()
        if parcel.state == "void" or _is_told(one, parcel):
            one.move("waiting", "taken_back", decided_at=clock.now())
            return None
        try:
            shipment, carrier = _shipment(one, parcel)
        except Refused as refused:
            one.refuse(refused.words)
            return None
        told = {"number": parcel.core, "carrier": carrier.words[:90], "left_at": shipment.left_at}
        return shipment if one.claim(**told) else None


def _is_told(one: Confirmation, parcel: Parcel) -> bool:
    """The number went back to one that Amazon has."""
    mine = Confirmation.select().where(
        Confirmation.parcel == parcel, Confirmation.order == one.order_id, Confirmation.id != one.id
    )
    return mine.where(Confirmation.state == "confirmed", Confirmation.number == parcel.core).exists()


def _shipment(one: Confirmation, parcel: Parcel) -> tuple[Shipment, ToldAs]:
    order = Order.get_by_id(one.order_id)
    is_again = Confirmation.select().where(
        Confirmation.parcel == parcel, Confirmation.order == order, Confirmation.state == "confirmed"
    ).exists()  # fmt: skip
    left_at = one.left_at or parcel.shipped_at or clock.now()
    lines, carrier = made_ready(parcel, order, left_at, one.is_combined, is_again=is_again)
    shipment = Shipment(
        order.order_id, order.marketplace_id, one.reference, carrier.code, carrier.name, parcel.core, left_at,
        {line.order_line.order_item_id: line.quantity for line in lines},
    )  # fmt: skip
    return shipment, carrier


def made_ready(
    parcel: Parcel, order: Order, left_at: datetime | None, is_combined: bool, *, is_again: bool
) -> tuple[list[ParcelLine], ToldAs]:
    """The lines of an order in a parcel, and its carrier, once everything is right. `is_again`: Amazon has these pieces under an
    old number, so it waits for none of them. Raises Refused."""
    tellable.require_parcel(parcel)
    tellable.require_order(order)
    if parcel.is_open:  # What left before somebody held its order has left.
        require_none_held([order.id])
    tellable.require_day(order, left_at or parcel.shipped_at or clock.now())
    carrier = tellable.carrier_of(parcel)
    lines = lines_of(parcel, order)
    if not is_again:
        tellable.require_left_over(lines, told_pieces([line.order_line_id for line in lines], but=parcel))
    if not is_combined and (other := told_with(parcel, order)):
        raise tellable.SharedNumber(other)
    return lines, carrier


def lines_of(parcel: Parcel, order: Order) -> list[ParcelLine]:
    query = ParcelLine.select(ParcelLine, OrderLine).join(OrderLine)
    return list(query.where(ParcelLine.parcel == parcel, ParcelLine.order == order).order_by(ParcelLine.id))


def told_pieces(lines: list[int], *, but: Parcel | None = None, states: tuple[str, ...] = LASTING) -> dict[int, int]:
    """Pieces of order lines in parcels of which Amazon was told, or is being told (order line id → pieces)."""
    told = Confirmation.select(Confirmation.id).where(
        Confirmation.parcel == ParcelLine.parcel, Confirmation.order == ParcelLine.order, Confirmation.state.in_(states)
    )  # fmt: skip
    query = ParcelLine.select(ParcelLine.order_line, peewee.fn.SUM(ParcelLine.quantity))
    query = query.where(ParcelLine.order_line.in_(lines), peewee.fn.EXISTS(told))
    query = query.where(ParcelLine.parcel != but) if but is not None else query
    return {line: int(pieces) for line, pieces in raw_rows(query.group_by(ParcelLine.order_line))}


def told_with(parcel: Parcel, order: Order) -> str:
    """The id of another order that Amazon was told of with this number, in another parcel or from elsewhere; empty for none."""
    ours = Confirmation.select(Confirmation, Order).join(Order).where(
        Confirmation.team == parcel.team_id, Confirmation.number == parcel.core, Confirmation.state.in_(LASTING),
        Confirmation.parcel != parcel, Confirmation.order != order,
    ).first()  # fmt: skip
    if ours is not None:
        return ours.order.order_id
    in_it = ParcelLine.select(ParcelLine.order).where(ParcelLine.parcel == parcel)
    theirs = OrderPackage.select(OrderPackage, Order).join(Order).where(
        OrderPackage.tracking_number.in_({parcel.core, parcel.tracking_number}), Order.team == parcel.team_id, Order.id.not_in(in_it)
    ).first()  # fmt: skip
    return theirs.order.order_id if theirs is not None else ""
