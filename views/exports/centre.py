"""Asking for an export, and the download centre: what a person asked for, how far it is, and the files."""

from __future__ import annotations

import uuid

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from models.exports.again import may_import_again
from models.exports.export import FORMATS, Export
from models.exports.making import send
from models.exports.personal import may_export
from models.lists.list_of import LISTS, ListOf
from models.support.words import say
from views.exports import bp
from views.support.access import current_person, reach, require_fresh, signed_in
from views.support.exporting import ExportOffer, attachment, folder
from views.support.forms import Form
from views.support.hypermedia import go, show
from views.support.lists import viewer
from views.support.shell import place

place("team", 40, lambda: _("Downloads"), "download", "exports.index", None)
MOST_QUERY = 2000


@bp.get("/t/<team>/exports/")
@signed_in
def index():
    """The fragment asks again while something is being made."""
    exports = Export.mine(reach)
    return show(
        "exports/index.html",
        fragment="exports/_mine.html",
        exports=exports,
        is_busy=any(export.is_open for export in exports),
        decisions=Export.to_decide(reach) if reach.may("pii.export") else [],
    )


@bp.post("/t/<team>/exports/")
@signed_in
def ask():
    """A few rows are the answer itself; many become a file in the download centre."""
    form = Form.read()
    a_list = _list_of(form)
    looking = viewer()
    asked = a_list.asked(_query_of(form), looking)
    file_format = form.choice("format", FORMATS)
    with_buyers = form.flag("with_buyers")
    to_import = form.value("shape") == "import"
    if (with_buyers and not may_export(reach, a_list.name)) or (to_import and not may_import_again(reach, a_list.name)):
        abort(403)
    if with_buyers:
        require_fresh()
    export = None
    if form.ok:
        with form.refusals():
            export = Export.ask(
                looking, a_list, asked, columns=form.values("columns"), file_format=file_format,
                with_buyers=with_buyers, reason=form.text("reason"), to_import=to_import,
            )  # fmt: skip
    if export is None:
        offer = ExportOffer(a_list, asked.query, form.values("columns"), a_list.count(looking, asked))
        return render_template("exports/new.html", offer=offer, form=form), 422
    if export.state == "sent":
        return attachment(export, send(export, folder()))
    return go(url_for("exports.index"), toast=_what_comes(export))


def _what_comes(export: Export):
    if export.awaits_approval:
        return say("Somebody else has to approve this export. You find it here when they have.")
    return say("The file is being made. You find it here when it is ready.")


def _list_of(form: Form) -> ListOf:
    """The list that is named: 404 when there is none, 403 without its permission."""
    a_list = LISTS.get(form.value("list"))
    if a_list is None:
        abort(404)
    if not reach.may(a_list.permission):
        abort(403)
    return a_list


def _query_of(form: Form) -> str:
    """What is asked of the list. A NUL is nobody's search, and PostgreSQL breaks over it."""
    query = form.value("query")
    if len(query) > MOST_QUERY or "%00" in query or "\0" in query:
        abort(404)
    return query


@bp.post("/t/<team>/exports/<uuid:uid>/deletion")
@signed_in
def delete(uid: uuid.UUID):
    export = Export.mine_of(reach, uid)
    export.delete_file(by=current_person)
    folder().remove(export.file_name)
    return go(url_for("exports.index"), toast=say("The export is deleted."))
