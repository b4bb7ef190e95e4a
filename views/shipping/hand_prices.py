"""Prices by hand of weighed parcels: proposed at the warehouse, decided by somebody who decides on wallets."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.people.reach import OutOfReach
from models.shipping.hand_price import HandPrice
from models.shipping.price_list import DECIDE, PRICES, SEE, get_price
from models.shipping.warehouse import get_entrusted
from models.shipping.weighing import Weighing
from models.support.words import say
from views.shipping import bp
from views.shipping.tabs import warehouse_tab, warehouse_tabs
from views.shipping.warehouse import entrusted_parts
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps
from views.support.waiting import waiting
from views.wallet.tabs import all_tab

warehouse_tab(30, lambda: _("Prices by hand"), "shipping.hand_prices", SEE)
all_tab(
    35, lambda: _("Prices by hand"), "shipping.hand_prices"
)  # Who decides on wallets may have nothing else at the warehouse.
shows(PRICES, "shipping.hand_prices")
waiting(
    lambda: _("Prices of weighed parcels to decide"),
    HandPrice.waiting_count,
    lambda: url_for("shipping.hand_prices", view="waiting", state="waiting"),
    permission=DECIDE,
    icon="weight",
)


@bp.get("/t/<team>/shipping/warehouse/prices/")
@requires("wallets.view")
def hand_prices():
    found = list_page(PRICES)
    if not isinstance(found, ListPage):
        return found
    return render_template("shipping/hand_prices.html", list=found, tabs=warehouse_tabs("shipping.hand_prices"))


@bp.get("/t/<team>/shipping/warehouse/prices/<uuid:uid>")
@requires("wallets.view")
def hand_price(uid: uuid.UUID):
    found = get_price(reach, uid)
    return render_template("shipping/hand_price.html", **_parts(found, Form()), **steps(PRICES, found))


@bp.post("/t/<team>/shipping/warehouse/<uuid:uid>/price")
@requires("parcels.weigh")
def propose_price(uid: uuid.UUID):
    found, form = get_entrusted(reach, uid), Form.read()
    weighing = Weighing.of(found)
    if weighing is None:
        raise OutOfReach
    amount, reason = (
        form.money("amount", weighing.currency, required=True),
        form.text("reason", required=True, most=200),
    )
    made = None
    if form.ok:
        with form.refusals():
            made = HandPrice.propose(weighing, amount or 0, reason=reason, by=current_person)
    if made is None:
        return invalid("shipping/entrusted.html", **entrusted_parts(found, form))
    return go(url_for("shipping.entrusted", uid=uid), toast=say("It is proposed. Somebody else decides on it."))


@bp.post("/t/<team>/shipping/warehouse/prices/<uuid:uid>/approval")
@requires("wallets.decide")
@fresh
def approve_price(uid: uuid.UUID):
    found = get_price(reach, uid)
    found.approve(by=current_person)
    return go(url_for("shipping.hand_price", uid=uid), toast=say("%(number)s costs that now.", number=found.label))


@bp.post("/t/<team>/shipping/warehouse/prices/<uuid:uid>/rejection")
@requires("wallets.decide")
@fresh
def reject_price(uid: uuid.UUID):
    found, form = get_price(reach, uid), Form.read()
    note = form.text("note", required=True, most=200)
    if form.ok:
        with form.refusals():
            found.reject(note=note, by=current_person)
    if not form.ok:
        return invalid("shipping/hand_price.html", **_parts(found, form))
    return go(url_for("shipping.hand_price", uid=uid), toast=say("%(number)s is rejected.", number=found.label))


def _parts(found: HandPrice, form: Form) -> dict[str, Any]:
    is_own = found.requested_by_id == current_person.id
    return {
        "price": found, "form": form, "is_own": is_own, "may_decide": reach.may(DECIDE) and not is_own, "owner": found.parcel.team,
        "weighing": Weighing.of(found.parcel), "moments": lines_of(events_about(found)), "labels": {"note": _("Reason")},
    }  # fmt: skip
