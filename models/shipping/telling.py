"""What Amazon is to be told, asked for and made ready: for a parcel all its orders, for an order all its parcels.

The same checks stand before the wish is kept and, on what holds then, before it is sent (models/shipping/tellable.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from models.audit.event import track
from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.shipping import tellable
from models.shipping.amazon_carriers import ToldAs
from models.shipping.confirmation import JOB, LASTING, UNDER_WAY, Confirmation
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.stores.store import Store
from models.support import clock
from models.support.bulk import raw_rows
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import wake


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


# Asking


def tell_parcel(
    parcel: Parcel,
    *,
    carrier_name: str = "",
    left_at: datetime | None = None,
    is_combined: bool = False,
    by: Any = None,
) -> list[Confirmation]:
    """Wants Amazon told of every order in it. Raises Refused; SharedNumber where another order has the number."""
    with write_txn():
        if carrier_name.strip() and parcel.carrier_id is None:
            parcel.change(carrier_name=carrier_name.strip()[:80])
        orders = list(dict.fromkeys(line.order for line in ParcelLine.of(parcel)))
        return [ask(parcel, order, left_at=left_at, is_combined=is_combined, by=by) for order in orders]


def tell_order(order: Order, *, by: Any = None) -> list[Confirmation]:
    """Wants Amazon told of every parcel of it that is numbered and not void. Raises Refused."""
    parcels = parcels_to_tell(order)
    if not parcels:
        raise Refused("No parcel of this order has a tracking number yet.")
    with write_txn():
        return [ask(parcel, order, by=by) for parcel in parcels]


def parcels_to_tell(order: Order) -> list[Parcel]:
    ids = ParcelLine.select(ParcelLine.parcel).where(ParcelLine.order == order)
    able = Parcel.select().where(
        Parcel.id.in_(ids), Parcel.tracking_number != "", Parcel.state.in_(("draft", *tellable.LEFT))
    )
    return list(able.order_by(Parcel.id))


def ask(
    parcel: Parcel, order: Order, *, left_at: datetime | None = None, is_combined: bool = False, by: Any = None
) -> Confirmation:
    """Wants Amazon told of one order in a parcel. Asked twice, the first answer stands; one that was refused or taken back is
    asked again, under a new reference. Raises Refused."""
    with write_txn():
        parcel = parcel.locked()
        mine = list(
            Confirmation.select()
            .where(Confirmation.parcel == parcel, Confirmation.order == order)
            .order_by(Confirmation.id)
        )
        for one in mine:
            if one.state in UNDER_WAY or (one.state == "confirmed" and one.number == parcel.core):
                return one
        order = Order.get_by_id(order.id)
        made_ready(parcel, order, left_at, is_combined, is_again=any(one.state == "confirmed" for one in mine))
        wanted = {
            "reference": Confirmation.next_reference(order), "number": parcel.core, "left_at": left_at, "is_combined": is_combined,
            "asked_by": by,
        }  # fmt: skip
        asked = _keep(
            parcel, order, next((one for one in mine if one.state in ("refused", "taken_back")), None), wanted
        )
        track("confirmation_asked", asked, by=by, parcel=parcel.label, number=parcel.core)
        wake(JOB, str(Store.get_by_id(parcel.store_id).uid))
    return asked


def _keep(parcel: Parcel, order: Order, before: Confirmation | None, wanted: dict[str, Any]) -> Confirmation:
    """Two who ask at once: the database lets one. Raises AlreadyDecided for the other."""
    try:
        with db.atomic():
            if before is None:
                return Confirmation.create(
                    team=parcel.team_id, store=parcel.store_id, parcel=parcel, order=order, **wanted
                )
            fresh: dict[str, Any] = {
                "tries": 0,
                "problem": "",
                "due_at": clock.now(),
                "decided_at": None,
                "sent_at": None,
            }
            return before.move(("refused", "taken_back"), "waiting", **fresh, **wanted)
    except peewee.IntegrityError:
        raise AlreadyDecided() from None


# Sending


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
