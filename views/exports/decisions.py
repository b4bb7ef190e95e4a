"""Deciding on exports of others with buyers' data."""

from __future__ import annotations

import uuid

from flask import url_for
from flask_babel import gettext as _

from models.exports.export import Export
from models.support.words import say
from views.exports import bp
from views.support.access import current_person, fresh, reach, requires
from views.support.hypermedia import go
from views.support.waiting import waiting

waiting(
    lambda: _("Exports with buyers' data to decide on"),
    lambda: Export.decision_count(reach),
    lambda: url_for("exports.index"),
    permission="pii.export",
    icon="shield-check",
)


@bp.post("/t/<team>/exports/<uuid:uid>/approval")
@requires("pii.export")
@fresh
def approve(uid: uuid.UUID):
    Export.decidable(reach, uid).approve(by=current_person)
    return go(url_for("exports.index"), toast=say("Approved. The file is being made."))


@bp.post("/t/<team>/exports/<uuid:uid>/refusal")
@requires("pii.export")
def refuse(uid: uuid.UUID):
    Export.decidable(reach, uid).refuse(by=current_person)
    return go(url_for("exports.index"), toast=say("Refused."))
