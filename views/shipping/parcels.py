"""The list of parcels, and one parcel with everything that belongs to it."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from flask import abort, make_response, render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.freight.answering import plain
from models.shipping.alerts.alert import ParcelAlert
from models.shipping.amazon_carriers import told_as
from models.shipping.confirmation import Confirmation
from models.shipping.following import Following
from models.shipping.hand_price import HandPrice
from models.shipping.lists import PARCELS
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.scale_photo import ScalePhoto
from models.shipping.status_words import status_words
from models.shipping.telling import is_left_to_tell
from models.shipping.tracking_event import TrackingEvent
from models.shipping.weighing import Weighing
from models.wallet.parcel_money import transfers_of
from views.audit.objects import leads
from views.freight.places import country_name
from views.freight.shown import shown
from views.shipping import bp
from views.shipping.tabs import room_tabs, tab
from views.shipping.waybill_shown import waybill_parts
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.lists import ListPage, list_page, shows, steps
from views.support.shell import place

place("selling", 15, lambda: _("Parcels"), "package", "shipping.index", "parcels.view")
tab(10, lambda: _("Parcels"), "shipping.index")
shows(PARCELS, "shipping.index")
leads("parcel", Parcel, "parcels.view", lambda one: url_for("shipping.parcel", uid=one.uid))


@bp.get("/t/<team>/shipping/")
@requires("parcels.view")
def index():
    found = list_page(PARCELS)
    if not isinstance(found, ListPage):
        return found
    return render_template(
        "shipping/index.html", list=found, country_name=country_name, tabs=room_tabs("shipping.index")
    )


@bp.get("/t/<team>/shipping/parcels/<uuid:uid>")
@requires("parcels.view")
def parcel(uid: uuid.UUID):
    found = parcel_of(uid)
    return render_template("shipping/show.html", **parts(found, Form()), **steps(PARCELS, found))


def parcel_of(uid: uuid.UUID, permission: str = "parcels.view") -> Parcel:
    """The parcel, if this person may see it; 403 when they may see it but not do this."""
    found = Parcel.get_visible(reach, uid)
    if not reach.may(permission, found.store_id):
        abort(403)
    return found


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/photo")
@requires("pii.reveal")
def photo(uid: uuid.UUID):
    """The photo of the scale for this one answer; 404 where there is none. The operator, who took it, opens no seller's buyers."""
    found = parcel_of(uid, "pii.reveal")
    kept = ScalePhoto.of(found)
    if kept is None:
        abort(404)
    answer = make_response(kept.open(by=current_person))
    answer.headers["Content-Type"], answer.headers["Cache-Control"] = "image/jpeg", "no-store"
    answer.headers["Content-Disposition"] = f'inline; filename="scale-{found.label}.jpg"'
    return answer


def parts(parcel: Parcel, form: Form) -> dict[str, Any]:
    """What the page of a parcel shows."""
    quote, told, weighed = parcel.quote, Confirmation.of_parcel(parcel), Weighing.of(parcel)
    may_tell = reach.may("parcels.confirm", parcel.store_id)
    return {
        "parcel": parcel, "form": form, "alerts": ParcelAlert.of_parcel(parcel), "lines": ParcelLine.of(parcel), "country": country_name(parcel.country),
        "sides": [_cm(side) for side in (parcel.length_mm, parcel.width_mm, parcel.height_mm)],
        "quoted": shown(quote.answer) if quote else None, "told": told, "paid": transfers_of(parcel) if reach.may("wallet.view", parcel.store_id) else [], "weighed": weighed, "price": HandPrice.of_parcels([parcel.id]).get(parcel.id),
        "following": Following.of(parcel), "standing": status_words(parcel.status, parcel.sub_status),
        "news": TrackingEvent.of(parcel), "history": lines_of(events_about(parcel, limit=50)), "labels": _labels(),
        "may_edit": reach.may("parcels.edit", parcel.store_id), "may_see_quotes": reach.may("freight.view"),
        "may_see_orders": reach.may("orders.view", parcel.store_id),
        "has_photo": ScalePhoto.is_there(weighed), "may_reveal": reach.may("pii.reveal", parcel.store_id),
        **waybill_parts(parcel), "may_tell": may_tell, "can_tell": may_tell and is_left_to_tell(parcel, told), "told_as": told_as(parcel),
    }  # fmt: skip


def _cm(millimetres: int) -> str:
    return plain(Decimal(millimetres) / 10) if millimetres else ""


def _labels() -> dict[str, str]:
    return {
        "grams": _("Weight"), "length": _("Length"), "width": _("Width"), "height": _("Height"), "reason": _("Reason"),
        "tracking_number": _("Tracking number"), "carrier_name": _("Carrier"), "left_on": _("Left on"),
        "is_combined": _("Combined shipment"),
    }  # fmt: skip
