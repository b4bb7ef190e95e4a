"""A listing: a variant offered on one store × marketplace. It inherits from the product and may override any field.

`state` is what is true on Amazon: draft (not there), live, suppressed (there, but not buyable), removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import peewee

from models.audit.changes import changes_of
from models.audit.event import declare, track
from models.audit.measure import measure
from models.catalog import saving
from models.catalog.image import ProductImage
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.people.team import Team
from models.stores.marketplace import MARKETPLACES, marketplace_code
from models.stores.store import Store, StoreMarketplace
from models.support.bulk import among, raw_rows
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

TEXT_FIELDS = ("title", "bullets", "description", "keywords")
CHUNK = 100
OVERRIDABLE = (*TEXT_FIELDS, "price_minor", "quantity", "attributes")

declare(
    "listing_overridden",
    say("%(actor)s set %(fields)s of the listing %(object)s apart from the product"),
    "fields",
    "changes",
)
measure("listings_edited", say("Listings edited"), "listing_overridden")


class Listing(TeamRecord):
    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, backref="listings", on_delete="RESTRICT")
    marketplace_id = peewee.CharField(max_length=24)
    variant = peewee.ForeignKeyField(Variant, backref="listings", on_delete="RESTRICT")
    product = peewee.ForeignKeyField(Product, backref="listings", on_delete="RESTRICT")
    state = StatusField("draft", "live", "suppressed", "removed", default="draft")
    asin = peewee.CharField(max_length=10, default="")
    overrides = JsonField(default=dict)
    seen_version = peewee.IntegerField(default=1)
    publication_state = peewee.CharField(max_length=16, default="")
    issue_count = peewee.IntegerField(default=0)
    statuses = JsonField(default=list)
    live_price_minor = peewee.BigIntegerField(null=True)
    live_currency = peewee.CharField(max_length=3, default="")
    live_quantity = peewee.IntegerField(null=True)
    live_at = UtcField(null=True)
    read_at = UtcField(null=True)
    watch_at = UtcField(null=True)
    created_at: UtcField = created_at()

    about = About(
        why="what is offered where, and what Amazon made of it", keep="as the product",
        plain="id uid team store marketplace_id variant product state asin overrides seen_version publication_state issue_count "
        "statuses live_price_minor live_currency live_quantity live_at read_at watch_at created_at",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("store", "marketplace_id", "variant"), True),
            (("team", "id"), False),
            (("team", "state", "id"), False),
            (("team", "publication_state", "id"), False),
            (("team", "store", "id"), False),
            (("team", "marketplace_id", "id"), False),
            (("product", "id"), False),
            (("watch_at",), False),
        )

    @property
    def label(self) -> str:
        return f"{self.variant.sku} · {self.code}"

    @property
    def code(self) -> str:
        return marketplace_code(self.marketplace_id)

    @property
    def is_live(self) -> bool:
        return self.state == "live"

    @property
    def language_tag(self) -> str:
        """The main language of the marketplace, as the account reports it."""
        known = MARKETPLACES.get(self.marketplace_id)
        return (self._place.language if self._place else "") or (known.language if known else "en_US")

    @property
    def currency(self) -> str:
        known = MARKETPLACES.get(self.marketplace_id)
        return (self._place.currency if self._place else "") or (known.currency if known else "USD")

    @cached_property
    def _place(self) -> StoreMarketplace | None:
        """What the account reports of this marketplace."""
        return StoreMarketplace.get_or_none(
            StoreMarketplace.store == self.store_id, StoreMarketplace.marketplace_id == self.marketplace_id
        )

    @property
    def live_price(self) -> Money | None:
        return None if self.live_price_minor is None else Money(self.live_price_minor, self.live_currency)

    @property
    def has_news_from_product(self) -> bool:
        """True when the listing overrides something and the product changed since a person last looked."""
        return bool(self.overrides) and self.product.version > self.seen_version

    @classmethod
    def offer(cls, variant: Variant, store: Store, marketplace_id: str) -> Listing:
        """The listing of a variant at a place, made as a draft where there is none."""
        return cls.offer_all([variant], [(store, marketplace_id)])[0]

    @classmethod
    def offer_all(cls, variants: list[Variant], places: list[tuple[Store, str]]) -> list[Listing]:
        """The listings of variants at places (store, marketplace id), made as drafts where there are none."""
        versions: dict[int, int] = dict(raw_rows(Product.select(Product.id, Product.version).where(
            among(Product.id, {variant.product_id for variant in variants}))))  # type: ignore[arg-type]  # fmt: skip
        found: list[Listing] = []
        with write_txn():
            for store, marketplace_id in places:
                wanted = {variant.id: variant for variant in variants}
                here = (cls.store == store) & (cls.marketplace_id == marketplace_id)
                held = set(raw_rows(cls.select(cls.variant).where(here, among(cls.variant, list(wanted)))))
                rows = [
                    {"team": store.team_id, "store": store.id, "marketplace_id": marketplace_id, "variant": variant.id,
                     "product": variant.product_id, "seen_version": versions[variant.product_id]}
                    for variant in variants if (variant.id,) not in held
                ]  # fmt: skip
                for start in range(0, len(rows), CHUNK):  # Who offers the same at this moment is no trouble.
                    cls.insert_many(rows[start : start + CHUNK]).on_conflict_ignore().execute()
                for listing in cls.select().where(here, among(cls.variant, list(wanted))).order_by(cls.id):
                    listing.store, listing.variant = store, wanted[listing.variant_id]
                    listing._dirty.clear()
                    found.append(listing)
        return found

    @classmethod
    def of_product(cls, product: Product, reach: Any) -> list[Listing]:
        query = cls.reachable(reach).select_extend(Store, Variant).join(Store).switch(cls).join(Variant)
        return list(query.where(cls.product == product).order_by(Variant.position, cls.store, cls.marketplace_id))

    def override(self, values: dict[str, Any], *, by: Any) -> None:
        """Sets fields apart from the product; None or empty gives a field back to it. Raises FieldRefused."""
        unknown = set(values) - set(OVERRIDABLE)
        if unknown:
            raise ValueError(f"cannot override {sorted(unknown)}")
        if values.get("price_minor") is not None and values["price_minor"] <= 0:
            raise FieldRefused("price", "A price is more than zero.")
        merged = {k: v for k, v in {**self.overrides, **values}.items() if v not in (None, "", [], {})}
        if merged == self.overrides and self.seen_version == self.product.version:
            return
        with write_txn():
            changed = sorted(k for k in {*merged, *self.overrides} if merged.get(k) != self.overrides.get(k))
            before = self.overrides
            self.change(overrides=merged, seen_version=self.product.version)
            if changed:
                told = changes_of((name, self._told(name, before), self._told(name, merged)) for name in changed)
                track("listing_overridden", self, by=by, fields=changed, changes=told)

    def _told(self, name: str, values: dict[str, Any]) -> Any:
        """A value of its own as an event tells it."""
        value = values.get(name)
        return (
            f"{Money(value, self.currency).text()} {self.currency}"
            if name == "price_minor" and value is not None
            else value
        )

    def content(self) -> Content:
        """What would be offered: inherited and overridden values, and where each comes from."""
        product, variant, tag = self.product, self.variant, self.language_tag
        text = product.text_for(tag.split("_")[0])
        content = Content(
            listing=self,
            product=product,
            variant=variant,
            language_tag=tag,
            text_language=text.language if text else "",
        )
        for name in TEXT_FIELDS:
            content.put(
                name, self.overrides.get(name), getattr(text, name) if text else ("" if name != "bullets" else [])
            )
        price = variant.prices.get(self.currency)
        content.put("price_minor", self.overrides.get("price_minor"), price.amount_minor if price else None)
        content.put("quantity", self.overrides.get("quantity"), variant.quantity)
        content.attributes = _with_options(product.attributes, variant) | self.overrides.get("attributes", {})
        content.overridden |= {"attributes"} if self.overrides.get("attributes") else set()
        content.currency = self.currency
        content.images = ProductImage.of(product)
        return content


@dataclass
class Content:
    """The values of a listing, resolved. `overridden` names what does not come from the product."""

    listing: Listing
    product: Product
    variant: Variant
    language_tag: str
    text_language: str
    title: str = ""
    bullets: list[str] = field(default_factory=list)
    description: str = ""
    keywords: str = ""
    price_minor: int | None = None
    currency: str = ""
    quantity: int | None = None
    attributes: dict[str, list[dict]] = field(default_factory=dict)
    images: list[ProductImage] = field(default_factory=list)
    overridden: set[str] = field(default_factory=set)

    def put(self, name: str, override: Any, inherited: Any) -> None:
        if override is not None:
            self.overridden.add(name)
        setattr(self, name, inherited if override is None else override)

    @property
    def speaks_other_language(self) -> bool:
        """True when buyers there would read the master's language, not their own."""
        return bool(self.text_language) and self.text_language != self.language_tag.split("_")[0]

    @property
    def price(self) -> Money | None:
        return None if self.price_minor is None else Money(self.price_minor, self.currency)


def _with_options(attributes: dict[str, list[dict]], variant: Variant) -> dict[str, list[dict]]:
    """The attributes with the variant's options in them: "color" is its value, "shirt_size.size" a part of an attribute."""
    merged = dict(attributes)
    for option, value in variant.options.items():
        name, _, path = option.partition(".")
        if value:
            item = dict((merged.get(name) or [{}])[0])
            item[path or "value"] = value
            merged[name] = [item]
    return merged


def places_of(stores: Iterable[Store]) -> list[tuple[Store, StoreMarketplace]]:
    """Every (store, marketplace) one can publish to: active stores, Amazon's own marketplaces."""
    return [(store, row) for store in stores if store.is_active for row in store.marketplaces if row.is_known]


def _is_listed(variant: Variant) -> bool:
    return Listing.select().where(Listing.variant == variant).exists()


saving.LISTED_CHECKS.append(_is_listed)
