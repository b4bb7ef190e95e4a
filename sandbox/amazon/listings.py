"""The Listings Items API, writing side. An answer of 200 with INVALID changed nothing; ACCEPTED promises nothing: what
became of a submission is read later from the listing's status and issues."""

from __future__ import annotations

from typing import Any

from sandbox.amazon import content, identifiers, issues, lifecycle, patches, validation
from sandbox.amazon.call import Call
from sandbox.amazon.errors import InvalidInput
from sandbox.amazon.issues import Issue, issue
from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.records import Listing, key
from sandbox.amazon.schema import rules, words

ITEM = "/listings/2021-08-01/items/{sellerId}/{sku}"
PREVIEW = "VALIDATION_PREVIEW"
LONGEST_SKU = 40
GENERIC = "PRODUCT"  # The product type of submissions that are only about the offer.


@operation("putListingsItem", "PUT", ITEM, rate=5, burst=10)
def put_listings_item(call: Call) -> Answer:
    marketplace = call.marketplaces(most=1)[0]
    preview, included = _mode(call)
    body = call.json()
    product_type, attributes = body.get("productType"), body.get("attributes")
    if not isinstance(product_type, str) or not isinstance(attributes, dict):
        raise InvalidInput("The body needs 'productType' and 'attributes'.")
    requirements = body.get("requirements", "LISTING")
    if len(call.path["sku"]) > LONGEST_SKU:
        raise InvalidInput(f"A SKU has at most {LONGEST_SKU} characters.")
    if requirements not in rules.SETS:
        raise InvalidInput(f"'{requirements}' is not a valid value for 'requirements'.")
    wanted = patches.of_marketplace(attributes, marketplace)
    found = validation.check(product_type, marketplace, requirements, wanted)
    if not preview and not issues.stops(found):
        _keep(call, marketplace, product_type, requirements, wanted)
    return _answer(call, {marketplace: found}, preview, included, {marketplace: wanted})


@operation("patchListingsItem", "PATCH", ITEM, rate=5, burst=5)
def patch_listings_item(call: Call) -> Answer:
    wanted = call.marketplaces()
    preview, included = _mode(call)
    body = call.json()
    product_type, changes = body.get("productType"), body.get("patches")
    if not isinstance(product_type, str) or not isinstance(changes, list) or not changes:
        raise InvalidInput("The body needs 'productType' and at least one entry in 'patches'.")
    found: dict[Marketplace, list[Issue]] = {}
    after: dict[Marketplace, dict[str, Any]] = {}
    kinds: dict[Marketplace, tuple[str, str]] = {}
    for marketplace in wanted:
        listing = call.world.listing(call.account, marketplace, call.path["sku"])
        after[marketplace] = patches.apply(listing.attributes if listing else {}, changes, marketplace)
        if listing is None:
            found[marketplace] = [issue("13013")]
            continue
        kinds[marketplace] = (listing.product_type if product_type == GENERIC else product_type, listing.requirements)
        found[marketplace] = validation.check(
            kinds[marketplace][0], marketplace, listing.requirements, after[marketplace]
        )
    if not preview and not any(issues.stops(many) for many in found.values()):
        for marketplace in wanted:
            _keep(call, marketplace, *kinds[marketplace], after[marketplace])
    return _answer(call, found, preview, included, after)


@operation("deleteListingsItem", "DELETE", ITEM, rate=5, burst=5)
def delete_listings_item(call: Call) -> Answer:
    marketplace = call.marketplaces(most=1)[0]
    listing = call.world.listing(call.account, marketplace, call.path["sku"])
    if listing is None:
        return _answer(call, {marketplace: [issue("13013")]}, False, ["issues"], {})
    call.world.listings.drop(key(listing.seller_id, listing.marketplace_id, listing.sku))
    return _answer(call, {marketplace: []}, False, ["issues"], {})


def _keep(
    call: Call, marketplace: Marketplace, product_type: str, requirements: str, attributes: dict[str, Any]
) -> None:
    sku = call.path["sku"]
    listing = call.world.listing(call.account, marketplace, sku) or Listing(
        call.account.seller_id, sku, marketplace.id, product_type, requirements, attributes, call.now, call.now
    )
    listing.product_type, listing.requirements, listing.attributes = product_type, requirements, attributes
    lifecycle.submit(call.world, listing, call.now)


def _answer(
    call: Call,
    found: dict[Marketplace, list[Issue]],
    preview: bool,
    included: list[str],
    attributes: dict[Marketplace, dict[str, Any]],
) -> Answer:
    refused = any(issues.stops(many) for many in found.values())
    locale = words.spoken(call.text("issueLocale"), next(iter(found)))
    body: dict[str, Any] = {
        "sku": call.path["sku"],
        "status": "INVALID" if refused else "VALID" if preview else "ACCEPTED",
        "submissionId": lifecycle.submission_id(call.world),
        "issues": issues.together(
            {m.id: [issues.worded(one, locale, m.id) for one in many] for m, many in found.items()}
        ),
    }
    if "identifiers" in included:
        body["identifiers"] = [_identifier(call, marketplace, wanted) for marketplace, wanted in attributes.items()]
    return 200, body


def _identifier(call: Call, marketplace: Marketplace, attributes: dict[str, Any]) -> dict[str, str]:
    """The ASIN a submission would belong to, where the catalogue already knows it."""
    listing = call.world.listing(call.account, marketplace, call.path["sku"])
    number = content.barcode_of(attributes)
    item = next((i for i in call.world.catalog if number and i.barcode == number), None)
    asin = listing.asin if listing and listing.asin else item.asin if item else None
    return {"marketplaceId": marketplace.id, **({"asin": asin} if asin else {})}


def _mode(call: Call) -> tuple[bool, list[str]]:
    preview = call.choice("mode", (PREVIEW,)) == PREVIEW
    included = call.csv("includedData", allowed=("identifiers", "issues")) or ["issues"]
    if "identifiers" in included and not preview:
        raise InvalidInput(f"'identifiers' can only be included when 'mode' is {PREVIEW}.")
    return preview, included


def fnsku(listing: Listing) -> str:
    return identifiers.fnsku(listing.seller_id, listing.sku)
