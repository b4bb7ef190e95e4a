"""From where the portal, a team or a person may be used: the lists, and changing them without shutting oneself out."""

from __future__ import annotations

import uuid
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from models.people.network_list import (
    NetworkList,
    list_with,
    people_with_lists,
    persons_list,
    portals_list,
    teams_list,
)
from models.support.words import say
from views.people import bp
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.shell import place

place("team", 16, lambda: _("Networks"), "globe", "people.networks", "networks.manage")


@bp.get("/t/<team>/people/networks/")
@requires("networks.manage")
def networks():
    return render_template("people/networks.html", form=None, **of_page())


@bp.post("/t/<team>/people/networks/")
@requires("networks.manage")
@fresh
def allow_network():
    form = Form.read()
    whose = form.choice("whose", ("portal", "team"))
    chosen = portals_list(reach) if whose == "portal" else teams_list(reach)
    if not _allow(chosen, form):
        return invalid("people/networks.html", form=form, **of_page())
    return go(url_for("people.networks"), toast=say("The network is allowed."))


@bp.get("/t/<team>/people/<uuid:uid>/networks/")
@requires("networks.manage")
def networks_of(uid: uuid.UUID):
    return render_template("people/networks_of.html", form=None, **of_person(persons_list(reach, uid)))


@bp.post("/t/<team>/people/<uuid:uid>/networks/")
@requires("networks.manage")
@fresh
def allow_network_of(uid: uuid.UUID):
    chosen, form = persons_list(reach, uid), Form.read()
    if not _allow(chosen, form):
        return invalid("people/networks_of.html", form=form, **of_person(chosen))
    return go(url_for("people.networks_of", uid=uid), toast=say("The network is allowed."))


@bp.post("/t/<team>/people/networks/<uuid:uid>/removal")
@requires("networks.manage")
@fresh
def remove_network(uid: uuid.UUID):
    chosen, network = list_with(reach, uid)
    chosen.remove(network, by=current_person, here=g.client_address, team=current_team)
    back = url_for("people.networks_of", uid=chosen.person.uid) if chosen.person else url_for("people.networks")
    return go(back, toast=say("The network %(network)s is off the list.", network=network.cidr))


def _allow(chosen: NetworkList, form: Form) -> bool:
    cidr = form.text("cidr", required=True, most=49)
    note = form.text("note", most=120)
    if form.ok:
        with form.refusals():
            chosen.allow(cidr, note, by=current_person, here=g.client_address, team=current_team)
    return form.ok


def of_page() -> dict[str, Any]:
    portal = NetworkList() if current_team.is_operator else None
    return {
        "portal": portal,
        "team_list": teams_list(reach),
        "people": people_with_lists(current_team),
        "here": g.client_address,
        "whose": request.form.get("whose", ""),
    }


def of_person(chosen: NetworkList) -> dict[str, Any]:
    return {"chosen": chosen, "person": chosen.person, "here": g.client_address}
