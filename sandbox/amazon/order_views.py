"""An order as the Orders API tells it at a moment. Parts come only when asked for, and personal data only while Amazon
would give it: not before payment, not for cancelled orders, and little of it for what Amazon ships itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sandbox.amazon import marketplaces, money, order_items, order_life
from sandbox.amazon.clock import iso
from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.order_items import KINDS
from sandbox.amazon.records import Order

PARTS = (
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX", "PAYMENT",
    "FULFILLMENT_ORDERS",
)  # fmt: skip
AMAZON_KNOWS = ("city", "stateOrRegion", "postalCode", "countryCode")  # Of the address of an order Amazon ships.
WAREHOUSE = {
    "na": {"name": "Harbor Warehouse", "addressLine1": "200 Harbor Street", "city": "Portland", "stateOrRegion": "OR",
           "postalCode": "97204", "countryCode": "US"},
    "eu": {"name": "Lager Hamburg", "addressLine1": "Speicherstraße 14", "city": "Hamburg", "postalCode": "20457",
           "countryCode": "DE"},
    "fe": {"name": "芝浦倉庫", "addressLine1": "港区芝浦3-2-1", "stateOrRegion": "東京都", "postalCode": "108-0023",
           "countryCode": "JP"},
}  # fmt: skip


def told(order: Order, now: int, parts: Collection[str]) -> dict[str, Any]:
    marketplace = marketplaces.by_id()[order.marketplace_id]
    status = order_life.status(order, now)
    answer: dict[str, Any] = {
        "orderId": order.order_id,
        "createdTime": iso(order.created_at),
        "lastUpdatedTime": iso(order_life.updated_at(order, now)),
        "salesChannel": {
            "channelName": order.channel,
            "marketplaceId": marketplace.id,
            "marketplaceName": marketplace.name,
        },
    }
    if order.aliases:
        answer["orderAliases"] = order.aliases
    if order.programs:
        answer["programs"] = order.programs
    if order.associated:
        answer["associatedOrders"] = order.associated
    is_paid = status not in order_items.UNPAID
    if is_paid and status != "CANCELLED":
        if "BUYER" in parts:
            answer["buyer"] = _buyer(order)
        if "RECIPIENT" in parts:
            answer["recipient"] = {"deliveryAddress": _address(order, status, now)}
            if order.preference and order.fulfilled_by == "MERCHANT":
                answer["recipient"]["deliveryPreference"] = order.preference
    if "PROCEEDS" in parts and is_paid:
        answer["proceeds"] = _proceeds(order, marketplace)
    if "PAYMENT" in parts and is_paid:
        amount = money.told(money.total(order), marketplace)
        answer["payment"] = {"paymentExecutions": [{"paymentMethod": order.payment_method, "paymentAmount": amount}]}
    if "TAX" in parts and (tax := _tax(order, marketplace)):
        answer["tax"] = tax
    if "FULFILLMENT" in parts:
        answer["fulfillment"] = {
            "fulfillmentStatus": status,
            "fulfilledBy": order.fulfilled_by,
            "fulfillmentServiceLevel": order.service_level,
            "shipByWindow": _window(order.ship_by),
            "deliverByWindow": _window(order.deliver_by),
        }
    gone = order_life.shipped(order, now)
    answer["orderItems"] = [
        order_items.told(order, line, gone[number], status, marketplace, parts, now)
        for number, line in enumerate(order.lines)
    ]
    if "PACKAGES" in parts and order.fulfilled_by == "MERCHANT":
        answer["packages"] = _packages(order, marketplace, now)
    return answer


def _buyer(order: Order) -> dict[str, Any]:
    if order.fulfilled_by == "MERCHANT":
        return order.buyer
    return {name: value for name, value in order.buyer.items() if name != "buyerEmail"}


def _address(order: Order, status: str, now: int) -> dict[str, Any]:
    if order.fulfilled_by == "AMAZON":
        return {name: order.address[name] for name in AMAZON_KNOWS if name in order.address}
    if status == "SHIPPED" and now > order.deliver_by[1]:
        return {name: value for name, value in order.address.items() if name != "phone"}
    return order.address


def _packages(order: Order, marketplace: Marketplace, now: int) -> list[dict[str, Any]]:
    status, closer = order_life.package_state(order, now)
    return [
        {
            "packageReferenceId": what.get("reference", str(number)),
            "createdTime": iso(moment),
            "packageStatus": {
                "status": status,
                "detailedStatus": closer,
            },
            "carrier": what["carrier"],
            "shipTime": iso(what.get("left_at", moment)),
            "shippingService": what["service"],
            "trackingNumber": what["tracking"],
            "shipFromAddress": WAREHOUSE[marketplace.region],
            "packageItems": [
                {"orderItemId": order.lines[n]["id"], "quantity": quantity} for n, quantity in inside.items()
            ],
        }
        for number, (moment, what, inside) in enumerate(order_life.parcels(order, now), start=1)
    ]


def _proceeds(order: Order, marketplace: Marketplace) -> dict[str, Any]:
    sums = {kind: sum(line["net"].get(kind, 0) for line in order.lines) for kind in KINDS}
    sums["TAX"] = sum(sum(line["tax"].values()) for line in order.lines)
    breakdowns = [
        {"type": kind, "subtotal": money.told(amount, marketplace)} for kind, amount in sums.items() if amount
    ]
    return {"grandTotal": money.told(money.total(order), marketplace), "breakdowns": breakdowns}


def _tax(order: Order, marketplace: Marketplace) -> dict[str, Any]:
    company = order.buyer.get("buyerCompanyName")
    told: dict[str, Any] = {}
    if company and marketplace.prices_include_tax:
        number = f"{marketplace.country}{sum(map(ord, order.order_id)) * 7919 % 10**9:09d}"
        told["taxRegistrations"] = [
            {"entityType": "BUYER", "legalName": company, "taxRegistrationType": "VAT", "taxRegistrationNumber": number}
        ]
    if marketplace.code == "TR":
        told["taxInvoicing"] = {"buyerInvoicePreference": "BUSINESS" if company else "INDIVIDUAL"}
    return told


def _window(window: list[int]) -> dict[str, str]:
    return {"earliestDateTime": iso(window[0]), "latestDateTime": iso(window[1])}
