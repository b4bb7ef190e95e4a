"""Control of listings: issues put on them as Amazon's policy teams would, and taken away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sandbox.amazon import issues, marketplaces
from sandbox.amazon.records import Listing
from sandbox.amazon.world import World
from sandbox.control import reading
from sandbox.control.reading import Wrong

SEVERITIES = ("ERROR", "WARNING", "INFO")
ACTIONS = ("SEARCH_SUPPRESSED", "LISTING_SUPPRESSED", "ATTRIBUTE_SUPPRESSED", "CATALOG_ITEM_REMOVED")


def add(pages: Blueprint, world: World) -> None:
    @pages.post("/listings/<seller_id>/<path:sku>/issues")
    def inject(seller_id: str, sku: str) -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(issues=_inject(world, seller_id, sku, reading.body(), now)), 201

    @pages.delete("/listings/<seller_id>/<path:sku>/issues")
    def withdraw(seller_id: str, sku: str) -> ResponseReturnValue:
        with world.turn() as now:
            for listing in _listings(world, seller_id, sku, reading.body()):
                listing.injected, listing.updated_at = [], now
                world.listings.put(listing)
            return jsonify(issues=[])


def _inject(world: World, seller_id: str, sku: str, body: dict[str, Any], now: int) -> list[dict[str, Any]]:
    found = _listings(world, seller_id, sku, body)
    issue = {
        "code": str(body.get("code", "18900")),
        "message": str(body.get("message", "This listing was found to violate a policy.")),
        "severity": reading.choice(body, "severity", SEVERITIES, "ERROR"),
        "categories": reading.texts(body, "categories"),
        "attributes": reading.texts(body, "attributes"),
        "facts": {},
        "actions": reading.texts(body, "actions", ACTIONS),
    }
    for listing in found:
        listing.injected = [*listing.injected, issue]
        listing.updated_at = now
        world.listings.put(listing)
    return [issues.worded(issue, "en_US", listing.marketplace_id) for listing in found]


def _listings(world: World, seller_id: str, sku: str, body: dict[str, Any]) -> list[Listing]:
    codes = reading.texts(body, "marketplaces")
    found = [
        listing
        for listing in world.listings_of(reading.account(world, seller_id).seller_id)
        if listing.sku == sku and (not codes or marketplaces.by_id()[listing.marketplace_id].code in codes)
    ]
    if not found:
        raise Wrong(f"There is no listing {sku}.", 404)
    return found
