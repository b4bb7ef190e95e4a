"""What a parcel weighs and measures before anybody weighed it: all its pieces in one box, by the packages of their products.

A SKU whose weight nobody knows leaves the parcel unweighed: a guess that is too light costs a surcharge.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from models.catalog.product import Product
from models.freight.packing import Item, packed

ONE = Decimal(1)


def box_of(pieces: Mapping[str, int], products: Mapping[str, Product]) -> dict[str, Any]:
    """Columns of the parcel (SKU → pieces; SKU → product): grams and sides, or nothing."""
    if any(sku not in products for sku in pieces):
        return {}
    made = packed([_item(sku, count, products[sku]) for sku, count in pieces.items()])
    if made.weightless or len(made.boxes) != 1:
        return {}
    (box,) = made.boxes
    grams = _whole(box.kg * 1000)
    length, width, height = sorted((_whole(side * 10) for side in box.sides), reverse=True)
    if grams > 1_000_000 or length > 10_000:
        return {}
    return {"grams": grams, "length_mm": length, "width_mm": width, "height_mm": height}


def _item(sku: str, count: int, product: Product) -> Item:
    """Loose pieces only: what goes to a buyer is one box."""
    sides = (product.package_length_mm, product.package_width_mm, product.package_height_mm)
    length, width, height = (Decimal(side or 0) / 10 for side in sides)
    grams = product.package_weight_grams or product.item_weight_grams or 0
    return Item(sku, count, Decimal(grams) / 1000, (length, width, height))


def _whole(number: Decimal) -> int:
    return int(number.quantize(ONE, ROUND_CEILING))
