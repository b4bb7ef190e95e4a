"""Grants that wait for a second person: who proposes what, why, and the yes or no."""

from __future__ import annotations

import uuid

from flask import render_template, url_for
from flask_babel import gettext as _

from models.people import granting
from models.people.proposal import Proposal
from models.people.two_people import is_solo
from models.stores.store import Store
from models.support.words import say
from views.people import bp
from views.people.parts import part_tabs
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.hypermedia import go
from views.support.waiting import waiting

waiting(
    lambda: _("Roles to decide on"),
    lambda: Proposal.count_to_decide(reach),
    lambda: url_for("people.decisions"),
    permission="people.manage",
    icon="users",
)


@bp.get("/t/<team>/people/decisions")
@requires("people.manage")
def decisions():
    seen = Proposal.seen_by(reach)
    return render_template(
        "people/decisions.html",
        waiting=[one for one in seen if one.is_waiting],
        decided=[one for one in seen if not one.is_waiting],
        stores={store.id: store.name for store in Store.of_team(current_team)},
        is_solo=is_solo(),
        tabs=part_tabs("people.decisions"),
    )


@bp.post("/t/<team>/people/decisions/<uuid:uid>/approval")
@requires("people.manage")
@fresh
def approve_proposal(uid: uuid.UUID):
    proposal = Proposal.of(reach, uid)
    granting.decide(proposal, by=current_person)
    return go(url_for("people.decisions"), toast=say("%(name)s has the role now.", name=proposal.person.name))


@bp.post("/t/<team>/people/decisions/<uuid:uid>/refusal")
@requires("people.manage")
@fresh
def refuse_proposal(uid: uuid.UUID):
    proposal = Proposal.of(reach, uid)
    granting.refuse(proposal, by=current_person)
    return go(url_for("people.decisions"), toast=say("Refused. Nothing has changed."))
