"""“Prove that it is you”: before a sensitive act, when the last proof is some minutes old."""

from __future__ import annotations

from flask import g, make_response, redirect, render_template, request, url_for

from models.people.proof import prove_by_password
from views.people import bp
from views.people.doors import with_session
from views.support.access import current_session, is_fresh, signed_in
from views.support.forms import Form
from views.support.hypermedia import is_fragment, safe_next
from views.support.proof import Carried, prove_page


@bp.get("/prove")
@signed_in
def prove():
    target = safe_next(request.args.get("next"))
    if is_fresh() and not is_fragment():
        return redirect(target or url_for("home.index"), 303)
    return prove_page(Form(), target)


@bp.post("/prove")
@signed_in
def take_proof():
    form = Form.read()
    target, carried = safe_next(form.value("next")), Carried.of_form()
    password = form.secret("password", most=256)
    token = ""
    if form.ok:
        with form.refusals():
            token = prove_by_password(current_session._get_current_object(), password, network=g.client_network)
    if not token:
        return make_response(prove_page(form, target, carried), 422)
    return with_session(_onwards(target, carried), token)


def _onwards(target: str | None, carried: Carried | None):
    if is_fragment():
        answer = make_response("", 204)
        answer.headers["HX-Trigger"] = "proved"
        return answer
    if carried is not None:
        return make_response(render_template("people/repeat.html", next=target, carried=carried))
    return redirect(target or url_for("home.index"), 303)
