"""Bringing a price sheet in: choosing the file, what was read in it, what it would change, and making a draft of it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.freight import sheet_keeping as _keeping  # noqa: F401 (says what a leaver passes on)
from models.freight.carrier import Carrier
from models.freight.channel import KINDS, Channel
from models.freight.sheet_findings import SheetChange, SheetProblem
from models.freight.sheet_import import SheetImport
from models.freight.sheet_words import column_words
from models.freight.workbook.problem import ERROR, WARNING
from models.support.errors import Refused
from models.support.paging import Page
from models.support.words import say
from views.freight import bp
from views.freight.sheet_files import folder
from views.freight.tabs import room_tabs
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.paging import here, pager
from views.support.uploads import saved

TAB = "freight.price_sheets"


@bp.get("/t/<team>/freight/imports/")
@requires("freight.edit")
def sheet_imports():
    page = SheetImport.earlier(reach, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return render_template(
        "freight/imports.html", imports=page, pager=pager(page), states=states(), tabs=room_tabs(TAB)
    )


@bp.get("/t/<team>/freight/imports/new")
@requires("freight.edit")
def new_sheet_import():
    return render_template("freight/import_new.html", **choosing(Form({"channel": request.args.get("channel", "")})))


@bp.post("/t/<team>/freight/imports/")
@requires("freight.edit")
def upload_sheet():
    """Takes the file in; the same file again leads to the same import, or to a sentence when a draft was made of it."""
    form = Form.read()
    sent, channel = form.file("file", required=True), chosen_channel(form)
    if form.ok:
        try:
            with saved(sent, folder()) as path:
                batch = SheetImport.take(
                    current_team, sent.filename, path, folder(), channel=channel, by=current_person
                )
        except Refused as refused:
            form.fail("file", refused.words)
    if not form.ok:
        return invalid("freight/import_new.html", **choosing(form))
    return go(url_for("freight.sheet_import", uid=batch.uid))


def choosing(form: Form) -> dict[str, Any]:
    recent = SheetImport.earlier(reach, size=5)
    return {
        "form": form, "channels": offered(Channel), "recent": recent, "imports": recent, "states": states(), "tabs": room_tabs(TAB)
    }  # fmt: skip


@bp.get("/t/<team>/freight/imports/<uuid:uid>")
@requires("freight.edit")
def sheet_import(uid: uuid.UUID):
    """Where it stands: the fragment asks again while it works; then what was read and what it would change."""
    return show("freight/import.html", fragment="freight/_import.html", **parts(reach.get(SheetImport, uid), Form()))


@bp.post("/t/<team>/freight/imports/<uuid:uid>/reading")
@requires("freight.edit")
def read_sheet_again(uid: uuid.UUID):
    """Reads the file once more, for the channel and from the sheet that a person chose."""
    batch = reach.get(SheetImport, uid)
    form = Form.read()
    choices: dict[str, Any] = {}
    if form.value("channel"):
        choices["channel"] = chosen_channel(form)
    if form.value("sheet"):
        choices["sheet"] = form.choice("sheet", batch.sheets)
    if form.ok:
        with form.refusals():
            batch.read_again(**choices)
    return answered(batch, form)


@bp.post("/t/<team>/freight/imports/<uuid:uid>/channel")
@requires("freight.edit")
def open_sheet_channel(uid: uuid.UUID):
    """Makes the channel the file names, with its carrier where the team has none, in one step."""
    batch = reach.get(SheetImport, uid)
    form = Form.read()
    values = {
        "code": form.text("code", required=True, most=40), "name": form.text("name", required=True, most=80),
        "kind": form.choice("kind", KINDS),
    }  # fmt: skip
    carrier = own(Carrier, form, "carrier")
    new = {"code": form.text("carrier_code", most=40), "name": form.text("carrier_name", most=80)}
    if form.ok:
        with form.refusals():
            batch.open_channel(carrier, new, by=current_person, **values)
    return answered(batch, form)


@bp.post("/t/<team>/freight/imports/<uuid:uid>/draft")
@requires("freight.edit")
def draft_sheet(uid: uuid.UUID):
    batch = reach.get(SheetImport, uid)
    form = Form.read()
    note = form.text("note", most=500)
    if form.ok:
        with form.refusals():
            batch.begin_draft(steep_ok=form.flag("steep_ok"), note=note, by=current_person)
    return answered(batch, form)


@bp.post("/t/<team>/freight/imports/<uuid:uid>/cancellation")
@requires("freight.edit")
def cancel_sheet(uid: uuid.UUID):
    reach.get(SheetImport, uid).cancel()
    return go(url_for("freight.sheet_import", uid=uid), toast=say("It stops at its next step."))


def answered(batch: SheetImport, form: Form):
    if not form.ok:
        return invalid("freight/import.html", **parts(batch, form))
    return go(url_for("freight.sheet_import", uid=batch.uid))


def chosen_channel(form: Form) -> Channel | None:
    return own(Channel, form, "channel")


def own(model: Any, form: Form, name: str) -> Any:
    """The team's own record that a form names; nothing when it names none."""
    uid = form.uid(name, required=False)
    found = next((one for one in model.reachable(reach) if one.uid == uid), None)
    form.expect(found or not uid, name, say("Choose from the list."))
    return found


def offered(model: Any) -> list[tuple[str, str]]:
    """The team's own channels or carriers, to choose from."""
    return sorted(
        ((str(one.uid), f"{one.code} – {one.name}") for one in model.reachable(reach)), key=lambda pair: pair[1]
    )


def parts(batch: SheetImport, form: Form) -> dict[str, Any]:
    """Everything the page shows."""
    tab = request.args.get("show", "")
    if tab not in ("errors", "warnings", "changes"):
        tab = "errors" if batch.error_count else "changes" if batch.change_count else "warnings"
    lines = lines_of(batch, tab)
    return {
        "batch": batch, "form": form, "run": batch.run() if batch.is_busy else None, "tab": tab, "lines": lines,
        "pager": pager(lines), "here": here, "states": states(), "tabs": room_tabs(TAB), "column_words": column_words,
        "channels": offered(Channel), "kinds": [(key, str(words)) for key, words in KINDS.items()],
        "carriers": offered(Carrier), "sheet_options": [(name, name) for name in batch.sheets],
    }  # fmt: skip


def lines_of(batch: SheetImport, tab: str) -> Page:
    after, before = request.args.get("after", ""), request.args.get("before", "")
    if tab == "changes":
        return SheetChange.page(batch, after=after, before=before)
    return SheetProblem.page(batch, ERROR if tab == "errors" else WARNING, after=after, before=before)


def states() -> dict[str, tuple[str, str]]:
    """How far an import is: a tone and the word."""
    return {
        "reading": ("info", _("being read")),
        "read": ("warn", _("waits for a draft")),
        "drafting": ("info", _("being drafted")),
        "drafted": ("ok", _("drafted")),
        "stopped": ("bad", _("not read")),
    }
