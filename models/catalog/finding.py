"""What products are found by: code, title and brand, the SKUs and barcodes of their variants, the ASINs of their listings."""

from __future__ import annotations

from typing import Any

from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.support import search
from models.support.bulk import among, raw_rows
from models.support.search import Part

PRODUCTS = search.declare(
    Product,
    "code title brand",
    Part(Variant, "product", ("sku", "gtin")),
    Part(Listing, "product", ("asin",)),
)


def hits(reach: Any, text: str, most: int) -> list[tuple[Product, bool]]:
    """Products a text finds, the one whose own code it is first; each with whether it is that."""
    ids = search.found(Product, reach.team_id, text, most * 4)
    own = _exactly(reach.team_id, text, ids) if ids else set()
    rows = reach.query(Product).where(among(Product.id, ids)) if ids else []
    rows = sorted(rows, key=lambda row: (row.id not in own, row.state, -row.id))
    return [(row, own == {row.id}) for row in rows[:most]]


def _exactly(team_id: int, code: str, among_ids: list[int]) -> set[int]:
    """Of these products those whose own code this is: product code, SKU, barcode or ASIN."""
    codes = list({code, code.upper()})
    queries = (
        Product.select(Product.id).where(Product.team == team_id, Product.code.in_(codes)),
        Variant.select(Variant.product).where(Variant.team == team_id, Variant.sku.in_(codes) | (Variant.gtin == code)),
        Listing.select(Listing.product).where(among(Listing.product, among_ids), Listing.asin == code.upper()),
    )
    return {row[0] for query in queries for row in raw_rows(query)} & set(among_ids)
