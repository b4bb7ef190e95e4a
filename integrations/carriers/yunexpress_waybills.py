"""Waybills of a carrier with a YunExpress-type API: what it is told of a parcel, and what it calls the parcel then. Pure.

Our reference names a parcel for ever: a carrier refuses a second waybill under it, so asking again does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integrations.carriers.reading import dig, items, number, text
from integrations.carriers.yunexpress_mapping import OK, answer_code
from integrations.errors import IntegrationError


@dataclass(frozen=True)
class Receiver:
    """Who gets the parcel. Nothing of it shows in a repr or a log."""

    country: str
    name: str = field(repr=False)
    street: str = field(repr=False)
    city: str = field(repr=False)
    state: str = field(default="", repr=False)
    postal_code: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    company: str = field(default="", repr=False)


@dataclass(frozen=True)
class Goods:
    """A line of the customs declaration. `unit_price` is in `currency`."""

    name: str
    name_cn: str
    quantity: int
    unit_price: Decimal
    currency: str
    unit_weight_grams: int
    hs_code: str = ""
    sku: str = ""


@dataclass(frozen=True)
class Waybill:
    """A parcel to be given to the carrier. `method` is the carrier's code of the channel; sizes are in millimetres."""

    reference: str
    method: str
    weight_grams: int
    receiver: Receiver
    goods: tuple[Goods, ...]
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    ioss_number: str = ""


@dataclass(frozen=True)
class Made:
    """What the carrier made of a waybill: its number, and the one buyers follow; or, where there is none, why."""

    reference: str
    number: str = ""
    tracking_number: str = ""
    message: str = ""

    @property
    def is_made(self) -> bool:
        return bool(self.number)


def body(waybills: Sequence[Waybill]) -> list[dict[str, Any]]:
    return [_order(waybill) for waybill in waybills]


def made(waybills: Sequence[Waybill], payload: Any) -> list[Made]:
    """One answer for each waybill, in the order asked. Raises IntegrationError when the call was refused as a whole."""
    found = {one.reference: one for one in map(_made, items(payload, "Item"))}
    if answer_code(payload) != OK and not found:
        words = f"The carrier makes no waybills: {text(payload, 'Message')}"
        raise IntegrationError("refused", words, permanent=True)
    silent = "The carrier did not answer for this parcel."
    return [found.get(one.reference) or Made(one.reference, message=silent) for one in waybills]


def known(reference: str, payload: Any) -> Made | None:
    """The waybill a carrier has under a reference, if it has one."""
    item = dig(payload, "Item")
    number_of = text(item, "WayBillNumber") if answer_code(payload) == OK else ""
    return Made(reference, number_of, text(item, "TrackingNumber") or number_of) if number_of else None


def _made(item: Any) -> Made:
    reference, message = text(item, "CustomerOrderNumber"), text(item, "Remark", most=500)
    if number(item, "Success") != 1:
        return Made(reference, message=message or "The carrier gave no reason.")
    waybill = text(item, "WayBillNumber")
    return Made(reference, waybill, text(item, "TrackingNumber") or waybill, message)


def _order(waybill: Waybill) -> dict[str, Any]:
    receiver = waybill.receiver
    sizes = {"Length": waybill.length_mm, "Width": waybill.width_mm, "Height": waybill.height_mm}
    return {
        "CustomerOrderNumber": waybill.reference,
        "ShippingMethodCode": waybill.method,
        "PackageCount": 1,
        "Weight": _kg(waybill.weight_grams),
        **{name: -(-size // 10) for name, size in sizes.items() if size},  # Whole centimetres, rounded up.
        **({"IossCode": waybill.ioss_number} if waybill.ioss_number else {}),
        "Receiver": {
            "CountryCode": receiver.country, "FirstName": receiver.name, "LastName": "", "Company": receiver.company,
            "Street": receiver.street, "City": receiver.city, "State": receiver.state, "Zip": receiver.postal_code,
            "Phone": receiver.phone, "Email": receiver.email,
        },
        "Parcels": [
            {
                "EName": goods.name, "CName": goods.name_cn, "Quantity": goods.quantity, "UnitPrice": float(goods.unit_price),
                "UnitWeight": _kg(goods.unit_weight_grams), "CurrencyCode": goods.currency, "HSCode": goods.hs_code,
                "SKU": goods.sku,
            }
            for goods in waybill.goods
        ],
    }  # fmt: skip


def _kg(grams: int) -> float:
    """Kilogrammes with three decimals: JSON has no other number."""
    return round(grams / 1000, 3)
