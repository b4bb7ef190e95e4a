"""Handing a leaver's open work over: what would pass on, to whom, room by room; then all of it at once."""

from __future__ import annotations

import uuid

from flask import render_template, url_for

from models.exports import handing_over as _exports  # noqa: F401 (each room says what of it passes on)
from models.imports import handing_over as _imports  # noqa: F401
from models.lists import handing_over as _lists  # noqa: F401
from models.people.employees import employee_of
from models.people.handover import KINDS, hand_over, shares_of
from models.people.person import Person
from models.support.words import say
from views.people import bp
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/people/<uuid:uid>/handover")
@requires("people.manage")
def handover(uid: uuid.UUID):
    return render_template("people/handover.html", **_parts(employee_of(reach, uid), Form()))


@bp.post("/t/<team>/people/<uuid:uid>/handover")
@requires("people.manage")
@fresh
def pass_on(uid: uuid.UUID):
    person = employee_of(reach, uid)
    form = Form.read()
    to = {key: form.text(f"to-{key}", most=40) for key in KINDS}
    if form.ok:
        with form.refusals():
            count = hand_over(current_team, person, to, by=current_person)
    if not form.ok:
        return invalid("people/handover.html", **_parts(person, form))
    if not count:
        return go(
            url_for("people.handover", uid=uid), toast=say("Nobody was chosen, so nothing passed on."), tone="warn"
        )
    return go(url_for("people.show", uid=uid), toast=say("%(count)s pieces of work passed on.", count=count))


def _parts(person: Person, form: Form) -> dict:
    return {"person": person, "form": form, "shares": shares_of(current_team, person)}
