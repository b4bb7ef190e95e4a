"""Price sheets: every version of every channel, and one of them with its cells, its checks and what it changes."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Response, abort, render_template, request, send_file, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from models.freight.lists import SHEETS, waiting_for_approval
from models.freight.rate_card import RateCard
from models.freight.workbook.writing import write_archive, write_workbook
from models.support.words import say
from views.audit.objects import leads
from views.freight import bp
from views.freight.sheet_parts import part_of
from views.freight.tabs import room_tabs, tab
from views.imports.files import XLSX
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go
from views.support.lists import ListPage, list_page, shows, viewer
from views.support.waiting import waiting
from views.workload import queues

tab(40, lambda: _("Price sheets"), "freight.price_sheets")
shows(SHEETS, "freight.price_sheets")
leads("rate_card", RateCard, "freight.view", lambda one: url_for("freight.price_sheet", uid=one.uid))
queues.leads("price_sheets", lambda: url_for("freight.price_sheets", stand="to_approve"), "freight.approve")
waiting(
    lambda: _("Price sheets to approve"),
    lambda: waiting_for_approval(viewer()),
    lambda: url_for("freight.price_sheets", stand="to_approve"),
    permission="freight.approve",
    icon="receipt",
)
KINDS_OF_FILE = {"xlsx": (write_workbook, XLSX), "zip": (write_archive, "application/zip")}


@bp.get("/t/<team>/freight/sheets/")
@requires("freight.view")
def price_sheets():
    found = list_page(SHEETS)
    if not isinstance(found, ListPage):
        return found
    return render_template("freight/sheets.html", list=found, tabs=room_tabs("freight.price_sheets"))


@bp.get("/t/<team>/freight/sheets/<uuid:uid>")
@requires("freight.view")
def price_sheet(uid: uuid.UUID):
    return render_template("freight/sheet.html", form=Form(), **parts(RateCard.get_visible(reach, uid)))


@bp.get("/t/<team>/freight/sheets/<uuid:uid>/file.<ending>")
@requires("freight.view")
def price_sheet_file(uid: uuid.UUID, ending: str):
    """The version as the import reads it."""
    write, kind = KINDS_OF_FILE.get(ending) or abort(404)
    found, file = RateCard.get_visible(reach, uid), io.BytesIO()
    write(found.card, file, in_chinese=str(get_locale()).startswith("zh"))
    file.seek(0)
    name = f"{found.channel.code}-{found.version}.{ending}"
    answer: Response = send_file(file, mimetype=kind, as_attachment=True, download_name=name, max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/t/<team>/freight/sheets/<uuid:uid>/drafts")
@requires("freight.edit")
def redraft(uid: uuid.UUID):
    """A new draft with the same cells, to be changed by hand."""
    made = reach.get(RateCard, uid).redraft(by=current_person)
    return go(
        url_for(".cells", uid=made.uid, kind="rates"),
        toast=say("Version %(version)s is a draft now.", version=made.version),
    )


def parts(found: RateCard) -> dict[str, Any]:
    """Everything the page of a version shows to this person."""
    is_own = found.team_id == current_team.id
    asked = request.args.get("part", "")
    return {
        "sheet": found,
        "is_own": is_own,
        "may_edit": is_own and reach.may("freight.edit"),
        "may_approve": is_own and reach.may("freight.approve"),
        "may_decide": is_own and found.may_be_approved_by(current_person),
        "people": found.people() if is_own else {},
        **part_of(found, asked, is_own=is_own),
    }
