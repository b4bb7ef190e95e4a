"""Surcharges by hand: what channels charge for a time beside their price sheets."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for

from models.catalog.cargo import CARGO as CARGO_WORDS
from models.freight.channel_surcharge import TERMS, ChannelSurcharge
from models.freight.dated import Span
from models.freight.day_rate import today
from models.freight.engine.card import BASES, CARGO, MEASURES, REMOTE_LEVELS, TRIGGERS
from models.freight.upkeep import channels_of, own_surcharge, surcharges_by_hand
from models.support.words import say
from views.freight import bp
from views.freight.remote import LEVELS
from views.freight.upkeep import is_own, parts, span_words
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid

WHEN = {
    "always": say("On every parcel"), "remote": say("In remote areas"), "cargo": say("For a kind of cargo"),
    "customs_declaration": say("With a formal declaration"), "insured": say("When insured"), "box": say("For boxes over a measure"),
}  # fmt: skip
BASIS = {
    "FIXED_SHIPMENT": say("for each parcel"), "FIXED_BOX": say("for each box"), "PER_KG": say("for each kg"),
    "PCT_FREIGHT": say("% of the freight"), "PCT_DECLARED": say("% of the declared value"),
}  # fmt: skip
MEASURE = {
    "longest": say("Longest side (cm)"), "second": say("Second side (cm)"), "actual": say("Weight (kg)"), "girth": say("Length and girth (cm)"),
}  # fmt: skip
COMBINE = {"STACK": say("All of a group are charged"), "MAX": say("Only the dearest of a group is charged")}


@bp.get("/t/<team>/freight/surcharges/")
@requires("freight.view")
def surcharges():
    standing, gone = surcharges_by_hand(channels_of(reach))
    return render_template("freight/surcharges.html", standing=[(one, span_words(one.span), is_own(one.row)) for one in standing],
                           gone=gone, when=WHEN, basis=BASIS, **parts("freight.surcharges"))  # fmt: skip


@bp.get("/t/<team>/freight/surcharges/new")
@requires("freight.edit")
def new_surcharge():
    form = Form({"channel": request.args.get("channel", ""), "first": today().isoformat(), "when": "always",
                 "basis": "FIXED_SHIPMENT", "combine": "STACK"})  # fmt: skip
    return render_template("freight/surcharge_form.html", form=form, **_offered())


@bp.post("/t/<team>/freight/surcharges/")
@requires("freight.edit")
def give_surcharge():
    form = Form.read()
    channels = {str(one.uid): one for one in channels_of(reach, own=True)}
    channel = form.choice("channel", channels)
    terms = {name: form.text(name, most=200) for name in TERMS}
    first, last = form.day("first", required=True), form.day("last")
    if form.ok:
        with form.refusals():
            ChannelSurcharge.give(channels[channel], terms, Span(first, last), replaces=form.flag("replaces"),  # type: ignore[arg-type]
                                  note=form.text("note", most=200), by=current_person)  # fmt: skip
    if not form.ok:
        return invalid("freight/surcharge_form.html", form=form, **_offered())
    return go(url_for(".surcharges"), toast=say("The surcharge is kept."))


def _offered() -> dict[str, Any]:
    def options(codes: Any, words: Any) -> list[tuple[str, Any]]:
        return [(code, words.get(code, code)) for code in codes]

    return {
        "channels": [(one.uid, f"{one.code} · {one.name}") for one in channels_of(reach, own=True)],
        "when": options(TRIGGERS, WHEN), "basis": options(BASES, BASIS), "measures": options(MEASURES, MEASURE),
        "cargo": options(CARGO, CARGO_WORDS), "levels": options([one for one in REMOTE_LEVELS if one != "EMBARGO"], LEVELS),
        "combine": list(COMBINE.items()),
    }  # fmt: skip


@bp.post("/t/<team>/freight/surcharges/<uuid:uid>/withdrawal")
@requires("freight.edit")
def withdraw_surcharge(uid: uuid.UUID):
    own_surcharge(reach, uid).withdraw(by=current_person)
    return go(url_for(".surcharges"), toast=say("The surcharge is withdrawn. Quotes made with it stay as they are."))
