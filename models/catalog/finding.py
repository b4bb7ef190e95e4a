"""What products are found by: code, title and brand, the SKUs and barcodes of their variants, the ASINs of their listings."""

from __future__ import annotations

from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.support import search
from models.support.bulk import raw_rows


@search.finds(Product)
def _products(team_id: int, words: list[str], limit: int) -> list[int]:
    own = Product.code.concat(" ").concat(Product.title).concat(" ").concat(Product.brand)
    queries = (
        Product.select(Product.id).where(Product.team == team_id, search.any_of(own, words)),
        Variant.select(Variant.product).where(Variant.team == team_id, search.any_of(Variant.sku, words)),
        Listing.select(Listing.product).where(Listing.team == team_id, search.any_of(Listing.asin, words)),
    )
    ids = {row[0] for query in queries for row in raw_rows(query.limit(limit))}
    return sorted(ids, reverse=True)[:limit]
