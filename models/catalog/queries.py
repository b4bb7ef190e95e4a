"""The questions screens and jobs ask of the catalogue."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import peewee

from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.publication import Publication
from models.catalog.variant import Variant
from models.stores.store import Store
from models.support.paging import Order, Page, capped_count, page_of

PRODUCT_ORDERS = {
    "changed": Order((Product.updated_at, Product.id)),
    "title": Order((Product.title, Product.id), descending=False),
}
LISTING_ORDER = Order((Listing.id,))


def product_types_in_use(team_id: int) -> list[str]:
    rows = Product.select(Product.product_type).where(Product.team == team_id, Product.product_type != "").distinct()
    return sorted(row.product_type for row in rows)


@dataclass(frozen=True)
class Products:
    """A page of products with, per product, how its listings stand: {product id: {state: count}}."""

    page: Page
    count: int
    standing: dict[int, dict[str, int]]


def products(
    reach: Any,
    *,
    state: str = "active",
    product_type: str = "",
    find: str = "",
    order: str = "changed",
    after: str = "",
    before: str = "",
) -> Products:
    """Products of a team, found by a part of the code, the title or an exact SKU."""
    query = Product.reachable(reach).where(Product.state == state)
    if product_type:
        query = query.where(Product.product_type == product_type)
    if find:
        by_sku = Variant.select(Variant.product).where(Variant.team == reach.team_id, Variant.sku == find)
        query = query.where(Product.title.contains(find) | Product.code.startswith(find) | Product.id.in_(by_sku))
    page = page_of(query, PRODUCT_ORDERS[order], after=after, before=before)
    return Products(page, capped_count(query), standing_of([product.id for product in page]))


def standing_of(product_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many listings of each product are live, on their way, or refused (one query)."""
    if not product_ids:
        return {}
    rows = (
        Listing.select(
            Listing.product, Listing.state, Listing.publication_state, peewee.fn.COUNT(Listing.id).alias("times")
        )
        .where(Listing.product.in_(product_ids))
        .group_by(Listing.product, Listing.state, Listing.publication_state)
    )
    standing: dict[int, dict[str, int]] = {}
    for row in rows:
        counts = standing.setdefault(row.product_id, {})
        name = standing_word(row.state, row.publication_state)
        counts[name] = counts.get(name, 0) + row.times
    return standing


def standing_word(state: str, publication_state: str) -> str:
    """One word for a listing: what is true on Amazon first, then how the last attempt went."""
    if state == "suppressed":
        return "suppressed"
    if publication_state in ("refused", "failed"):
        return publication_state
    if publication_state in ("waiting", "previewed", "submitted", "accepted"):
        return "on_its_way"
    return state


def listings(
    reach: Any,
    *,
    store: Store | None = None,
    marketplace_id: str = "",
    standing: str = "",
    after: str = "",
    before: str = "",
) -> tuple[Page, int]:
    """Listings of a team, newest first, with product, variant and store (one query)."""
    query = (
        Listing.reachable(reach)
        .select_extend(Variant, Product, Store)
        .join(Variant)
        .switch(Listing)
        .join(Product)
        .switch(Listing)
        .join(Store)
    )
    if store is not None:
        query = query.where(Listing.store == store)
    if marketplace_id:
        query = query.where(Listing.marketplace_id == marketplace_id)
    if standing in ("live", "suppressed", "removed", "draft"):
        query = query.where(Listing.state == standing)
    elif standing in ("refused", "failed"):
        query = query.where(Listing.publication_state == standing)
    elif standing == "on_its_way":
        query = query.where(Listing.publication_state.in_(["waiting", "previewed", "submitted", "accepted"]))
    return page_of(query, LISTING_ORDER, after=after, before=before), capped_count(query)


def refused_count(reach: Any) -> int:
    """Listings somebody has to mend."""
    query = Listing.reachable(reach).where(
        (Listing.publication_state.in_(["refused", "failed"])) | (Listing.state == "suppressed")
    )
    return capped_count(query, 1000)


def products_by_uid(reach: Any, uids: Iterable[str]) -> list[Product]:
    """Products a person may reach, of these uids; others are left out."""
    wanted = []
    for uid in uids:
        try:
            wanted.append(uuid.UUID(uid))
        except ValueError:
            continue
    return list(Product.reachable(reach).where(Product.uid.in_(wanted[:500])).order_by(Product.title)) if wanted else []


def latest_publications(listing_ids: list[int]) -> dict[int, Publication]:
    """The last publication of each listing (one query)."""
    if not listing_ids:
        return {}
    newest = (
        Publication.select(peewee.fn.MAX(Publication.id))
        .where(Publication.listing.in_(listing_ids))
        .group_by(Publication.listing)
    )
    return {p.listing_id: p for p in Publication.select().where(Publication.id.in_(newest))}


def variants_of_team(team_id: int, skus: Iterable[str] = ()) -> list[Variant]:
    """Variants of active products, with their product; all of them or those of the SKUs."""
    query = Variant.select(Variant, Product).join(Product).where(Variant.team == team_id, Product.state == "active")
    chosen = list(skus)
    return list((query.where(Variant.sku.in_(chosen)) if chosen else query).order_by(Variant.id))
