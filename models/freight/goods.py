"""What a team's SKUs weigh and measure, as packing asks it: from the package and the carton of their product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.catalog.cargo import CARGO
from models.catalog.finding import hits
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.freight.packing import Item, Packed, packed
from models.support.bulk import among

SIZES = (
    Product.id, Product.uid, Product.code, Product.title, Product.package_length_mm, Product.package_width_mm,
    Product.package_height_mm, Product.package_weight_grams, Product.item_weight_grams, Product.carton_quantity,
    Product.carton_length_mm, Product.carton_width_mm, Product.carton_height_mm, Product.carton_weight_grams, Product.cargo,
)  # fmt: skip


@dataclass(frozen=True)
class Goods:
    """`found` are variants with their products, by SKU; `unknown` SKUs the team does not have; `cargo` the tags of all."""

    found: Mapping[str, Variant]
    unknown: tuple[str, ...]
    packed: Packed
    cargo: frozenset[str]


def goods_of(reach: Any, wanted: Mapping[str, int]) -> Goods:
    """The team's SKUs packed, so many of each."""
    found = variants_of(reach, wanted)
    items = [item_of(found[sku], quantity) for sku, quantity in wanted.items() if sku in found]
    tags = {tag for variant in found.values() for tag in variant.product.cargo or ["general"] if tag in CARGO}
    return Goods(found, tuple(sku for sku in wanted if sku not in found), packed(items), frozenset(tags))


def variants_of(reach: Any, skus: Iterable[str]) -> dict[str, Variant]:
    """Variants with their product, by the SKU as it was asked for."""
    wanted = list(skus)
    query = reach.query(Variant).select(Variant, *SIZES).join(Product).where(among(Variant.sku, wanted))
    return {variant.sku: variant for variant in query}


def offered_skus(reach: Any, text: str, most: int = 12) -> list[Variant]:
    """SKUs a text finds, with their products: for completing what somebody types."""
    products = {product.id: product for product, _is_exact in hits(reach, text, most)}
    rows = (
        reach.query(Variant).where(among(Variant.product, list(products))).order_by(Variant.product, Variant.position)
    )
    found = list(rows.limit(200))
    for variant in found:
        variant.product = products[variant.product_id]
    begun = text.casefold()
    return sorted(found, key=lambda one: not one.sku.casefold().startswith(begun))[:most]


def item_of(variant: Variant, quantity: int) -> Item:
    """The package's weight counts; where only the item's is known, that one."""
    product = variant.product
    return Item(
        sku=variant.sku, quantity=quantity,
        kg=_kg(product.package_weight_grams or product.item_weight_grams),
        sides=_sides(product.package_length_mm, product.package_width_mm, product.package_height_mm),
        carton_quantity=product.carton_quantity or 0, carton_kg=_kg(product.carton_weight_grams),
        carton_sides=_sides(product.carton_length_mm, product.carton_width_mm, product.carton_height_mm),
    )  # fmt: skip


def _kg(grams: int | None) -> Decimal:
    return Decimal(grams or 0) / 1000


def _sides(*millimetres: int | None) -> tuple[Decimal, Decimal, Decimal]:
    length, width, height = (Decimal(side or 0) / 10 for side in millimetres)
    return length, width, height
