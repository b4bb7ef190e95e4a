"""Giving a person roles, for all stores or for some, changing that, and taking them away."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template

from models.people import granting
from models.people.employees import grantee_of
from models.people.person import Person
from models.people.proposal import Proposal
from models.people.role import Grant, Role
from models.stores.store import Store
from models.support.words import say
from views.people import bp
from views.people.acts import back_to
from views.people.parts import read_stores, role_options, store_options
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import invalid

PROPOSED = say("Proposed. A second person decides; until then nothing changes.")


@bp.get("/t/<team>/people/<uuid:uid>/grants/new")
@requires("people.manage")
def new_grant(uid: uuid.UUID):
    return render_template("people/grant.html", **_parts(grantee_of(reach, uid), None, Form({"scope": "all"})))


@bp.post("/t/<team>/people/<uuid:uid>/grants")
@requires("people.manage")
@fresh
def give_grant(uid: uuid.UUID):
    person = grantee_of(reach, uid)
    form = Form.read()
    roles = {role.key: role for role in Role.offered_to(current_team)}
    role = form.choice("role", roles)
    stores = read_stores(form, current_team)
    reason = form.text("reason", most=200)
    if form.ok:
        with form.refusals():
            given = granting.give(current_team, person, roles[role], stores=stores, by=current_person, reason=reason)
    if not form.ok:
        return invalid("people/grant.html", **_parts(person, None, form))
    waits = isinstance(given, Proposal) and given.is_waiting
    return back_to(person, PROPOSED if waits else say("%(name)s has the role now.", name=person.name))


@bp.get("/t/<team>/people/<uuid:uid>/grants/<uuid:grant_uid>")
@requires("people.manage")
def edit_grant(uid: uuid.UUID, grant_uid: uuid.UUID):
    person = grantee_of(reach, uid)
    grant = granting.of_person(reach, person, grant_uid)
    uids = {store.id: str(store.uid) for store in Store.of_team(current_team)}
    chosen = [uids[one] for one in grant.store_ids if one in uids]
    form = Form({"scope": "all" if grant.all_stores else "some", "stores": chosen})
    return render_template("people/grant.html", **_parts(person, grant, form))


@bp.post("/t/<team>/people/<uuid:uid>/grants/<uuid:grant_uid>")
@requires("people.manage")
@fresh
def change_grant(uid: uuid.UUID, grant_uid: uuid.UUID):
    person = grantee_of(reach, uid)
    grant = granting.of_person(reach, person, grant_uid)
    form = Form.read()
    stores = read_stores(form, current_team)
    reason = form.text("reason", most=200)
    if form.ok:
        with form.refusals():
            proposal = granting.change_stores(grant, stores, by=current_person, reason=reason)
    if not form.ok:
        return invalid("people/grant.html", **_parts(person, grant, form))
    waits = proposal is not None and proposal.is_waiting
    return back_to(person, PROPOSED if waits else say("Saved."))


@bp.post("/t/<team>/people/<uuid:uid>/grants/<uuid:grant_uid>/removal")
@requires("people.manage")
@fresh
def take_grant(uid: uuid.UUID, grant_uid: uuid.UUID):
    person = grantee_of(reach, uid)
    grant = granting.of_person(reach, person, grant_uid)
    granting.take(grant, by=current_person)
    return back_to(person, say("The role is taken away."))


def _parts(person: Person, grant: Grant | None, form: Form) -> dict[str, Any]:
    return {
        "person": person,
        "grant": grant,
        "form": form,
        "roles": role_options(current_team),
        "stores": store_options(current_team),
    }
