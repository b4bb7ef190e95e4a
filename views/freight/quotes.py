"""Kept quotes: keeping one from the calculator, the list, one as it was given, and booking it."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from flask import render_template, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.catalog.cargo import cargo_words
from models.freight.engine.parcel import Parcel
from models.freight.kept_quote import FreightQuote
from models.freight.quotes import QUOTES
from models.support.errors import Refused
from models.support.words import say
from views.freight import bp
from views.freight.asked import read
from views.freight.calculator import box_words, plain_text
from views.freight.places import country_name
from views.freight.shown import money, shown
from views.freight.tabs import room_tabs, tab
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps

tab(20, lambda: _("Quotes"), "freight.quotes")
shows(QUOTES, "freight.quotes")
MOST_QUERY = 8000


@bp.get("/t/<team>/freight/quotes/")
@requires("freight.view")
def quotes():
    found = list_page(QUOTES)
    if not isinstance(found, ListPage):
        return found
    return render_template(
        "freight/quotes.html", list=found, tabs=room_tabs("freight.quotes"), country_name=country_name
    )


@bp.post("/t/<team>/freight/quotes/")
@requires("freight.quote")
def keep():
    """Freezes the price somebody sees: `asked` is what the calculator was asked, `seen` what it answered."""
    form = Form.read()
    asked = read(MultiDict(parse_qsl(form.value("asked")[:MOST_QUERY].replace("\0", ""))))
    answer = asked.answers.of(form.uid("channel")) if asked.answers else None
    if answer is None:
        raise Refused("This price is no longer given. Ask again.")
    if form.value("seen") != f"{answer.data['total']} {answer.data['currency']}":
        raise Refused("The price has changed meanwhile. Ask again, and look at it before you keep it.")
    kept = FreightQuote.keep(current_team, answer.offered, answer.parcel, answer.quote, by=current_person)
    return go(url_for("freight.quote", uid=kept.uid), toast=say("The quote %(number)s is kept.", number=kept.label))


@bp.get("/t/<team>/freight/quotes/<uuid:uid>")
@requires("freight.view")
def quote(uid: uuid.UUID):
    kept = FreightQuote.get_visible(reach, uid)
    return render_template("freight/quote.html", **parts(kept, Form()), **steps(QUOTES, kept))


@bp.get("/t/<team>/freight/quotes/<uuid:uid>/text")
@requires("freight.view")
def quote_text(uid: uuid.UUID):
    """The quote as plain text, for a customer."""
    return plain_text(text_of(FreightQuote.get_visible(reach, uid)))


@bp.post("/t/<team>/freight/quotes/<uuid:uid>/booking")
@requires("freight.quote")
def book(uid: uuid.UUID):
    kept = FreightQuote.get_visible(reach, uid)
    form = Form.read()
    waybill = form.text("waybill", required=True, most=60)
    if form.ok:
        with form.refusals():
            kept.book(waybill, by=current_person)
    if not form.ok:
        return invalid("freight/quote.html", **parts(kept, form))
    return go(
        url_for("freight.quote", uid=kept.uid), toast=say("It is booked under %(waybill)s.", waybill=kept.waybill)
    )


def parts(kept: FreightQuote, form: Form) -> dict[str, Any]:
    return {
        "kept": kept, "form": form, "shown": shown(kept.answer), "country": country_name(kept.country), "text": text_of(kept),
        "boxes": [box_words(box) for box in parcel_of(kept).boxes], "cargo": cargo_words(kept.asked["cargo"]),
        "rate": Decimal(kept.answer["rate"]) if kept.answer.get("rate") else None,
        "declared": money(kept.asked["declared_value"], kept.currency) if kept.asked["declared_value"] else "",
        "besides": [words for name, words in wished() if kept.asked[name]],
        "lines": lines_of(events_about(kept, limit=20)),
    }  # fmt: skip


def wished() -> list[tuple[str, str]]:
    return [("insured", _("Insured")), ("formal_declaration", _("Formal customs declaration"))]


def parcel_of(kept: FreightQuote) -> Parcel:
    return Parcel.read(kept.asked | {"postcode": kept.postcode})


def text_of(kept: FreightQuote) -> str:
    where = " ".join(filter(None, (country_name(kept.country), kept.postcode)))
    boxes = "; ".join(box_words(box) for box in parcel_of(kept).boxes[:12])
    head = f"{kept.label} · {where} · {kept.ship_date.isoformat()}\n{boxes}"
    return f"{head}\n\n{shown(kept.answer).text()}"
