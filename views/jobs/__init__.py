"""The page of background work: what is next, what was, what failed; run now and cancel."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _

from models.stores.store import Store
from models.support import clock
from models.support.job_run import JobRun, wake
from models.support.words import say
from views.support.access import requires
from views.support.hypermedia import go, show
from views.support.job_board import board, entry_of, failing
from views.support.shell import place
from views.support.waiting import waiting

bp = Blueprint("jobs", __name__)
place("portal", 30, lambda: _("Background work"), "activity", "jobs.index", "jobs.view")

waiting(
    lambda: _("Background work that failed"), failing, lambda: url_for("jobs.index"),
    permission="jobs.view", icon="activity", tone="bad",
)  # fmt: skip


@bp.get("/t/<team>/jobs/")
@requires("jobs.view")
def index():
    return show("jobs/index.html", fragment="jobs/_board.html", entries=board(clock.now()))


@bp.get("/t/<team>/jobs/<name>")
@requires("jobs.view")
def detail(name: str):
    entry = entry_of(name, clock.now()) or abort(404)
    return render_template(
        "jobs/show.html",
        entry=entry,
        runs=(runs := JobRun.latest(name, limit=100)),
        names=Store.names({run.scope for run in runs}),
    )


@bp.post("/t/<team>/jobs/<name>/runs")
@requires("jobs.run")
def run_now(name: str):
    entry = entry_of(name, clock.now()) or abort(404)
    for scope in entry.scopes():
        wake(name, scope)
    return go(url_for("jobs.index"), toast=say("It will start within a second."))


@bp.post("/t/<team>/jobs/runs/<int:run_id>/cancellation")
@requires("jobs.run")
def cancel(run_id: int):
    run = JobRun.get_or_none(JobRun.id == run_id) or abort(404)
    run.cancel()
    return go(url_for("jobs.index"), toast=say("It stops at its next step."))
