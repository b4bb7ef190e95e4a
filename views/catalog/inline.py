"""Values changed where they stand: of a product its title, brand, costs, stock and prices, of a listing its own price and
stock. Each is a small resource: the value, the form that replaces it, and saving, which answers with the value again, or with
the form and both values when somebody else changed it meanwhile (409). Without JavaScript the value leads to the whole form.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from models.catalog import one_field
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.saving import draft_of
from models.catalog.variant import Variant
from models.support.errors import Stale
from models.support.money import Money
from views.catalog import bp
from views.catalog.listings import editable
from views.support import format as figures
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import invalid, is_fragment, respond

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

    @property
    def id(self) -> str:
        return "value-" + self.name.replace(".", "-")


@bp.get("/t/<team>/catalog/products/<uuid:uid>/values/<name>")
@requires("products.view")
def value(uid: uuid.UUID, name: str):
    product = reach.get(Product, uid)
    shown, field = of_product(product, name)
    return answer(shown, field.get(draft_of(product)))


@bp.get("/t/<team>/catalog/products/<uuid:uid>/values/<name>/edit")
@requires("products.edit")
def edit_value(uid: uuid.UUID, name: str):
    product = reach.get(Product, uid)
    shown, field = of_product(product, name)
    return ask(shown, field.get(draft_of(product)))


@bp.post("/t/<team>/catalog/products/<uuid:uid>/values/<name>")
@requires("products.edit")
def save_value(uid: uuid.UUID, name: str):
    product = reach.get(Product, uid)
    shown, field = of_product(product, name)
    return save(
        shown, lambda new, seen: one_field.change_one(product, field, new, seen=seen, by=current_person), is_title=name == "title"
    )  # fmt: skip


@bp.get("/t/<team>/catalog/listings/<uuid:uid>/values/<name>")
@requires("products.view")
def own_value(uid: uuid.UUID, name: str):
    found = reach.get(Listing, uid)
    return answer(of_listing(found, name), found.overrides.get(OWN[name]))


@bp.get("/t/<team>/catalog/listings/<uuid:uid>/values/<name>/edit")
@requires("products.edit")
def edit_own_value(uid: uuid.UUID, name: str):
    found = editable(uid)
    return ask(of_listing(found, name), found.overrides.get(OWN[name]))


@bp.post("/t/<team>/catalog/listings/<uuid:uid>/values/<name>")
@requires("products.edit")
def save_own_value(uid: uuid.UUID, name: str):
    found = editable(uid)
    return save(
        of_listing(found, name),
        lambda new, seen: one_field.override_one(found, OWN[name], new, seen=seen, by=current_person),
    )


# What can be changed


def of_product(product: Product, name: str) -> tuple[Inline, one_field.OneField]:
    """The value of this name, or 404."""
    if name in PLAIN:
        return PLAIN[name](product)
    part = OF_VARIANT.fullmatch(name)
    variant = Variant.get_or_none(Variant.product == product, Variant.uid == part[2]) if part else None
    if part is None or variant is None:
        abort(404)
    return _of_variant(product, variant, part[1])


def inlines_of(product: Product, variant: Variant) -> dict[str, Inline]:
    """The values of a variant that a page shows: cost, quantity, and its prices by currency."""
    names = ["cost", "quantity", *(f"price-{currency}" for currency in variant.prices)]
    return {name: _of_variant(product, variant, name)[0] for name in names}


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
    shown = Inline(f"{name}.{variant.uid}", f"{word} {variant.sku}", *places, *_money(currency), kind="money", unit=currency)
    found = one_field.of_variant(variant.sku, "cost_minor") if name == "cost" else one_field.price(variant.sku, currency)
    return shown, found


OWN = {"price": "price_minor", "quantity": "quantity"}


def of_listing(found: Listing, name: str) -> Inline:
    """A listing's own price or stock, or 404. Empty inherits from the product."""
    if name not in OWN:
        abort(404)
    places = (url_for("catalog.own_value", uid=found.uid, name=name), f"#f-{name}")
    if name == "quantity":
        return Inline("own-quantity", _("Stock"), *places, _own_quantity, _plain_number, _or_inherited(figures.number), kind="number")
    read, write, show = _money(found.currency)
    return Inline("own-price", _("Price"), *places, read, write, _or_inherited(show), kind="money", unit=found.currency)


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


# Answers


def answer(shown: Inline, held: Any) -> Any:
    """The value as the page has it."""
    if not is_fragment():
        return redirect(shown.page if shown.page.startswith("/") else shown.url.partition("/values/")[0], 303)
    return render_template("catalog/_value.html", value=shown, text=shown.show(held), held=held, is_new=True)


def ask(shown: Inline, held: Any) -> Any:
    """The form in its place."""
    if not is_fragment():
        return redirect(shown.page if shown.page.startswith("/") else shown.url.partition("/values/")[0] + shown.page, 303)
    return render_template("catalog/_value_form.html", value=shown, form=Form(), text=shown.write(held), seen=shown.write(held))


def save(shown: Inline, verb: Callable[[Any, Any], Any], is_title: bool = False) -> Any:
    """Reads what the person saw and what they want, saves, and answers with the value; 422 or 409 with the form."""
    form = Form.read()
    new, seen = shown.read(form, "value"), shown.read(form, "seen")
    try:
        if form.ok:
            with form.refusals():
                verb(new, seen)
    except Stale as stale:
        ((theirs, _mine),) = stale.theirs.values()
        conflict = {"words": stale.words, "theirs": shown.show(theirs), "mine": shown.show(new)}
        return _again(shown, form, 409, shown.write(new), shown.write(theirs), conflict)
    if not form.ok:
        return _again(shown, form, 422, form.value("value"), form.value("seen"))
    return respond(
        "catalog/_value.html", otherwise=shown.url.partition("/values/")[0], value=shown, text=shown.show(new), held=new,
        is_new=True, heading=new if is_title else None,
    )  # fmt: skip


def _again(shown: Inline, form: Form, status: int, text: str, seen: str, conflict: Any = None) -> Any:
    if not is_fragment():
        return make_response(redirect(shown.page, 303)) if shown.page.startswith("/") else abort(status)
    return invalid("catalog/_value_form.html", status=status, value=shown, form=form, text=text, seen=seen, conflict=conflict)
