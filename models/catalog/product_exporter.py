"""Products as the sheet they are imported by: what is not changed in it changes nothing when it comes back.

The columns are those of the empty file, and beside them whatever else one of the products fills.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.catalog.draft import drafts_of
from models.catalog.product import Product
from models.catalog.product_columns import FIELDS
from models.catalog.product_importer import PRODUCTS
from models.catalog.product_rows import natural, rows_of
from models.exports.again import Again, declare_again
from models.imports.fields import field_of
from models.support.bulk import among


def columns(reach: Any, rows: Iterator[dict[str, str]]) -> list[str]:
    """Those of the empty file in its order, each other one beside its kind."""
    empty = list(PRODUCTS.columns(reach))
    filled = {name for row in rows for name, value in row.items() if value}
    kinds = {name: field_of(FIELDS, name) for name in {*empty, *filled}}
    placed = {name: FIELDS.index(kind) for name, kind in kinds.items() if kind is not None}
    order = {name: place for place, name in enumerate(empty)}
    return sorted(placed, key=lambda name: (placed[name], order.get(name, len(order)), natural(name)))


def rows(products: Sequence[Any]) -> Iterator[dict[str, str]]:
    """One for each variant, in the order of the products (five queries)."""
    whole = {row.id: row for row in Product.select().where(among(Product.id, [product.id for product in products]))}
    drafts = drafts_of(list(whole.values()))
    for product in products:
        if product.id in drafts:  # Else it was deleted a moment ago.
            yield from rows_of(drafts[product.id])


declare_again("products", Again(PRODUCTS.permission, columns, rows))
