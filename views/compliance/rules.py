"""Every rule with its sentence, and from where on it speaks in this team."""

from __future__ import annotations

from flask import render_template, url_for

from models.compliance.rules import RULES
from models.compliance.threshold import AlarmThreshold, settable_in
from models.support.words import say
from views.compliance import bp
from views.support.access import current_person, current_team, fresh, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/compliance/rules/")
@requires("alarms.view")
def rules():
    held = AlarmThreshold.of_team(current_team.id)
    return render_template("compliance/rules.html", form=Form(held), **parts())


def parts() -> dict:
    return {"rules": list(RULES.values()), "settable": settable_in(current_team)}


@bp.post("/t/<team>/compliance/rules/")
@requires("alarms.settle")
@fresh
def set_rules():
    form = Form.read()
    values = {
        rule.kind: form.integer(rule.kind, required=True, least=rule.least, most=rule.most)
        for rule in settable_in(current_team)
    }
    if form.ok:
        with form.refusals():
            AlarmThreshold.set_for(current_team, {k: v for k, v in values.items() if v is not None}, by=current_person)
    if not form.ok:
        return invalid("compliance/rules.html", form=form, **parts())
    return go(url_for(".rules"), toast=say("Saved."))
