"""What a draft of a product must keep to. It is checked as a whole before anything is written."""

from __future__ import annotations

import json
import re
from collections import Counter

from models.catalog.cargo import in_order
from models.catalog.declaring import MOST_DECLARED, checked_hs
from models.catalog.draft import SIZES, ProductDraft, TextDraft, VariantDraft
from models.catalog.identifiers import checked_gtin, checked_sku
from models.catalog.image import MOST_IMAGES, checked_url
from models.catalog.product import LANGUAGES
from models.support.errors import FieldRefused
from models.support.words import grouped, say

MOST_VARIANTS = 100
MOST_BULLETS = 10
MOST_TITLE, MOST_DESCRIPTION, MOST_BULLET, MOST_KEYWORDS = 500, 20_000, 1000, 1000
MOST_OPTIONS, MOST_OPTION, MOST_ATTRIBUTES = 10, 100, 200_000
MOST_MILLIMETRES, MOST_QUANTITY, MOST_MINOR = 100_000_000, 10_000_000, 10**14
PRODUCT_TYPE, COUNTRY, CURRENCY = re.compile(r"[A-Z][A-Z0-9_]*"), re.compile(r"[A-Z]{2}"), re.compile(r"[A-Z]{3}")
ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,99}")
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
            raise FieldRefused(name, "Between %(least)s and %(most)s.", least=1, most=grouped(MOST_MILLIMETRES))
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
        raise FieldRefused(f"{stem}-quantity", "Between %(least)s and %(most)s.", least=0, most=grouped(MOST_QUANTITY))
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
