"""Doing something with the selected rows of a list, or with all that match."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, redirect, request, stream_with_context, url_for
from flask_babel import gettext as _

from models.lists.bulk_run import MOST, BulkRow, BulkRun
from models.lists.list_of import Bulk, ListOf
from models.support.errors import Refused
from models.support.paging import Order as Sorting
from models.support.paging import page_of
from models.support.sheets import Sheet, SheetColumn, write_csv
from models.support.words import say
from views.lists import bp, list_of
from views.lists.asking import answered, ask
from views.support.access import reach, require_fresh, signed_in
from views.support.forms import Form
from views.support.hypermedia import flash_undo, go, show
from views.support.language import choose_zone
from views.support.lists import index_of, viewer
from views.support.paging import pager

MOST_TO_PAGE = 200  # They travel in an address.
ROWS = Sorting((BulkRow.id,), descending=False)
PAGES: dict[tuple[str, str], tuple[str, str]] = {}


def asks_more(a_list: ListOf, bulk: str, endpoint: str, param: str) -> None:
    """Says which page a bulk action without a verb of its own leads to, and the parameter that gets the chosen uids."""
    PAGES[(a_list.name, bulk)] = (endpoint, param)


@bp.post("/t/<team>/lists/<name>/bulk")
@signed_in
def start(name: str):
    a_list, form, looking = list_of(name), Form.read(), viewer()
    asked = a_list.asked(form.value("query"), looking)
    bulk = next((one for one in a_list.bulk if one.name == form.value("bulk")), None)
    if bulk is None:
        abort(404)
    if not reach.may(bulk.permission):
        abort(403)
    if bulk.is_sensitive:
        require_fresh()
    if form.value("all_matching") == "1":
        ids = a_list.ids(looking, asked, MOST + 1)
    else:
        ids = _of_uids(a_list, looking, form.values("selected"))
    if bulk.do is None:
        return _lead_on(a_list, bulk, ids)
    said = answered(bulk, form) if bulk.asks and ids else {}
    if said is None:
        return ask(a_list, bulk, form, len(ids), asked.query)
    run = BulkRun.start(looking, a_list, bulk, ids, given=said)
    return _after(run, a_list, asked.query)


@bp.get("/t/<team>/lists/bulk/<uuid:uid>")
@signed_in
def bulk_run(uid: uuid.UUID):
    """How it goes and went; the fragment asks again until it has ended."""
    run = BulkRun.of(reach, uid)
    rows = page_of(run.failures(), ROWS, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return show(
        "lists/bulk_run.html",
        fragment="lists/_bulk_run.html",
        run=run,
        rows=rows,
        pager=pager(rows),
        index=index_of(run.a_list),
    )


@bp.post("/t/<team>/lists/bulk/<uuid:uid>/undo")
@signed_in
def undo(uid: uuid.UUID):
    run = BulkRun.of(reach, uid)
    back = run.undo(viewer())
    return _after(back, run.a_list, "")


@bp.post("/t/<team>/lists/bulk/<uuid:uid>/cancel")
@signed_in
def cancel(uid: uuid.UUID):
    run = BulkRun.of(reach, uid)
    run.cancel()
    return go(url_for("lists.bulk_run", uid=uid))


@bp.get("/t/<team>/lists/bulk/<uuid:uid>/failures.csv")
@signed_in
def failures(uid: uuid.UUID):
    """The rows that were refused, each with its sentence."""
    run = BulkRun.of(reach, uid)

    columns = (
        SheetColumn(_("Record"), lambda row: row.called or str(row.record_id)),
        SheetColumn(_("What is wrong"), lambda row: str(row.problem or "")),
    )
    sheet = Sheet(str(run.a_list.title), columns, zone=choose_zone())
    answer = Response(stream_with_context(write_csv(sheet, run.failures().iterator())), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="failures-{run.uid}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _of_uids(a_list: ListOf, looking, texts: list[str]) -> list[int]:
    wanted = []
    for text in texts[:1000]:
        try:
            wanted.append(uuid.UUID(text))
        except ValueError:
            continue
    return a_list.ids_of(looking, wanted)


def _lead_on(a_list: ListOf, bulk: Bulk, ids: list[int]):
    endpoint, param = PAGES[(a_list.name, bulk.name)]
    if len(ids) > MOST_TO_PAGE:
        raise Refused("At most %(most)s rows at once for this. Select fewer.", most=MOST_TO_PAGE)
    chosen: dict[str, Any] = {param: [str(record.uid) for record in a_list.of_ids(viewer(), ids)]}
    return redirect(url_for(endpoint, **chosen), 303)


def _after(run: BulkRun, a_list: ListOf, query: str):
    """Back to the list when all went well at once; else to the page of the run."""
    if run.state != "done" or run.failed:
        return go(url_for("lists.bulk_run", uid=run.uid))
    words = say("%(what)s: %(count)s done.", what=run.bulk.label if run.bulk else run.action, count=run.done)
    if run.can_be_undone and run.undoes_id is None:
        flash_undo(words, url_for("lists.undo", uid=run.uid))
        return go(index_of(a_list, query))
    return go(index_of(a_list, query), toast=words)
