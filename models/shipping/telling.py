"""Wanting Amazon told: of a parcel with all its orders, of an order with all its parcels.

The same checks stand before the wish is kept and, on what holds then, before it is sent (models/shipping/shipment.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import peewee

from models.audit.event import track
from models.orders.order import Order
from models.orders.sent_once import UNDER_WAY
from models.shipping import tellable
from models.shipping.confirmation import JOB, Confirmation
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.shipment import made_ready
from models.stores.store import Store
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import wake

ABLE = ("draft", *tellable.LEFT)


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
        orders = {line.order_id: line.order for line in ParcelLine.of(parcel)}
        told = {"left_at": left_at, "is_combined": is_combined, "by": by}
        return [ask(parcel, order, **told) for _id, order in sorted(orders.items())]


def tell_order(order: Order, *, by: Any = None) -> list[Confirmation]:
    """Wants Amazon told of every parcel of it that may have left. Raises Refused when there is none, for what the first lacks."""
    parcels = parcels_to_tell(order)
    if not parcels:
        raise Refused("No parcel of this order has a tracking number yet.")
    with write_txn():
        return [ask(parcel, order, by=by) for parcel in [one for one in parcels if _is_able(one)] or parcels[:1]]


def tell_again(one: Confirmation, *, by: Any = None) -> Confirmation:
    """What was refused or taken back, after repair; or a parcel's new number where Amazon has the old one. Raises Refused."""
    if one.state in UNDER_WAY:
        raise Refused("Amazon is being told of it already.")
    if one.state == "confirmed" and not one.has_old_number:
        raise Refused("Amazon has it.")
    return ask(one.parcel, one.order, left_at=one.left_at, is_combined=one.is_combined, by=by)


def is_left_to_tell(parcel: Parcel, told: Sequence[Confirmation]) -> bool:
    """Is there an order in it that Amazon knows nothing of under its number? `told` are the parcel's confirmations."""
    if not _is_able(parcel):
        return False
    known = {one.order_id for one in told if _stands(one, parcel)}
    return any(line.order_id not in known for line in ParcelLine.of(parcel))


def are_left_to_tell(parcels: Sequence[Parcel], told: Sequence[Confirmation]) -> bool:
    """Is there a numbered parcel of an order that Amazon knows nothing of? `told` are the order's confirmations."""
    known = {one.parcel_id for one in told if _stands(one, one.parcel)}
    return any(parcel.id not in known and _is_able(parcel) for parcel in parcels)


def _is_able(parcel: Parcel) -> bool:
    return bool(parcel.tracking_number) and parcel.state in ABLE and not (parcel.state == "draft" and parcel.channel_id)


def _stands(one: Confirmation, parcel: Parcel) -> bool:
    """It is under way, or Amazon has the number that the parcel has now."""
    return one.state in UNDER_WAY or (one.state == "confirmed" and one.number == parcel.core)


def parcels_to_tell(order: Order) -> list[Parcel]:
    ids = ParcelLine.select(ParcelLine.parcel).where(ParcelLine.order == order)
    able = Parcel.select().where(Parcel.id.in_(ids), Parcel.tracking_number != "", Parcel.state.in_(ABLE))
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
            if _stands(one, parcel):
                return one
        Order.take_turn(order.id)  # Parcels of one order that are told at once count up one after the other.
        order = Order.get_by_id(order.id)
        _lines, carrier = made_ready(
            parcel, order, left_at, is_combined, is_again=any(one.state == "confirmed" for one in mine)
        )
        wanted = {
            "reference": Confirmation.next_reference(order), "number": parcel.core, "carrier": carrier.words[:90],
            "left_at": left_at, "is_combined": is_combined, "asked_by": by,
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
