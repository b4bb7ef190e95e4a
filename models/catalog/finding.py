"""What products are found by: code, title and brand, the SKUs and barcodes of their variants, the ASINs of their listings."""

from __future__ import annotations

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


def exactly(team_id: int, code: str, among_ids: list[int]) -> set[int]:
    """Of these products those whose own code this is: product code, SKU, barcode or ASIN."""
    codes = list({code, code.upper()})
    queries = (
        Product.select(Product.id).where(Product.team == team_id, Product.code.in_(codes)),
        Variant.select(Variant.product).where(Variant.team == team_id, Variant.sku.in_(codes) | (Variant.gtin == code)),
        Listing.select(Listing.product).where(among(Listing.product, among_ids), Listing.asin == code.upper()),
    )
    return {row[0] for query in queries for row in raw_rows(query)} & set(among_ids)
