"""The form of a product: from what is stored to fields, and from fields to a draft. It works without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import current_app, g

from models.catalog.cargo import CARGO
from models.catalog.declaring import DECLARED, MOST_DECLARED
from models.catalog.differences import named, shown
from models.catalog.draft import SIZES, ImageDraft, ProductDraft, TextDraft, VariantDraft, draft_of
from models.catalog.draft_checks import MOST_VARIANTS
from models.catalog.identifiers import checked_gtin, checked_sku
from models.catalog.image import MOST_IMAGES, ProductImage, file_of, stored
from models.catalog.product import LANGUAGES, Product
from models.catalog.product_type import ProductType, locale_for
from models.catalog.schema import Attribute, flat, nested
from models.stores.marketplace import MARKETPLACES
from models.stores.store import Store
from models.support.errors import FieldRefused
from models.support.job_run import wake
from models.support.money import Money
from models.support.words import say
from views.support.access import current_person, reach
from views.support.forms import Form


def my_stores() -> list[Store]:
    """The stores this person may reach, asked for once in a request."""
    if "my_stores" not in g:
        g.my_stores = Store.reached(reach)
    return g.my_stores


def currencies() -> list[str]:
    """Currencies the team sells in; the common four before any store is connected."""
    found = {row.currency for store in my_stores() for row in store.marketplaces if row.is_known and row.currency}
    return sorted(found) or ["EUR", "GBP", "JPY", "USD"]


def marketplace_ids() -> list[str]:
    return [row.marketplace_id for store in my_stores() for row in store.marketplaces if row.is_known]


def product_types() -> list[tuple[str, str]]:
    """Product types of the team's marketplaces, titled in the person's language."""
    found = ProductType.offered(marketplace_ids(), locale_for(current_person.language))
    return [(name, f"{title} ({name})") for name, title in found]


def attributes_for(product_type: str) -> list[Attribute]:
    """The attributes of a product type as far as they were fetched; when they were not, that is asked for."""
    known: dict[str, list[Attribute]] = g.setdefault("attributes_for", {})
    if product_type and product_type not in known:
        places = marketplace_ids() or list(MARKETPLACES)
        found = ProductType.with_schema(product_type[:80], places, locale_for(current_person.language))
        known[product_type] = found.attributes if found else []
        for store in [] if found else my_stores():
            if store.is_active:
                wake("catalog.definitions", str(store.uid))
    return known.get(product_type, [])


def values_of(product: Product) -> dict[str, Any]:
    """The stored product as the form shows it."""
    draft = draft_of(product)
    values: dict[str, Any] = {
        name: getattr(draft, name)
        for name in ("code", "language", "product_type", "brand", "country_of_origin", *DECLARED, *SIZES)
    }
    values |= {"version": product.version, "cargo": draft.cargo}
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
            f"variants-{place}-cost_currency": variant.cost_currency,
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
    held = draft_of(product).variants if product else []
    sizes: dict[str, Any] = {name: form.integer(name, least=1, most=100_000_000) for name in SIZES}
    draft = ProductDraft(
        code=form.text("code", required=True, most=40),
        language=master,
        texts=_texts(form, master),
        variants=_variants(form, held),
        product_type=form.text("product_type", most=80),
        brand=form.text("brand", most=120),
        country_of_origin=form.text("country_of_origin", most=2).upper() or "CN",
        cargo=form.choices("cargo", CARGO),
        hs_code=form.text("hs_code", most=20),
        declared_name=form.text("declared_name", most=MOST_DECLARED),
        declared_name_cn=form.text("declared_name_cn", most=MOST_DECLARED),
        attributes=_attributes(form, product, attributes),
        **sizes,
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


SHOWN_OPTIONS = ("color", "size")


def filled_rows(form: Form) -> list[int]:
    """The rows of variants in which anything was written; an emptied row is no variant any more."""
    names = ("sku", "gtin", "cost", *SHOWN_OPTIONS, *(f"price-{currency}" for currency in currencies()))
    return [
        place for place in range(variant_count(form)) if any(form.value(f"variants-{place}-{name}") for name in names)
    ]


def _variants(form: Form, held: list[VariantDraft]) -> list[VariantDraft]:
    """The variants of the form. What it does not show of a variant (other options, other currencies) stays as it is."""
    rows = filled_rows(form)
    skus = {place: form.text(f"variants-{place}-sku", most=60) for place in rows}
    by_sku = {variant.sku: variant for variant in held}
    drafts = []
    for place in rows:
        before = by_sku.get(skus[place])
        if before is None and place < len(held) and held[place].sku not in skus.values():
            before = held[place]  # The same row under another SKU.
        drafts.append(_variant(form, f"variants-{place}", before or VariantDraft("")))
    return drafts


def _variant(form: Form, stem: str, before: VariantDraft) -> VariantDraft:
    sku, gtin = form.text(f"{stem}-sku", most=60), form.text(f"{stem}-gtin", most=40)
    with form.refusals():
        checked_sku(sku, f"{stem}-sku")
    with form.refusals():
        checked_gtin(gtin, f"{stem}-gtin")
    options = dict(before.options) | {name: form.text(f"{stem}-{name}", most=100) for name in SHOWN_OPTIONS}
    shown = {currency: form.money(f"{stem}-price-{currency}", currency) for currency in currencies()}
    for currency, minor in shown.items():
        form.expect(minor is None or minor > 0, f"{stem}-price-{currency}", say("A price is more than zero."))
    return VariantDraft(
        sku=sku,
        gtin=gtin,
        options={name: value for name, value in options.items() if value},
        cost_minor=form.money(f"{stem}-cost", before.cost_currency),
        cost_currency=before.cost_currency,
        quantity=form.integer(f"{stem}-quantity", most=10_000_000) or 0,
        prices={currency: minor for currency, minor in sorted({**before.prices, **shown}.items()) if minor},
    )


def at_their_rows(form: Form) -> None:
    """Moves refusals of the draft's variants to the rows of the form they came from."""
    rows = filled_rows(form)
    moved = {}
    for name, words in form.errors.items():
        part = re.fullmatch(r"variants-(\d+)(-.+)", name)
        is_draft = part is not None and int(part[1]) < len(rows)
        moved[f"variants-{rows[int(part[1])]}{part[2]}" if part and is_draft else name] = words
    form.errors = moved


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
    [
        "item_name",
        "brand",
        "product_description",
        "bullet_point",
        "generic_keyword",
        "externally_assigned_product_identifier",
        "condition_type",
        "country_of_origin",
        "purchasable_offer",
        "list_price",
        "fulfillment_availability",
        "item_package_dimensions",
        "item_package_weight",
        "item_weight",
        "main_product_image_locator",
        "parentage_level",
        "child_parent_sku_relationship",
        "variation_theme",
        "color",
        "size",
    ]
)


# The fields of the form that Amazon has a limit for, by the attribute it belongs to; and what holds where that is not known.
LIMITED = {"title": "item_name", "description": "product_description", "keywords": "generic_keyword"}
USUAL_LIMITS = {"title": {"most": 200}, "description": {"most": 2000}, "keywords": {"most_bytes": 249}}


def limits_of(attributes: list[Attribute]) -> dict[str, dict[str, int]]:
    """How long each text may be: bytes where the product type counts bytes, else characters."""
    leaves = {attribute.name: attribute.leaves[0] for attribute in attributes if attribute.leaves}
    found = dict(USUAL_LIMITS)
    for name, attribute in LIMITED.items():
        leaf = leaves.get(attribute)
        if leaf and leaf.most_bytes:
            found[name] = {"most_bytes": leaf.most_bytes}
        elif leaf and leaf.most_characters:
            found[name] = {"most": leaf.most_characters}
    return found


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
    """New addresses, then kept uploads in their order, then uploads of a form that came back, then new ones."""
    gone = set(form.values("remove_image"))
    held = [image for image in (ProductImage.of(product) if product else []) if str(image.uid) not in gone]
    drafts = [ImageDraft(url=url) for url in form.lines("image_urls", most_lines=MOST_IMAGES, most=2000)]
    drafts += [ImageDraft(file_name=i.file_name, width=i.width, height=i.height) for i in held if i.file_name]
    drafts += uploaded_before(form)
    folder = images_folder()
    for upload in form.files("upload"):
        try:
            name, width, height = stored(folder, upload.read())
            drafts.append(ImageDraft(file_name=name, width=width, height=height))
        except FieldRefused as refused:
            form.fail("upload", refused.words)
    form.uploaded = [f"{i.file_name}:{i.width}:{i.height}" for i in drafts[-20:] if i.file_name and not _is_of(i, held)]  # type: ignore[attr-defined]
    return drafts


def uploaded_before(form: Form) -> list[ImageDraft]:
    """Uploads that were stored when the form was sent first and came back with something to correct."""
    drafts = []
    for text in form.values("uploaded")[:MOST_IMAGES]:
        name, _, size = text.partition(":")
        width, _, height = size.partition(":")
        if file_of(images_folder(), name) and width.isdecimal() and height.isdecimal() and len(size) < 12:
            drafts.append(ImageDraft(file_name=name, width=int(width), height=int(height)))
    return drafts


def _is_of(draft: ImageDraft, held: list[ProductImage]) -> bool:
    return any(image.file_name == draft.file_name for image in held)


def images_folder() -> Path:
    return current_app.config["SETTINGS"].data / "images"


def difference_rows(differences: dict[str, tuple[Any, Any]]) -> list[tuple[str, str, str]]:
    """Differences of two drafts as a person compares them: field, theirs, mine."""
    return [(named(name), shown(name, theirs), shown(name, mine)) for name, (theirs, mine) in differences.items()]
