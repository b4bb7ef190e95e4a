"""What products are found by: code, title and brand, the SKUs and barcodes of their variants, the ASINs of their listings."""

from __future__ import annotations

from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.support import search
from models.support.search import Part

PRODUCTS = search.declare(
    Product,
    "code title brand",
    Part(Variant, "product", ("sku", "gtin")),
    Part(Listing, "product", ("asin",)),
)
