"""The board of a team's work. It asks again every few seconds, and is told 304 in one small question while nothing changed."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, make_response, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from models.audit.measure import ACTS, MEASURES
from models.support import clock
from models.workload.board import SORTS, Board, pulse
from models.workload.spans import PERIODS
from models.workload.table import FORMATS, export_board
from views.support.access import current_person, current_team, reach, requires
from views.support.exporting import MIME_TYPES
from views.support.forms import Form
from views.support.hypermedia import is_fragment, show
from views.support.language import choose_zone
from views.support.paging import here
from views.support.shell import place
from views.workload import bp
from views.workload.figures import hour_bars

place("team", 15, lambda: _("Workload"), "bar-chart", "workload.index", "work.view", key="w")


@bp.get("/t/<team>/workload/")
@requires("work.view")
def index():
    tag = stamp()
    if is_fragment() and request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
        answer.set_etag(tag, weak=True)
        return answer
    board = Board.of(reach, choose_zone(), *asked())
    answer = make_response(show("workload/index.html", fragment="workload/_board.html", **parts(board, tag)))
    answer.set_etag(tag, weak=True)
    return answer


@bp.post("/t/<team>/workload/exports")
@requires("work.view")
def export():
    form = Form.read()
    file_format = form.choice("format", FORMATS)
    if not form.ok:
        file_format = FORMATS[0]
    board = Board.of(reach, choose_zone(), *asked(form.value("period"), form.value("sort")))
    body = export_board(board, file_format, current_team, choose_zone(), by=current_person)
    answer = Response(body, content_type=MIME_TYPES[file_format])
    name = f"workload-{board.period}-{clock.local(clock.now(), choose_zone()):%Y-%m-%d-%H%M}.{file_format}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def asked(period: str | None = None, sort: str | None = None) -> tuple[str, str]:
    """What the address asks for; what is not on offer is left out."""
    period = request.args.get("period", "") if period is None else period
    sort = request.args.get("sort", "") if sort is None else sort
    return period if period in PERIODS else "today", sort if sort.lstrip("-") in (*SORTS, *MEASURES) else ""


def stamp() -> str:
    """Changes with everything the board shows: what was counted, the minute, the reader's rights, clock and language."""
    stores = reach.by_permission["work.view"]
    seen = (
        pulse(reach.team_id), clock.now().replace(second=0, microsecond=0), current_person.id, stores and sorted(stores),
        choose_zone(), str(get_locale()), asked(), sorted(reach.permissions),
    )  # fmt: skip
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:24]


def parts(board: Board, tag: str) -> dict[str, Any]:
    return {
        "board": board,
        "tag": f'W/"{tag}"',
        "here": here,
        "bars": hour_bars(board.hours),
        "total": board.total,
        "acts": ACTS,
        "heads": heads(board),
        "periods": [
            {"label": str(words), "url": here(period=name, after=None), "is_current": name == board.period}
            for name, words in PERIODS.items()
        ],
        "poll_url": url_for("workload.index", period=board.period, sort=board.sort or None),
    }


def heads(board: Board) -> list[dict[str, Any]]:
    """The heads of the table; each figure sorts, the most first."""
    measured = [(one.key, str(one.words), f"-{one.key}") for one in board.measures]
    columns = [
        ("name", _("Person"), "name"), ("last", _("Now"), "-last"), (ACTS, _("Acts by hour, today"), f"-{ACTS}"),
        ("waits", _("Waits"), "-waits"), *measured, ("target", _("Targets"), "-target"),
    ]  # fmt: skip
    return [_head(board, *column, is_end=column[0] in MEASURES or column[0] == "waits") for column in columns]


def _head(board: Board, name: str, label: str, first: str, is_end: bool = False) -> dict[str, Any]:
    second = first[1:] if first.startswith("-") else f"-{first}"
    is_sorted = board.sort.lstrip("-") == name
    return {
        "label": label, "end": is_end, "sort_url": here(sort=second if board.sort == first else first),
        "sorted": ("descending" if board.sort.startswith("-") else "ascending") if is_sorted else None,
    }  # fmt: skip
