"""Canary orders: one for each store that wants one. Only those who settle alarms know where they are."""

from __future__ import annotations

import uuid

from flask import abort, render_template, url_for

from models.orders import planting
from models.orders.canary import Canary
from models.stores.store import Store
from models.support.words import say
from views.compliance import bp
from views.support.access import current_person, fresh, reach, requires
from views.support.hypermedia import go


@bp.get("/t/<team>/compliance/canaries/")
@requires("alarms.settle")
def canaries():
    stores = [store for store in Store.reached(reach) if store.is_active]
    return render_template("compliance/canaries.html", stores=stores, planted={s.id: Canary.of(s) for s in stores})


@bp.post("/t/<team>/compliance/canaries/<uuid:uid>")
@requires("alarms.settle")
@fresh
def plant(uid: uuid.UUID):
    planting.plant(reach.get(Store, uid), by=current_person)
    return go(url_for(".canaries"), toast=say("The canary order is in its place."))


@bp.post("/t/<team>/compliance/canaries/<uuid:uid>/removal")
@requires("alarms.settle")
@fresh
def remove(uid: uuid.UUID):
    canary = Canary.of(reach.get(Store, uid))
    if canary is None:
        abort(404)
    planting.remove(canary, by=current_person)
    return go(url_for(".canaries"), toast=say("The canary order is gone."))
