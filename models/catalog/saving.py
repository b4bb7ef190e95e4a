"""Saving a product as a whole: the one verb behind the form and the import.

A draft is checked completely before anything is written. Saving over a change of somebody else is refused with both values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from models.audit.event import track
from models.catalog.identifiers import checked_gtin, checked_sku
from models.catalog.image import MOST_IMAGES, ProductImage, checked_url
from models.catalog.product import LANGUAGES, Product, ProductText
from models.catalog.variant import Variant, VariantPrice
from models.people.team import Team
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import FieldRefused, Refused, Stale
from models.support.words import say

MOST_VARIANTS = 100
MOST_BULLETS = 10
PLAIN = (
    "code", "product_type", "brand", "language", "country_of_origin", "package_length_mm", "package_width_mm", "package_height_mm",
    "package_weight_grams", "item_weight_grams", "attributes",
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
    attributes: dict[str, list[dict]] = field(default_factory=dict)
    images: list[ImageDraft] | None = None


def check(draft: ProductDraft) -> None:
    """Raises FieldRefused for the first thing that is wrong, naming its field."""
    if not draft.code.strip() or len(draft.code) > 40:
        raise FieldRefused("code", "A product needs a code of at most 40 characters.")
    if draft.language not in LANGUAGES:
        raise FieldRefused("language", "Choose one of the list.")
    if draft.language not in draft.texts or not draft.texts[draft.language].title.strip():
        raise FieldRefused("title", "A product needs a title in its own language.")
    for language, text in draft.texts.items():
        name = "title" if language == draft.language else f"title-{language}"
        if language not in LANGUAGES:
            raise FieldRefused(name, "Portolan does not know the language “%(language)s”.", language=language)
        if len(text.title) > 500:
            raise FieldRefused(name, "At most %(most)s characters; this has %(has)s.", most=500, has=len(text.title))
        if len(text.bullets) > MOST_BULLETS:
            raise FieldRefused(name.replace("title", "bullets"), "At most %(most)s lines.", most=MOST_BULLETS)
    if not draft.variants:
        raise FieldRefused("variants", "A product needs at least one variant with a SKU.")
    if len(draft.variants) > MOST_VARIANTS:
        raise FieldRefused("variants", "At most %(most)s variants.", most=MOST_VARIANTS)
    for place, variant in enumerate(draft.variants):
        variant.sku = checked_sku(variant.sku, f"variants-{place}-sku")
        variant.gtin = checked_gtin(variant.gtin, f"variants-{place}-gtin")
        if variant.quantity < 0:
            raise FieldRefused(f"variants-{place}-quantity", "Stock cannot be negative.")
    repeated = [sku for sku, times in Counter(variant.sku for variant in draft.variants).items() if times > 1]
    if repeated:
        raise FieldRefused("variants", "The SKU %(sku)s stands twice.", sku=repeated[0])
    if draft.images is not None:
        if len(draft.images) > MOST_IMAGES:
            raise FieldRefused("images", "At most %(most)s images.", most=MOST_IMAGES)
        for image in draft.images:
            if image.url:
                image.url = checked_url(image.url)


@retrying
def create(team: Team, draft: ProductDraft, *, by: Any = None) -> Product:
    """A new product. Raises FieldRefused; nothing is kept then."""
    check(draft)
    with write_txn():
        _require_unused(team, draft, None)
        product = Product.create(team=team, title=draft.texts[draft.language].title[:500], **_plain(draft))
        _write_parts(product, draft)
        track("product_created", product, by=by, variants=len(draft.variants))
    return product


@retrying
def change(product: Product, draft: ProductDraft, *, version: int, by: Any = None) -> Product:
    """Saves a draft over the product. Raises Stale when `version` is not the present one, FieldRefused otherwise.

    An equal draft changes nothing and makes no version.
    """
    check(draft)
    with write_txn():
        current = product.reload()
        held = draft_of(current)
        if current.version != version:
            raise Stale(
                "Somebody else saved this product meanwhile. Nothing of yours was stored yet; compare and save again.",
                {name: pair for name, pair in differences(held, draft).items()},
            )
        fields = sorted(differences(held, draft))
        if not fields:
            return current
        _require_unused(current.team, draft, current)
        changed = (
            Product.update(
                **_plain(draft),
                title=draft.texts[draft.language].title[:500],
                version=Product.version + 1,
                updated_at=clock.now(),
            )
            .where(Product.id == current.id, Product.version == version)
            .execute()
        )
        if not changed:
            raise Stale("Somebody else saved this product meanwhile. Compare and save again.", {})
        current = current.reload()
        _write_parts(current, draft)
        track("product_changed", current, by=by, fields=fields, version=current.version)
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


def _write_parts(product: Product, draft: ProductDraft) -> None:
    _write_texts(product, draft.texts)
    variants = _write_variants(product, draft.variants)
    if draft.images is not None:
        ProductImage.delete().where(ProductImage.product == product).execute()
        for place, image in enumerate(draft.images):
            ProductImage.create(
                product=product,
                position=place,
                url=image.url,
                file_name=image.file_name,
                width=image.width,
                height=image.height,
            )
    first = ProductImage.of(product)[:1]
    product.change(variant_count=len(variants), first_sku=variants[0].sku, image_url=first[0].source if first else "")


def _write_texts(product: Product, texts: dict[str, TextDraft]) -> None:
    ProductText.delete().where(ProductText.product == product, ProductText.language.not_in(list(texts))).execute()
    for language, text in texts.items():
        values = {
            "title": text.title,
            "description": text.description,
            "bullets": text.bullets,
            "keywords": text.keywords,
        }
        ProductText.insert(product=product, language=language, **values).on_conflict(
            conflict_target=[ProductText.product, ProductText.language], update=values
        ).execute()


def _write_variants(product: Product, drafts: list[VariantDraft]) -> list[Variant]:
    held = {variant.sku: variant for variant in Variant.of(product)}
    gone = [variant for sku, variant in held.items() if sku not in {draft.sku for draft in drafts}]
    for variant in gone:
        _require_unlisted(variant)
        variant.delete_instance(recursive=False)
    result = []
    for place, draft in enumerate(drafts):
        values: dict[str, Any] = {
            "gtin": draft.gtin, "options": draft.options, "cost_minor": draft.cost_minor, "cost_currency": draft.cost_currency,
            "quantity": draft.quantity, "position": place,
        }  # fmt: skip
        before = held.get(draft.sku)
        variant = (
            before.change(**values)
            if before
            else Variant.create(team=product.team_id, product=product, sku=draft.sku, **values)
        )
        VariantPrice.delete().where(VariantPrice.variant == variant).execute()
        if draft.prices:
            VariantPrice.insert_many(
                [
                    {"variant": variant.id, "currency": currency, "amount_minor": minor}
                    for currency, minor in sorted(draft.prices.items())
                ]
            ).execute()
        result.append(variant)
    return result


LISTED_CHECKS: list[Any] = []


def _require_unlisted(variant: Variant) -> None:
    if any(is_listed(variant) for is_listed in LISTED_CHECKS):
        raise Refused(
            say("The SKU %(sku)s has listings on Amazon and cannot be removed from the product.", sku=variant.sku)
        )


def draft_of(product: Product) -> ProductDraft:
    """The product as a draft, as it is stored now."""
    texts = {
        row.language: TextDraft(row.title, row.description, list(row.bullets), row.keywords)
        for row in product.texts.values()
    }
    variants = [
        VariantDraft(
            v.sku,
            v.gtin,
            dict(v.options),
            v.cost_minor,
            v.cost_currency,
            v.quantity,
            {c: m.amount_minor for c, m in v.prices.items()},
        )
        for v in Variant.of(product)
    ]
    images = [ImageDraft(i.url, i.file_name, i.width, i.height) for i in ProductImage.of(product)]
    return ProductDraft(
        texts=texts, variants=variants, images=images, **{name: getattr(product, name) for name in PLAIN}
    )  # fmt: skip


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
            ("gtin", "options", "cost_minor", "cost_currency", "quantity", "prices"),
        )
    if [v.sku for v in theirs.variants] != [v.sku for v in mine.variants]:
        found["variants"] = ([v.sku for v in theirs.variants], [v.sku for v in mine.variants])
    if mine.images is not None and theirs.images != mine.images:
        found["images"] = tuple([i.url or i.file_name for i in images or []] for images in (theirs.images, mine.images))  # type: ignore[assignment]
    return found


def _differ(found: dict, part: str, theirs: Any, mine: Any, names: Iterable[str]) -> None:
    for name in names:
        pair = getattr(theirs, name, None), getattr(mine, name, None)
        if pair[0] != pair[1]:
            found[f"{name} ({part})"] = pair
