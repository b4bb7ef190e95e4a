"""Carriers: who moves parcels. A team's own are made and changed here; the operator's are looked at."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.lists import CARRIERS, whose
from models.shipping.amazon_carriers import of_carrier
from models.support.words import say
from views.audit.objects import leads
from views.freight import bp
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, viewer

shows(CARRIERS, "freight.carriers")
leads("carrier", Carrier, "freight.view", lambda one: url_for("freight.carrier", uid=one.uid))


@bp.get("/t/<team>/freight/carriers/")
@requires("freight.view")
def carriers():
    found = list_page(CARRIERS)
    return render_template("freight/carriers.html", list=found) if isinstance(found, ListPage) else found


@bp.get("/t/<team>/freight/carriers/<uuid:uid>")
@requires("freight.view")
def carrier(uid: uuid.UUID):
    found = Carrier.get_visible(reach, uid)
    is_own = found.team_id == current_team.id
    return render_template(
        "freight/carrier.html",
        carrier=found,
        is_own=is_own,
        may_edit=is_own and reach.may("freight.edit"),
        whose=whose(found, viewer()),
        spelled=of_carrier(found).words,
        channels=Channel.of_carrier(found, reach),
        lines=lines_of(events_about(found, 20)) if is_own else [],
    )


@bp.get("/t/<team>/freight/carriers/new")
@requires("freight.edit")
def new_carrier():
    return render_template("freight/carrier_form.html", form=Form(), carrier=None)


@bp.post("/t/<team>/freight/carriers/")
@requires("freight.edit")
def make_carrier():
    form = Form.read()
    code, values = form.text("code", required=True, most=40), read(form)
    if form.ok:
        with form.refusals():
            made = Carrier.make(current_team, code=code, by=current_person, **values)
    if not form.ok:
        return invalid("freight/carrier_form.html", form=form, carrier=None)
    return go(url_for(".carrier", uid=made.uid), toast=say("The carrier is saved."))


@bp.get("/t/<team>/freight/carriers/<uuid:uid>/edit")
@requires("freight.edit")
def edit_carrier(uid: uuid.UUID):
    found = reach.get(Carrier, uid)
    return render_template("freight/carrier_form.html", form=Form(shown(found)), carrier=found)


@bp.post("/t/<team>/freight/carriers/<uuid:uid>")
@requires("freight.edit")
def save_carrier(uid: uuid.UUID):
    found, form = reach.get(Carrier, uid), Form.read()
    values = read(form)
    if form.ok:
        with form.refusals():
            found.edit(by=current_person, **values)
    if not form.ok:
        return invalid("freight/carrier_form.html", form=form, carrier=found)
    return go(url_for(".carrier", uid=uid), toast=say("The carrier is saved."))


@bp.post("/t/<team>/freight/carriers/<uuid:uid>/offer")
@requires("freight.edit")
def switch_carrier(uid: uuid.UUID):
    """On or off, as the button said."""
    reach.get(Carrier, uid).switch(Form.read().flag("is_active"), by=current_person)
    return go(url_for(".carrier", uid=uid))


def read(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name", required=True, most=80),
        "name_cn": form.text("name_cn", most=80),
        "website": form.text("website", most=200),
        "track_key": form.integer("track_key", most=999_999_999),
        "amazon_name": form.text("amazon_name", most=80),
    }


def shown(carrier: Carrier) -> dict[str, Any]:
    return {name: getattr(carrier, name) for name in ("code", "name", "name_cn", "website", "track_key", "amazon_name")}
