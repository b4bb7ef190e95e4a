"""Telling Amazon that parcels left: of one parcel, of an order, and the list of what was told and what was refused."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from models.lists.days import midnight
from models.shipping.confirmation import Confirmation
from models.shipping.tellable import SharedNumber
from models.shipping.telling import tell_again, tell_order, tell_parcel
from models.shipping.told_list import TOLD
from models.support import clock
from models.support.words import Words, say
from views.audit.objects import leads
from views.orders.orders import order_of
from views.shipping import bp
from views.shipping.parcels import parcel_of, parts
from views.shipping.tabs import room_tabs, tab
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.language import choose_zone
from views.support.lists import ListPage, list_page, shows

tab(20, lambda: _("Told to Amazon"), "shipping.told")
shows(TOLD, "shipping.told")
leads("confirmation", Confirmation, "parcels.view", lambda one: url_for("shipping.parcel", uid=one.parcel.uid))
ASKED = say("Amazon is told now; what it answers stands here.")


@bp.get("/t/<team>/shipping/told/")
@requires("parcels.view")
def told():
    found = list_page(TOLD)
    if not isinstance(found, ListPage):
        return found
    return render_template("shipping/told.html", list=found, tabs=room_tabs("shipping.told"))


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/confirmations")
@requires("parcels.confirm")
def tell(uid: uuid.UUID):
    found, form = parcel_of(uid, "parcels.confirm"), Form.read()
    carrier, day, is_combined = form.text("carrier_name", most=80), form.day("left_on"), form.flag("is_combined")
    is_shared = False
    if form.ok:
        with form.refusals():
            try:
                tell_parcel(
                    found, carrier_name=carrier, left_at=left_on(day), is_combined=is_combined, by=current_person
                )
            except SharedNumber:
                is_shared = True
                raise
    if not form.ok:
        return invalid("shipping/show.html", **parts(found.reload(), form), is_shared=is_shared)
    return go(url_for("shipping.parcel", uid=uid), toast=ASKED)


@bp.post("/t/<team>/shipping/orders/<uuid:uid>/confirmations")
@requires("parcels.confirm")
def tell_of_order(uid: uuid.UUID):
    order = order_of(uid)
    if not reach.may("parcels.confirm", order.store_id):
        abort(403)
    tell_order(order, by=current_person)
    return go(url_for("orders.detail", uid=uid), toast=ASKED)


@bp.post("/t/<team>/shipping/told/<uuid:uid>/repeat")
@requires("parcels.confirm")
def repeat(uid: uuid.UUID):
    """What was refused, after repair; or the new number where Amazon has the old one."""
    found = confirmation_of(uid)
    tell_again(found, by=current_person)
    return _back(found, ASKED)


@bp.post("/t/<team>/shipping/told/<uuid:uid>/withdrawal")
@requires("parcels.confirm")
def take_back(uid: uuid.UUID):
    found = confirmation_of(uid)
    found.take_back(by=current_person)
    return _back(found, say("Amazon is not told."))


@bp.post("/t/<team>/shipping/told/<uuid:uid>/finding")
@requires("parcels.confirm")
def settle(uid: uuid.UUID):
    """Somebody looked in Seller Central, as the button said: it is there, or it is not."""
    found = confirmation_of(uid)
    found.settle(Form.read().flag("is_there"), by=current_person)
    return _back(found, say("Your word is kept."))


def confirmation_of(uid: uuid.UUID) -> Confirmation:
    """The confirmation, if this person may see it; 403 when they may see it but not change it."""
    found = Confirmation.get_visible(reach, uid)
    if not reach.may("parcels.confirm", found.store_id):
        abort(403)
    return found


def left_on(day: date | None) -> datetime | None:
    """The end of a day on the reader's clock; today is now."""
    if day is None or day == clock.local(clock.now(), choose_zone()).date():
        return None
    return midnight(day + timedelta(days=1), choose_zone()) - timedelta(minutes=1)


def _back(found: Confirmation, words: Words):
    return go(url_for("shipping.parcel", uid=found.parcel.uid), toast=words)
