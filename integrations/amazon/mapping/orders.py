"""Orders (API 2026-01-01). Buyer and recipient appear only when they were asked for.

A snapshot is changed by nobody; that its class does not guard it (`frozen`) makes a hundred thousand of them cheaper.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.amazon.mapping.order_extras import extras_of
from integrations.amazon.mapping.reading import Unreadable, amount, dig, items, moment, text, texts, whole

Money = tuple[Decimal, str]


@dataclass(slots=True)
class LineSnapshot:
    order_item_id: str
    sku: str
    asin: str
    title: str
    quantity: int
    quantity_shipped: int
    quantity_cancelled: int
    unit_price: Money | None
    total: Money | None
    tax: Money | None
    cancel_requested: bool
    cancel_reason: str
    is_gift: bool
    gift_message: str = field(repr=False)
    extras: dict[str, Any]


@dataclass(slots=True)
class PackageSnapshot:
    reference: str
    status: str
    detail: str
    carrier: str
    tracking_number: str
    shipped_at: datetime | None


@dataclass(slots=True)
class OrderSnapshot:
    """An order as Amazon told it. `buyer` and `recipient` are None when not asked for or not given."""

    order_id: str
    marketplace_id: str
    ordered_at: datetime
    updated_at: datetime
    status: str
    fulfilled_by: str
    service_level: str
    ship_by_from: datetime | None
    ship_by: datetime | None
    deliver_by_from: datetime | None
    deliver_by: datetime | None
    programs: list[str]
    association: str
    original_order_id: str
    is_off_amazon: bool
    has_special_lines: bool
    total: Money | None
    lines: list[LineSnapshot]
    packages: list[PackageSnapshot]
    buyer: dict | None = field(repr=False)
    recipient: dict | None = field(repr=False)
    raw: dict = field(repr=False)


@dataclass(frozen=True)
class OrdersPage:
    """One page of a search. `unreadable` are payloads of which not even id and times could be read."""

    orders: list[OrderSnapshot]
    unreadable: list[Any]
    next_token: str
    updated_before: datetime | None


def orders_page(payload: Any) -> OrdersPage:
    orders, unreadable = [], []
    entries = dig(payload, "orders")
    for entry in entries if isinstance(entries, list) else []:
        try:
            orders.append(order(entry))
        except Unreadable:
            unreadable.append(entry)
    return OrdersPage(
        orders, unreadable, text(payload, "pagination", "nextToken"), moment(payload, "lastUpdatedBefore")
    )


def order(entry: Any) -> OrderSnapshot:
    """One order. Raises Unreadable without an id, a marketplace or the two times."""
    order_id, marketplace_id = text(entry, "orderId"), text(entry, "salesChannel", "marketplaceId")
    ordered_at, updated_at = moment(entry, "createdTime"), moment(entry, "lastUpdatedTime")
    if not order_id or len(order_id) > 40 or ordered_at is None or updated_at is None:
        raise Unreadable("order")
    fulfillment = dig(entry, "fulfillment")
    buyer, recipient = dig(entry, "buyer"), _recipient(entry)
    lines = [found for item in items(entry, "orderItems") if (found := line(item)) is not None]
    association, original_order_id = _original(entry)
    return OrderSnapshot(
        order_id=order_id,
        marketplace_id=marketplace_id,
        ordered_at=ordered_at,
        updated_at=updated_at,
        status=text(fulfillment, "fulfillmentStatus") or "UNKNOWN",
        fulfilled_by=text(fulfillment, "fulfilledBy"),
        service_level=text(fulfillment, "fulfillmentServiceLevel"),
        ship_by_from=moment(fulfillment, "shipByWindow", "earliestDateTime"),
        ship_by=moment(fulfillment, "shipByWindow", "latestDateTime"),
        deliver_by_from=moment(fulfillment, "deliverByWindow", "earliestDateTime"),
        deliver_by=moment(fulfillment, "deliverByWindow", "latestDateTime"),
        programs=texts(entry, "programs"),
        association=association,
        original_order_id=original_order_id,
        is_off_amazon=text(entry, "salesChannel", "channelName") == "NON_AMAZON",
        has_special_lines=any(one.is_gift or one.extras for one in lines),
        total=amount(entry, "proceeds", "grandTotal"),
        lines=lines,
        packages=[package(item) for item in items(entry, "packages") if text(item, "packageReferenceId")],
        buyer=buyer if isinstance(buyer, dict) and buyer else None,
        recipient=recipient,
        raw=entry,
    )


def _recipient(entry: Any) -> dict | None:
    """The address, and with it what the buyer says about handing over (sealed as the address is)."""
    address = dig(entry, "recipient", "deliveryAddress")
    if not isinstance(address, dict) or not address:
        return None
    wish = dig(entry, "recipient", "deliveryPreference")
    said = [text(wish, "dropOffLocation"), text(wish, "addressInstruction")] if isinstance(wish, dict) else []
    return {**address, "instructions": "; ".join(part for part in said if part)[:500]} if any(said) else address


def _original(entry: Any) -> tuple[str, str]:
    """Which order this one makes good, and how; of several the first."""
    for one in items(entry, "associatedOrders") if "associatedOrders" in entry else ():
        order_id, kind = text(one, "orderId"), text(one, "associationType")
        if order_id and kind:
            return kind, order_id
    return "", ""


def line(item: Any) -> LineSnapshot | None:
    order_item_id = text(item, "orderItemId")
    if not order_item_id:
        return None
    product, gift = dig(item, "product"), dig(item, "fulfillment", "packing", "giftOption")
    ordered = max(0, whole(item, "quantityOrdered") or 0)
    shipped = max(0, whole(item, "fulfillment", "quantityFulfilled") or 0)
    waiting = whole(item, "fulfillment", "quantityUnfulfilled")
    total = amount(item, "proceeds", "proceedsTotal")
    return LineSnapshot(
        order_item_id=order_item_id,
        sku=text(product, "sellerSku"),
        asin=text(product, "asin"),
        title=text(product, "title"),
        quantity=ordered,
        quantity_shipped=shipped,
        quantity_cancelled=0 if waiting is None else max(0, ordered - shipped - max(0, waiting)),
        unit_price=amount(product, "price", "unitPrice"),
        total=total,
        tax=_tax(item, total),
        cancel_requested=isinstance(dig(item, "cancellation", "cancellationRequest"), dict),
        cancel_reason=text(item, "cancellation", "cancellationRequest", "cancelReason"),
        is_gift=isinstance(gift, dict) and bool(gift),
        gift_message=text(gift, "giftMessage"),
        extras=extras_of(item),
    )


def _tax(item: Any, total: Money | None) -> Money | None:
    """The tax in what an item brings: nothing where Amazon lists the parts and none is tax, None where it lists no parts, or not all of
    them can be read."""
    parts = items(item, "proceeds", "breakdowns")
    if not parts or total is None:
        return None
    told = [amount(one, "subtotal") for one in parts if one.get("type") == "TAX"]
    if any(one is None or one[1] != total[1] for one in told):
        return None
    return sum((one[0] for one in told if one), Decimal(0)), total[1]


def package(item: Any) -> PackageSnapshot:
    return PackageSnapshot(
        reference=text(item, "packageReferenceId"),
        status=text(item, "packageStatus", "status"),
        detail=text(item, "packageStatus", "detailedStatus"),
        carrier=text(item, "carrier"),
        tracking_number=text(item, "trackingNumber"),
        shipped_at=moment(item, "shipTime"),
    )
