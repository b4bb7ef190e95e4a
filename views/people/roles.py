"""The roles of a team: the built-in ones to read and copy, its own to make, change and remove."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.people import own_role
from models.people.permissions import PERMISSIONS, TAKES_TWO, by_area
from models.people.role import Role
from models.support.words import say
from views.people import bp
from views.people.parts import part_tabs
from views.support.access import current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/people/roles")
@requires("people.manage")
def roles():
    return render_template(
        "people/roles.html",
        roles=Role.offered_to(current_team),
        permissions=Role.permissions_of(Role.offered_to(current_team)),
        in_use=own_role.in_use(reach),
        areas=by_area(own_role.offered_permissions(reach)),
        sentences=PERMISSIONS,
        tabs=part_tabs("people.roles"),
    )


@bp.get("/t/<team>/people/roles/new")
@requires("people.manage")
def new_role():
    """An empty role, or a copy of the one in the address."""
    copied = next((role for role in Role.offered_to(current_team) if str(role.uid) == request.args.get("copy")), None)
    values: dict[str, Any] = {"idle": "60"}
    if copied:
        name = _("Copy of %(role)s", role=copied.words)
        values = {"name": name, "permissions": sorted(copied.permissions), "idle": str(copied.idle_minutes)}
    return render_template("people/role.html", **_parts(None, Form(values)))


@bp.post("/t/<team>/people/roles")
@requires("people.manage")
@fresh
def make_role():
    form = Form.read()
    name, permissions, idle = _read(form)
    if form.ok:
        with form.refusals():
            own_role.make(reach, name, permissions, idle)
    if not form.ok:
        return invalid("people/role.html", **_parts(None, form))
    return go(url_for("people.roles"), toast=say("The role is there. Give it to somebody on their page."))


@bp.get("/t/<team>/people/roles/<uuid:uid>")
@requires("people.manage")
def role(uid: uuid.UUID):
    found = own_role.of(reach, uid)
    form = Form({"name": found.words, "permissions": sorted(found.permissions), "idle": str(found.idle_minutes)})
    return render_template("people/role.html", **_parts(found, form))


@bp.post("/t/<team>/people/roles/<uuid:uid>")
@requires("people.manage")
@fresh
def change_role(uid: uuid.UUID):
    found = own_role.of(reach, uid)
    form = Form.read()
    name, permissions, idle = _read(form)
    if form.ok:
        with form.refusals():
            own_role.change(reach, found, name, permissions, idle)
    if not form.ok:
        return invalid("people/role.html", **_parts(found, form))
    return go(url_for("people.roles"), toast=say("Saved."))


@bp.post("/t/<team>/people/roles/<uuid:uid>/removal")
@requires("people.manage")
@fresh
def remove_role(uid: uuid.UUID):
    own_role.remove(reach, own_role.of(reach, uid))
    return go(url_for("people.roles"), toast=say("The role is gone."))


def _read(form: Form) -> tuple[str, list[str], int]:
    name = form.text("name", required=True, most=own_role.MOST_NAME)
    permissions = form.choices("permissions", own_role.offered_permissions(reach))
    idle = form.choice("idle", [str(minutes) for minutes in own_role.IDLE], required=False)
    return name, permissions, int(idle or 60)


def _parts(found: Role | None, form: Form) -> dict[str, Any]:
    return {
        "role": found,
        "form": form,
        "areas": by_area(own_role.offered_permissions(reach)),
        "sentences": PERMISSIONS,
        "weighty": TAKES_TWO,
        "beyond": set(reach.beyond(own_role.offered_permissions(reach), None)),
        "idles": [(str(minutes), _("%(minutes)s minutes", minutes=minutes)) for minutes in own_role.IDLE],
        "holders": own_role.in_use(reach).get(found.id, 0) if found else 0,
    }
