"""Saving a product as a whole: the one verb behind the form and the import.

A draft is checked completely before anything is written. Saving over a change of somebody else is refused with both values.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import peewee

from models.audit.changes import changes_of
from models.audit.event import track
from models.catalog.draft import (
    PLAIN,
    TEXT,
    VARIANT,
    ImageDraft,
    ProductDraft,
    TextDraft,
    VariantDraft,
    differences,
    draft_of,
    image_draft,
    told,
)
from models.catalog.draft_checks import check
from models.catalog.image import ProductImage, source_of
from models.catalog.product import Product, ProductText
from models.catalog.variant import Variant, VariantPrice
from models.people.team import Team
from models.support import clock
from models.support.bulk import among, insert_rows, raw_rows
from models.support.db import retrying, write_txn
from models.support.errors import FieldRefused, Stale

IMAGE = (
    "uid", "product", "position", "url", "file_name", "width", "height", "shown_file", "problem", "tries", "try_at", "created_at",
)  # fmt: skip


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
              changes=changes_of((name, *map(told, different[name])) for name in fields))  # fmt: skip
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
    if [image_draft(image) for image in held] == drafts:
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
