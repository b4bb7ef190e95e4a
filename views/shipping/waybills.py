"""Ordering a parcel's waybill from its carrier's own service."""

from __future__ import annotations

import uuid

from flask import abort, render_template, url_for

from models.shipping.papers.kinds import REVEAL
from models.shipping.waybill import Waybill
from models.support.words import say
from views.shipping import bp
from views.shipping.parcels import parcel_of
from views.shipping.waybill_shown import waybill_parts
from views.support.access import current_person, reach, requires
from views.support.hypermedia import go


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/waybill")
@requires("parcels.edit")
def order_waybill(uid: uuid.UUID):
    found = parcel_of(uid, "parcels.edit")
    if not reach.may(REVEAL, found.store_id):
        abort(403)
    Waybill.ask(found, by=current_person)
    return go(url_for("shipping.parcel", uid=uid), toast=say("The waybill is being ordered."))


@bp.get("/t/<team>/shipping/parcels/<uuid:uid>/waybill")
@requires("parcels.view")
def waybill(uid: uuid.UUID):
    """How it goes; the fragment asks again until the carrier has answered."""
    found = parcel_of(uid)
    return render_template("shipping/_waybill.html", parcel=found, **waybill_parts(found))
