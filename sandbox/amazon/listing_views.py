"""The Listings Items API, reading side: one listing over several marketplaces, and the search over all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.amazon import content, issues, lifecycle, seal
from sandbox.amazon.call import Call
from sandbox.amazon.clock import iso
from sandbox.amazon.errors import InvalidInput, NotFound
from sandbox.amazon.listings import ITEM, fnsku
from sandbox.amazon.marketplaces import by_id
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.records import Listing
from sandbox.amazon.schema import words

PARTS = (
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships", "productTypes",
)  # fmt: skip
IDENTIFIERS = ("ASIN", "EAN", "FNSKU", "GTIN", "ISBN", "JAN", "MINSAN", "SKU", "UPC")
STATUSES = ("BUYABLE", "DISCOVERABLE")
MOST_FOUND = 1000


@operation("getListingsItem", "GET", ITEM, rate=5, burst=10)
def get_listings_item(call: Call) -> Answer:
    wanted, included, sku = call.marketplaces(), _included(call), call.path["sku"]
    found = [listing for m in wanted if (listing := call.world.listing(call.account, m, sku)) is not None]
    if not found:
        raise NotFound(f"SKU '{sku}' not found in marketplace {', '.join(m.id for m in wanted)}")
    return 200, _item(call, found, included, words.spoken(call.text("issueLocale"), wanted[0]))


@operation("searchListingsItems", "GET", "/listings/2021-08-01/items/{sellerId}", rate=5, burst=5)
def search_listings_items(call: Call) -> Answer:
    wanted, included = call.marketplaces(), _included(call)
    locale = words.spoken(call.text("issueLocale"), wanted[0])
    by_sku: dict[str, list[Listing]] = {}
    identifiers = {m.id for m in wanted}
    for listing in call.world.listings_of(call.account.seller_id):
        if listing.marketplace_id in identifiers:
            by_sku.setdefault(listing.sku, []).append(listing)
    filters = _filters(call)
    rows = [many for many in by_sku.values() if any(all(fits(listing) for fits in filters) for listing in many)]
    order = _sort_key(call.choice("sortBy", ("sku", "createdDate", "lastUpdatedDate"), "lastUpdatedDate") or "")
    rows.sort(key=order, reverse=call.choice("sortOrder", ("ASC", "DESC"), "DESC") == "DESC")
    size, start = call.integer("pageSize", 10, least=1, most=20), _start(call)
    page = rows[:MOST_FOUND][start : start + size]
    body: dict[str, Any] = {
        "numberOfResults": len(rows),
        "items": [_item(call, many, included, locale) for many in page],
    }
    if pagination := _pagination(call, start, size, min(len(rows), MOST_FOUND)):
        body["pagination"] = pagination
    return 200, body


def _included(call: Call) -> list[str]:
    return call.csv("includedData", allowed=PARTS) or ["summaries"]


def _item(call: Call, found: list[Listing], included: list[str], locale: str) -> dict[str, Any]:
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
    return {"sku": found[0].sku, **{name: parts[name]() for name in included}}


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


Filter = Callable[[Listing], bool]


def _filters(call: Call) -> list[Filter]:
    filters: list[Filter] = []
    names = call.csv("identifiers", most=20)
    kind = call.choice("identifiersType", IDENTIFIERS)
    parent, package = call.text("variationParentSku"), call.text("packageHierarchySku")
    if bool(names) != bool(kind):
        raise InvalidInput("'identifiers' and 'identifiersType' have to be used together.")
    if sum(map(bool, (names, parent, package))) > 1:
        raise InvalidInput("'identifiers', 'variationParentSku' and 'packageHierarchySku' cannot be used together.")
    if names:
        filters.append(lambda x: _identifier(x, kind or "") in names)
    if parent:
        filters.append(lambda x: content.parent_sku(lifecycle.shown(x)) == parent)
    if package:
        filters.append(lambda x: False)  # No listing here is packed in another.
    filters.append(_between(call, "created", "created_at"))
    filters.append(_between(call, "lastUpdated", "updated_at"))
    if severities := call.csv("withIssueSeverity", allowed=("WARNING", "ERROR")):
        filters.append(lambda x: any(issues.severity(one) in severities for one in lifecycle.all_issues(x)))
    if having := call.csv("withStatus", allowed=STATUSES):
        filters.append(lambda x: bool(set(having) & set(lifecycle.status(x, call.now))))
    if lacking := call.csv("withoutStatus", allowed=STATUSES):
        filters.append(lambda x: not set(lacking) & set(lifecycle.status(x, call.now)))
    return filters


def _between(call: Call, name: str, attribute: str) -> Filter:
    after, before = call.time(f"{name}After"), call.time(f"{name}Before")

    def fits(listing: Listing) -> bool:
        moment = getattr(listing, attribute)
        return (after is None or moment >= after) and (before is None or moment <= before)

    return fits


def _identifier(listing: Listing, kind: str) -> str | None:
    if kind in ("SKU", "ASIN", "FNSKU"):
        return {"SKU": listing.sku, "ASIN": listing.asin, "FNSKU": fnsku(listing)}[kind]
    own = content.first(listing.attributes, "externally_assigned_product_identifier")
    same = {"JAN": "ean", "ISBN": "ean"}.get(kind, kind.lower())
    return str(own.get("value")) if own.get("type") == same else None


def _sort_key(name: str) -> Callable[[list[Listing]], Any]:
    if name == "sku":
        return lambda many: many[0].sku
    if name == "createdDate":
        return lambda many: (min(x.created_at for x in many), many[0].sku)
    return lambda many: (max(x.updated_at for x in many), many[0].sku)


def _start(call: Call) -> int:
    token = call.text("pageToken")
    if token is None:
        return 0
    content_of = seal.unseal(call.world.seed, f"listings {call.account.seller_id}", token)
    if content_of is None:
        raise InvalidInput("'pageToken' is not valid.")
    return int(content_of["start"])


def _pagination(call: Call, start: int, size: int, total: int) -> dict[str, str]:
    def token(position: int) -> str:
        return seal.seal(call.world.seed, f"listings {call.account.seller_id}", {"start": position})

    pagination = {}
    if start + size < total:
        pagination["nextToken"] = token(start + size)
    if start > 0:
        pagination["previousToken"] = token(max(0, start - size))
    return pagination
