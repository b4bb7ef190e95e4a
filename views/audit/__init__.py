"""The event log of a team, as sentences, newest first."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from models.audit.event import KINDS
from models.audit.feed import feed
from views.support.access import reach, requires
from views.support.paging import here, pager
from views.support.shell import place

bp = Blueprint("audit", __name__)
place("team", 20, lambda: _("Event log"), "history", "audit.index", "audit.view")


@bp.get("/t/<team>/audit/")
@requires("audit.view")
def index():
    name = request.args.get("name", "")
    page, lines = feed(
        reach.team_id,
        with_portal=reach.team.is_operator,
        name=name if name in KINDS else "",
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "audit/index.html",
        lines=lines,
        pager=pager(page),
        name=name,
        here=here,
        kind=KINDS.get(name),
        kind_options=sorted(((kind.name, str(kind.words)) for kind in KINDS.values()), key=lambda option: option[1]),
    )
