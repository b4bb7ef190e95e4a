"""A product as a whole, as a person enters it: by the form, by a file, or as it is stored now; and how two drafts differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from models.catalog.declaring import DECLARED
from models.catalog.image import ProductImage
from models.catalog.product import Product, ProductText
from models.catalog.variant import Variant, VariantPrice
from models.support.bulk import among
from models.support.money import Money

PLAIN = (
    "code", "product_type", "brand", "language", "country_of_origin", "package_length_mm", "package_width_mm", "package_height_mm",
    "package_weight_grams", "item_weight_grams", "carton_quantity", "carton_length_mm", "carton_width_mm", "carton_height_mm",
    "carton_weight_grams", "cargo", *DECLARED, "attributes",
)  # fmt: skip


TEXT = ("title", "description", "bullets", "keywords")
VARIANT = ("gtin", "options", "cost_minor", "cost_currency", "quantity")
SIZES = (
    "package_length_mm", "package_width_mm", "package_height_mm", "package_weight_grams", "item_weight_grams",
    "carton_quantity", "carton_length_mm", "carton_width_mm", "carton_height_mm", "carton_weight_grams",
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
        images[i.product_id].append(image_draft(i))
    return {
        product.id: ProductDraft(
            texts=dict(sorted(texts[product.id].items(), key=lambda pair: (pair[0] != product.language, pair[0]))),
            variants=variants[product.id],
            images=images[product.id],
            **{name: getattr(product, name) for name in PLAIN},
        )
        for product in products
    }


def image_draft(image: ProductImage) -> ImageDraft:
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


def told(value: Any) -> Any:
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
