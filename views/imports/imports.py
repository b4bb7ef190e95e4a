"""Choosing a file, looking at what it would do, applying it, and the list of earlier imports."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from models.imports import looking
from models.imports.entry import ImportEntry, ImportRowError
from models.imports.importer import Importer
from models.imports.record import Import
from models.support.errors import Refused
from models.support.paging import Page
from models.support.words import say
from views.imports import bp
from views.imports.doors import allowed_kinds, folder, import_of, importer_of
from views.support.access import current_person, current_team, reach, signed_in
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.paging import here, pager
from views.support.uploads import saved


@bp.get("/t/<team>/imports/")
@signed_in
def index():
    kinds = allowed_kinds()
    page = Import.earlier(reach, kinds, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return render_template(
        "imports/index.html", imports=page, pager=pager(page), importers=list(map(importer_of, kinds)), states=states()
    )


@bp.get("/t/<team>/imports/kinds/<kind>")
@signed_in
def choose_file(kind: str):
    importer = importer_of(kind)
    if importer.door:
        return redirect(url_for(importer.door), 303)
    return render_template("imports/new.html", form=Form(), importer=importer, **recent(importer))


@bp.post("/t/<team>/imports/kinds/<kind>")
@signed_in
def upload(kind: str):
    """Takes the file in; the same file again leads to the same import, or to a sentence when it was applied."""
    importer = importer_of(kind)
    if importer.door:
        return redirect(url_for(importer.door), 303)
    form = Form.read()
    sent = form.file("file", required=True)
    if form.ok:
        try:
            with saved(sent, folder()) as path:
                batch = Import.take(current_team, kind, sent.filename, path, folder(), by=current_person)
        except Refused as refused:
            form.fail("file", refused.words)
    if not form.ok:
        return invalid("imports/new.html", form=form, importer=importer, **recent(importer))
    return go(url_for("imports.detail" if batch.is_busy else "imports.mapping", uid=batch.uid))


def recent(importer: Importer) -> dict[str, Any]:
    return {"recent": Import.earlier(reach, [importer.kind], size=5), "states": states()}


@bp.get("/t/<team>/imports/<uuid:uid>")
@signed_in
def detail(uid: uuid.UUID):
    """Where it stands: progress while it works (the fragment asks again), else what it would do or what came of it."""
    batch = import_of(uid)
    tab = request.args.get("show", "")
    if tab not in ("errors", "changes", "held"):
        tab = "errors" if batch.error_count else "changes"
    lines = lines_of(batch, tab)
    return show(
        "imports/show.html",
        fragment="imports/_state.html",
        batch=batch,
        importer=batch.importer,
        run=batch.run() if batch.is_busy else None,
        tab=tab,
        lines=lines,
        pager=pager(lines),
        here=here,
        states=states(),
    )


def lines_of(batch: Import, tab: str) -> Page:
    after, before = request.args.get("after", ""), request.args.get("before", "")
    if tab == "errors":
        return ImportRowError.page(batch, after=after, before=before)
    return ImportEntry.page(batch, "held" if tab == "held" else "", after=after, before=before)


@bp.post("/t/<team>/imports/<uuid:uid>/dry_run")
@signed_in
def look_again(uid: uuid.UUID):
    batch = import_of(uid)
    looking.look(batch, folder(), by=current_person)
    return go(url_for("imports.detail", uid=uid))


@bp.post("/t/<team>/imports/<uuid:uid>/application")
@signed_in
def apply(uid: uuid.UUID):
    import_of(uid).begin("applying", by=current_person)
    return go(url_for("imports.detail", uid=uid))


@bp.post("/t/<team>/imports/<uuid:uid>/cancellation")
@signed_in
def cancel(uid: uuid.UUID):
    import_of(uid).cancel()
    return go(url_for("imports.detail", uid=uid), toast=say("It stops at its next step."))


def states() -> dict[str, tuple[str, str]]:
    """How far an import is: a tone and the word."""
    return {
        "mapping": ("neutral", _("columns to choose")),
        "looking": ("info", _("being looked at")),
        "looked": ("warn", _("waits to be applied")),
        "applying": ("info", _("being applied")),
        "applied": ("ok", _("applied")),
        "stopped": ("bad", _("stopped half-way")),
    }
