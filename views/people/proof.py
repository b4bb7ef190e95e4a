"""Proving who one is: the second step of signing in, and “Prove that it is you” before a sensitive act."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for

from models.people import factors, passkey
from models.people.proof import Shown, Ways
from models.people.proof import prove as prove_session
from models.people.session import Session
from models.support.errors import Refused
from models.support.words import say
from views.people import bp
from views.people.doors import onwards, with_session
from views.support.access import entering, entering_session, is_fresh, is_moved, proving, signed_in
from views.support.forms import Form
from views.support.hypermedia import go, invalid, is_fragment, safe_next
from views.support.proof import Carried, prove_page, ways
from views.support.site import site


@bp.get("/second-factor")
@entering
def second_step():
    session, target = here(), safe_next(request.args.get("next"))
    if session.stage != "half":
        return redirect(onwards(session, target), 303)
    return render_template("people/second_step.html", form=Form(), next=target, **ways(session))


@bp.post("/second-factor")
@entering
def take_second_step():
    session, form = here(), Form.read()
    target = safe_next(form.value("next"))
    if session.stage != "half":
        return redirect(onwards(session, target), 303)
    token = proved(session, form)
    if token:
        return with_session(go(onwards(session, target)), token)
    if session.reload().ended_at is not None:
        return go(
            url_for("people.sign_in"), toast=say("Too many wrong tries. Begin again with your password."), tone="warn"
        )
    return invalid("people/second_step.html", form=form, next=target, **ways(session))


@bp.post("/second-factor/passkey")
@entering
@proving
def passkey_question():
    """What the browser needs to ask for one of the person's passkeys."""
    session, this = here(), site()
    if this is None:
        raise Refused("Passkeys need the portal under a name and over HTTPS.")
    asked = passkey.ask_known(session, this, must_verify=factors.must_verify(session.person))
    return Response(asked, mimetype="application/json")


@bp.get("/prove")
@signed_in
@proving
def prove():
    target = safe_next(request.args.get("next"))
    if is_fresh() and not is_moved() and not is_fragment():
        return redirect(target or url_for("home.index"), 303)
    return prove_page(Form(), target)


@bp.post("/prove")
@signed_in
@proving
def take_proof():
    form, session = Form.read(), here()
    target, carried = safe_next(form.value("next")), Carried.of_form()
    token = proved(session, form)
    if not token:
        return make_response(prove_page(form, target, carried), 422)
    return with_session(_back(target, carried), token)


def _back(target: str | None, carried: Carried | None) -> Any:
    if is_fragment():
        answer = make_response("", 204)
        answer.headers["HX-Trigger"] = "proved"
        return answer
    if carried is not None:
        return make_response(render_template("people/repeat.html", next=target, carried=carried))
    return redirect(target or url_for("home.index"), 303)


def here() -> Session:
    return entering_session._get_current_object()  # type: ignore[attr-defined]


def proved(session: Session, form: Form) -> str:
    """The token of the session's new id, or "" with words in the form."""
    password = form.secret("password", required=False, most=256)
    code, signed = form.text("code", most=60), form.secret("passkey", required=False, most=passkey.MOST_BYTES)
    wanted = "password" if Ways.of(session.person).password else "code"
    form.expect(password or code or signed, wanted, say("This is needed."))
    token = ""
    if form.ok:
        with form.refusals():
            token = prove_session(
                session, Shown(password, code, signed, site()), network=g.client_network,
                address=str(g.client_address), device=request.user_agent.string[:200],
            )  # fmt: skip
    return token
