"""Which values of a product or a listing can be changed where they stand, and how each is read and written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _

from models.catalog import one_field
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.support.money import Money
from views.support import format as figures
from views.support.access import reach
from views.support.forms import Form

OF_VARIANT = re.compile(r"(cost|quantity|price-[A-Z]{3})\.([0-9a-f-]{36})")


@dataclass(frozen=True)
class Inline:
    """One value on a page: how it is called and read, where it stands, where the whole form has it."""

    name: str
    label: str
    url: str  # Of the value; the form is below it.
    page: str  # Where it can be changed without JavaScript.
    read: Callable[[Form, str], Any]
    write: Callable[[Any], str]  # For the form.
    show: Callable[[Any], str]  # For the page.
    kind: str = "text"
    unit: str = ""
    most: int | None = None
    shows_nothing: bool = False  # Are there words for no value?

    @property
    def id(self) -> str:
        return "value-" + self.name.replace(".", "-")


def of_product(product: Product, name: str) -> tuple[Inline, one_field.OneField]:
    """The value of this name, or 404."""
    if name in PLAIN:
        return PLAIN[name](product)
    part = OF_VARIANT.fullmatch(name)
    variant = Variant.get_or_none(Variant.product == product, Variant.uid == part[2]) if part else None
    if part is None or variant is None or (part[1] == "cost" and not may_see_costs()):
        abort(404)
    return _of_variant(product, variant, part[1])


def may_see_costs() -> bool:
    """What goods were bought for is for who sees what orders leave, and for who enters it."""
    return reach.may("profit.view") or reach.may("products.edit")


def inlines_of(product: Product, variant: Variant) -> dict[str, Inline]:
    """The values of a variant that a page shows: cost, quantity, and its prices by currency."""
    names = [*(["cost"] if may_see_costs() else []), "quantity", *(f"price-{currency}" for currency in variant.prices)]
    return {name: _of_variant(product, variant, name)[0] for name in names}


def plain_of(product: Product) -> dict[str, Inline]:
    """The values of the product itself that a page shows."""
    return {name: make(product)[0] for name, make in PLAIN.items()}


def _title(product: Product) -> tuple[Inline, one_field.OneField]:
    def read(form: Form, name: str) -> str:
        return form.text(name, required=True, most=500)

    return Inline("title", _("Title"), *_places(product, "title", "title"), read, str, str, most=200), one_field.title()


def _brand(product: Product) -> tuple[Inline, one_field.OneField]:
    def read(form: Form, name: str) -> str:
        return form.text(name, most=120)

    return Inline("brand", _("Brand"), *_places(product, "brand", "brand"), read, str, str), one_field.plain("brand")


PLAIN = {"title": _title, "brand": _brand}


def _of_variant(product: Product, variant: Variant, name: str) -> tuple[Inline, one_field.OneField]:
    places = _places(product, f"{name}.{variant.uid}", f"variants-{variant.position}-{name}")
    if name == "quantity":
        shown = Inline(f"{name}.{variant.uid}", f"{_('Stock')} {variant.sku}", *places, _quantity, _plain_number, figures.number,
                       kind="number")  # fmt: skip
        return shown, one_field.of_variant(variant.sku, "quantity")
    currency = variant.cost_currency if name == "cost" else name.removeprefix("price-")
    word = _("Cost") if name == "cost" else _("Price")
    read, write, show = _money(currency)
    shown = Inline(f"{name}.{variant.uid}", f"{word} {variant.sku}", *places, read, write, show, kind="money",
                   unit=currency)  # fmt: skip
    found = (
        one_field.of_variant(variant.sku, "cost_minor") if name == "cost" else one_field.price(variant.sku, currency)
    )
    return shown, found


OWN = {"price": "price_minor", "quantity": "quantity"}


def of_listing(found: Listing, name: str) -> Inline:
    """A listing's own price or stock, or 404. Empty inherits from the product."""
    if name not in OWN:
        abort(404)
    page = url_for("catalog.listing", uid=found.uid)
    places = (url_for("catalog.own_value", uid=found.uid, name=name), f"{page}#f-{name}")
    if name == "quantity":
        return Inline("own-quantity", _("Stock"), *places, _own_quantity, _plain_number, _or_inherited(figures.number), kind="number",
                      shows_nothing=True)  # fmt: skip
    read, write, show = _money(found.currency)
    return Inline("own-price", _("Price"), *places, read, write, _or_inherited(show), kind="money", unit=found.currency,
                  shows_nothing=True)  # fmt: skip


def _places(product: Product, name: str, anchor: str) -> tuple[str, str]:
    edit = url_for("catalog.edit", uid=product.uid)
    return url_for("catalog.value", uid=product.uid, name=name), f"{edit}#f-{anchor}"


def _money(currency: str) -> tuple[Callable[[Form, str], Any], Callable[[Any], str], Callable[[Any], str]]:
    return (
        lambda form, name: form.money(name, currency),
        lambda minor: "" if minor is None else Money(minor, currency).text(),
        lambda minor: figures.money(minor, currency),
    )


def _quantity(form: Form, name: str) -> Any:
    return form.integer(name, required=name == "value", most=10_000_000)


def _own_quantity(form: Form, name: str) -> Any:
    return form.integer(name, most=10_000_000)


def _plain_number(number: int | None) -> str:
    return "" if number is None else str(number)


def _or_inherited(show: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda held: _("from the product") if held is None else show(held)
