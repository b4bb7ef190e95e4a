"""Signing in and out, one-time links, and a person's own preferences."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from flask import current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from models.people.factors import stage_after_password
from models.people.invitation import Invitation, LinkSpent
from models.people.person import THEMES
from models.people.session import ABSOLUTE, Session, SignInRefused
from models.people.session import sign_in as open_session
from models.support.words import say
from views.people import bp
from views.people.devices import remember_device
from views.people.password_form import chosen, suggested_for
from views.support.access import (
    cookie_name,
    current_person,
    entering,
    entering_session,
    proving,
    public,
    signed_in,
)
from views.support.errors import NEXT_STEPS
from views.support.forms import Form
from views.support.hypermedia import go, invalid, safe_next
from views.support.language import offered

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))


@bp.get("/sign-in")
@public
def sign_in():
    if current_person:
        return redirect(url_for("home.index"), 303)
    return render_template("people/sign_in.html", form=Form(), next=safe_next(request.args.get("next")))


@bp.post("/sign-in")
@public
def open_door():
    form = Form.read()
    login = form.text("login", required=True, most=40)
    password = form.secret("password", most=256)
    target = safe_next(form.value("next"))
    if not form.ok:
        return invalid("people/sign_in.html", form=form, next=target)
    try:
        session, token = open_session(
            login, password, address=str(g.client_address), network=g.client_network, device=request.user_agent.string
        )
    except SignInRefused as refused:
        form.fail("password", refused.words)
        return invalid("people/sign_in.html", form=form, next=target)
    if entering_session:
        entering_session.end()
    return with_session(go(onwards(session, target)), token)


def onwards(session: Session, target: str | None = None) -> str:
    """Where a session leads that was just opened or proved: to what was wanted, or to the step that is still missing."""
    if session.is_open:
        return target or url_for("home.index")
    return url_for(NEXT_STEPS[session.stage], next=target)


def with_session(answer: Any, token: str) -> Any:
    """Sets the session cookie; its name says whether TLS is in use. After a full success the device is known, too."""
    settings = current_app.config["SETTINGS"]
    answer.set_cookie(
        cookie_name(settings), token, max_age=int(ABSOLUTE.total_seconds()), secure=settings.is_secure, httponly=True,
        samesite="Lax", path="/",
    )  # fmt: skip
    return remember_device(answer, Session.of_token(token))


@bp.post("/sign-out")
@entering
@proving
def sign_out():
    entering_session.end()
    settings = current_app.config["SETTINGS"]
    answer = go(url_for("people.sign_in"))
    answer.delete_cookie(cookie_name(settings), path="/", secure=settings.is_secure, httponly=True, samesite="Lax")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.get("/welcome/<token>")
@public
def welcome(token: str):
    link = Invitation.of_token(token)
    suggested = suggested_for(link.person)
    return render_template("people/welcome.html", form=Form(), person=link.person, token=token, suggested=suggested)


@bp.post("/welcome/<token>")
@public
def choose_password(token: str):
    link = Invitation.of_token(token)
    form = Form.read()
    password = chosen(form)
    if form.ok:
        with form.refusals():
            person = link.use(password)
    if not form.ok:
        return invalid("people/welcome.html", form=form, person=link.person, token=token)
    session, session_token = Session.open(
        person, address=str(g.client_address), device=request.user_agent.string, stage=stage_after_password(person)
    )
    return with_session(go(onwards(session), toast=say("Welcome to Portolan.")), session_token)


@bp.get("/preferences")
@signed_in
def preferences():
    person = current_person
    form = Form({"language": person.language, "theme": person.theme, "timezone": person.timezone})
    return render_template("people/preferences.html", form=form, **preference_lists())


@bp.post("/preferences")
@public
def prefer():
    """A signed-in person's choice is kept with the account; a visitor's in a cookie."""
    form = Form.read()
    person = current_person
    before = {
        "language": person.language if person else request.cookies.get("language", "en"),
        "theme": person.theme if person else request.cookies.get("theme", "system"),
        "timezone": person.timezone if person else "",
    }
    language = form.choice("language", offered(), required=False) or before["language"]
    theme = form.choice("theme", THEMES, required=False) or before["theme"]
    timezone = form.choice("timezone", ZONES, required=False) or before["timezone"]
    if not form.ok:
        return invalid("people/preferences.html", form=form, **preference_lists())
    answer = go(
        safe_next(form.value("next")) or safe_next(urlsplit(request.referrer or "").path) or url_for("home.index")
    )
    if person:
        person.prefer(language=language, theme=theme, timezone=timezone)
    for name, value in (("language", language), ("theme", theme)):
        answer.set_cookie(
            name,
            value,
            max_age=31536000,
            secure=current_app.config["SETTINGS"].is_secure,
            samesite="Lax",
            httponly=True,
        )
    return answer


def preference_lists() -> dict[str, Any]:
    themes = {"system": _("As the device"), "light": _("Light"), "dark": _("Dark")}
    return {
        "languages": list(offered().items()),
        "themes": list(themes.items()),
        "zones": [
            ("", _("The team's time zone")),
            *((zone, zone) for zone in ZONES),
        ],
    }


@bp.app_errorhandler(LinkSpent)
def link_spent(error: LinkSpent):
    return invalid("people/link_spent.html", status=410, text=str(error))
