"""The lists of products and of listings: columns, filters, sorts and views, each on an index."""

from __future__ import annotations

from typing import Any

from models.catalog import finding, queries  # noqa: F401 (finding says what products are found by)
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.publication import Publication
from models.catalog.queries import ATTEMPT_FAILED, UNDER_WAY, standing_of, standing_word, types_to_filter
from models.catalog.variant import Variant
from models.lists.filters import Cases, Choices, Days, Offer, Search
from models.lists.list_of import Bulk, Column, ListOf, News, View, both, declare
from models.lists.viewer import Viewer
from models.stores.offers import marketplaces_on_offer, stores_on_offer
from models.stores.store import Store
from models.support import search
from models.support.bulk import raw_rows
from models.support.matching import begins
from models.support.money import Money
from models.support.paging import COUNT_LIMIT
from models.support.words import say

# Products

SHOWN = (
    Product.id, Product.uid, Product.team, Product.code, Product.title, Product.brand, Product.product_type, Product.state,
    Product.variant_count, Product.first_sku, Product.image_url, Product.updated_at,
)  # fmt: skip


def _found_products(viewer: Viewer, text: str) -> list[int]:
    return search.found(Product, viewer.reach.team_id, text)


def _types_on_offer(viewer: Viewer) -> list[Offer]:
    return [
        Offer(name, name, title) for name, title in types_to_filter(viewer.reach.team_id, "active", viewer.language)
    ]


def _standing_of(product: Any, viewer: Viewer) -> str:
    """How many listings are live, refused and so on, as one cell: "live 3, refused 1"."""
    return ", ".join(f"{name} {count}" for name, count in viewer.around.get(product.id, {}).items())


PRODUCTS = declare(ListOf(
    name="products",
    title=say("Products"),
    model=Product,
    is_remembered=True,
    permission="products.view",
    shown=SHOWN,
    columns=(
        Column("product", say("Product"), lambda product, viewer: product.title, sort="title", is_fixed=True),
        Column("code", say("Code"), lambda product, viewer: product.code),
        Column("sku", say("First SKU"), lambda product, viewer: product.first_sku, is_shown=False),
        Column("brand", say("Brand"), lambda product, viewer: product.brand, is_shown=False),
        Column("variants", say("Variants"), lambda product, viewer: product.variant_count, is_end=True),
        Column("listings", say("Listings"), _standing_of),
        Column("type", say("Product type"), lambda product, viewer: product.product_type),
        Column("changed", say("Last changed"), lambda product, viewer: product.updated_at, sort="-changed"),
    ),
    sorts=both("changed", Product.updated_at, Product.id) | both("title", Product.title, Product.id),
    sort="-changed",
    filters=(
        Cases("state", say("State"), cases={
            "active": (say("In the library"), lambda viewer: (Product.state == "active",)),
            "archived": (say("Archived"), lambda viewer: (Product.state == "archived",)),
        }, default="active"),
        Choices("type", say("Product type"), Product.product_type, offers=_types_on_offer, icon="layers"),
        Days("changed", say("Last changed"), Product.updated_at, icon="calendar", beside=("title",)),
        Search("find", say("Find"), Product.id, found=_found_products, icon="search",
               help=say("Words of the title, brand, code, SKU, barcode or ASIN")),
    ),
    views=(View("library", say("In the library")), View("archived", say("Archived"), "state=archived")),
    bulk=(
        Bulk("publish", say("Publish"), "listings.publish", icon="send", is_offered=lambda asked: asked.value("state") == "active"),
        Bulk("archive", say("Archive"), "products.edit", Product.archive, undo="restore", icon="archive",
             is_offered=lambda asked: asked.value("state") == "active", called=lambda product: product.code),
        Bulk("restore", say("Restore"), "products.edit", Product.restore, undo="archive", icon="rotate-ccw",
             is_offered=lambda asked: asked.value("state") == "archived", called=lambda product: product.code),
    ),
    news=News(say("1 product came or was changed"), say("%(count)s products came or were changed")),
    around=lambda viewer, rows: standing_of([product.id for product in rows]),
))  # fmt: skip


# Listings


def _found_listings(viewer: Viewer, text: str) -> list[int]:
    """By the beginning of a SKU, or a whole ASIN."""
    mine = Listing.select(Listing.id).where(Listing.team == viewer.reach.team_id)
    skus = Variant.select(Variant.id).where(Variant.team == viewer.reach.team_id, begins(Variant.sku, text))
    found = mine.where(Listing.variant.in_(skus.limit(COUNT_LIMIT))).limit(COUNT_LIMIT)
    return [row[0] for query in (found, mine.where(Listing.asin == text.upper())) for row in raw_rows(query)]


def _joined(query: Any) -> Any:
    query = query.select_extend(Variant, Product, Store).join(Variant).switch(Listing).join(Product)
    return query.switch(Listing).join(Store)


def _price(listing: Any, viewer: Viewer) -> Money | None:
    return None if listing.live_price_minor is None else Money(listing.live_price_minor, listing.live_currency)


def _publish_again(listing: Listing, *, by: Any) -> None:
    Publication.ask([listing], language=by.language, by=by)


LISTINGS = declare(ListOf(
    name="listings",
    title=say("Listings"),
    model=Listing,
    permission="products.view",
    joined=_joined,
    columns=(
        Column("product", say("Product"), lambda listing, viewer: listing.product.title, is_fixed=True),
        Column("sku", say("SKU"), lambda listing, viewer: listing.variant.sku, is_shown=False),
        Column("where", say("Where"), lambda listing, viewer: listing.code),
        Column("store", say("Store"), lambda listing, viewer: listing.store.name, is_shown=False),
        Column("standing", say("Standing"), lambda listing, viewer: standing_word(listing.state, listing.publication_state)),
        Column("asin", say("ASIN"), lambda listing, viewer: listing.asin),
        Column("price", say("Price on Amazon"), _price, is_end=True, kind="money"),
        Column("stock", say("Stock on Amazon"), lambda listing, viewer: listing.live_quantity, is_end=True),
        Column("read", say("Read back"), lambda listing, viewer: listing.read_at, kind="moment"),
    ),
    sorts=both("new", Listing.id),
    sort="-new",
    filters=(
        Cases("standing", say("Standing"), cases={
            "live": (say("Live"), lambda viewer: (Listing.state == "live",)),
            "on_its_way": (say("On its way"), lambda viewer: (Listing.publication_state.in_(UNDER_WAY),)),
            "to_fix": (say("To fix"), lambda viewer: (Listing.publication_state.in_(ATTEMPT_FAILED) | (Listing.state == "suppressed"),)),
            "refused": (say("Refused"), lambda viewer: (Listing.publication_state == "refused",)),
            "failed": (say("Failed"), lambda viewer: (Listing.publication_state == "failed",)),
            "suppressed": (say("Suppressed"), lambda viewer: (Listing.state == "suppressed",)),
            "removed": (say("Removed"), lambda viewer: (Listing.state == "removed",)),
            "draft": (say("Draft"), lambda viewer: (Listing.state == "draft",)),
        }),
        Choices("store", say("Store"), Listing.store, offers=stores_on_offer("products.view"), icon="store"),
        Choices("market", say("Marketplace"), Listing.marketplace_id, offers=marketplaces_on_offer("products.view"), icon="globe"),
        Search("find", say("Find"), Listing.id, found=_found_listings, icon="search", help=say("Beginning of a SKU, or an ASIN")),
    ),
    views=(
        View("all", say("All")),
        View("live", say("Live"), "standing=live"),
        View("on_its_way", say("On its way"), "standing=on_its_way"),
        View("to_fix", say("To fix"), "standing=to_fix"),
        View("suppressed", say("Suppressed"), "standing=suppressed"),
        View("draft", say("Draft"), "standing=draft"),
    ),
    news=News(say("1 new listing"), say("%(count)s new listings")),
    counts=lambda viewer: {"to_fix": queries.refused_count(viewer.reach)},
    bulk=(
        Bulk("publish", say("Publish again"), "listings.publish", _publish_again, icon="send", called=lambda listing: listing.variant.sku),
    ),
))  # fmt: skip
