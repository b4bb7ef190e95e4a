"""A parcel's box, channel, number and label, one after the other, and its end before it left."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from flask import render_template, url_for

from models.shipping import offers
from models.shipping.customs import declare_lines
from models.shipping.numbering import DoubtfulNumber
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.support.errors import Refused
from models.support.money import Money
from models.support.words import Words, say
from views.freight.shown import shown
from views.shipping import bp
from views.shipping.parcels import parcel_of, parts
from views.support.access import current_person, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid

MOST_CM, SIDES = Decimal(1000), ("length", "width", "height")
PICKS = {"cheapest": offers.choose_cheapest, "fastest": offers.choose_fastest, "rule": offers.choose_by_rule}


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/box")
@requires("parcels.edit")
def box(uid: uuid.UUID):
    found, form = parcel_of(uid, "parcels.edit"), Form.read()
    grams = form.integer("grams", required=True, least=1, most=1_000_000)
    sides = [form.decimal(name, most=MOST_CM, places=1) or Decimal(0) for name in SIDES]
    form.expect(all(sides) or not any(sides), "length", say("Give all three sides, or none."))
    if not form.ok:
        return invalid("shipping/show.html", **parts(found, form))
    length, width, height = (int(side * 10) for side in sides)
    found.box(grams=grams or 0, sides_mm=(length, width, height), by=current_person)
    return _back(found, say("Weight and size are kept."))


@bp.get("/t/<team>/shipping/parcels/<uuid:uid>/offers")
@requires("parcels.edit")
def channel_offers(uid: uuid.UUID):
    """What every channel asks for it, as the calculator shows it."""
    found = parcel_of(uid, "parcels.edit")
    answers = offers.offers(found)
    whole = offers.comparable(answers.prices)
    return render_template(
        "shipping/offers.html",
        parcel=found,
        prices=[(one, shown(one.data)) for one in answers.prices],
        rejected=[shown(one.data) for one in answers.rejected],
        cheapest=whole[0] if whole else None,
    )


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/quote")
@requires("parcels.edit")
def choose(uid: uuid.UUID):
    """The cheapest, the fastest, the one of the team's rule, or the channel whose price somebody sees (`seen`)."""
    found, form = parcel_of(uid, "parcels.edit"), Form.read()
    if pick := PICKS.get(form.value("pick")):
        pick(found, by=current_person)
    else:
        answer = offers.offers(found).of(form.uid("channel"))
        if answer is None:
            raise Refused("This price is no longer given. Look at the prices again.")
        if form.value("seen") != f"{answer.data['total']} {answer.data['currency']}":
            raise Refused("The price has changed meanwhile. Look at the prices again before you choose.")
        offers.take(found, answer, by=current_person)
    channel = found.reload().channel
    return _back(
        found, say("%(parcel)s goes by %(channel)s.", parcel=found.label, channel=channel.code if channel else "")
    )


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/number")
@requires("parcels.edit")
def number(uid: uuid.UUID):
    found, form = parcel_of(uid, "parcels.edit"), Form.read()
    text, reason = form.text("tracking_number", required=True, most=80), form.text("number_reason", most=200)
    is_doubtful = False
    if form.ok:
        with form.refusals():
            try:
                found.give_number(text, carrier=found.usual_carrier, reason=reason, by=current_person)
            except DoubtfulNumber:
                is_doubtful = True
                raise
    if not form.ok:
        return invalid("shipping/show.html", **parts(found, form), is_doubtful=is_doubtful)
    return _back(found, say("%(parcel)s has the number %(number)s.", parcel=found.label, number=found.tracking_number))


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/label")
@requires("parcels.edit")
def label(uid: uuid.UUID):
    found = parcel_of(uid, "parcels.edit")
    found.put_label_on(by=current_person)
    return _back(found, say("%(parcel)s is labelled; its price is fixed.", parcel=found.label))


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/departure")
@requires("parcels.edit")
def hand_over(uid: uuid.UUID):
    found = parcel_of(uid, "parcels.edit")
    found.hand_over(by=current_person)
    return _back(found, say("%(parcel)s was handed over.", parcel=found.label))


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/void")
@requires("parcels.edit")
def void(uid: uuid.UUID):
    found, form = parcel_of(uid, "parcels.edit"), Form.read()
    reason = form.text("reason", required=True, most=200)
    if form.ok:
        with form.refusals():
            found.void(reason=reason, by=current_person)
    if not form.ok:
        return invalid("shipping/show.html", **parts(found, form))
    return _back(found, say("%(parcel)s is void; its pieces may go into another parcel.", parcel=found.label))


@bp.get("/t/<team>/shipping/parcels/<uuid:uid>/customs")
@requires("parcels.edit")
def customs(uid: uuid.UUID):
    return render_template("shipping/customs.html", **_declared(parcel_of(uid, "parcels.edit"), Form()))


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/customs")
@requires("parcels.edit")
def declare_customs(uid: uuid.UUID):
    found, form = parcel_of(uid, "parcels.edit"), Form.read()
    told = {line.id: _read_line(form, line) for line in ParcelLine.of(found)}
    if form.ok:
        with form.refusals():
            declare_lines(found, told, by=current_person)
    if not form.ok:
        return invalid("shipping/customs.html", **_declared(found, form))
    return _back(found, say("What customs are told is kept."))


def _read_line(form: Form, line: ParcelLine) -> dict[str, Any]:
    value = form.money(f"value-{line.id}", line.currency, most=Decimal(10**7)) if line.currency else line.value_minor
    return {
        "declared_name": form.text(f"declared_name-{line.id}", required=True, most=120),
        "declared_name_cn": form.text(f"declared_name_cn-{line.id}", most=120),
        "hs_code": form.text(f"hs_code-{line.id}", most=20), "origin": form.text(f"origin-{line.id}", required=True, most=2),
        "value_minor": value, "grams": form.integer(f"grams-{line.id}", most=1_000_000),
    }  # fmt: skip


def _declared(found: Parcel, form: Form) -> dict[str, Any]:
    lines = [
        (line, Money(line.value_minor, line.currency).text() if line.currency else "") for line in ParcelLine.of(found)
    ]
    return {"parcel": found, "form": form, "lines": lines}


def _back(found: Parcel, words: Words):
    return go(url_for("shipping.parcel", uid=found.uid), toast=words)
