"""A person's own address for mails, and which kinds of mail they want."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for

from models.notices.address import NoticeAddress
from models.notices.kinds import KINDS
from models.notices.muted import MutedNotice
from models.support.words import say
from views.notices import bp
from views.support.access import current_person, fresh, signed_in
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/preferences/mail")
@signed_in
def own():
    parts = _parts()
    return render_template("notices/own.html", form=Form({"kinds": parts["wanted"]}), **parts)


@bp.post("/preferences/mail")
@signed_in
@fresh
def set_address():
    form = Form.read()
    address = form.text("address", required=True, most=250)
    form.expect(current_app.config["SETTINGS"].smtp, "address", say("The operator has not set up a mail server."))
    if form.ok:
        with form.refusals():
            NoticeAddress.put(current_person, address)
    if not form.ok:
        return invalid("notices/own.html", form=form, **_parts())
    return go(url_for("notices.own"), toast=say("A code is on its way to this address."))


@bp.post("/preferences/mail/confirmation")
@signed_in
def confirm_address():
    form, found = Form.read(), NoticeAddress.of(current_person)
    code = form.text("code", required=True, most=12)
    form.expect(found is not None, "code", say("Give an address first."))
    if form.ok and found is not None:
        with form.refusals():
            found.confirm(code)
    if not form.ok:
        return invalid("notices/own.html", form=form, **_parts())
    return go(url_for("notices.own"), toast=say("From now on you are told there."))


@bp.post("/preferences/mail/removal")
@signed_in
def remove_address():
    NoticeAddress.remove(current_person)
    return go(url_for("notices.own"), toast=say("Nothing is mailed to you any more."))


@bp.post("/preferences/mail/kinds")
@signed_in
def choose_kinds():
    form = Form.read()
    wanted = form.choices("kinds", KINDS)
    if not form.ok:
        return invalid("notices/own.html", form=form, **_parts())
    MutedNotice.put(current_person, wanted)
    return go(url_for("notices.own"), toast=say("Kept."))


def _parts() -> dict[str, Any]:
    muted, address = MutedNotice.of(current_person), NoticeAddress.of(current_person)
    return {
        "address": address, "kinds": [(kind.name, str(kind.words)) for kind in KINDS.values()], "wanted": [name for name in KINDS if name not in muted],
        "has_server": bool(current_app.config["SETTINGS"].smtp),
    }  # fmt: skip
