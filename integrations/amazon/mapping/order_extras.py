"""What only some lines of an order have: gift wrap, programs, demands on the delivery, why and by whom it was cancelled.

Short words of Amazon's, dates and a tax number of Amazon's own: nothing of the buyer's stands in any of it. The gift message does
not belong here, nor does the address of what a buyer had customised.
"""

from __future__ import annotations

from typing import Any

from integrations.amazon.mapping.reading import dig, text, texts

MOST = 60
CONSTRAINTS = {
    "palletDelivery": "pallet",
    "cashOnDelivery": "cash",
    "signatureConfirmation": "signature",
    "recipientIdentityVerification": "identity",
    "recipientAgeVerification": "age",
}


def extras_of(item: Any) -> dict[str, Any]:
    """Only what is told. The usual line has nothing, and costs four looks."""
    found: dict[str, Any] = {}
    product, fulfillment, cancellation = item.get("product"), item.get("fulfillment"), item.get("cancellation")
    if programs := item.get("programs"):
        found["programs"] = [name[:MOST] for name in texts({"programs": programs}, "programs")[:10]]
    if isinstance(product, dict):
        _of_product(product, found)
    if isinstance(fulfillment, dict) and ("packing" in fulfillment or "shipping" in fulfillment):
        _of_fulfillment(fulfillment, found)
    if isinstance(cancellation, dict) and "cancellationExecution" in cancellation:
        found["cancelled_by"] = text(cancellation, "cancellationExecution", "cancelledBy")[:MOST]
        found["cancelled_reason"] = text(cancellation, "cancellationExecution", "cancelReason")[:200]
    return {name: value for name, value in found.items() if value}


def _of_product(product: dict[str, Any], found: dict[str, Any]) -> None:
    condition = product.get("condition")
    if isinstance(condition, dict) and condition.get("conditionType") != "NEW":
        parts = (text(condition, "conditionType"), text(condition, "conditionSubtype"))
        found["condition"] = " ".join(part for part in parts if part)[:MOST]
    if "customization" in product:
        found["is_custom"] = bool(dig(product, "customization", "customizedUrl"))
    if dig(product, "price", "priceDesignation") == "BUSINESS_PRICE":
        found["is_business_price"] = True


def _of_fulfillment(fulfillment: dict[str, Any], found: dict[str, Any]) -> None:
    found["gift_wrap"] = text(fulfillment, "packing", "giftOption", "giftWrapLevel")[:MOST]
    found["needs_serial"] = bool(text(fulfillment, "packing", "serialNumberRequirement", "requirementType"))
    told = dig(fulfillment, "shipping", "shippingConstraints")
    if isinstance(told, dict):
        found["needs"] = [ours for theirs, ours in CONSTRAINTS.items() if told.get(theirs) == "MANDATORY"]
    found["ioss"] = text(fulfillment, "shipping", "internationalShipping", "iossNumber")[:MOST]
    window = (
        text(fulfillment, "shipping", "scheduledDeliveryWindow", name)
        for name in ("earliestDateTime", "latestDateTime")
    )
    if any(deliver := [one[:30] for one in window]):
        found["deliver"] = deliver
