"""Products: the list, one product, entering and changing it."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.catalog import saving
from models.catalog.cargo import CARGO, cargo_words
from models.catalog.image import ProductImage
from models.catalog.listing import Listing
from models.catalog.lists import PRODUCTS
from models.catalog.product import LANGUAGES, Product
from models.catalog.queries import latest_publications, standing_of
from models.catalog.variant import Variant
from models.support.errors import Stale
from models.support.words import say
from views.catalog import bp
from views.catalog.form_sections import sections
from views.catalog.inline_fields import inlines_of, may_see_costs, plain_of
from views.catalog.product_form import (
    at_their_rows,
    attribute_values,
    attributes_for,
    currencies,
    difference_rows,
    field_name,
    is_free,
    languages_of,
    limits_of,
    product_types,
    read_draft,
    values_of,
    variant_count,
)
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps
from views.support.shell import place

shows(PRODUCTS, "catalog.index")
place("selling", 20, lambda: _("Products"), "package", "catalog.index", "products.view", key="p")


@bp.get("/t/<team>/catalog/products/")
@requires("products.view")
def index():
    found = list_page(PRODUCTS)
    if not isinstance(found, ListPage):
        return found
    return render_template("catalog/index.html", list=found)


@bp.get("/t/<team>/catalog/products/new")
@requires("products.edit")
def new():
    form = Form(
        {
            "language": current_person.language.split("_")[0],
            "country_of_origin": "CN",
            "variant_count": 1,
            "product_type": request.args.get("type", ""),
        }
    )
    return render_template("catalog/edit.html", **parts(form, None))


@bp.post("/t/<team>/catalog/products/")
@requires("products.edit")
def create():
    form = Form.read()
    if form.value("more"):
        return render_template("catalog/edit.html", **parts(form, None))
    draft = read_draft(form, None, attributes_for(form.value("product_type")))
    if form.ok:
        with form.refusals():
            product = saving.create(current_team, draft, by=current_person)
        at_their_rows(form)
    if not form.ok:
        return invalid("catalog/edit.html", **parts(form, None))
    return go(url_for("catalog.detail", uid=product.uid), toast=say("%(code)s is in the library.", code=product.code))


@bp.get("/t/<team>/catalog/products/<uuid:uid>")
@requires("products.view")
def detail(uid: uuid.UUID):
    product = reach.get(Product, uid)
    listings = Listing.of_product(product, reach)
    variants = Variant.with_prices(product)
    return render_template(
        "catalog/show.html",
        product=product,
        texts=product.texts,
        variants=variants,
        values=plain_of(product),
        may_see_costs=may_see_costs(),
        values_of={variant.id: inlines_of(product, variant) for variant in variants},
        images=ProductImage.of(product),
        listings=listings,
        latest=latest_publications([listing.id for listing in listings]),
        standing=standing_of([product.id]).get(product.id, {}),
        lines=lines_of(events_about(product, limit=20)),
        language_names=LANGUAGES,
        cargo_words=cargo_words,
        **steps(PRODUCTS, product),
    )


@bp.get("/t/<team>/catalog/products/<uuid:uid>/edit")
@requires("products.edit")
def edit(uid: uuid.UUID):
    product = reach.get(Product, uid)
    values = values_of(product)
    values |= attribute_values(product.attributes, attributes_for(product.product_type))
    return render_template("catalog/edit.html", **parts(Form(values), product))


@bp.post("/t/<team>/catalog/products/<uuid:uid>")
@requires("products.edit")
def save(uid: uuid.UUID):
    """Saves over the version the person has seen. A change of somebody else meanwhile is shown beside theirs (409)."""
    product = reach.get(Product, uid)
    form = Form.read()
    if form.value("more"):
        return render_template("catalog/edit.html", **parts(form, product))
    draft = read_draft(form, product, attributes_for(form.value("product_type")))
    version = form.integer("version") or 0
    if form.ok:
        try:
            with form.refusals():
                saving.change(product, draft, version=version, by=current_person)
            at_their_rows(form)
        except Stale as stale:
            return invalid("catalog/edit.html", status=409, **parts(form, product.reload(), stale=stale))
    if not form.ok:
        return invalid("catalog/edit.html", **parts(form, product))
    return go(url_for("catalog.detail", uid=uid), toast=say("%(code)s is saved.", code=draft.code))


@bp.post("/t/<team>/catalog/products/<uuid:uid>/archive")
@requires("products.edit")
def archive(uid: uuid.UUID):
    product = reach.get(Product, uid)
    product.archive(by=current_person)
    return go(
        url_for("catalog.index"), toast=say("%(code)s is archived; its listings stay as they are.", code=product.code)
    )


@bp.post("/t/<team>/catalog/products/<uuid:uid>/restoration")
@requires("products.edit")
def restore(uid: uuid.UUID):
    product = reach.get(Product, uid)
    product.restore(by=current_person)
    return go(url_for("catalog.detail", uid=uid), toast=say("%(code)s is back.", code=product.code))


def parts(form: Form, product: Product | None, stale: Stale | None = None) -> dict:
    """Everything the form shows besides its values."""
    attributes = attributes_for(form.value("product_type"))
    return {
        "form": form,
        "product": product,
        "stale": stale,
        "differences": difference_rows(stale.theirs) if stale else [],
        "uploaded": getattr(form, "uploaded", []) or form.values("uploaded"),
        "version": product.version if product else 0,
        "attributes": [attribute for attribute in attributes if is_free(attribute)],
        "required": {attribute.name for attribute in attributes if attribute.is_required},
        "field_name": field_name,
        "languages": languages_of(form),
        "sections": sections(form, languages_of(form), any(is_free(attribute) for attribute in attributes)),
        "limits": limits_of(attributes),
        "language_names": LANGUAGES,
        "types": product_types(),
        "cargo": list(CARGO.items()),
        "currencies": currencies(),
        "variant_count": variant_count(form),
        "images": ProductImage.of(product) if product else [],
    }
