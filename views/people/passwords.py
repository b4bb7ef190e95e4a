"""A person's own password: changing it, an opinion while they type, a suggestion, and what comes when it is too old."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from models.people import choosing
from models.people.invitation import Invitation, LinkSpent
from models.people.password_rules import opinion_of
from models.people.person import Person
from models.people.session import Session
from models.support.words import say
from views.people import bp
from views.people.doors import with_session
from views.people.password_form import chosen, suggested_for
from views.support.access import current_person, current_session, fresh, public, signed_in
from views.support.forms import Form
from views.support.hypermedia import go, invalid, is_fragment
from views.support.shell import notice

# What a person with a password that is too old still reaches.
OPEN_TO_ALL = {
    "people.own_password",
    "people.change_password",
    "people.prove",
    "people.take_proof",
    "people.passkey_question",
    "people.sign_out",
}


@bp.get("/password")
@signed_in
@fresh
def own_password():
    return render_template("people/password.html", form=Form(), **of_page(current_person))


@bp.post("/password")
@signed_in
@fresh
def change_password():
    form = Form.read()
    present, password = form.secret("present_password", most=256), chosen(form)
    person: Person = current_person._get_current_object()  # type: ignore[attr-defined]
    if form.ok:
        with form.refusals():
            choosing.change(person, present, password, network=g.client_network)
    if not form.ok:
        return invalid("people/password.html", form=form, **of_page(person))
    _session, token = Session.open(
        person, address=str(g.client_address), device=request.user_agent.string, proved_by=current_session.proved_by
    )
    toast = say("Your password is changed. You are signed out everywhere else.")
    return with_session(go(url_for("people.preferences"), toast=toast), token)


def of_page(person: Person) -> dict[str, Any]:
    return {
        "person": person,
        "is_spent": choosing.is_spent(person),
        "ends_at": choosing.ends_at(person),
        "keeps_until": choosing.keeps_until(person),
        "suggested": suggested_for(person),
    }


@bp.post("/password/opinion")
@public
def opinion():
    """What is thought of a password while somebody types it: nothing is kept, nothing counted."""
    form = Form.read()
    typed = form.value("password")[:256]
    found = opinion_of(typed, _names(form.value("link")))
    return render_template("people/_opinion.html", opinion=found, is_empty=not typed)


def _names(token: str) -> list[str]:
    if current_person:
        return choosing.names_of(current_person)
    try:
        return choosing.names_of(Invitation.of_token(token).person) if token else []
    except LinkSpent:
        return []


@bp.before_app_request
def choose_anew() -> Any:
    """Who is signed in with a password that is too old chooses another before anything else."""
    endpoint = request.endpoint or ""
    access = getattr(current_app.view_functions.get(endpoint), "access", "public")
    if access == "public" or endpoint in OPEN_TO_ALL or endpoint == "static":
        return None
    person = current_person._get_current_object()  # type: ignore[attr-defined]
    if person is None or not choosing.is_spent(person):  # Whose session is half open is nobody yet.
        return None
    return go(url_for("people.own_password")) if is_fragment() else redirect(url_for("people.own_password"), 303)


@notice(lambda reach: choosing.asks_when(reach.person) if choosing.ends_soon(reach.person) else None)
def password_ends_soon(_chosen_at: Any):
    ends_at = choosing.ends_at(current_person)
    text = _("Your password has to be changed by %(day)s.", day=format_date(ends_at))
    return "warn", text, url_for("people.own_password"), _("Change it")
