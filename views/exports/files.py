"""Getting a file: a one-time link, then the file itself."""

from __future__ import annotations

import uuid

from flask import abort, redirect, request, url_for

from models.exports.export import Export
from models.exports.link import contents, make_link, spend
from views.exports import bp
from views.support.access import current_session, reach, require_fresh, signed_in
from views.support.exporting import attachment, folder


@bp.post("/t/<team>/exports/<uuid:uid>/links")
@signed_in
def link(uid: uuid.UUID):
    """Makes a link for this session and follows it."""
    export = Export.mine_of(reach, uid)
    if export.is_personal:
        require_fresh()
    token = make_link(export, current_session)
    return redirect(url_for("exports.download", token=token), 303)


@bp.get("/t/<team>/exports/downloads/<token>")
@signed_in
def download(token: str):
    """Every link that is not good is a 404. Looking at the head alone uses nothing up."""
    if request.method != "GET":
        abort(404)
    export = spend(token, reach, current_session)
    return attachment(export, contents(export, folder()), export.size_bytes)
