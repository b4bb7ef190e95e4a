"""Resetting somebody's lost second factor: one asks, another approves, and a day later it is done."""

from __future__ import annotations

import uuid

from flask import render_template, url_for
from flask_babel import gettext as _

from models.people import factors
from models.people.employees import employee_of
from models.people.factor_reset import FactorReset
from models.people.two_people import is_solo
from models.support.words import say
from views.people import bp
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.waiting import waiting

waiting(
    lambda: _("Second factors to reset"),
    lambda: FactorReset.to_decide(reach).count(),
    lambda: url_for("people.factor_resets"),
    permission="people.manage",
    icon="shield-check",
)


@bp.get("/t/<team>/people/factor-resets/")
@requires("people.manage")
def factor_resets():
    return render_template("people/factor_resets.html", resets=FactorReset.open_in(reach), is_solo=is_solo())


@bp.get("/t/<team>/people/<uuid:uid>/factor-reset")
@requires("people.manage")
@fresh
def new_factor_reset(uid: uuid.UUID):
    return render_template("people/new_factor_reset.html", form=Form(), **_parts(uid))


@bp.post("/t/<team>/people/<uuid:uid>/factor-reset")
@requires("people.manage")
@fresh
def ask_factor_reset(uid: uuid.UUID):
    person, form = employee_of(reach, uid), Form.read()
    reason = form.text("reason", required=True, most=200)
    if form.ok:
        with form.refusals():
            FactorReset.ask(person, current_team, reason, by=current_person)
    if not form.ok:
        return invalid("people/new_factor_reset.html", form=form, **_parts(uid))
    return go(url_for("people.factor_resets"), toast=say("It is asked for. Nothing has changed yet."))


def _parts(uid: uuid.UUID) -> dict:
    person = employee_of(reach, uid)
    return {"person": person, "has_factor": factors.has_factor(person), "is_offered": factors.is_offered()}


@bp.post("/t/<team>/people/factor-resets/<uuid:uid>/approval")
@requires("people.manage")
@fresh
def approve_factor_reset(uid: uuid.UUID):
    found = FactorReset.decidable(reach, uid)
    employee_of(reach, found.person.uid)  # Also whoever agrees may do here what the person may.
    found.approve(by=current_person)
    return go(url_for("people.factor_resets"), toast=say("Approved."))


@bp.post("/t/<team>/people/factor-resets/<uuid:uid>/refusal")
@requires("people.manage")
@fresh
def refuse_factor_reset(uid: uuid.UUID):
    FactorReset.decidable(reach, uid).refuse(by=current_person)
    return go(url_for("people.factor_resets"), toast=say("Refused. Nothing has changed."))
