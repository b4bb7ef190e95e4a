"""“Sign-ins and devices”: where a person is signed in, and ending that."""

from __future__ import annotations

import uuid

from flask import render_template, url_for
from flask_babel import gettext as _

from models.people import devices_in_use
from models.people.session import Session
from models.support.words import say
from views.people import bp
from views.people.proof import here
from views.support.access import current_person, signed_in
from views.support.hypermedia import go


@bp.get("/sessions/")
@signed_in
def sessions():
    return render_template(
        "people/sessions.html",
        living=[(one, device_of(one)) for one in devices_in_use.living(current_person)],
        ended=[(one, device_of(one)) for one in devices_in_use.ended(current_person)],
        this=here(),
    )


@bp.post("/sessions/<uuid:uid>/end")
@signed_in
def end_session(uid: uuid.UUID):
    ended = devices_in_use.end_one(current_person, uid)
    if ended.id == here().id:
        return go(url_for("people.sign_in"))
    return go(url_for("people.sessions"), toast=say("That device is signed out."))


@bp.post("/sessions/end-others")
@signed_in
def end_other_sessions():
    count = devices_in_use.end_others(current_person, here())
    toast = say("All other devices are signed out.") if count else say("You are signed in nowhere else.")
    return go(url_for("people.sessions"), toast=toast)


def device_of(session: Session) -> str:
    browser, system = devices_in_use.device_words(session)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("An unknown device")
