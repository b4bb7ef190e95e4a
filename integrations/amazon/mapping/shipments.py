"""A parcel that has left, in Amazon's words. Pure.

Sending one is never repeated blindly: when an answer is lost, `confirmed_as` says from the order whether Amazon has the parcel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.amazon.mapping.orders import PackageSnapshot

OTHER = "Other"
PAID_ON_DELIVERY = "DirectPayment"  # Japan only.


@dataclass(frozen=True)
class Confirmation:
    """What Amazon is told. `reference` tells the parcels of an order apart and counts from 1; `carrier_code` is in Amazon's
    spelling, or empty where Amazon has none and the carrier's name alone is told. `left_at` is UTC; `quantities` are units
    by order item id."""

    order_id: str
    marketplace_id: str
    reference: int
    carrier_code: str
    carrier_name: str
    tracking_number: str
    left_at: datetime
    quantities: dict[str, int]
    service: str = ""
    is_paid_on_delivery: bool = False


def body(confirmation: Confirmation) -> dict[str, Any]:
    """The body of confirmShipment. Raises ValueError for what no parcel can be."""
    if confirmation.reference < 1 or not confirmation.tracking_number:
        raise ValueError("A parcel has a positive reference and a tracking number.")
    if not confirmation.quantities or min(confirmation.quantities.values()) < 1:
        raise ValueError("A parcel holds at least one unit of each of its items.")
    if not (confirmation.carrier_code or confirmation.carrier_name):
        raise ValueError("A parcel has a carrier.")
    package: dict[str, Any] = {
        "packageReferenceId": str(confirmation.reference),
        "carrierCode": confirmation.carrier_code or OTHER,
        "trackingNumber": confirmation.tracking_number,
        "shipDate": f"{confirmation.left_at:%Y-%m-%dT%H:%M:%SZ}",
        "orderItems": [
            {"orderItemId": item, "quantity": quantity} for item, quantity in confirmation.quantities.items()
        ],
    }
    if package["carrierCode"] == OTHER:
        package["carrierName"] = confirmation.carrier_name or confirmation.carrier_code
    if confirmation.service:
        package["shippingMethod"] = confirmation.service
    whole: dict[str, Any] = {"marketplaceId": confirmation.marketplace_id, "packageDetail": package}
    return whole | ({"codCollectionMethod": PAID_ON_DELIVERY} if confirmation.is_paid_on_delivery else {})


def confirmed_as(reference: int, number: str, packages: Iterable[PackageSnapshot]) -> PackageSnapshot | None:
    """The package of an order that is this parcel; None when Amazon has no such one. Its number tells, and its reference only where
    Amazon shows no number: a package that somebody told of elsewhere may have the same reference."""
    told = [one for one in packages if _bare(one.tracking_number) in (_bare(number), "")]
    by_reference = (one for one in told if one.reference == str(reference))
    return next(by_reference, next((one for one in told if one.tracking_number), None))


def _bare(number: str) -> str:
    return "".join(sign for sign in number.upper() if sign.isalnum())
