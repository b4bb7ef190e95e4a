"""Fuel rates by carrier and channel: how each table stands, its history, a rate by hand, a sheet of rates."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.dated import Span
from models.freight.fuel_rate import FuelRate
from models.freight.fuel_sheet import ReadSheet, read_text, text_of_file
from models.freight.upkeep import Owner, fuel_board
from models.support.errors import Refused
from models.support.words import say
from views.freight import bp
from views.freight.upkeep import is_own, parts, span_words, standing_words
from views.imports.doors import folder
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.uploads import saved


@bp.get("/t/<team>/freight/fuel/")
@requires("freight.view")
def fuel():
    board = [(one, *standing_words(one), _address(one)) for one in fuel_board(reach)]
    return render_template("freight/fuel.html", board=board, **parts("freight.fuel"))


def _address(owner: Any) -> str:
    if owner.channel is not None:
        return url_for("freight.channel_fuel", uid=owner.channel.uid)
    return url_for("freight.carrier_fuel", uid=owner.carrier.uid)


@bp.get("/t/<team>/freight/fuel/carriers/<uuid:uid>")
@requires("freight.view")
def carrier_fuel(uid: uuid.UUID):
    return _page(Owner(Carrier.get_visible(reach, uid), None))


@bp.get("/t/<team>/freight/fuel/channels/<uuid:uid>")
@requires("freight.view")
def channel_fuel(uid: uuid.UUID):
    channel = Channel.get_visible(reach, uid)
    return _page(Owner(channel.carrier, channel))


@bp.post("/t/<team>/freight/fuel/carriers/<uuid:uid>/rates")
@requires("freight.edit")
def give_carrier_fuel(uid: uuid.UUID):
    return _give(Owner(reach.get(Carrier, uid), None))


@bp.post("/t/<team>/freight/fuel/channels/<uuid:uid>/rates")
@requires("freight.edit")
def give_channel_fuel(uid: uuid.UUID):
    channel = reach.get(Channel, uid)
    return _give(Owner(channel.carrier, channel))


@bp.post("/t/<team>/freight/fuel/carriers/<uuid:uid>/sheet")
@requires("freight.edit")
def bring_carrier_fuel(uid: uuid.UUID):
    return _bring(Owner(reach.get(Carrier, uid), None))


@bp.post("/t/<team>/freight/fuel/channels/<uuid:uid>/sheet")
@requires("freight.edit")
def bring_channel_fuel(uid: uuid.UUID):
    channel = reach.get(Channel, uid)
    return _bring(Owner(channel.carrier, channel))


@bp.post("/t/<team>/freight/fuel/rates/<uuid:uid>/withdrawal")
@requires("freight.edit")
def withdraw_fuel(uid: uuid.UUID):
    rate = reach.get(FuelRate, uid)
    rate.withdraw(by=current_person)
    return go(_address(rate), toast=say("The fuel rate is withdrawn. Quotes made with it stay as they are."))


def _page(owner: Owner) -> Any:
    return render_template("freight/fuel_series.html", form=Form(), sheet_form=Form(), **_shown(owner))


def _shown(owner: Owner, sheet: ReadSheet | None = None) -> dict[str, Any]:
    series = owner.series()
    mine = is_own(owner.carrier)
    tone, words = standing_words(series)
    return {
        **parts("freight.fuel"), "owner": owner, "series": series, "tone": tone, "words": words, "history": owner.history(),
        "sheet": sheet, "is_own": mine, "may_give": mine and reach.may("freight.edit"),
        "address": _address(owner), "states": {one.row.id: span_words(one.span) for one in series.held}, "channels": Channel.of_carrier(owner.carrier, reach) if owner.channel is None else [],
    }  # fmt: skip


def _give(owner: Owner) -> Any:
    form = Form.read()
    first, last = form.day("first", required=True), form.day("last")
    percent = form.decimal("percent", required=True)
    if form.ok:
        with form.refusals():
            FuelRate.give(owner.carrier, owner.channel, Span(first, last), percent, replaces=form.flag("replaces"),  # type: ignore[arg-type]
                          by=current_person)  # fmt: skip
    if not form.ok:
        return invalid("freight/fuel_series.html", form=form, sheet_form=Form(), **_shown(owner))
    return go(_address(owner), toast=say("The fuel rate is kept."))


def _bring(owner: Owner) -> Any:
    """Reads what was pasted or uploaded and shows what it would do; takes it in when that was seen and asked for."""
    form = Form.read()
    sheet = _sheet_of(owner, form)
    if sheet is None or not form.ok or not form.flag("take") or not sheet.is_good:
        page = {
            "form": Form(),
            "sheet_form": form if sheet is None else Form({"rows": sheet.text}),
            **_shown(owner, sheet),
        }
        return invalid("freight/fuel_series.html", status=422 if sheet is None or not sheet.is_good else 200, **page)
    try:
        count = FuelRate.take_in(owner.carrier, owner.channel, sheet.fuels, replaces=form.flag("replaces"),
                                 source=form.text("source", most=200), by=current_person)  # fmt: skip
    except Refused as refused:
        form.fail("rows", refused.words)
        return invalid("freight/fuel_series.html", form=Form(), sheet_form=form, **_shown(owner, sheet))
    return go(_address(owner), toast=say("%(count)s fuel rates are kept.", count=count))


def _sheet_of(owner: Owner, form: Form) -> ReadSheet | None:
    """What the form brings, read; None with words beside the field when it cannot be read."""
    text, upload, name = form.long_text("rows", most=60_000), form.file("file"), ""
    try:
        if upload is not None:
            with saved(upload, folder()) as path:
                text, name = text_of_file(path, upload.filename), upload.filename
        elif not text:
            form.fail("rows", say("Paste rows, or choose a file."))
            return None
        return read_text(text, owner.carrier, owner.channel, source=name or form.value("source"))
    except Refused as refused:
        form.fail("file" if upload is not None else "rows", refused.words)
        return None
