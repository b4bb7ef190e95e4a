"""Orders (API 2026-01-01). Buyer and recipient appear only when they were asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.amazon.mapping.reading import Unreadable, amount, dig, items, moment, text, texts, whole

Money = tuple[Decimal, str]


@dataclass(frozen=True)
class LineSnapshot:
    order_item_id: str
    sku: str
    asin: str
    title: str
    quantity: int
    quantity_shipped: int
    unit_price: Money | None
    total: Money | None
    cancel_requested: bool
    cancel_reason: str
    is_gift: bool
    gift_message: str = field(repr=False)


@dataclass(frozen=True)
class PackageSnapshot:
    reference: str
    status: str
    carrier: str
    tracking_number: str
    shipped_at: datetime | None


@dataclass(frozen=True)
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
    deliver_by: datetime | None
    programs: list[str]
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
    buyer, recipient = dig(entry, "buyer"), dig(entry, "recipient", "deliveryAddress")
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
        deliver_by=moment(fulfillment, "deliverByWindow", "latestDateTime"),
        programs=texts(entry, "programs"),
        total=amount(entry, "proceeds", "grandTotal"),
        lines=[found for item in items(entry, "orderItems") if (found := line(item)) is not None],
        packages=[package(item) for item in items(entry, "packages") if text(item, "packageReferenceId")],
        buyer=buyer if isinstance(buyer, dict) and buyer else None,
        recipient=recipient if isinstance(recipient, dict) and recipient else None,
        raw=entry,
    )


def line(item: Any) -> LineSnapshot | None:
    order_item_id = text(item, "orderItemId")
    if not order_item_id:
        return None
    product, gift = dig(item, "product"), dig(item, "fulfillment", "packing", "giftOption")
    return LineSnapshot(
        order_item_id=order_item_id,
        sku=text(product, "sellerSku"),
        asin=text(product, "asin"),
        title=text(product, "title"),
        quantity=max(0, whole(item, "quantityOrdered") or 0),
        quantity_shipped=max(0, whole(item, "fulfillment", "quantityFulfilled") or 0),
        unit_price=amount(product, "price", "unitPrice"),
        total=amount(item, "proceeds", "proceedsTotal"),
        cancel_requested=isinstance(dig(item, "cancellation", "cancellationRequest"), dict),
        cancel_reason=text(item, "cancellation", "cancellationRequest", "cancelReason"),
        is_gift=isinstance(gift, dict) and bool(gift),
        gift_message=text(gift, "giftMessage"),
    )


def package(item: Any) -> PackageSnapshot:
    return PackageSnapshot(
        reference=text(item, "packageReferenceId"),
        status=text(item, "packageStatus", "status"),
        carrier=text(item, "carrier"),
        tracking_number=text(item, "trackingNumber"),
        shipped_at=moment(item, "shipTime"),
    )
