"""Alarms: what waits, one of them, and settling it."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for

from models.audit.feed import lines_of
from models.compliance.alarm import MOST_NOTE, OUTCOMES, Alarm
from models.compliance.story import around
from models.support.words import say
from views.compliance import bp
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/compliance/alarms/")
@requires("alarms.view")
def alarms():
    is_open = request.args.get("state") != "settled"
    found = Alarm.listed(reach, is_open=is_open)
    return render_template("compliance/alarms.html", alarms=found, is_open=is_open, open_count=Alarm.open_count(reach))


@bp.get("/t/<team>/compliance/alarms/<uuid:uid>")
@requires("alarms.view")
def alarm(uid: uuid.UUID):
    return render_template("compliance/alarm.html", form=Form(), **parts(Alarm.of_uid(reach, uid)))


def parts(found: Alarm) -> dict:
    return {
        "alarm": found,
        "outcomes": [(key, str(words)) for key, words in OUTCOMES.items()],
        "may_settle": found.is_open and reach.may("alarms.settle") and found.person_id != current_person.id,
        "is_own": found.person_id == current_person.id,
        "lines": lines_of(around(found, reach)) if reach.may("audit.view") else [],
    }


@bp.post("/t/<team>/compliance/alarms/<uuid:uid>/settlement")
@requires("alarms.settle")
@fresh
def settle(uid: uuid.UUID):
    found = Alarm.of_uid(reach, uid)
    form = Form.read()
    outcome = form.choice("outcome", OUTCOMES)
    note = form.text("note", required=True, most=MOST_NOTE)
    if form.ok:
        with form.refusals():
            found.settle(outcome, note, by=current_person)
    if not form.ok:
        return invalid("compliance/alarm.html", form=form, **parts(found))
    return go(url_for(".alarms"), toast=say("The alarm is settled."))
