"""The door and the first page: `/` leads to the person's team; a team's first page says what needs whom now."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _

from models.audit.feed import feed
from models.people.reach import teams_of
from models.stores.store import Store
from models.stores.sync import Sync
from views.orders.charts import charts
from views.support.access import current_person, public, reach, signed_in
from views.support.shell import place
from views.support.waiting import lines

bp = Blueprint("home", __name__)
place("", 0, lambda: _("Dashboard"), "dashboard", "home.dashboard", None, key="d")


@bp.get("/")
@signed_in
def index():
    teams = teams_of(current_person)
    if not teams:
        return render_template("home/no_team.html")
    return redirect(url_for("home.dashboard", team=teams[0].slug), 303)


@bp.get("/t/<team>/")
@signed_in
def dashboard():
    stores = Store.reached(reach) if reach.may("stores.view") else []
    events = feed(reach.team_id, size=12)[1] if reach.may("audit.view") else []
    return render_template(
        "home/dashboard.html",
        lines=lines(reach),
        charts=charts(reach) if reach.may("orders.view") else [],
        stores=stores,
        syncs=Sync.by_store(stores),
        events=events,
    )


@bp.get("/favicon.ico")
@public
def favicon():
    """Browsers ask for it beside what has no head, such as plain text."""
    return redirect(url_for("static", filename="icons/favicon.png"), 303)


@bp.get("/health")
@public
def health():
    """For a proxy or a monitor: the process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
