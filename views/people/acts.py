"""Changing a person's account: name, link, suspension, leaving, sessions, and what opens buyers' data to them."""

from __future__ import annotations

import uuid
from datetime import time
from typing import Any

from flask import render_template, url_for

from models.people import gates, leaving, lockout
from models.people.employees import colleague_of, employee_of, suspend
from models.people.invitation import Invitation
from models.people.looking import look
from models.people.person import Person
from models.people.reach import OutOfReach
from models.stores.store import Store
from models.support import clock
from models.support.words import say
from views.people import bp
from views.people.employees import link_page, parts
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.language import offered
from views.support.shell import in_order


def back_to(person: Person, toast: Any) -> Any:
    return go(url_for("people.show", uid=person.uid), toast=toast)


@bp.get("/t/<team>/people/<uuid:uid>/edit")
@requires("people.manage")
def edit(uid: uuid.UUID):
    return render_template("people/edit.html", **_edit_parts(employee_of(reach, uid)))


def _edit_parts(person: Person, **forms: Form) -> dict[str, Any]:
    at = clock.local(person.leaves_at, current_team.timezone) if person.leaves_at else None
    fresh_forms = {
        "profile": Form({"name": person.name, "language": person.language}),
        "checks": Form({"registered_on": person.registered_on or "", "trained_on": person.trained_on or ""}),
        "leaving": Form({"day": f"{at:%Y-%m-%d}" if at else "", "time": f"{at:%H:%M}" if at else "18:00"}),
    }
    return {
        "person": person,
        "languages": list(offered().items()),
        "zone": current_team.timezone,
        **fresh_forms,
        **forms,
    }


@bp.post("/t/<team>/people/<uuid:uid>/profile")
@requires("people.manage")
@fresh
def change_profile(uid: uuid.UUID):
    person = employee_of(reach, uid)
    form = Form.read()
    name = form.text("name", required=True, most=120)
    language = form.choice("language", offered())
    if form.ok:
        with form.refusals():
            person.rename(name, language, by=current_person, team=current_team)
    if not form.ok:
        return invalid("people/edit.html", **_edit_parts(person, profile=form))
    return back_to(person, say("Saved."))


@bp.post("/t/<team>/people/<uuid:uid>/checks")
@requires("people.manage")
@fresh
def note_checks(uid: uuid.UUID):
    """The days of registration and of the last training."""
    person = employee_of(reach, uid)
    form = Form.read()
    registered_on, trained_on = form.day("registered_on"), form.day("trained_on")
    if form.ok:
        with form.refusals():
            gates.note(person, current_team, registered_on=registered_on, trained_on=trained_on, by=current_person)
    if not form.ok:
        return invalid("people/edit.html", **_edit_parts(person, checks=form))
    return back_to(person, say("Saved."))


@bp.post("/t/<team>/people/<uuid:uid>/leaving")
@requires("people.manage")
@fresh
def set_leaving(uid: uuid.UUID):
    """When everything ends, on the team's clock; without a day nothing does."""
    person = employee_of(reach, uid)
    form = Form.read()
    day = form.day("day")
    hour = _time(form)
    if form.ok:
        at = leaving.moment_of(day, hour, current_team.timezone) if day else None
        with form.refusals():
            leaving.leave(person, at, by=current_person, team=current_team)
    if not form.ok:
        return invalid("people/edit.html", **_edit_parts(person, leaving=form))
    return back_to(person, say("The access ends at that moment.") if day else say("Nobody leaves: that was withdrawn."))


def _time(form: Form) -> time:
    try:
        return time.fromisoformat(form.value("time").strip() or "00:00").replace(tzinfo=None)
    except ValueError:
        form.fail("time", say("Write a time like 18:00."))
        return time()


@bp.post("/t/<team>/people/<uuid:uid>/link")
@requires("people.manage")
@fresh
def link(uid: uuid.UUID):
    """A fresh one-time link, for somebody who lost theirs or forgot the password."""
    person = employee_of(reach, uid)
    purpose = "invite" if person.state == "invited" else "reset"
    return link_page(person, Invitation.make(person, purpose, by=current_person, team=current_team)), 201


@bp.post("/t/<team>/people/<uuid:uid>/suspension")
@requires("people.manage")
@fresh
def suspend_person(uid: uuid.UUID):
    person = employee_of(reach, uid)
    form = Form.read()
    reason = form.text("reason", required=True, most=200)
    if not form.ok:
        return invalid("people/show.html", **parts(person, form))
    suspend(person, current_team, reason, by=current_person)
    return back_to(person, say("%(name)s can no longer sign in.", name=person.name))


@bp.post("/t/<team>/people/<uuid:uid>/restoration")
@requires("people.manage")
@fresh
def restore(uid: uuid.UUID):
    person = employee_of(reach, uid)
    person.restore(by=current_person, team=current_team)
    return back_to(person, say("%(name)s may sign in again.", name=person.name))


@bp.post("/t/<team>/people/<uuid:uid>/unlocking")
@requires("people.manage")
@fresh
def unlock(uid: uuid.UUID):
    person = employee_of(reach, uid)
    form = Form.read()
    reason = form.text("reason", required=True, most=200)
    if not form.ok:
        return invalid("people/show.html", **parts(person, form))
    lockout.unlock(person, reason, by=current_person, team=current_team)
    return back_to(person, say("%(name)s may try again.", name=person.name))


@bp.post("/t/<team>/people/<uuid:uid>/sign-outs")
@requires("people.manage")
@fresh
def end_sessions(uid: uuid.UUID):
    person = employee_of(reach, uid)
    person.end_sessions(by=current_person, team=current_team)
    return back_to(person, say("%(name)s is signed out everywhere.", name=person.name))


@bp.post("/t/<team>/people/<uuid:uid>/looks")
@requires("people.view")
def look_as(uid: uuid.UUID):
    """What somebody may see and do. A POST, since it leaves an event."""
    person = colleague_of(reach, uid)
    rights = look(current_team, person, by=current_person)
    if rights is None:
        raise OutOfReach
    return render_template(
        "people/look.html",
        person=person,
        rights=rights,
        places=[place.label() for place in in_order() if place.is_for(rights.reach.permissions)],
        stores={store.id: store.name for store in Store.of_team(current_team)},
    )
