"""One line of an order as the Orders API tells it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sandbox.amazon import money, order_life
from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.order_life import ASKED, CANCELLED, WITHDRAWN
from sandbox.amazon.records import Order

UNPAID = ("PENDING", "PENDING_AVAILABILITY")
KINDS = ("ITEM", "SHIPPING", "GIFT_WRAP", "DISCOUNT")
SUBTYPES = {"LIKE_NEW": "MINT"}  # Where orders call a condition otherwise than listings do.


def told(
    order: Order,
    line: dict[str, Any],
    gone: int,
    status: str,
    marketplace: Marketplace,
    parts: Collection[str],
    now: int,
) -> dict[str, Any]:
    item: dict[str, Any] = {
        "orderItemId": line["id"],
        "quantityOrdered": line["quantity"],
        "product": _product(line, status, marketplace),
    }
    if line.get("programs"):
        item["programs"] = line["programs"]
    if "PROCEEDS" in parts and status not in UNPAID:
        item["proceeds"] = _proceeds(line, marketplace)
    if "EXPENSE" in parts and line["points"]:
        points = {"pointsNumber": line["points"], "pointsMonetaryValue": money.told(line["points"], marketplace)}
        item["expense"] = {"pointsCost": {"pointsGranted": points}}
    if "PROMOTION" in parts and line["promotion"]:
        item["promotion"] = {"breakdowns": [{"promotionId": line["promotion"]}]}
    if "CANCELLATION" in parts and (cancellation := _cancellation(order, now)):
        item["cancellation"] = cancellation
    if "FULFILLMENT" in parts:
        item["fulfillment"] = _fulfillment(line, gone, status)
    if "TAX" in parts and not marketplace.prices_include_tax:
        party = {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc."}
        item["tax"] = {"taxCollections": [party]}
    return item


def _product(line: dict[str, Any], status: str, marketplace: Marketplace) -> dict[str, Any]:
    condition, _, subtype = line["condition"].partition("_")
    product: dict[str, Any] = {
        "asin": line["asin"],
        "title": line["title"],
        "sellerSku": line["sku"],
        "condition": {"conditionType": condition, "conditionSubtype": SUBTYPES.get(subtype, subtype)},
    }
    if line.get("custom"):
        product["customization"] = {"customizedUrl": line["custom"]}
    if status not in UNPAID:
        product["price"] = {"unitPrice": money.told(line["unit_minor"], marketplace)}
        if line["business_price"]:
            product["price"]["priceDesignation"] = "BUSINESS_PRICE"
    return product


def _proceeds(line: dict[str, Any], marketplace: Marketplace) -> dict[str, Any]:
    net, tax = ({kind: line[part][kind] for kind in KINDS if kind in line[part]} for part in ("net", "tax"))
    breakdowns: list[dict[str, Any]] = [
        {"type": kind, "subtotal": money.told(amount, marketplace)} for kind, amount in net.items()
    ]
    details = [{"subtype": kind, "value": money.told(amount, marketplace)} for kind, amount in tax.items() if amount]
    if details:
        whole = money.told(sum(tax.values()), marketplace)
        breakdowns.append({"type": "TAX", "subtotal": whole, "detailedBreakdowns": details})
    return {"proceedsTotal": money.told(money.line_total(line), marketplace), "breakdowns": breakdowns}


def _fulfillment(line: dict[str, Any], gone: int, status: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "quantityFulfilled": gone,
        "quantityUnfulfilled": 0 if status == "CANCELLED" else line["quantity"] - line.get("cut", 0) - gone,
    }
    if line["gift"]:
        told["packing"] = {"giftOption": {"giftMessage": line["gift"], "giftWrapLevel": "Classic"}}
    shipping = {
        **({"shippingConstraints": dict.fromkeys(line["demands"], "MANDATORY")} if line.get("demands") else {}),
        **({"internationalShipping": {"iossNumber": line["ioss"]}} if line.get("ioss") else {}),
    }
    if shipping:
        told["shipping"] = shipping
    return told


def _cancellation(order: Order, now: int) -> dict[str, Any]:
    cancellation: dict[str, Any] = {}
    wishes = [event for event in order_life.happened(order, now) if event[1] in (ASKED, WITHDRAWN)]
    if wishes and wishes[-1][1] == ASKED:
        cancellation["cancellationRequest"] = {"requester": "BUYER", "cancelReason": wishes[-1][2]["reason"]}
    if (done := order_life.detail(order, CANCELLED, now)) is not None:
        cancellation["cancellationExecution"] = {"cancelledBy": done["by"], "cancelReason": done["reason"]}
    return cancellation
