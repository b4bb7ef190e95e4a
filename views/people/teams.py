"""Teams, as the operator keeps them: a new customer gets a team and a boss."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from models.people.employees import invite
from models.people.team import Team
from models.support.db import write_txn
from views.people import bp
from views.support.access import current_person, fresh, requires
from views.support.forms import Form
from views.support.hypermedia import invalid
from views.support.language import offered
from views.support.shell import place

place("portal", 10, lambda: _("Teams"), "building", "people.teams", "teams.manage")


@bp.get("/t/<team>/people/teams/")
@requires("teams.manage")
def teams():
    return render_template("people/teams.html", teams=Team.everyone())


@bp.get("/t/<team>/people/teams/new")
@requires("teams.manage")
@fresh
def new_team():
    return render_template("people/new_team.html", form=Form({"language": "en"}), languages=list(offered().items()))


@bp.post("/t/<team>/people/teams/")
@requires("teams.manage")
@fresh
def create_team():
    form = Form.read()
    name = form.text("name", required=True, most=120)
    slug = form.text("slug", required=True, most=32)
    boss = form.text("boss", required=True, most=120)
    login = form.text("login", required=True, most=40)
    language = form.choice("language", offered())
    if form.ok:
        with form.refusals(), write_txn():
            team = Team.create_team(slug, name, by=current_person)
            person, token = invite(team, login, boss, role="boss", language=language, by=current_person)
    if not form.ok:
        return invalid("people/new_team.html", form=form, languages=list(offered().items()))
    return render_template(
        "people/invited.html", person=person, link=url_for("people.welcome", token=token, _external=True)
    ), 201
