"""Where a team's parcels leave from."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from models.shipping.ship_from import FIELDS, REQUIRED, ShipFrom
from models.support.words import say
from views.freight.places import countries
from views.shipping import bp
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/shipping/sender")
@requires("parcels.edit")
def sender():
    held = ShipFrom.of(reach.team_id)
    form = Form({name: getattr(held, name) for name in FIELDS} if held else {"country": "CN"})
    return render_template("shipping/sender.html", **_parts(form))


@bp.post("/t/<team>/shipping/sender")
@requires("parcels.edit")
def keep_sender():
    form = Form.read()
    told = {name: form.text(name, required=name in REQUIRED, most=most) for name, most in FIELDS.items()}
    if form.ok:
        with form.refusals():
            ShipFrom.keep(reach.team, told, by=current_person)
    if not form.ok:
        return invalid("shipping/sender.html", **_parts(form))
    return go(url_for("shipping.papers"), toast=say("The sender is kept."))


def _parts(form: Form) -> dict[str, Any]:
    return {"form": form, "countries": countries()}
