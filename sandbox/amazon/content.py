"""Reading the attributes of one marketplace, and what Amazon finds in them after it accepted them. The content that
triggers a late issue is listed in docs/sandbox.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.amazon import barcode
from sandbox.amazon.clock import parse
from sandbox.amazon.issues import Issue, issue
from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.patches import Attributes
from sandbox.amazon.records import CatalogItem, Listing

PROTECTED_BRANDS = {"aquila nova", "kestrel & pine", "sandbox protected"}
HIGHEST_RATIO, LOWEST_RATIO = Decimal(2), Decimal("0.3")  # Of the price to the list price.


def entries(attributes: Attributes, name: str) -> list[dict[str, Any]]:
    value = attributes.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def first(attributes: Attributes, name: str) -> dict[str, Any]:
    found = entries(attributes, name)
    return found[0] if found else {}


def text(attributes: Attributes, name: str) -> str | None:
    value = first(attributes, name).get("value")
    return None if value is None else str(value)


def main_image(attributes: Attributes) -> str | None:
    return first(attributes, "main_product_image_locator").get("media_location")


def is_parent(attributes: Attributes) -> bool:
    return text(attributes, "parentage_level") == "parent"


def parent_sku(attributes: Attributes) -> str | None:
    return first(attributes, "child_parent_sku_relationship").get("parent_sku")


def theme(attributes: Attributes) -> str | None:
    return first(attributes, "variation_theme").get("name")


def offer(attributes: Attributes, audience: str = "ALL") -> dict[str, Any]:
    return next((e for e in entries(attributes, "purchasable_offer") if e.get("audience", "ALL") == audience), {})


def price(attributes: Attributes, now: int, audience: str = "ALL") -> Decimal | None:
    """What a buyer pays now: the sale price while it runs, the normal price otherwise."""
    found = offer(attributes, audience)
    for sale in _schedule(found, "discounted_price"):
        if "start_at" in sale and parse(sale["start_at"]) <= now <= parse(sale["end_at"]):
            return Decimal(str(sale["value_with_tax"]))
    normal = _schedule(found, "our_price")
    return Decimal(str(normal[0]["value_with_tax"])) if normal else None


def list_price(attributes: Attributes) -> Decimal | None:
    entry = first(attributes, "list_price")
    value = entry.get("value_with_tax", entry.get("value"))
    return None if value is None else Decimal(str(value))


def fulfilled_by(attributes: Attributes) -> str:
    channel = str(first(attributes, "fulfillment_availability").get("fulfillment_channel_code", "DEFAULT"))
    return "AMAZON" if channel.startswith("AMAZON") else "MERCHANT"


def quantity(attributes: Attributes) -> int:
    return int(first(attributes, "fulfillment_availability").get("quantity", 0))


def barcode_of(attributes: Attributes) -> str | None:
    value = text(attributes, "externally_assigned_product_identifier")
    return barcode.canonical(value) if value else None


def catalog_item(listing: Listing, number: str | None, brand: str) -> CatalogItem:
    assert listing.asin is not None
    return CatalogItem(listing.asin, number, brand, listing.seller_id)


def first_look(attributes: Attributes, now: int) -> list[Issue]:
    """What is missing for a listing to be bought; none of it keeps it from being seen."""
    if is_parent(attributes):
        return []
    found = []
    if main_image(attributes) is None:
        found.append(issue("18155", "main_product_image_locator"))
    if price(attributes, now) is None:
        found.append(issue("18320", "purchasable_offer"))
    return found


def late_look(attributes: Attributes, marketplace: Marketplace, now: int) -> list[Issue]:
    """What Amazon notices minutes later."""
    found = [one for name in attributes if "image_locator" in name for one in _image(name, attributes)]
    brand = text(attributes, "brand")
    if brand and brand.casefold() in PROTECTED_BRANDS:
        found.append(issue("5665", "brand", value=brand, actions=("LISTING_SUPPRESSED",)))
    asked, listed = price(attributes, now), list_price(attributes)
    if asked and listed and not LOWEST_RATIO <= asked / listed <= HIGHEST_RATIO:
        money = {"price": f"{asked} {marketplace.currency}", "list": f"{listed} {marketplace.currency}"}
        found.append(issue("18429", "purchasable_offer", "list_price", actions=("LISTING_SUPPRESSED",), **money))
    if 0 < len(entries(attributes, "bullet_point")) < 3:
        found.append(issue("18601", "bullet_point"))
    return found


def _image(name: str, attributes: Attributes) -> list[Issue]:
    file_name = str(first(attributes, name).get("media_location", "")).rpartition("/")[2].casefold()
    if "watermark" in file_name and name == "main_product_image_locator":
        return [issue("18027", name, actions=("SEARCH_SUPPRESSED",))]
    if "watermark" in file_name:
        return [issue("18028", name, actions=("ATTRIBUTE_SUPPRESSED",))]
    return [issue("18029", name)] if "lowres" in file_name else []


def _schedule(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    plans = found.get(name) or []
    return plans[0].get("schedule") or [] if plans else []
