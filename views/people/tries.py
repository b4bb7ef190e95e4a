"""Somebody tried to sign in as you: told on the next screen, with time and address, until it was seen."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models.people import tries
from models.support.words import say
from views.people import bp
from views.support.access import current_person, signed_in
from views.support.hypermedia import go
from views.support.shell import notice


@bp.get("/tries")
@signed_in
def failed_tries():
    return render_template("people/tries.html", tries=tries.tries_at(current_person))


@bp.post("/tries/seen")
@signed_in
def tries_seen():
    tries.were_seen(current_person._get_current_object())  # type: ignore[attr-defined]
    return go(url_for("people.failed_tries"), toast=say("Noted. The event log keeps them."))


@notice(lambda reach: tries.count_at(reach.person))
def somebody_tried(count: int):
    text = ngettext(
        "Somebody tried %(num)s time to sign in as you and failed.",
        "Somebody tried %(num)s times to sign in as you and failed.",
        int(count),
    )
    return "warn", text, url_for("people.failed_tries"), _("When and from where")
