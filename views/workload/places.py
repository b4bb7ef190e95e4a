"""A place of one's own: what waits for me, what I did, my numbers. Whoever sees everybody's work sees the same of each."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.audit.feed import Line
from models.audit.measure import ACTS, MEASURES
from models.lists.days import day_of
from models.people.person import Person
from models.support import clock
from models.wallet.reaching import unseen_events
from models.workload import spans
from models.workload.board import rows_of
from models.workload.figures import Stores, stores_of, totals
from models.workload.person import course, done_by, worker_of
from models.workload.target import WorkTarget
from views.support.access import current_person, reach, requires, signed_in
from views.support.forms import Form
from views.support.language import choose_zone
from views.support.paging import here, pager
from views.support.shell import place
from views.workload import bp
from views.workload.figures import day_chart, hour_chart
from views.workload.queues import address

place("", 5, lambda: _("My work"), "user", "workload.mine", None, key="m")


@bp.get("/t/<team>/workload/me")
@signed_in
def mine():
    person = current_person._get_current_object()  # type: ignore[attr-defined]
    return render_template("workload/person.html", **parts(person, None), is_mine=True)


@bp.get("/t/<team>/workload/<uuid:uid>")
@requires("work.view")
def person(uid: uuid.UUID):
    person, is_gone = worker_of(reach, uid)
    return render_template("workload/person.html", **parts(person, stores_of(reach), is_gone=is_gone), is_mine=False)


def parts(person: Person, stores: Stores, form: Form | None = None, is_gone: bool = False) -> dict[str, Any]:
    """Everything about one person's work in this team, on the reader's clock."""
    zone, team_id = choose_zone(), reach.team_id
    chosen = request.args.get("measure", ACTS)
    chosen = chosen if chosen in MEASURES else ACTS
    title = str(MEASURES[chosen].words) if chosen in MEASURES else _("Acts")
    shown = course(team_id, person.id, zone, measure=chosen, day=day_of(request.args.get("day", "")), stores=stores)
    page, lines = done_by(team_id, person.id, stores=stores, unseen=unseen_events(reach, stores),
                          after=request.args.get("after", ""), before=request.args.get("before", ""))  # fmt: skip
    row = rows_of(team_id, [person], zone, "today", shown.hours, stores)[0]
    row.is_gone = is_gone
    return {
        "person": person,
        "row": row,
        "queues": [(queue, count, address(queue, reach)) for queue, count in row.queues],
        "numbers": numbers(person, zone, stores),
        "charts": [day_chart(shown, title), hour_chart(shown, title, shown.day)],
        "measure": chosen,
        "measures": [(ACTS, _("Acts")), *((one.key, str(one.words)) for one in MEASURES.values())],
        "by_day": [(day, list(told)) for day, told in groupby(lines, key=_day)],
        "found": page,
        "pager": pager(page),
        "here": here,
        "day": shown.day,
        "history": WorkTarget.history(team_id, person.id),
        "form": form or Form({"since": spans.today(zone).isoformat(), "every": "day"}),
        "may_set": reach.may("people.manage") and person.id != current_person.id and not is_gone,
        "set_url": url_for("workload.set_target", uid=person.uid),
    }


def _day(line: Line) -> Any:
    return clock.local(line.at, choose_zone()).date()


def numbers(person: Person, zone: str, stores: Stores) -> list[tuple[Any, list[int], list[int | None]]]:
    """Each measure with its figures of today, 7 and 30 days; and the medians where it has them."""
    spans_of = [
        totals(reach.team_id, [person.id], spans.since(period, zone), stores)[person.id] for period in spans.DAYS
    ]
    found = [
        (one.words, [figures.of(one.key) for figures in spans_of],
         [figures.median(one.key) for figures in spans_of] if one.seconds else [])
        for one in MEASURES.values()
    ]  # fmt: skip
    return [line for line in found if any(line[1])]
