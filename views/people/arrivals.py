"""Open invitations: until when each link works, a new one, taking it back. And what the team wants before buyers' data opens."""

from __future__ import annotations

import uuid

from flask import render_template, url_for

from models.people import gates
from models.people.arrivals import arrivals as arrivals_of
from models.people.arrivals import withdraw
from models.people.employees import employee_of
from models.support.words import say
from views.people import bp
from views.people.parts import part_tabs
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/people/arrivals")
@requires("people.manage")
def arrivals():
    return render_template(
        "people/arrivals.html", arrivals=arrivals_of(current_team), tabs=part_tabs("people.arrivals")
    )


@bp.post("/t/<team>/people/<uuid:uid>/withdrawal")
@requires("people.manage")
@fresh
def withdraw_invitation(uid: uuid.UUID):
    person = employee_of(reach, uid)
    withdraw(person, by=current_person, team=current_team)
    return go(url_for("people.arrivals"), toast=say("The invitation of %(name)s is withdrawn.", name=person.name))


@bp.get("/t/<team>/people/rules")
@requires("people.manage")
def rules():
    days = current_team.training_days
    form = Form({"registration": "1" if current_team.needs_registration else "", "training_days": days or ""})
    return _rules(form)


@bp.post("/t/<team>/people/rules")
@requires("people.manage")
@fresh
def change_rules():
    form = Form.read()
    registration = form.flag("registration")
    days = form.integer("training_days", least=1, most=gates.LONGEST)
    if form.ok:
        with form.refusals():
            gates.want(reach.team, registration=registration, training_days=days, by=current_person)
    if not form.ok:
        return invalid("people/rules.html", form=form, tabs=part_tabs("people.rules"))
    return go(url_for("people.rules"), toast=say("Saved."))


def _rules(form: Form) -> str:
    return render_template("people/rules.html", form=form, tabs=part_tabs("people.rules"))
