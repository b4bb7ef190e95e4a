"""Setting what a person is meant to do."""

from __future__ import annotations

import uuid

from flask import url_for

from models.audit.measure import MEASURES
from models.people.employees import colleague_of
from models.support.errors import Refused
from models.support.words import say
from models.workload.figures import stores_of
from models.workload.target import EVERY, MOST, WorkTarget
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.workload import bp
from views.workload.places import parts


@bp.post("/t/<team>/workload/<uuid:uid>/targets")
@requires("people.manage")
def set_target(uid: uuid.UUID):
    person = colleague_of(reach, uid)
    if person.id == current_person.id:
        raise Refused("Nobody sets their own targets. Ask another person.")
    form = Form.read()
    measure = form.choice("measure", MEASURES)
    amount = form.integer("amount", required=True, most=MOST)
    every = form.choice("every", EVERY)
    since = form.day("since", required=True)
    if form.ok and amount is not None and since is not None:
        with form.refusals():
            WorkTarget.set(person, current_team, measure, every, amount, since=since, by=current_person)
    if not form.ok:
        return invalid("workload/person.html", **parts(person, stores_of(reach), form), is_mine=False)
    return go(url_for("workload.person", uid=uid), toast=say("The target is set."))
