"""Listings: what is offered where, what differs from the product, and what Amazon says."""

from __future__ import annotations

import uuid

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.catalog.listing import Listing
from models.catalog.lists import LISTINGS
from models.catalog.product_type import ProductType
from models.catalog.publication import Publication
from models.catalog.queries import refused, refused_count, standing_word
from models.support.words import say
from views.catalog import bp
from views.catalog.inline_fields import OWN, of_listing
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, is_fragment, show
from views.support.lists import ListPage, list_page, shows, steps
from views.support.shell import place
from views.support.waiting import waiting

shows(LISTINGS, "catalog.listing_index")
place(
    "selling",
    30,
    lambda: _("Listings"),
    "tag",
    "catalog.listing_index",
    "products.view",
    lambda: refused(reach),
)
waiting(
    lambda: _("Listings that Amazon refused or suppressed"),
    lambda: refused_count(reach),
    lambda: url_for("catalog.listing_index", standing="to_fix"),
    permission="products.view",
    icon="tag",
)
OWN_FIELDS = ("title", "bullets", "description", "keywords", "price", "quantity")
PRODUCT_ANCHORS = {"gtin": "variants-0", "images": "upload", "package": "package_length_mm"}


@bp.get("/t/<team>/catalog/listings/")
@requires("products.view")
def listing_index():
    found = list_page(LISTINGS)
    if not isinstance(found, ListPage):
        return found
    return render_template("catalog/listings.html", list=found)


def standing_words() -> dict[str, tuple[str, str]]:
    """A listing's standing in a tone and a word."""
    return {
        "live": ("ok", _("Live")),
        "on_its_way": ("info", _("On its way")),
        "refused": ("bad", _("Refused")),
        "failed": ("bad", _("Failed")),
        "suppressed": ("warn", _("Suppressed")),
        "removed": ("neutral", _("Removed")),
        "draft": ("neutral", _("Draft")),
        "stopped": ("neutral", _("Stopped")),
    }


@bp.get("/t/<team>/catalog/listings/<uuid:uid>")
@requires("products.view")
def listing(uid: uuid.UUID):
    found = reach.get(Listing, uid)
    beside = {} if is_fragment() else steps(LISTINGS, found)
    return show("catalog/listing.html", fragment="catalog/_publication.html", **parts(found, None), **beside)


@bp.post("/t/<team>/catalog/listings/<uuid:uid>/overrides")
@requires("products.edit")
def override(uid: uuid.UUID):
    """Sets fields of this listing apart from the product; an empty field inherits again."""
    found = editable(uid)
    form = Form.read()
    values = {
        "title": form.text("title", most=500) or None,
        "bullets": form.lines("bullets", most_lines=10, most=1000) or None,
        "description": form.long_text("description") or None,
        "keywords": form.text("keywords", most=1000) or None,
        "price_minor": form.money("price", found.currency),
        "quantity": form.integer("quantity", most=10_000_000),
    }
    if form.ok:
        with form.refusals():
            found.override(values, by=current_person)
    if not form.ok:
        return invalid("catalog/listing.html", **parts(found, form))
    return go(
        url_for("catalog.listing", uid=uid),
        toast=say("The listing is saved. Publish it to bring the change to Amazon."),
    )


@bp.post("/t/<team>/catalog/listings/<uuid:uid>/acknowledgement")
@requires("products.edit")
def acknowledge(uid: uuid.UUID):
    """The person has seen that the product changed, and keeps this listing's own values."""
    editable(uid).override({}, by=current_person)
    return go(url_for("catalog.listing", uid=uid))


def editable(uid: uuid.UUID) -> Listing:
    """A listing this person may change: seeing its store is not enough."""
    found = reach.get(Listing, uid)
    if not reach.may("products.edit", found.store_id):
        abort(403)
    return found


def parts(found: Listing, form: Form | None) -> dict:
    content = found.content()
    overrides = found.overrides
    publications = Publication.of_listing(found)
    latest = publications[0] if publications else None
    values = {
        "title": overrides.get("title", ""),
        "bullets": "\n".join(overrides.get("bullets", [])),
        "description": overrides.get("description", ""),
        "keywords": overrides.get("keywords", ""),
        "price": content.price.text() if "price_minor" in overrides and content.price else "",
        "quantity": overrides.get("quantity", ""),
    }
    issues = latest.issues if latest else []
    return {
        "listing": found,
        "content": content,
        "form": form or Form(values),
        "publications": publications,
        "latest": latest,
        "issues": issues,
        "issues_by_field": {field: [i for i in issues if i.field == field] for field in {i.field for i in issues}},
        "words": standing_words(),
        "values": {name: of_listing(found, name) for name in OWN},
        "standing": standing_word(found.state, found.publication_state),
        "language": current_person.language,
        "lines": lines_of(events_about(found, limit=15)),
        "mend_url": lambda issue: mend_url(found, issue.field),
        "titles": ProductType.titles_of(
            {found.product.product_type}, found.marketplace_id, current_person.language
        ).get(found.product.product_type, {}),
    }


def mend_url(found: Listing, field: str) -> str | None:
    """Where a person mends what an issue is about: the listing's own values, or the field of the product."""
    if not field or not reach.may("products.edit"):
        return None
    if field in OWN_FIELDS:
        return f"#f-{field}"
    anchor = PRODUCT_ANCHORS.get(field, field + ".value" if field.startswith("attr.") else field)
    return url_for("catalog.edit", uid=found.product.uid) + f"#f-{anchor}"
