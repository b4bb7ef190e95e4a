"""A person's own second factors: the first one before anything else, adding, removing, recovery codes."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from models.people import factors, passkey, recovery
from models.people.authenticator import Authenticator
from models.people.browser import browser_of
from models.people.factor_reset import FactorReset
from models.people.passkey import Passkey
from models.support.errors import Refused
from models.support.words import say
from views.people import bp
from views.people.doors import onwards, with_session
from views.people.proof import here
from views.support.access import current_person, entering, fresh, signed_in
from views.support.forms import Form
from views.support.hypermedia import go, invalid, safe_next
from views.support.shell import notice
from views.support.site import can_have_passkeys, site

ISSUER = "Portolan"


@bp.get("/factors/")
@signed_in
def own_factors():
    return render_template(
        "people/factors.html",
        factors=[(factors.kind_of(one), one) for one in factors.factors_of(current_person)],
        codes_left=recovery.codes_left(current_person),
        few=recovery.FEW,
        is_offered=factors.is_offered(),
        resets=FactorReset.of_person(current_person),
    )


@bp.get("/factors/first")
@entering
def first_factor():
    """Who has none yet: straight to an app with codes, or to a passkey where the portal wants one."""
    session, target = here(), safe_next(request.args.get("next"))
    if session.stage != "enrolling":
        return redirect(onwards(session, target), 303)
    wanted = "people.new_passkey" if factors.lacks(session.person) == "passkey" else "people.new_app"
    return redirect(url_for(wanted, next=target), 303)


@bp.get("/factors/app")
@entering
@fresh
def new_app():
    return _turned_away() or render_template("people/new_app.html", **_app_parts(Form()))


@bp.post("/factors/app")
@entering
@fresh
def add_app():
    if (elsewhere := _turned_away()) is not None:
        return elsewhere
    form, session = Form.read(), here()
    code, name = form.text("code", required=True, most=20), form.text("name", most=60)
    offered = Authenticator.offered_to(session.person, str(session.uid))
    if form.ok:
        with form.refusals():
            offered.confirm(code, name or _("An app"))
    if not form.ok:
        return invalid("people/new_app.html", **_app_parts(form))
    return _added(form, offered, "code")


@bp.get("/factors/passkey")
@entering
@fresh
def new_passkey():
    return _turned_away() or render_template("people/new_passkey.html", **_passkey_parts(_form()))


@bp.post("/factors/passkey/question")
@entering
@fresh
def new_passkey_question():
    """What the browser needs to make a passkey."""
    this = site()
    if here().stage == "half" or this is None:
        raise Refused("Passkeys need the portal under a name and over HTTPS.")
    person = here().person
    asked = passkey.ask_new(here(), this, must_verify=factors.must_verify(person))
    return Response(asked, mimetype="application/json")


@bp.post("/factors/passkey")
@entering
@fresh
def add_passkey():
    if (elsewhere := _turned_away()) is not None:
        return elsewhere
    form, session, this = Form.read(), here(), site()
    answer = form.secret("passkey", most=passkey.MOST_BYTES)
    name = form.text("name", most=60)
    made = None
    if form.ok and this is not None:
        with form.refusals():
            must = factors.must_verify(session.person)
            made = passkey.register(session, this, answer, name or _("A passkey"), must_verify=must)
    if made is None:
        return invalid("people/new_passkey.html", **_passkey_parts(form))
    return _added(form, made, "passkey")


@bp.post("/factors/<uuid:uid>/removal")
@signed_in
@fresh
def remove_factor(uid: uuid.UUID):
    token = factors.remove(here(), uid)
    toast = say("It is removed. You are signed out everywhere else.")
    return with_session(go(url_for("people.own_factors"), toast=toast), token)


@bp.post("/factors/recovery-codes")
@signed_in
@fresh
def renew_recovery_codes():
    person = here().person
    if not factors.has_factor(person):
        raise Refused("Add a passkey or an app first.")
    return render_template(
        "people/recovery_codes.html", codes=recovery.make_codes(person), onwards=url_for("people.own_factors")
    )


@bp.post("/factors/resets/<uuid:uid>/stop")
@signed_in
def stop_reset(uid: uuid.UUID):
    """The person lost nothing: whoever asked for the reset is not helped by it."""
    FactorReset.own(current_person, uid).stop(by=current_person)
    return go(url_for("people.own_factors"), toast=say("The reset is stopped."))


@notice(lambda reach: FactorReset.open_for(reach.person))
def somebody_resets(_uid: Any):
    text = _("Somebody asked to reset your second factor. If it was not you who asked them to, stop it.")
    return "bad", text, url_for("people.own_factors"), _("Look at it")


@notice(lambda reach: recovery.count_where_few(reach.person))
def codes_end(left: int):
    return (
        "warn",
        _("You have %(count)s recovery codes left.", count=left),
        url_for("people.own_factors"),
        _("Make new ones"),
    )


def _turned_away() -> Any:
    """Who has a factor proves it before adding another; a half-open session may not add one instead."""
    session = here()
    return redirect(onwards(session), 303) if session.stage == "half" else None


def _form() -> Form:
    device = browser_of(request.user_agent.string)
    return Form({"name": _("%(browser)s on %(system)s", browser=device[0], system=device[1]) if all(device) else ""})


def _parts(form: Form) -> dict[str, Any]:
    session = here()
    return {
        "form": form, "person": session.person, "next": safe_next(request.values.get("next")), "is_first": session.stage == "enrolling",
        "lacks": factors.lacks(session.person), "can_have_passkeys": can_have_passkeys(),
    }  # fmt: skip


def _app_parts(form: Form) -> dict[str, Any]:
    offered = Authenticator.offered_to(here().person, str(here().uid))
    return _parts(form) | {"picture": offered.picture(ISSUER), "secret": offered.clear_secret}


def _passkey_parts(form: Form) -> dict[str, Any]:
    return _parts(form) | {"must_verify": factors.must_verify(here().person)}


def _added(form: Form, factor: Authenticator | Passkey, how: str) -> Any:
    """The new factor works. Recovery codes are shown the first time; then on to what was wanted."""
    session, was_first = here(), here().stage == "enrolling"
    token, codes = factors.added(session, factor, how)
    target = safe_next(form.value("next"))
    if codes:
        page = render_template("people/recovery_codes.html", codes=codes, onwards=onwards(session, target))
        return with_session(Response(page, 201), token)
    where = onwards(session, target) if was_first else url_for("people.own_factors")
    return with_session(go(where, toast=say("It works. From now on you are asked for it.")), token)
