"""The door and the first page: `/` leads to the person's team; a team's first page says what needs whom now."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _

from models.people.reach import teams_of
from views.support.access import current_person, public, signed_in
from views.support.shell import place

bp = Blueprint("home", __name__)
place("", 0, lambda: _("Dashboard"), "dashboard", "home.dashboard", None)


@bp.get("/")
@signed_in
def index():
    teams = teams_of(current_person)
    if not teams:
        return render_template("home/no_team.html")
    return redirect(url_for("home.dashboard", team=teams[0].slug), 303)


@bp.get("/health")
@public
def health():
    """For a proxy or a monitor: the process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
