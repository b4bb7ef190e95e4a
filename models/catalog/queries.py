"""The questions screens and jobs ask of the catalogue."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from types import SimpleNamespace
from typing import Any

import peewee

from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.product_type import ProductType
from models.catalog.publication import Publication
from models.catalog.variant import Variant
from models.stores.store import Store
from models.support.bulk import among, raw_rows
from models.support.matching import begins
from models.support.paging import COUNT_LIMIT, Order, Page, capped_count, page_of
from models.support.prepared import Prepared, together

PRODUCT_ORDERS = {
    "changed": Order((Product.updated_at, Product.id)),
    "title": Order((Product.title, Product.id), descending=False),
}
LISTING_ORDER = Order((Listing.id,))
STANDINGS = ("live", "on_its_way", "refused", "failed", "suppressed", "draft", "removed")
ATTEMPT_FAILED = ("refused", "failed")
MOST_REFUSED, A_FEW = 1000, 500


# What a row of the list shows.
SHOWN = (
    Product.id, Product.uid, Product.code, Product.title, Product.product_type, Product.variant_count, Product.first_sku,
    Product.image_url, Product.updated_at,
)  # fmt: skip


def product_types_in_use(team_id: int) -> list[str]:
    rows = Product.select(Product.product_type).where(Product.team == team_id, Product.product_type != "").distinct()
    return sorted(row.product_type for row in rows)


def types_to_filter(team_id: int, state: str, locale: str) -> list[tuple[str, str]]:
    """The product types among the team's products of this state, with a title where one is known, by title."""
    offered = [(name, f"{title} ({name})" if title else name) for name, title in _TYPES.all(team_id, state, locale)]
    return sorted(offered, key=lambda pair: pair[1].casefold())


def _types_in_use(team: Any, state: Any, locale: Any) -> Any:
    """Goes from one type to the next in the index, so that the cost is that of the types and not of the products."""
    least = Product.select(peewee.fn.MIN(Product.product_type)).where(Product.team == team, Product.state == state)
    names = least.where(Product.product_type > "").cte("names", recursive=True, columns=("name",))
    name = names.c.name
    names = names.union_all(
        peewee.Select([names], [least.where(Product.product_type > name)]).where(name.is_null(False))
    )
    title = ProductType.select(peewee.fn.MIN(ProductType.display_name))
    title = title.where(ProductType.name == name, ProductType.locale == locale)
    return names.select_from(name, title).where(name.is_null(False)).tuples()


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
    """Products of a team, found by a part of the title, the beginning of the code or an exact SKU."""
    conditions = [Product.team == reach.team_id, Product.state == state]
    if product_type:
        conditions.append(Product.product_type == product_type)
    query, count = Product.select(*SHOWN).where(*conditions), None
    if find:
        query, count = _find(query, conditions, find)
    page = page_of(query, PRODUCT_ORDERS[order], after=after, before=before)
    return Products(page, capped_count(query) if count is None else count, standing_of([row.id for row in page]))


def _find(query: Any, conditions: list[Any], text: str) -> tuple[Any, int]:
    """The query narrowed to what a text finds, and how many that are. A few products are fetched by id and sorted; of more
    the list finds a page's worth on its way along the index of its order."""
    in_title = Product.title.contains(text)
    by_code = [begins(Product.code, beginning) for beginning in dict.fromkeys((text, text.upper()))]
    by_sku = (Variant.team == conditions[0].rhs) & (Variant.sku == text)
    mine = Product.select(Product.id)
    found: Any = Variant.select(Variant.product).join(Product).where(by_sku, *conditions)
    for condition in (in_title, *by_code):
        found = found.union_all(mine.where(*conditions, condition))
    rows = raw_rows(found.limit(COUNT_LIMIT))
    ids = {row[0] for row in rows}
    if len(ids) <= A_FEW:
        return Product.select(*SHOWN).where(among(Product.id, ids)), len(ids)
    if len(rows) < COUNT_LIMIT:
        return query.where(among(Product.id, ids)), len(ids)
    by_sku_alone = Product.id.in_(Variant.select(Variant.product).where(by_sku))
    return query.where(reduce(or_, (in_title, *by_code, by_sku_alone))), COUNT_LIMIT


def standing_of(product_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many listings of each product are live, on their way, refused and so on, in the order of STANDINGS (one query)."""
    standing: dict[int, dict[str, int]] = {}
    for product_id, state, publication_state, times in _STANDING.all(tuple(product_ids)) if product_ids else ():
        counts = standing.setdefault(product_id, {})
        name = standing_word(state, publication_state)
        counts[name] = counts.get(name, 0) + times
    return {
        product_id: {name: counts[name] for name in STANDINGS if name in counts}
        for product_id, counts in standing.items()
    }


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
    elif standing == "to_mend":
        query = query.where(Listing.publication_state.in_(ATTEMPT_FAILED) | (Listing.state == "suppressed"))
    elif standing == "on_its_way":
        query = query.where(Listing.publication_state.in_(["waiting", "previewed", "submitted", "accepted"]))
    return page_of(query, LISTING_ORDER, after=after, before=before), capped_count(query)


def refused(reach: Any) -> Any:
    """Asks for the number of listings somebody has to mend, at most 1,000."""
    return _REFUSED.asking(reach.team_id, reach.store_ids)


def refused_count(reach: Any) -> int:
    return together(refused(reach))[0]


def _refused(team: Any, stores: Any) -> Any:
    """Two walks along an index; an OR of both would look at every listing."""
    ids = Listing.reachable(SimpleNamespace(team_id=team, store_ids=stores)).select(Listing.id)
    by_attempt = ids.where(Listing.publication_state.in_(ATTEMPT_FAILED))
    hidden = ids.where(Listing.state == "suppressed", Listing.publication_state.not_in(ATTEMPT_FAILED))
    both = by_attempt.union_all(hidden).limit(MOST_REFUSED)
    return peewee.Select([both.alias("refused")], [peewee.fn.COUNT(peewee.SQL("1"))]).bind(Listing._meta.database)


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


def pictures_of(team_id: int, skus: Iterable[str]) -> dict[str, str]:
    """The picture of each SKU's product that a page of ours can show (one query)."""
    wanted = tuple(sorted({sku for sku in skus if sku}))
    rows = _PICTURES.all(team_id, wanted) if wanted else []
    return {sku: url for sku, url in rows if url.startswith("/images/")}


_TYPES, _REFUSED = Prepared(_types_in_use), Prepared(_refused)
_STANDING = Prepared(
    lambda product_ids: (
        Listing.select(Listing.product, Listing.state, Listing.publication_state, peewee.fn.COUNT(Listing.id))
        .where(Listing.product.in_(product_ids))
        .group_by(Listing.product, Listing.state, Listing.publication_state)
        .tuples()
    )
)
_PICTURES = Prepared(
    lambda team, skus: (
        Variant.select(Variant.sku, Product.image_url)
        .join(Product)
        .where(Variant.team == team, Variant.sku.in_(skus))
        .tuples()
    )
)
