"""The operator's warehouse: parcels on its channels, whoever's they are, and weighing one in."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.freight.kept_quote import FreightQuote
from models.people.team import Team
from models.shipping.hand_price import HandPrice
from models.shipping.parcel import Parcel
from models.shipping.scale_photo import ScalePhoto, weigh_with
from models.shipping.warehouse import PERMISSION, WAREHOUSE, get_entrusted
from models.shipping.weighing import ARRIVED, MOST_GRAMS, ON_ITS_WAY, Weighing, size_text
from models.support.words import say
from models.wallet.on_scale import paid_for
from models.wallet.reaching import ALL
from views.freight.places import country_name
from views.freight.shown import shown
from views.shipping import bp
from views.shipping.scale import photo_of
from views.shipping.tabs import warehouse_tab, warehouse_tabs
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps
from views.support.shell import place

place("portal", 20, lambda: _("Warehouse"), "warehouse", "shipping.warehouse", PERMISSION)
warehouse_tab(10, lambda: _("Parcels"), "shipping.warehouse", PERMISSION)
shows(WAREHOUSE, "shipping.warehouse")
MOST_CM, SIDES = Decimal(1000), ("length", "width", "height")


@bp.get("/t/<team>/shipping/warehouse/")
@requires("parcels.weigh")
def warehouse():
    found = list_page(WAREHOUSE)
    if not isinstance(found, ListPage):
        return found
    return render_template(
        "shipping/warehouse.html", list=found, country_name=country_name, size_text=size_text, tabs=warehouse_tabs("shipping.warehouse")
    )  # fmt: skip


@bp.get("/t/<team>/shipping/warehouse/<uuid:uid>")
@requires("parcels.weigh")
def entrusted(uid: uuid.UUID):
    found = get_entrusted(reach, uid)
    return render_template("shipping/entrusted.html", **entrusted_parts(found, Form()), **steps(WAREHOUSE, found))


@bp.post("/t/<team>/shipping/warehouse/<uuid:uid>/weighing")
@requires("parcels.weigh")
def weigh_in(uid: uuid.UUID):
    found, form = get_entrusted(reach, uid), Form.read()
    grams = form.integer("grams", required=True, least=1, most=MOST_GRAMS)
    length, width, height = (int((form.decimal(name, most=MOST_CM, places=1) or 0) * 10) for name in SIDES)
    kept = None
    if form.ok:
        with form.refusals():
            kept = weigh_with(
                photo_of(form),
                found,
                grams=grams or 0,
                sides_mm=(length, width, height),
                is_late=True,
                by=current_person,
            )
    if not form.ok or kept is None:
        return invalid("shipping/entrusted.html", **entrusted_parts(found, form))
    words = say("%(number)s is weighed in.", number=found.tracking_number)
    if kept.quote is None:
        words = say("%(number)s is weighed in, but has no price.", number=found.tracking_number)
    return go(url_for("shipping.entrusted", uid=uid), toast=words, tone="ok" if kept.quote else "warn")


def entrusted_parts(parcel: Parcel, form: Form) -> dict[str, Any]:
    """What the operator may see of a parcel: nothing of orders, buyers or what lies in it."""
    weighing, label = Weighing.of(parcel), FreightQuote.get_by_id(parcel.quote_id)
    return {
        "parcel": parcel, "form": form, "owner": Team.get_by_id(parcel.team_id), "country": country_name(parcel.country),
        "weighing": weighing, "price": HandPrice.of_parcels([parcel.id]).get(parcel.id) if weighing else None, "label": shown(label.answer), "again": shown(weighing.quote.answer) if weighing and weighing.quote else None,
        "declared_size": size_text(parcel.length_mm, parcel.width_mm, parcel.height_mm),
        "has_money": reach.may(ALL) and bool(paid_for([parcel.id])),
        "has_photo": ScalePhoto.is_there(weighing),
        "may_weigh": weighing is None and parcel.state in ON_ITS_WAY + ARRIVED, "is_late": parcel.state in ARRIVED,
        "labels": {"grams": _("Weight"), "length": _("Length"), "width": _("Width"), "height": _("Height"), "photo": _("Photo"), "amount": _("Costs"), "reason": _("Reason")},
    }  # fmt: skip
