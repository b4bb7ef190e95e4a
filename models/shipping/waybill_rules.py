"""What a parcel has to have before its carrier is asked for a waybill, and who may ask."""

from __future__ import annotations

from typing import Any

from models.orders.holding import require_going_on
from models.people.reach import Reach
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.tracking_account import TrackingAccount
from models.support.errors import Refused

REVEAL = "pii.reveal"


def service_of(parcel: Parcel) -> TrackingAccount | None:
    """The carrier's own service that makes labels for the parcel, if one works."""
    carrier = parcel.usual_carrier
    return TrackingAccount.own_service(parcel.team_id, carrier.id) if carrier else None


def reference_of(parcel: Parcel) -> str:
    """Readable, and no other parcel's for ever."""
    return f"{parcel.label}-{parcel.uid.hex[:12]}"


def required_service(parcel: Parcel) -> TrackingAccount:
    if (account := service_of(parcel)) is None:
        raise Refused("No service of this parcel's carrier is connected that makes waybills.")
    return account


def require_reveal(parcel: Parcel, by: Any) -> None:
    """The carrier is told who gets the parcel."""
    reach = Reach.of(by, parcel.team) if by is not None else None
    if by is not None and (reach is None or not reach.may(REVEAL, parcel.store_id)):
        raise Refused("The carrier is told who the buyer is: that takes the permission to reveal buyers' data.")


def require_whole(parcel: Parcel) -> None:
    if parcel.state != "draft":
        raise Refused("The parcel has a label already. Void it, and make another.")
    if parcel.channel is None:
        raise Refused("Choose a channel first.")
    if not parcel.grams:
        raise Refused("Weigh the parcel first.")
    if parcel.tracking_number:
        raise Refused("It has a tracking number already.")
    require_going_on([line.order_id for line in ParcelLine.of(parcel)])
