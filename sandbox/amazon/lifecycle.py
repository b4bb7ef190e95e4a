"""What Amazon does with an accepted listing, by the sandbox's clock: it works on it for 20 to 90 seconds, sells it a little
later, and looks at its content some minutes after that. Accepted is not live, and live can still be taken down."""

from __future__ import annotations

from typing import Any

from sandbox.amazon import content, identifiers, marketplaces
from sandbox.amazon.identifiers import chance
from sandbox.amazon.issues import Issue, issue
from sandbox.amazon.records import Listing, key
from sandbox.amazon.world import World

PROCESS, INSPECT = "process", "inspect"
WAREHOUSE_STOCK = 100  # Units Amazon has of anything it ships itself: inbound shipments are not modelled.


def install(world: World) -> None:
    """Makes the world work on listings, and takes up again what was under way when it was last stopped."""
    world.on(PROCESS, _process)
    world.on(INSPECT, _inspect)
    for listing in world.listings:
        _plan(world, listing)


def submit(world: World, listing: Listing, now: int) -> None:
    """Sends the listing on its way; what shoppers see changes when Amazon has worked on it."""
    listing.submissions += 1
    listing.updated_at = now
    rng = chance(world.seed, "work", listing.seller_id, listing.marketplace_id, listing.sku, listing.submissions)
    listing.process_at = now + rng.randint(20, 90)
    listing.inspect_at = None
    world.listings.put(listing)
    _plan(world, listing)


def submission_id(world: World) -> str:
    return identifiers.digest(world.seed, "submission", world.count("submission"))


def status(listing: Listing, now: int) -> list[str]:
    taken_down = {action for found in all_issues(listing) for action in found["actions"]}
    if listing.discoverable_at is None or listing.discoverable_at > now:
        return []
    if taken_down & {"SEARCH_SUPPRESSED", "CATALOG_ITEM_REMOVED"}:
        return []
    can_be_bought = (
        listing.buyable_at is not None
        and listing.buyable_at <= now
        and "LISTING_SUPPRESSED" not in taken_down
        and content.price(listing.live, now) is not None
        and stock(listing) > 0
        and (content.main_image(listing.live) is not None or is_offer_only(listing))
        and not content.is_parent(listing.live)
    )
    return ["BUYABLE", "DISCOVERABLE"] if can_be_bought else ["DISCOVERABLE"]


def is_live(listing: Listing, now: int) -> bool:
    return "BUYABLE" in status(listing, now)


def is_offer_only(listing: Listing) -> bool:
    """An offer on a product somebody else described: its pictures are in the catalogue."""
    return listing.requirements == "LISTING_OFFER_ONLY" or listing.product_type == "PRODUCT"


def all_issues(listing: Listing) -> list[Issue]:
    return [*listing.issues, *listing.injected]


def stock(listing: Listing) -> int:
    if content.fulfilled_by(listing.live) == "AMAZON":
        return WAREHOUSE_STOCK
    return max(0, content.quantity(listing.live) - listing.sold)


def _plan(world: World, listing: Listing) -> None:
    name = key(listing.seller_id, listing.marketplace_id, listing.sku)
    if listing.process_at is not None:
        world.plan(listing.process_at, PROCESS, name)
    if listing.inspect_at is not None:
        world.plan(listing.inspect_at, INSPECT, name)


def _process(world: World, name: str, moment: int) -> None:
    listing = world.listings.get(name)
    if listing is None or listing.process_at != moment:
        return  # Deleted, or submitted again meanwhile.
    listing.process_at = None
    listing.updated_at = moment
    refusal = _identify(world, listing)
    if refusal is not None:
        listing.issues = [refusal, *(one for one in listing.issues if one["actions"])]  # What is live stays as it is.
    else:
        rng = chance(world.seed, "shelf", listing.seller_id, listing.marketplace_id, listing.sku, listing.submissions)
        listing.live, listing.sold = listing.attributes, 0
        look = content.first_look(listing.live, moment)
        listing.issues = [one for one in look if one["code"] != "18155" or not is_offer_only(listing)]
        listing.issues += _orphaned(world, listing)
        listing.injected = []
        listing.discoverable_at = listing.discoverable_at or moment
        listing.buyable_at = listing.buyable_at or moment + rng.randint(5, 30)
        listing.inspect_at = moment + rng.randint(120, 300)
    world.listings.put(listing)
    _plan(world, listing)


def _inspect(world: World, name: str, moment: int) -> None:
    listing = world.listings.get(name)
    if listing is None or listing.inspect_at != moment:
        return
    listing.inspect_at = None
    marketplace = marketplaces.by_id()[listing.marketplace_id]
    found = content.late_look(listing.live, marketplace, moment)
    if found:
        listing.issues = [*listing.issues, *found]
        listing.updated_at = moment
    world.listings.put(listing)


def _identify(world: World, listing: Listing) -> Issue | None:
    """Gives the listing its ASIN, or the reason why it gets none."""
    asked = content.first(listing.attributes, "merchant_suggested_asin").get("value")
    number = content.barcode_of(listing.attributes)
    brand = str(content.first(listing.attributes, "brand").get("value", ""))
    item = next((i for i in world.catalog if number and i.barcode == number), None)
    if item is not None and item.seller_id != listing.seller_id and _other(brand, item.brand):
        return issue("8541", "externally_assigned_product_identifier", "brand", asin=item.asin, brand=item.brand)
    if item is None and asked:
        item = world.catalog.get(asked)
        if item is None and (is_offer_only(listing) or not number):
            return issue("8560", "merchant_suggested_asin", value=asked)
    if item is not None:
        listing.asin = item.asin
    elif listing.asin is None:
        own = (number,) if number else (listing.seller_id, listing.sku)
        listing.asin = identifiers.asin(world.seed, *own)
        if world.catalog.get(listing.asin) is None:
            world.catalog.put(content.catalog_item(listing, number, brand))
    return None


def _other(brand: str, known: str) -> bool:
    return bool(brand) and brand.casefold() != known.casefold()


def _orphaned(world: World, listing: Listing) -> list[Issue]:
    parent = content.parent_sku(listing.live)
    if parent and world.listings.get(key(listing.seller_id, listing.marketplace_id, parent)) is None:
        return [issue("18701", "child_parent_sku_relationship", value=parent)]
    return []


def shown(listing: Listing) -> dict[str, Any]:
    """The attributes shoppers see, or what was submitted while they see nothing yet."""
    return listing.live or listing.attributes
