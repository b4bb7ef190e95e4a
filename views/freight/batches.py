"""Many parcels at once: choosing a file or pasting rows, how far it is, and the sheets that came of it."""

from __future__ import annotations

import io
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, request, send_file, url_for
from flask_babel import gettext as _

from models.freight.batch import sheets
from models.freight.batch.columns import PARCELS, TEMPLATE
from models.freight.batch.folder import RESULTS, BatchFolder
from models.freight.batch.parts import QuoteBatchError
from models.freight.batch.record import MOST_PARCELS, QuoteBatch
from models.imports import papers
from models.support.errors import Refused
from models.support.words import say
from views.audit.objects import leads
from views.freight import bp
from views.freight.tabs import room_tabs, tab
from views.support.access import current_person, current_team, reach, requires
from views.support.exporting import MIME_TYPES
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.lists import viewer
from views.support.paging import pager

tab(30, lambda: _("Batches"), "freight.batches")
leads("quote_batch", QuoteBatch, "freight.view", lambda one: url_for("freight.batch", uid=one.uid))
PASTED = "pasted.csv"


@bp.get("/t/<team>/freight/batches/")
@requires("freight.view")
def batches():
    return show("freight/batches.html", fragment="freight/_batches.html", form=Form(), **parts())


@bp.post("/t/<team>/freight/batches/")
@requires("freight.view")
def ask_batch():
    """Takes in a file or pasted rows; a job prices them."""
    form = Form.read()
    sent, pasted = form.file("file"), form.value("pasted").strip()
    form.expect(sent or pasted, "file", say("Choose a file, or paste rows below."))
    form.expect(not (sent and pasted), "pasted", say("Choose a file or paste rows, not both."))
    batch = None
    if form.ok:
        try:
            with uploaded(sent, pasted) as path:
                name = sent.filename if sent else PASTED
                batch = QuoteBatch.ask(
                    current_team, name, path, folder(), by=current_person, language=viewer().language
                )  # fmt: skip
        except Refused as refused:
            form.fail("file" if sent else "pasted", refused.words)
    if batch is None:
        return invalid("freight/batches.html", form=form, **parts())
    return go(url_for("freight.batch", uid=batch.uid))


@contextmanager
def uploaded(sent: Any, pasted: str) -> Iterator[Path]:
    """The upload under a name of our own, for as long as it is looked at."""
    path = folder().path / f"{uuid.uuid4().hex}.new"
    try:
        with path.open("wb") as file:
            shutil.copyfileobj(sent.stream if sent else io.BytesIO(pasted.encode("utf-8", "replace")), file)
        yield path
    finally:
        path.unlink(missing_ok=True)


def parts() -> dict[str, Any]:
    page = QuoteBatch.page(reach, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return {
        "batches": page, "pager": pager(page), "states": states(), "is_busy": any(one.is_open for one in page), "columns": TEMPLATE,
        "most": MOST_PARCELS, "tabs": room_tabs("freight.batches"), "fields": {field.name: field.label for field in PARCELS.fields},
    }  # fmt: skip


@bp.get("/t/<team>/freight/batches/<uuid:uid>")
@requires("freight.view")
def batch(uid: uuid.UUID):
    """Where it stands; the fragment asks again while it works."""
    found = reach.get(QuoteBatch, uid)
    errors = QuoteBatchError.page(found, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return show(
        "freight/batch.html", fragment="freight/_batch.html", batch=found, states=states(), errors=errors, pager=pager(errors),
        tabs=room_tabs("freight.batches"),
    )  # fmt: skip


@bp.post("/t/<team>/freight/batches/<uuid:uid>/cancellation")
@requires("freight.view")
def cancel_batch(uid: uuid.UUID):
    reach.get(QuoteBatch, uid).cancel(by=current_person)
    return go(url_for("freight.batch", uid=uid), toast=say("Stopped."))


@bp.post("/t/<team>/freight/batches/<uuid:uid>/deletion")
@requires("freight.view")
def delete_batch(uid: uuid.UUID):
    reach.get(QuoteBatch, uid).remove(folder(), by=current_person)
    return go(url_for("freight.batches"), toast=say("The prices and the uploaded file are deleted."))


@bp.get("/t/<team>/freight/batches/<uuid:uid>/<result>.<ending>")
@requires("freight.view")
def batch_result(uid: uuid.UUID, result: str, ending: str):
    """A sheet of the result: prices.xlsx, prices.csv, lines.csv, or the refused rows as refused.csv."""
    found = reach.get(QuoteBatch, uid)
    if (result, ending) == ("refused", "csv") and not found.is_open:
        return Response(
            b"".join(sheets.wrong_csv(found)), content_type=MIME_TYPES["csv"], headers=as_file("refused.csv")
        )
    kind = {("prices", "xlsx"): "xlsx", ("prices", "csv"): "csv", ("lines", "csv"): "lines"}.get((result, ending))
    if kind not in RESULTS or not found.is_ready:
        abort(404)
    path = folder().result(found.stem, kind)
    if request.method == "GET":
        found.tell_taken(f"{result}.{ending}", by=current_person)
    return send_file(
        path.resolve(), mimetype=MIME_TYPES[ending], as_attachment=True, download_name=f"{result}.{ending}", max_age=0
    )  # fmt: skip


@bp.get("/t/<team>/freight/batches/template.xlsx")
@requires("freight.view")
def batch_template():
    content = papers.template_xlsx(PARCELS, reach)
    return Response(content, content_type=MIME_TYPES["xlsx"], headers=as_file("parcels.xlsx"))


def as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename={name}"}


def folder() -> BatchFolder:
    return BatchFolder(current_app.config["SETTINGS"].data)


def states() -> dict[str, tuple[str, str]]:
    """How far a batch is: a tone and the word."""
    return {
        "waiting": ("neutral", _("Waiting its turn")),
        "running": ("info", _("Being priced")),
        "ready": ("ok", _("Ready")),
        "failed": ("bad", _("Failed")),
        "cancelled": ("neutral", _("Stopped")),
    }
