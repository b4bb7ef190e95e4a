"""Telling Amazon that a parcel has left (Orders API v0, the one operation of it that stays). Nothing is believed that cannot be:
more than is left to ship, a date before the order, a carrier Amazon does not know. The same parcel told again changes nothing."""

from __future__ import annotations

from typing import Any

from sandbox.amazon import marketplaces, order_life
from sandbox.amazon.call import Call
from sandbox.amazon.clock import MINUTE, parse
from sandbox.amazon.errors import InvalidInput, NotFound, UnsupportedMediaType
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.order_life import PART_SHIPPED, SHIPPED
from sandbox.amazon.records import Order

OTHER = "Other"
CARRIERS = (
    "4PX", "Australia Post", "BPOST", "Canada Post", "China Post", "Chronopost", "Colissimo", "Correos", "DHL", "DHL eCommerce",
    "DHL Express", "DPD", "Deutsche Post", "Evri", "FedEx", "GLS", "Hermes", "Japan Post", "La Poste", "OnTrac", OTHER,
    "Parcelforce", "Poste Italiane", "Royal Mail", "SF Express", "Sagawa", "SEUR", "TNT", "UPS", "USPS", "YAMATO", "Yanwen",
    "Yodel", "Yun Express", "YunExpress",
)  # fmt: skip
NEEDED = ("packageReferenceId", "carrierCode", "trackingNumber", "shipDate", "orderItems")
CLOCKS_DIFFER = 2 * MINUTE
LONGEST = 100


@operation("confirmShipment", "POST", "/orders/v0/orders/{orderId}/shipmentConfirmation", rate=2.0, burst=10)
def confirm_shipment(call: Call) -> Answer:
    order = call.world.orders.get(call.path["orderId"])
    if order is None or order.seller_id != call.account.seller_id or order.created_at > call.now:
        raise NotFound(f"Order '{call.path['orderId']}' was not found.")
    body = _body(call)
    if body.get("marketplaceId") != order.marketplace_id:
        raise InvalidInput("'marketplaceId' is not the marketplace of the order.")
    country = marketplaces.by_id()[order.marketplace_id].code
    if "codCollectionMethod" in body and (country != "JP" or body["codCollectionMethod"] != "DirectPayment"):
        raise InvalidInput("'codCollectionMethod' is for Japan only, and can only be DirectPayment.")
    what = _package(order, body.get("packageDetail"), call.now)
    if not _is_known(order, what, call.now):
        _leave(order, what, call.now)
        call.world.orders.put(order)
    return 204, {}


def _body(call: Call) -> dict[str, Any]:
    try:
        return call.json()
    except UnsupportedMediaType as error:  # This operation knows no 415.
        raise InvalidInput(error.message) from None


def _package(order: Order, package: Any, now: int) -> dict[str, Any]:
    """The parcel as the order keeps it. Raises InvalidInput."""
    if not isinstance(package, dict):
        raise InvalidInput("'packageDetail' is required.")
    if missing := [name for name in NEEDED if not package.get(name)]:
        raise InvalidInput(f"'{missing[0]}' is required.")
    reference, carrier = _text(package, "packageReferenceId"), _text(package, "carrierCode")
    if not (reference.isascii() and reference.isdecimal() and int(reference) > 0):
        raise InvalidInput("'packageReferenceId' has to be a positive number.")
    if carrier not in CARRIERS:
        raise InvalidInput(f"'{carrier}' is not a valid 'carrierCode'.", f"Valid: {', '.join(CARRIERS)}")
    name = _text(package, "carrierName") if package.get("carrierName") else ""
    if carrier == OTHER and not name:
        raise InvalidInput("'carrierName' is required when 'carrierCode' is Other.")
    return {
        "reference": reference,
        "carrier": name if carrier == OTHER else carrier,
        "service": _text(package, "shippingMethod") if package.get("shippingMethod") else "Standard",
        "tracking": _text(package, "trackingNumber"),
        "left_at": _left_at(order, _text(package, "shipDate"), now),
        "quantities": _quantities(order, package["orderItems"]),
    }


def _left_at(order: Order, text: str, now: int) -> int:
    try:
        moment = parse(text)
    except ValueError:
        raise InvalidInput("'shipDate' has to be a date and time in ISO 8601 format.") from None
    if moment > now + CLOCKS_DIFFER:
        raise InvalidInput("'shipDate' lies in the future.")
    if moment < order.created_at:
        raise InvalidInput("'shipDate' lies before the order.")
    return moment


def _quantities(order: Order, items: Any) -> list[list[int]]:
    """How many of which line, by its place in the order."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InvalidInput("'orderItems' has to be a list of items.")
    places = {line["id"]: place for place, line in enumerate(order.lines)}
    found: dict[int, int] = {}
    for item in items:
        place, quantity = places.get(str(item.get("orderItemId"))), item.get("quantity")
        if place is None:
            raise InvalidInput(f"The order has no item '{item.get('orderItemId')}'.")
        if place in found:
            raise InvalidInput(f"The item '{item['orderItemId']}' is named twice.")
        if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
            raise InvalidInput("'quantity' has to be a positive whole number.")
        found[place] = quantity
    return [[place, quantity] for place, quantity in found.items()]


def _is_known(order: Order, what: dict[str, Any], now: int) -> bool:
    """Whether this very parcel was told before. Raises InvalidInput when another one has its reference."""
    for _, other, _ in order_life.parcels(order, now):
        if other.get("reference") == what["reference"]:
            if other != what:
                raise InvalidInput(f"Another package has the 'packageReferenceId' {what['reference']}.")
            return True
    return False


def _leave(order: Order, what: dict[str, Any], now: int) -> None:
    """The parcel leaves. Raises InvalidInput when there is not so much to ship."""
    status = order_life.status(order, now)
    if order.fulfilled_by != "MERCHANT":
        raise InvalidInput("The order is fulfilled by Amazon.")
    if status not in ("UNSHIPPED", "PARTIALLY_SHIPPED"):
        raise InvalidInput(f"The order is {status}: nothing of it is to be shipped.")
    gone = order_life.shipped(order, now)
    for place, quantity in what["quantities"]:
        left = order_life.wanted(order, place) - gone[place]
        if quantity > left:
            raise InvalidInput(f"Of the item '{order.lines[place]['id']}' {left} are left to ship, not {quantity}.")
        gone[place] += quantity
    is_all = all(gone[place] == order_life.wanted(order, place) for place in range(len(order.lines)))
    order_life.happen(order, SHIPPED if is_all else PART_SHIPPED, now, what)


def _text(package: dict[str, Any], name: str) -> str:
    value = package[name]
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise InvalidInput(f"'{name}' has to be a text of at most {LONGEST} characters.")
    return value.strip()
