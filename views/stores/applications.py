"""The Amazon applications of a team, and for the operator the shared one. Secrets are written, never shown."""

from __future__ import annotations

from flask import render_template, url_for

from models.stores.application import Application
from models.support.words import say
from views.stores import bp
from views.support.access import current_person, current_team, fresh, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/stores/applications")
@requires("stores.connect")
def applications():
    return render_template(
        "stores/applications.html", applications=Application.usable_by(current_team), form=Form({"kind": "private"})
    )


@bp.post("/t/<team>/stores/applications")
@requires("stores.connect")
@fresh
def save_application():
    form = Form.read()
    name = form.text("name", required=True, most=80)
    kind = form.choice("kind", ["private", "public"])
    client_id = form.text("client_id", required=True, most=120)
    client_secret = form.secret("client_secret", required=False).strip()
    application_id = form.text("application_id", most=120)
    if form.ok:
        with form.refusals():
            Application.save_for(
                current_team, name=name, kind=kind, client_id=client_id, client_secret=client_secret, application_id=application_id,
                is_draft=form.flag("is_draft"), is_shared=form.flag("is_shared"), by=current_person,
            )  # fmt: skip
    if not form.ok:
        return invalid("stores/applications.html", applications=Application.usable_by(current_team), form=form)
    return go(url_for("stores.applications"), toast=say("The application is saved."))
