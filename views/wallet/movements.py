"""The operator's table of transfers, whoever's wallets they are in; from each its reversal can be proposed."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.wallet.adjustment import Adjustment
from models.wallet.around import around_all
from models.wallet.mending import other_side
from models.wallet.movements import MOVEMENTS
from models.wallet.reaching import MANAGE, any_of
from models.wallet.transfer import Transfer
from views.freight.places import country_name
from views.support.access import reach, requires
from views.support.forms import Form
from views.support.lists import ListPage, list_page, shows, steps, viewer
from views.wallet import bp
from views.wallet.tabs import all_tab, all_tabs

all_tab(40, lambda: _("Transfers"), "wallet.movements")
shows(MOVEMENTS, "wallet.movements")


@bp.get("/t/<team>/wallet/movements/")
@requires("wallets.view")
def movements():
    found = list_page(MOVEMENTS)
    return (
        render_template("wallet/movements.html", list=found, tabs=all_tabs("wallet.movements"))
        if isinstance(found, ListPage)
        else found
    )


@bp.get("/t/<team>/wallet/movements/<uuid:uid>")
@requires("wallets.view")
def movement(uid: uuid.UUID):
    found = any_of(Transfer, reach, uid)
    return render_template("wallet/movement.html", **movement_parts(found, Form()), **steps(MOVEMENTS, found))


def movement_parts(found: Transfer, form: Form) -> dict[str, Any]:
    beside = around_all(viewer(), [found])
    parcel, reversal, other = beside.parcel(found), found.reversals.first(), other_side(found)
    return {
        "other": other, "other_url": url_for("wallet.movement", uid=other.uid) if other else "",
        "transfer": found, "around": beside, "form": form, "country": country_name(parcel.country) if parcel else "", "reversal": reversal,
        "proposed": Adjustment.waiting_reversal(found), "may_reverse": reach.may(MANAGE) and reversal is None and found.reverses_id is None,
        "labels": {"reason": _("Reason")},
    }  # fmt: skip
