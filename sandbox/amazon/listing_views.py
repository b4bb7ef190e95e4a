"""The Listings Items API, reading side: one listing over several marketplaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.amazon import content, issues, lifecycle
from sandbox.amazon.call import Call
from sandbox.amazon.clock import iso
from sandbox.amazon.errors import NotFound
from sandbox.amazon.listings import ITEM, fnsku
from sandbox.amazon.marketplaces import by_id
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.records import Listing
from sandbox.amazon.schema import words

PARTS = (
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships", "productTypes",
)  # fmt: skip


@operation("getListingsItem", "GET", ITEM, rate=5, burst=10)
def get_listingstold(call: Call) -> Answer:
    wanted, parts, sku = call.marketplaces(), included(call), call.path["sku"]
    found = [listing for m in wanted if (listing := call.world.listing(call.account, m, sku)) is not None]
    if not found:
        raise NotFound(f"SKU '{sku}' not found in marketplace {', '.join(m.id for m in wanted)}")
    return 200, told(call, found, parts, words.spoken(call.text("issueLocale"), wanted[0]))


def included(call: Call) -> list[str]:
    return call.csv("includedData", allowed=PARTS) or ["summaries"]


def told(call: Call, found: list[Listing], wanted: list[str], locale: str) -> dict[str, Any]:
    parts: dict[str, Callable[[], Any]] = {
        "summaries": lambda: [_summary(listing, call.now) for listing in found],
        "attributes": lambda: _attributes(found),
        "issues": lambda: issues.together(
            {
                x.marketplace_id: [issues.worded(i, locale, x.marketplace_id) for i in lifecycle.all_issues(x)]
                for x in found
            }
        ),
        "offers": lambda: [offer for listing in found for offer in _offers(listing, call.now)],
        "fulfillmentAvailability": lambda: _availability(found),
        "procurement": lambda: [],
        "relationships": lambda: [_relationships(call, listing) for listing in found],
        "productTypes": lambda: [
            {"marketplaceId": listing.marketplace_id, "productType": listing.product_type} for listing in found
        ],
    }
    return {"sku": found[0].sku, **{name: parts[name]() for name in wanted}}


def _summary(listing: Listing, now: int) -> dict[str, Any]:
    shown = lifecycle.shown(listing)
    summary: dict[str, Any] = {
        "marketplaceId": listing.marketplace_id,
        "productType": listing.product_type,
        "status": lifecycle.status(listing, now),
        "createdDate": iso(listing.created_at),
        "lastUpdatedDate": iso(listing.updated_at),
    }
    if listing.asin:
        summary["asin"] = listing.asin
    if condition := content.text(shown, "condition_type"):
        summary["conditionType"] = condition
    if name := content.text(shown, "item_name"):
        summary["itemName"] = name
    if link := content.main_image(shown):
        summary["mainImage"] = {"link": link, "height": 1500, "width": 1500}
    if listing.asin and content.fulfilled_by(shown) == "AMAZON":
        summary["fnSku"] = fnsku(listing)
    return summary


def _attributes(found: list[Listing]) -> dict[str, Any]:
    merged: dict[str, list[Any]] = {}
    for listing in found:
        for name, entries in listing.attributes.items():
            merged.setdefault(name, []).extend(entries)
    return merged


def _offers(listing: Listing, now: int) -> list[dict[str, Any]]:
    marketplace = by_id()[listing.marketplace_id]
    offers = []
    for audience, kind in (("ALL", "B2C"), ("B2B", "B2B")):
        amount = content.price(listing.live, now, audience)
        if amount is not None:
            offers.append(
                {
                    "marketplaceId": listing.marketplace_id,
                    "offerType": kind,
                    "price": {"currencyCode": marketplace.currency, "amount": f"{amount:.{marketplace.decimals}f}"},
                    "audience": {
                        "value": audience,
                        "displayName": "Sell on Amazon" if audience == "ALL" else "Amazon Business",
                    },
                }
            )
    return offers


def _availability(found: list[Listing]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for listing in found:
        for entry in content.entries(listing.live or listing.attributes, "fulfillment_availability"):
            code = str(entry["fulfillment_channel_code"])
            row: dict[str, Any] = {"fulfillmentChannelCode": code}
            if code == "DEFAULT":
                row["quantity"] = max(0, int(entry.get("quantity", 0)) - listing.sold)
            rows.setdefault(code, row)
    return list(rows.values())


def _relationships(call: Call, listing: Listing) -> dict[str, Any]:
    shown, relations = lifecycle.shown(listing), []
    siblings = [
        other for other in call.world.listings_of(listing.seller_id) if other.marketplace_id == listing.marketplace_id
    ]
    theme = {"theme": content.theme(shown) or "", "attributes": (content.theme(shown) or "").lower().split("/")}
    if content.is_parent(shown):
        children = sorted(x.sku for x in siblings if content.parent_sku(lifecycle.shown(x)) == listing.sku)
        relations.append({"type": "VARIATION", "childSkus": children, "variationTheme": theme})
    elif parent := content.parent_sku(shown):
        relations.append({"type": "VARIATION", "parentSkus": [parent], "variationTheme": theme})
    return {"marketplaceId": listing.marketplace_id, "relationships": relations}
