"""Values changed where they stand: of a product its title, brand, costs, stock and prices, of a listing its own price and
stock. Each is a small resource: the value, the form that takes its place, and saving, which answers with the value again, or
with the form and both values when somebody else changed it meanwhile (409). Without JavaScript a value leads to the whole form.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import redirect, render_template

from models.catalog import one_field
from models.catalog.draft import draft_of
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.support.errors import Stale
from views.catalog import bp
from views.catalog.inline_fields import OWN, Inline, of_listing, of_product
from views.catalog.listings import editable
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import invalid, is_fragment


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


# Answers


def answer(shown: Inline, held: Any, heading: str | None = None) -> Any:
    """The value as the page has it."""
    if not is_fragment():
        return redirect(shown.page, 303)
    return render_template("catalog/_value_new.html", value=shown, held=held, heading=heading)


def ask(shown: Inline, held: Any) -> Any:
    """The form in its place."""
    if not is_fragment():
        return redirect(shown.page, 303)
    text = shown.write(held)
    return render_template("catalog/_value_form.html", value=shown, form=None, text=text, seen=text)


def save(shown: Inline, verb: Callable[[Any, Any], Any], is_title: bool = False) -> Any:
    """Reads what the person saw and what they want instead; answers with the value, or 422 or 409 with the form."""
    form = Form.read()
    new = shown.read(form, "value")
    seen = form.value("seen") if shown.kind == "text" else shown.read(form, "seen")
    form.errors.pop("seen", None)  # Whatever stood there before is not theirs to mend.
    try:
        if form.ok:
            with form.refusals():
                verb(new, seen)
    except Stale as stale:
        ((theirs, _mine),) = stale.theirs.values()
        conflict = {"words": stale.words, "theirs": shown.show(theirs), "mine": shown.show(new)}
        return again(shown, form, 409, shown.write(new), shown.write(theirs), conflict)
    if not form.ok:
        return again(shown, form, 422, form.value("value"), form.value("seen"))
    return answer(shown, new, heading=new if is_title else None)


def again(shown: Inline, form: Form, status: int, text: str, seen: str, conflict: Any = None) -> Any:
    if not is_fragment():
        return redirect(shown.page, 303)
    return invalid(
        "catalog/_value_form.html", status=status, value=shown, form=form, text=text, seen=seen, conflict=conflict
    )
