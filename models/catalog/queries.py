"""The questions screens and jobs ask of the catalogue."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import peewee

from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.product_type import ProductType
from models.catalog.publication import Publication
from models.catalog.variant import Variant
from models.support.prepared import Prepared, together

STANDINGS = ("live", "on_its_way", "refused", "failed", "suppressed", "draft", "removed")
ATTEMPT_FAILED = ("refused", "failed")
UNDER_WAY = ("waiting", "previewed", "submitted", "accepted")
MOST_REFUSED = 1000


def product_types_in_use(team_id: int) -> list[str]:
    rows = Product.select(Product.product_type).where(Product.team == team_id, Product.product_type != "").distinct()
    return sorted(row.product_type for row in rows)


def types_to_filter(team_id: int, state: str, locale: str) -> list[tuple[str, str]]:
    """The product types among the team's products of this state, with a title where one is known, by title."""
    offered = [(name, f"{title} ({name})" if title else name) for name, title in _TYPES.rows(team_id, state, locale)]
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


def standing_of(product_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many listings of each product are live, on their way, refused and so on, in the order of STANDINGS (one query)."""
    standing: dict[int, dict[str, int]] = {}
    for product_id, state, publication_state, times in _STANDING.all(tuple(product_ids)) if product_ids else ():
        counts = standing.setdefault(product_id, {})
        name = standing_word(state, publication_state)
        counts[name] = counts.get(name, 0) + times
    return {
        product_id: counts if len(counts) == 1 else {name: counts[name] for name in STANDINGS if name in counts}
        for product_id, counts in standing.items()
    }


def standing_word(state: str, publication_state: str) -> str:
    """One word for a listing: what is true on Amazon first, then how the last attempt went."""
    if state == "suppressed":
        return "suppressed"
    if publication_state in ATTEMPT_FAILED:
        return publication_state
    if publication_state in UNDER_WAY:
        return "on_its_way"
    return state


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
