"""The Listings Items API, searching side: filters, order and pages over all of a seller's listings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.amazon import content, issues, lifecycle, listing_views, seal
from sandbox.amazon.call import Call
from sandbox.amazon.errors import InvalidInput
from sandbox.amazon.listings import fnsku
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.records import Listing
from sandbox.amazon.schema import words

IDENTIFIERS = ("ASIN", "EAN", "FNSKU", "GTIN", "ISBN", "JAN", "MINSAN", "SKU", "UPC")
STATUSES = ("BUYABLE", "DISCOVERABLE")
MOST_FOUND = 1000

Filter = Callable[[Listing], bool]


@operation("searchListingsItems", "GET", "/listings/2021-08-01/items/{sellerId}", rate=5, burst=5)
def search_listings_items(call: Call) -> Answer:
    wanted, included = call.marketplaces(), listing_views.included(call)
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
        "items": [listing_views.told(call, many, included, locale) for many in page],
    }
    if pagination := _pagination(call, start, size, min(len(rows), MOST_FOUND)):
        body["pagination"] = pagination
    return 200, body


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
