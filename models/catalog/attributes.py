"""A listing's content as Amazon's attributes for one marketplace. Pure: content and schema in, attributes and problems out.

Only attributes the product type knows are sent; what a person set explicitly wins over what is derived.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from models.catalog.identifiers import gtin_kind
from models.catalog.listing import Content
from models.catalog.schema import json_number, shaped
from models.support.words import Words, say

CENTIMETRE_MM, KILOGRAM_G = Decimal(10), Decimal(1000)
# Where a person mends what Amazon says about an attribute: a field of ours.
FIELDS = {
    "item_name": "title",
    "bullet_point": "bullets",
    "product_description": "description",
    "generic_keyword": "keywords",
    "brand": "brand",
    "country_of_origin": "country_of_origin",
    "externally_assigned_product_identifier": "gtin",
    "purchasable_offer": "price",
    "list_price": "price",
    "fulfillment_availability": "quantity",
    "main_product_image_locator": "images",
    "item_package_dimensions": "package",
    "item_package_weight": "package",
    "item_weight": "package",
    "merchant_suggested_asin": "gtin",
}


@dataclass
class Built:
    """Attributes ready to send, and problems that would surely be refused: (attribute, words)."""

    attributes: dict[str, list[dict]] = field(default_factory=dict)
    problems: list[tuple[str, Words]] = field(default_factory=list)


def field_of(attribute: str) -> str:
    """The field of ours an Amazon attribute comes from ("attr.capacity" for those without one of their own)."""
    if attribute.startswith("other_product_image_locator"):
        return "images"
    return FIELDS.get(attribute, f"attr.{attribute}")


def build(content: Content, schema: dict, *, marketplace_id: str, images_base: str) -> Built:
    """The attributes of a listing on a marketplace."""
    built = Built()
    known = schema.get("properties") or {}
    derived = _derived(content, built, known, images_base)
    explicit = {name: items for name, items in content.attributes.items() if items}
    for name, items in {**derived, **explicit}.items():
        if name in known and items:
            made = shaped(name, items, schema, marketplace_id=marketplace_id, language_tag=content.language_tag)
            if made:
                built.attributes[name] = made
    return built


def _derived(content: Content, built: Built, known: dict, images_base: str) -> dict[str, list[dict]]:
    product, variant = content.product, content.variant
    found: dict[str, list[dict]] = {
        "item_name": _values(content.title),
        "brand": _values(product.brand),
        "manufacturer": _values(product.brand),
        "product_description": _values(content.description),
        "bullet_point": [{"value": bullet} for bullet in content.bullets],
        "generic_keyword": _values(content.keywords),
        "condition_type": _values("new_new"),
        "country_of_origin": _values(product.country_of_origin),
        "part_number": _values(variant.sku),
        "model_number": _values(product.code),
    }
    found |= _measures(product)
    found |= _identifier(variant)
    found |= _offer(content, built)
    found |= _images(content, built, known, images_base)
    return found


def _values(text: Any) -> list[dict]:
    return [{"value": text}] if text not in ("", None) else []


def _identifier(variant: Any) -> dict[str, list[dict]]:
    if not variant.gtin:
        return {}
    return {"externally_assigned_product_identifier": [{"type": gtin_kind(variant.gtin), "value": variant.gtin}]}


def _measures(product: Any) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    sides = product.package_length_mm, product.package_width_mm, product.package_height_mm
    if all(sides):
        found["item_package_dimensions"] = [
            {
                name: {"value": json_number(Decimal(side) / CENTIMETRE_MM), "unit": "centimeters"}
                for name, side in zip(("length", "width", "height"), sides, strict=True)
            }
        ]
    if product.package_weight_grams:
        found["item_package_weight"] = [_kilograms(product.package_weight_grams)]
    if product.item_weight_grams:
        found["item_weight"] = [_kilograms(product.item_weight_grams)]
    return found


def _kilograms(grams: int) -> dict:
    return {"value": json_number(Decimal(grams) / KILOGRAM_G), "unit": "kilograms"}


def _offer(content: Content, built: Built) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    if content.price is None:
        built.problems.append(
            ("purchasable_offer", say("There is no price in %(currency)s.", currency=content.currency))
        )
    else:
        amount = json_number(content.price.amount)
        found["purchasable_offer"] = [
            {"currency": content.currency, "audience": "ALL", "our_price": [{"schedule": [{"value_with_tax": amount}]}]}
        ]
        found["list_price"] = [{"currency": content.currency, "value_with_tax": amount, "value": amount}]
    if content.quantity is not None:
        found["fulfillment_availability"] = [{"fulfillment_channel_code": "DEFAULT", "quantity": content.quantity}]
    return found


def _images(content: Content, built: Built, known: dict, images_base: str) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for place, image in enumerate(content.images):
        url = image.public_url(images_base)
        if not url:
            built.problems.append(
                (
                    "main_product_image_locator",
                    say("An uploaded image has no public address. Set images_url, or give the image's address."),
                )
            )
            break
        name = "main_product_image_locator" if place == 0 else f"other_product_image_locator_{place}"
        found[name] = [{"media_location": url}]
    if not content.images and "main_product_image_locator" in known:
        built.problems.append(("main_product_image_locator", say("The product has no image.")))
    return found
