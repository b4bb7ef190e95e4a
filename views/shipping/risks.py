"""Parcels at risk: the board of what is wrong, letting an alert rest, and when a parcel counts as at risk."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from models.shipping.alerts.alert import MOST_DAYS, MOST_NOTE, ParcelAlert
from models.shipping.alerts.kinds import KINDS
from models.shipping.alerts.lane import LEAST_PARCELS, Lane
from models.shipping.alerts.rules import LABELS, LIMITS, AlertRules
from models.shipping.parcel import Parcel
from models.support.words import say
from models.workload import parcels_at_risk  # noqa: F401 (what waits for whom)
from views.freight.places import country_name
from views.shipping import bp
from views.shipping.parcels import parcel_of, parts
from views.shipping.tabs import room_tabs, tab
from views.support.access import current_person, current_team, reach, requires
from views.support.cells import pill
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.waiting import waiting
from views.workload.queues import leads

tab(15, lambda: _("At risk"), "shipping.risks")
waiting(
    lambda: _("Parcels at risk"),
    lambda: ParcelAlert.parcels_waiting(reach),
    lambda: url_for("shipping.risks"),
    permission="parcels.edit",
    icon="package",
    tone="bad",
)
leads("parcels_at_risk", lambda: url_for("shipping.risks"), "parcels.edit")
SHOWN = 5


@bp.app_template_global()
def risk_pill(kind: str) -> Markup:
    return pill(KINDS[kind].tone, KINDS[kind].words)


@bp.get("/t/<team>/shipping/risks/")
@requires("parcels.view")
def risks():
    counts = ParcelAlert.counts(reach)
    board = [(KINDS[kind], count, ParcelAlert.first(reach, kind, SHOWN)) for kind, count in counts.items() if count]
    return render_template(
        "shipping/risks.html", board=board, counts=counts, kinds=KINDS, tabs=room_tabs("shipping.risks"),
        country_name=country_name, shown=SHOWN,
    )  # fmt: skip


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/alerts/<kind>/rest")
@requires("parcels.edit")
def rest_alert(uid: uuid.UUID, kind: str):
    found = parcel_of(uid, "parcels.edit")
    alert, form = _alert_of(found, kind), Form.read()
    days = form.integer("days", required=True, least=1, most=MOST_DAYS)
    note = form.text("note", required=True, most=MOST_NOTE)
    if form.ok and days is not None:
        with form.refusals():
            alert.rest(days, note, by=current_person)
    if not form.ok:
        return invalid("shipping/show.html", **parts(found, form), resting=kind)
    return go(url_for("shipping.parcel", uid=found.uid), toast=say("It is told again in %(days)s days.", days=days))


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/alerts/<kind>/waking")
@requires("parcels.edit")
def wake_alert(uid: uuid.UUID, kind: str):
    found = parcel_of(uid, "parcels.edit")
    _alert_of(found, kind).wake(by=current_person)
    return go(url_for("shipping.parcel", uid=found.uid), toast=say("It is told again from now on."))


def _alert_of(parcel: Parcel, kind: str) -> ParcelAlert:
    return next((one for one in ParcelAlert.of_parcel(parcel) if one.kind == kind), None) or abort(404)


@bp.get("/t/<team>/shipping/risks/rules")
@requires("parcels.edit")
def risk_rules():
    return render_template("shipping/risk_rules.html", **_rules(Form()))


@bp.post("/t/<team>/shipping/risks/rules")
@requires("parcels.edit")
def keep_risk_rules():
    form = Form.read()
    values: dict[str, Any] = {
        name: form.integer(name, required=True, least=least, most=most) for name, (least, most) in LIMITS.items()
    }
    values["is_learning"] = form.flag("is_learning")
    if form.ok:
        with form.refusals():
            AlertRules.keep(current_team, values, by=current_person)
    if not form.ok:
        return invalid("shipping/risk_rules.html", **_rules(form))
    return go(url_for("shipping.risk_rules"), toast=say("The rules are kept; parcels are looked at anew."))


def _rules(form: Form) -> dict[str, Any]:
    return {
        "form": form, "rules": AlertRules.of(reach.team_id), "lanes": Lane.shown(reach.team_id), "least": LEAST_PARCELS,
        "country_name": country_name, "labels": LABELS,
    }  # fmt: skip
