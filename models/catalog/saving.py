"""Saving a product as a whole: the one verb behind the form and the import.

A draft is checked completely before anything is written. Saving over a change of somebody else is refused with both values.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import peewee

from models.audit.changes import changes_of
from models.audit.event import track
from models.catalog.cargo import in_order
from models.catalog.declaring import DECLARED, MOST_DECLARED, checked_hs
from models.catalog.identifiers import checked_gtin, checked_sku
from models.catalog.image import MOST_IMAGES, ProductImage, checked_url, source_of
from models.catalog.product import LANGUAGES, Product, ProductText
from models.catalog.variant import Variant, VariantPrice
from models.people.team import Team
from models.support import clock
from models.support.bulk import among, insert_rows, raw_rows
from models.support.db import retrying, write_txn
from models.support.errors import FieldRefused, Stale
from models.support.money import Money
from models.support.words import say

MOST_VARIANTS = 100
MOST_BULLETS = 10
MOST_TITLE, MOST_DESCRIPTION, MOST_BULLET, MOST_KEYWORDS = 500, 20_000, 1000, 1000
MOST_OPTIONS, MOST_OPTION, MOST_ATTRIBUTES = 10, 100, 200_000
MOST_MILLIMETRES, MOST_QUANTITY, MOST_MINOR = 100_000_000, 10_000_000, 10**14
PRODUCT_TYPE, COUNTRY, CURRENCY = re.compile(r"[A-Z][A-Z0-9_]*"), re.compile(r"[A-Z]{2}"), re.compile(r"[A-Z]{3}")
ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,99}")
PLAIN = (
    "code", "product_type", "brand", "language", "country_of_origin", "package_length_mm", "package_width_mm", "package_height_mm",
    "package_weight_grams", "item_weight_grams", "carton_quantity", "carton_length_mm", "carton_width_mm", "carton_height_mm",
    "carton_weight_grams", "cargo", *DECLARED, "attributes",
)  # fmt: skip


TEXT = ("title", "description", "bullets", "keywords")
VARIANT = ("gtin", "options", "cost_minor", "cost_currency", "quantity")
IMAGE = (
    "uid", "product", "position", "url", "file_name", "width", "height", "shown_file", "problem", "tries", "try_at", "created_at",
)  # fmt: skip


@dataclass
class TextDraft:
    title: str
    description: str = ""
    bullets: list[str] = field(default_factory=list)
    keywords: str = ""


@dataclass
class VariantDraft:
    """`prices` are minor units by currency; `options` like {"color": "Black"}."""

    sku: str
    gtin: str = ""
    options: dict[str, str] = field(default_factory=dict)
    cost_minor: int | None = None
    cost_currency: str = "CNY"
    quantity: int = 0
    prices: dict[str, int] = field(default_factory=dict)

    @property
    def cost(self) -> str:
        """The cost in words: "5.10 CNY"."""
        money = None if self.cost_minor is None else Money(self.cost_minor, self.cost_currency)
        return f"{money.text()} {money.currency}" if money else ""


@dataclass
class ImageDraft:
    url: str = ""
    file_name: str = ""
    width: int | None = None
    height: int | None = None


@dataclass
class ProductDraft:
    """Everything a person enters about a product. Sizes in millimetres, weights in grams."""

    code: str
    language: str
    texts: dict[str, TextDraft]
    variants: list[VariantDraft]
    product_type: str = ""
    brand: str = ""
    country_of_origin: str = "CN"
    package_length_mm: int | None = None
    package_width_mm: int | None = None
    package_height_mm: int | None = None
    package_weight_grams: int | None = None
    item_weight_grams: int | None = None
    carton_quantity: int | None = None
    carton_length_mm: int | None = None
    carton_width_mm: int | None = None
    carton_height_mm: int | None = None
    carton_weight_grams: int | None = None
    cargo: list[str] = field(default_factory=list)
    hs_code: str = ""
    declared_name: str = ""
    declared_name_cn: str = ""
    attributes: dict[str, list[dict]] = field(default_factory=dict)
    images: list[ImageDraft] | None = None


SIZES = (
    "package_length_mm", "package_width_mm", "package_height_mm", "package_weight_grams", "item_weight_grams",
    "carton_quantity", "carton_length_mm", "carton_width_mm", "carton_height_mm", "carton_weight_grams",
)  # fmt: skip
LENGTH = say("At most %(most)s characters; this has %(has)s.").message


def check(draft: ProductDraft) -> None:
    """Raises FieldRefused for the first thing that is wrong, naming its field."""
    _check_product(draft)
    for language, text in draft.texts.items():
        _check_text(language, text, "" if language == draft.language else f"-{language}")
    if not draft.variants:
        raise FieldRefused("variants", "A product needs at least one variant with a SKU.")
    if len(draft.variants) > MOST_VARIANTS:
        raise FieldRefused("variants", "At most %(most)s variants.", most=MOST_VARIANTS)
    for place, variant in enumerate(draft.variants):
        _check_variant(variant, f"variants-{place}")
    repeated = [sku for sku, times in Counter(variant.sku for variant in draft.variants).items() if times > 1]
    if repeated:
        raise FieldRefused("variants", "The SKU %(sku)s stands twice.", sku=repeated[0])
    if draft.images is not None:
        if len(draft.images) > MOST_IMAGES:
            raise FieldRefused("image_urls", "At most %(most)s images.", most=MOST_IMAGES)
        for image in draft.images:
            if image.url:
                image.url = checked_url(image.url, "image_urls")


def _check_product(draft: ProductDraft) -> None:
    draft.code = draft.code.strip()
    draft.product_type = draft.product_type.strip().upper()
    if not draft.code or len(draft.code) > 40:
        raise FieldRefused("code", "A product needs a code of at most 40 characters.")
    if draft.language not in LANGUAGES:
        raise FieldRefused("language", "Choose from the list.")
    if draft.language not in draft.texts or not draft.texts[draft.language].title.strip():
        raise FieldRefused("title", "A product needs a title in its own language.")
    if draft.product_type and (len(draft.product_type) > 80 or not PRODUCT_TYPE.fullmatch(draft.product_type)):
        raise FieldRefused("product_type", "Write Amazon's name of the product type, like DRINKING_CUP.")
    if len(draft.brand) > 120:
        raise FieldRefused("brand", LENGTH, most=120, has=len(draft.brand))
    if not COUNTRY.fullmatch(draft.country_of_origin):
        raise FieldRefused("country_of_origin", "Write a country as two letters, like CN.")
    for name in SIZES:
        size = getattr(draft, name)
        if size is not None and not 1 <= size <= MOST_MILLIMETRES:
            raise FieldRefused(name, "Between %(least)s and %(most)s.", least=1, most=MOST_MILLIMETRES)
    draft.cargo = in_order(draft.cargo)
    draft.hs_code = checked_hs(draft.hs_code)
    for name in ("declared_name", "declared_name_cn"):
        if len(getattr(draft, name)) > MOST_DECLARED:
            raise FieldRefused(name, LENGTH, most=MOST_DECLARED, has=len(getattr(draft, name)))
    for name, items in draft.attributes.items():
        if not ATTRIBUTE.fullmatch(name) or not isinstance(items, list) or not all(isinstance(i, dict) for i in items):
            raise FieldRefused(f"attr.{name}"[:120], "This is no attribute of a product type.")
    if len(json.dumps(draft.attributes)) > MOST_ATTRIBUTES:
        raise FieldRefused("product_type", "The attributes are too long altogether.")


def _check_text(language: str, text: TextDraft, suffix: str) -> None:
    if language not in LANGUAGES:
        raise FieldRefused(
            f"title{suffix}", "Portolan does not know the language “%(language)s”.", language=language[:20]
        )
    for name, value, most in (
        ("title", text.title, MOST_TITLE),
        ("description", text.description, MOST_DESCRIPTION),
        ("keywords", text.keywords, MOST_KEYWORDS),
    ):
        if len(value) > most:
            raise FieldRefused(f"{name}{suffix}", LENGTH, most=most, has=len(value))
    if len(text.bullets) > MOST_BULLETS:
        raise FieldRefused(f"bullets{suffix}", "At most %(most)s lines.", most=MOST_BULLETS)
    if any(len(bullet) > MOST_BULLET for bullet in text.bullets):
        raise FieldRefused(f"bullets{suffix}", "A line has at most %(most)s characters.", most=MOST_BULLET)


def _check_variant(variant: VariantDraft, stem: str) -> None:
    variant.sku = checked_sku(variant.sku, f"{stem}-sku")
    variant.gtin = checked_gtin(variant.gtin, f"{stem}-gtin")
    if variant.quantity < 0:
        raise FieldRefused(f"{stem}-quantity", "Stock cannot be negative.")
    if variant.quantity > MOST_QUANTITY:
        raise FieldRefused(f"{stem}-quantity", "Between %(least)s and %(most)s.", least=0, most=MOST_QUANTITY)
    if not CURRENCY.fullmatch(variant.cost_currency):
        raise FieldRefused(f"{stem}-cost_currency", "Write a currency as three letters, like CNY.")
    if variant.cost_minor is not None and not 0 <= variant.cost_minor <= MOST_MINOR:
        raise FieldRefused(f"{stem}-cost", "Write a number like 12.5.")
    for currency, minor in variant.prices.items():
        if not CURRENCY.fullmatch(currency) or not 0 < minor <= MOST_MINOR:
            raise FieldRefused(f"{stem}-price-{currency}"[:120], "A price is more than zero.")
    for name, value in variant.options.items():
        if len(variant.options) > MOST_OPTIONS or len(name) > MOST_OPTION or len(value) > MOST_OPTION:
            raise FieldRefused(f"{stem}-{name}"[:120], LENGTH, most=MOST_OPTION, has=max(len(name), len(value)))


@retrying
def create(team: Team, draft: ProductDraft, *, by: Any = None) -> Product:
    """A new product. Raises FieldRefused; nothing is kept then."""
    check(draft)
    with _taken_meanwhile(), write_txn():
        _require_unused(team, draft, None)
        product = Product.create(team=team, **_plain(draft), **_summary(draft))
        _insert_texts(product, draft.texts)
        _insert_variants(product, draft.variants)
        _insert_prices(_variant_ids(product), draft.variants, set())
        _insert_images(product, draft.images or [], {})
        track("product_created", product, by=by, variants=len(draft.variants))
    return product


@retrying
def change(product: Product, draft: ProductDraft, *, version: int, by: Any = None) -> Product:
    """Saves a draft over the product. Raises Stale when `version` is not the present one, FieldRefused otherwise.

    An equal draft changes nothing and makes no version.
    """
    check(draft)
    with _taken_meanwhile(), write_txn():
        current = product.reload()
        held = draft_of(current)
        if current.version != version:
            raise Stale(
                "Somebody else saved this product meanwhile. Nothing of yours was stored yet; compare and save again.",
                {name: pair for name, pair in differences(held, draft).items()},
            )
        different = differences(held, draft)
        fields = sorted(different)
        if not fields:
            return current
        _require_unused(current.team, draft, current)
        changed = (
            Product.update(
                **_plain(draft),
                **_summary(draft),
                version=Product.version + 1,
                updated_at=clock.now(),
            )
            .where(Product.id == current.id, Product.version == version)
            .execute()
        )
        if not changed:
            raise Stale("Somebody else saved this product meanwhile. Compare and save again.", {})
        current = current.reload()
        _write_texts(current, draft.texts)
        _write_variants(current, draft.variants)
        first = ProductImage.of(current)[:1] if draft.images is None else _write_images(current, draft.images)
        if first and current.image_url != first[0].source:
            current.change(image_url=first[0].source)
        track("product_changed", current, by=by, fields=fields, version=current.version,
              changes=changes_of((name, *map(_told, different[name])) for name in fields))  # fmt: skip
    return current


def _plain(draft: ProductDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in PLAIN}


def _require_unused(team: Team, draft: ProductDraft, product: Product | None) -> None:
    mine = product.id if product else 0
    if Product.select().where(Product.team == team, Product.code == draft.code, Product.id != mine).exists():
        raise FieldRefused("code", "The team has a product with this code already.")
    skus = [variant.sku for variant in draft.variants]
    taken = (
        Variant.select(Variant.sku).where(Variant.team == team, Variant.sku.in_(skus), Variant.product != mine).first()
    )
    if taken:
        place = skus.index(taken.sku)
        raise FieldRefused(
            f"variants-{place}-sku", "The SKU %(sku)s belongs to another product of the team.", sku=taken.sku
        )


def _summary(draft: ProductDraft) -> dict[str, Any]:
    """What the list shows of a product without looking at its parts."""
    images = draft.images or []
    return {
        "title": draft.texts[draft.language].title[:500],
        "variant_count": len(draft.variants),
        "first_sku": draft.variants[0].sku,
    } | ({"image_url": source_of(images[0]) if images else ""} if draft.images is not None else {})


@contextmanager
def _taken_meanwhile() -> Iterator[None]:
    """Says in words what only the database can see: the same code or SKU saved at the same moment."""
    try:
        yield
    except peewee.IntegrityError as error:
        if "variant" in str(error):
            raise FieldRefused("variants", "A SKU was taken by another product at this moment. Save again.") from error
        raise FieldRefused("code", "The team has a product with this code already.") from error


def _write_texts(product: Product, texts: dict[str, TextDraft]) -> None:
    held = product.texts
    if gone := [held[language].id for language in held if language not in texts]:
        ProductText.delete().where(ProductText.id.in_(gone)).execute()
    for language, text in texts.items():
        values = {name: getattr(text, name) for name in TEXT}
        if language in held and any(getattr(held[language], name) != value for name, value in values.items()):
            held[language].change(**values)
    _insert_texts(product, {language: text for language, text in texts.items() if language not in held})


def _insert_texts(product: Product, texts: dict[str, TextDraft]) -> None:
    rows = [(product.id, language, *(getattr(text, name) for name in TEXT)) for language, text in texts.items()]
    insert_rows(ProductText, ("product", "language", *TEXT), rows)


def _write_variants(product: Product, drafts: list[VariantDraft]) -> None:
    held = {variant.sku: variant for variant in Variant.of(product)}
    for variant in [variant for sku, variant in held.items() if sku not in {draft.sku for draft in drafts}]:
        _require_unlisted(variant)
        variant.delete_instance(recursive=False)
    for place, draft in enumerate(drafts):
        values = {**{name: getattr(draft, name) for name in VARIANT}, "position": place}
        before = held.get(draft.sku)
        if before is not None and any(getattr(before, name) != value for name, value in values.items()):
            before.change(**values)
    _insert_variants(product, drafts, set(held))
    ids = _variant_ids(product)
    prices = VariantPrice.select(VariantPrice.variant, VariantPrice.currency, VariantPrice.amount_minor)
    before_prices = {tuple(row) for row in raw_rows(prices.where(among(VariantPrice.variant, list(ids.values()))))}
    _insert_prices(ids, drafts, before_prices)


def _insert_variants(product: Product, drafts: list[VariantDraft], held: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    rows = [
        (uuid.uuid4(), product.team_id, product.id, draft.sku, place, *(getattr(draft, name) for name in VARIANT))
        for place, draft in enumerate(drafts)
        if draft.sku not in held
    ]
    insert_rows(Variant, ("uid", "team", "product", "sku", "position", *VARIANT), rows)


def _variant_ids(product: Product) -> dict[str, int]:
    rows = raw_rows(Variant.select(Variant.sku, Variant.id).where(Variant.product == product))
    return {sku: number for sku, number in rows}


def _insert_prices(ids: dict[str, int], drafts: list[VariantDraft], before: set[tuple]) -> None:
    """Brings the prices of these variants from what they were to what the drafts say."""
    after = {(ids[draft.sku], currency, minor) for draft in drafts for currency, minor in draft.prices.items()}
    for variant, currency, _minor in before - after:
        VariantPrice.delete().where(VariantPrice.variant == variant, VariantPrice.currency == currency).execute()
    insert_rows(VariantPrice, ("variant", "currency", "amount_minor"), sorted(after - before))


def _write_images(product: Product, drafts: list[ImageDraft]) -> list[ProductImage]:
    """The images in their order; of an address that stays, the copy that pages show stays too."""
    held = ProductImage.of(product)
    if [_image_draft(image) for image in held] == drafts:
        return held
    ProductImage.delete().where(ProductImage.product == product).execute()
    _insert_images(product, drafts, {image.url: image for image in held if image.url})
    return ProductImage.of(product)


def _insert_images(product: Product, drafts: list[ImageDraft], held: dict[str, ProductImage]) -> None:
    rows = []
    for place, draft in enumerate(drafts):
        before = held.get(draft.url)
        copy: tuple = ("", "", 0, clock.now() if draft.url else None)
        if before is not None:
            copy = before.shown_file, before.problem, before.tries, before.try_at
        rows.append((uuid.uuid4(), product.id, place, draft.url, draft.file_name, draft.width, draft.height,
                     *copy, clock.now()))  # fmt: skip
    insert_rows(ProductImage, IMAGE, rows)


LISTED_CHECKS: list[Any] = []


def _require_unlisted(variant: Variant) -> None:
    if any(is_listed(variant) for is_listed in LISTED_CHECKS):
        raise FieldRefused(
            "variants",
            "The SKU %(sku)s has listings on Amazon and cannot be removed from the product.",
            sku=variant.sku,
        )


def draft_of(product: Product) -> ProductDraft:
    """The product as a draft, as it is stored now."""
    return drafts_of([product])[product.id]


def drafts_of(products: list[Product]) -> dict[int, ProductDraft]:
    """Several products as drafts, as they are stored now, by product id (four queries)."""
    ids = [product.id for product in products]
    texts: dict[int, dict[str, TextDraft]] = {number: {} for number in ids}
    for row in ProductText.select().where(among(ProductText.product, ids)).order_by(ProductText.language):
        texts[row.product_id][row.language] = TextDraft(row.title, row.description, row.bullets, row.keywords)
    variants: dict[int, list[VariantDraft]] = {number: [] for number in ids}
    by_id: dict[int, VariantDraft] = {}
    for v in Variant.select().where(among(Variant.product, ids)).order_by(Variant.position, Variant.id):
        by_id[v.id] = VariantDraft(v.sku, v.gtin, v.options, v.cost_minor, v.cost_currency, v.quantity)
        variants[v.product_id].append(by_id[v.id])
    prices = VariantPrice.select().where(among(VariantPrice.variant, list(by_id))).order_by(VariantPrice.currency)
    for price in prices:
        by_id[price.variant_id].prices[price.currency] = price.amount_minor
    images: dict[int, list[ImageDraft]] = {number: [] for number in ids}
    rows = ProductImage.select().where(among(ProductImage.product, ids))
    for i in rows.order_by(ProductImage.position, ProductImage.id):
        images[i.product_id].append(_image_draft(i))
    return {
        product.id: ProductDraft(
            texts=dict(sorted(texts[product.id].items(), key=lambda pair: (pair[0] != product.language, pair[0]))),
            variants=variants[product.id],
            images=images[product.id],
            **{name: getattr(product, name) for name in PLAIN},
        )
        for product in products
    }


def _image_draft(image: ProductImage) -> ImageDraft:
    return ImageDraft(image.url, image.file_name, image.width, image.height)


def differences(theirs: ProductDraft, mine: ProductDraft) -> dict[str, tuple[Any, Any]]:
    """Fields in which two drafts differ: name → (theirs, mine), in words a person can compare."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in PLAIN:
        if getattr(theirs, name) != getattr(mine, name):
            found[name] = (getattr(theirs, name), getattr(mine, name))
    for language in {*theirs.texts, *mine.texts}:
        _differ(
            found,
            language,
            theirs.texts.get(language),
            mine.texts.get(language),
            ("title", "description", "bullets", "keywords"),
        )
    skus = dict.fromkeys([*(v.sku for v in theirs.variants), *(v.sku for v in mine.variants)])
    ours, yours = {v.sku: v for v in theirs.variants}, {v.sku: v for v in mine.variants}
    for sku in skus:
        _differ(
            found,
            sku,
            ours.get(sku),
            yours.get(sku),
            ("gtin", "options", "cost", "quantity", "prices"),
        )
    if [v.sku for v in theirs.variants] != [v.sku for v in mine.variants]:
        found["variants"] = ([v.sku for v in theirs.variants], [v.sku for v in mine.variants])
    if mine.images is not None and theirs.images != mine.images:
        found["images"] = tuple([i.url or i.file_name for i in images or []] for images in (theirs.images, mine.images))  # type: ignore[assignment]
    return found


def _told(value: Any) -> Any:
    """Prices by currency as amounts a person reads; everything else as it is."""
    is_prices = (
        isinstance(value, dict) and value and all(len(key) == 3 and type(one) is int for key, one in value.items())
    )
    return {key: Money(one, key).text() for key, one in value.items()} if is_prices else value


def _differ(found: dict, part: str, theirs: Any, mine: Any, names: Iterable[str]) -> None:
    for name in names:
        pair = getattr(theirs, name, None), getattr(mine, name, None)
        if pair[0] != pair[1]:
            found[f"{name} ({part})"] = pair
