"""The form of a product: from what is stored to fields, and from fields to a draft. It works without JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app

from models.catalog.image import MOST_IMAGES, ProductImage, stored
from models.catalog.product import LANGUAGES, Product
from models.catalog.product_type import ProductType, locale_for
from models.catalog.saving import MOST_VARIANTS, ImageDraft, ProductDraft, TextDraft, VariantDraft, draft_of
from models.catalog.schema import Attribute, flat, nested
from models.stores.marketplace import MARKETPLACES
from models.stores.store import Store
from models.support.errors import FieldRefused
from models.support.job_run import wake
from models.support.money import Money
from models.support.words import say
from views.support.access import current_person, reach
from views.support.forms import Form

SIZES = ("package_length_mm", "package_width_mm", "package_height_mm", "package_weight_grams", "item_weight_grams")


def currencies() -> list[str]:
    """Currencies the team sells in; the common four before any store is connected."""
    found = {
        row.currency for store in Store.reached(reach) for row in store.marketplaces if row.is_known and row.currency
    }
    return sorted(found) or ["EUR", "GBP", "JPY", "USD"]


def marketplace_ids() -> list[str]:
    return [row.marketplace_id for store in Store.reached(reach) for row in store.marketplaces if row.is_known]


def product_types() -> list[tuple[str, str]]:
    """Product types of the team's marketplaces, titled in the person's language."""
    found = ProductType.offered(marketplace_ids(), locale_for(current_person.language))
    return [(name, f"{title} ({name})") for name, title in found]


def attributes_for(product_type: str) -> list[Attribute]:
    """The attributes of a product type as far as they were fetched; when they were not, that is asked for."""
    if not product_type:
        return []
    locale = locale_for(current_person.language)
    for marketplace_id in marketplace_ids() or list(MARKETPLACES):
        found = ProductType.find(product_type, marketplace_id, locale)
        if found is not None and found.schema:
            return found.attributes
    for store in Store.reached(reach):
        if store.is_active:
            wake("catalog.definitions", str(store.uid))
    return []


def values_of(product: Product) -> dict[str, Any]:
    """The stored product as the form shows it."""
    draft = draft_of(product)
    values: dict[str, Any] = {
        name: getattr(draft, name)
        for name in ("code", "language", "product_type", "brand", "country_of_origin", *SIZES)
    }
    values["version"] = product.version
    values["languages"] = list(draft.texts)
    for language, text in draft.texts.items():
        suffix = suffix_of(language, draft.language)
        values |= {
            f"title{suffix}": text.title, f"description{suffix}": text.description, f"bullets{suffix}": "\n".join(text.bullets),
            f"keywords{suffix}": text.keywords,
        }  # fmt: skip
    values["variant_count"] = len(draft.variants)
    for place, variant in enumerate(draft.variants):
        values |= {
            f"variants-{place}-sku": variant.sku, f"variants-{place}-gtin": variant.gtin, f"variants-{place}-quantity": variant.quantity,
            f"variants-{place}-color": variant.options.get("color", ""), f"variants-{place}-size": variant.options.get("size", ""),
            f"variants-{place}-cost": Money(variant.cost_minor, variant.cost_currency).text() if variant.cost_minor is not None else "",
        }  # fmt: skip
        values |= {f"variants-{place}-price-{c}": Money(minor, c).text() for c, minor in variant.prices.items()}
    values["image_urls"] = "\n".join(image.url for image in draft.images or [] if image.url)
    for name, items in draft.attributes.items():
        values[f"attr.{name}"] = items
    return {name: "" if value is None else value for name, value in values.items()}


def suffix_of(language: str, master: str) -> str:
    return "" if language == master else f"-{language}"


def languages_of(form: Form) -> list[str]:
    """Languages whose texts the form shows: the master, those it came with, and one just added."""
    master = form.value("language") or "en"
    shown = [language for language in form.values("languages") if language in LANGUAGES]
    if (added := form.value("add_language")) in LANGUAGES:
        shown.append(added)
    return list(dict.fromkeys([master, *shown]))


def variant_count(form: Form) -> int:
    """How many variant rows the form shows."""
    text = form.value("variant_count")
    count = int(text) if text.isdigit() else 1
    return max(1, min(MOST_VARIANTS, count + (1 if form.value("more") == "variant" else 0)))


def read_draft(form: Form, product: Product | None, attributes: list[Attribute]) -> ProductDraft:
    """The draft a person sent. Errors are noted in the form."""
    master = form.choice("language", LANGUAGES)
    draft = ProductDraft(
        code=form.text("code", required=True, most=40),
        language=master,
        texts=_texts(form, master),
        variants=_variants(form),
        product_type=form.text("product_type", most=80),
        brand=form.text("brand", most=120),
        country_of_origin=form.text("country_of_origin", most=2).upper() or "CN",
        attributes=_attributes(form, product, attributes),
        **{name: form.integer(name, least=1, most=100_000_000) for name in SIZES},
    )
    draft.images = _images(form, product)
    return draft


def _texts(form: Form, master: str) -> dict[str, TextDraft]:
    texts = {}
    for language in languages_of(form):
        suffix = suffix_of(language, master)
        title = form.text(f"title{suffix}", required=language == master, most=500)
        description = form.long_text(f"description{suffix}", most=20_000)
        bullets = form.lines(f"bullets{suffix}", most_lines=10, most=1000)
        keywords = form.text(f"keywords{suffix}", most=1000)
        if title or language == master:
            texts[language] = TextDraft(title, description, bullets, keywords)
        elif description or bullets or keywords:
            form.fail(f"title{suffix}", say("A text in another language needs a title."))
    return texts


def _variants(form: Form) -> list[VariantDraft]:
    drafts = []
    for place in range(variant_count(form)):
        stem = f"variants-{place}"
        sku = form.text(f"{stem}-sku", most=60)
        if not sku and not form.text(f"{stem}-gtin"):
            continue
        options = {name: form.text(f"{stem}-{name}", most=100) for name in ("color", "size")}
        prices = {currency: form.money(f"{stem}-price-{currency}", currency) for currency in currencies()}
        for currency, minor in prices.items():
            form.expect(minor is None or minor > 0, f"{stem}-price-{currency}", say("A price is more than zero."))
        drafts.append(
            VariantDraft(
                sku=sku,
                gtin=form.text(f"{stem}-gtin", most=40),
                options={name: value for name, value in options.items() if value},
                cost_minor=form.money(f"{stem}-cost", "CNY"),
                quantity=form.integer(f"{stem}-quantity", most=10_000_000) or 0,
                prices={currency: minor for currency, minor in prices.items() if minor},
            )
        )
    return drafts


def _attributes(form: Form, product: Product | None, attributes: list[Attribute]) -> dict[str, list[dict]]:
    """Values of the attributes the form showed; those it did not show stay as they are."""
    found = dict(product.attributes) if product else {}
    for attribute in attributes:
        if not is_free(attribute):
            continue
        if attribute.many > 1:
            leaf = attribute.leaves[0]
            items = [
                nested({leaf.path: line}) for line in form.lines(field_name(attribute, leaf), most_lines=attribute.many)
            ]
        else:
            items = [
                nested({leaf.path: form.text(field_name(attribute, leaf), most=2000) for leaf in attribute.leaves})
            ]
        items = [item for item in items if item]
        if items:
            found[attribute.name] = items
        else:
            found.pop(attribute.name, None)
    return found


DERIVED = frozenset(
    ["item_name", "brand", "product_description", "bullet_point", "generic_keyword", "externally_assigned_product_identifier", "condition_type", "country_of_origin", "purchasable_offer", "list_price", "fulfillment_availability", "item_package_dimensions", "item_package_weight", "item_weight", "main_product_image_locator", "parentage_level", "child_parent_sku_relationship", "variation_theme", "color", "size"]
)


def is_free(attribute: Attribute) -> bool:
    """True for attributes a person sets here; the others come from the product's own fields."""
    return (
        attribute.name not in DERIVED
        and not attribute.name.startswith("other_product_image_locator")
        and bool(attribute.leaves)
    )


def field_name(attribute: Attribute, leaf: Any) -> str:
    return f"attr.{attribute.name}.{leaf.name}"


def attribute_values(items_by_name: dict[str, Any], attributes: list[Attribute]) -> dict[str, str]:
    """Stored attributes as form values."""
    values = {}
    for attribute in attributes:
        items = items_by_name.get(attribute.name) or []
        for leaf in attribute.leaves:
            texts = [flat(item, leaf.path) for item in items[: max(1, attribute.many)]]
            values[field_name(attribute, leaf)] = (
                "\n".join(text for text in texts if text) if attribute.many > 1 else (texts[0] if texts else "")
            )
    return values


def _images(form: Form, product: Product | None) -> list[ImageDraft]:
    """Kept images in their order, then new addresses, then uploads."""
    gone = set(form.values("remove_image"))
    held = [image for image in (ProductImage.of(product) if product else []) if str(image.uid) not in gone]
    drafts = [ImageDraft(file_name=i.file_name, width=i.width, height=i.height) for i in held if i.file_name]
    drafts = [ImageDraft(url=url) for url in form.lines("image_urls", most_lines=MOST_IMAGES, most=2000)] + drafts
    folder: Path = current_app.config["SETTINGS"].data / "images"
    for upload in form.files("upload"):
        try:
            name, width, height = stored(folder, upload.read())
            drafts.append(ImageDraft(file_name=name, width=width, height=height))
        except FieldRefused as refused:
            form.fail("upload", refused.words)
    return drafts
