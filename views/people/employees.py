"""The employees of a team: who they are, what they may do, inviting and suspending them."""

from __future__ import annotations

import uuid

from flask import render_template, url_for
from flask_babel import gettext as _

from models.people.employees import employee_of, employees_of, invite
from models.people.invitation import Invitation
from models.people.role import Role
from models.support.words import say
from views.people import bp
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.language import offered
from views.support.shell import place

place("team", 10, lambda: _("People"), "users", "people.index", "people.view")


@bp.get("/t/<team>/people/")
@requires("people.view")
def index():
    return render_template("people/index.html", employees=employees_of(current_team))


@bp.get("/t/<team>/people/new")
@requires("people.manage")
@fresh
def new():
    return render_template("people/new.html", form=Form({"language": "en"}), **lists())


@bp.post("/t/<team>/people/")
@requires("people.manage")
@fresh
def create():
    form = Form.read()
    name = form.text("name", required=True, most=120)
    login = form.text("login", required=True, most=40)
    role = form.choice("role", [role.key for role in Role.offered_to(current_team)])
    language = form.choice("language", offered())
    if form.ok:
        with form.refusals():
            person, token = invite(current_team, login, name, role=role, language=language, by=current_person)
    if not form.ok:
        return invalid("people/new.html", form=form, **lists())
    return render_template(
        "people/invited.html", person=person, link=url_for("people.welcome", token=token, _external=True)
    ), 201


@bp.post("/t/<team>/people/<uuid:uid>/link")
@requires("people.manage")
@fresh
def link(uid: uuid.UUID):
    """A fresh one-time link, for somebody who lost theirs or forgot the password."""
    person = employee_of(reach, uid)
    token = Invitation.make(
        person, "invite" if person.state == "invited" else "reset", by=current_person, team=current_team
    )
    return render_template(
        "people/invited.html", person=person, link=url_for("people.welcome", token=token, _external=True)
    ), 201


@bp.post("/t/<team>/people/<uuid:uid>/suspension")
@requires("people.manage")
@fresh
def suspend(uid: uuid.UUID):
    person = employee_of(reach, uid)
    form = Form.read()
    reason = form.text("reason", required=True, most=200)
    if not form.ok:
        return invalid("people/index.html", employees=employees_of(current_team), form=form)
    person.suspend(reason, by=current_person, team=current_team)
    return go(url_for("people.index"), toast=say("%(name)s can no longer sign in.", name=person.name))


@bp.post("/t/<team>/people/<uuid:uid>/restoration")
@requires("people.manage")
@fresh
def restore(uid: uuid.UUID):
    person = employee_of(reach, uid)
    person.restore(by=current_person, team=current_team)
    return go(url_for("people.index"), toast=say("%(name)s may sign in again.", name=person.name))


def lists() -> dict:
    return {
        "roles": [(role.key, str(role.words)) for role in Role.offered_to(current_team)],
        "languages": list(offered().items()),
    }
