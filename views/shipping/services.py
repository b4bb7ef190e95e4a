"""Tracking services: who is asked where parcels are. A job asks; these pages store what is wanted and show what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.freight.carrier import Carrier
from models.shipping.connecting import carriers_seen, connect, edit
from models.shipping.followed import counts, stuck
from models.shipping.tracking_account import KINDS, MANUAL, SEVENTEEN, YUNEXPRESS, TrackingAccount
from models.shipping.tracking_call import TrackingCall
from models.support.words import say
from views.audit.objects import leads
from views.shipping import bp
from views.shipping.tabs import room_tabs, tab
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.waiting import waiting

tab(60, lambda: _("Tracking services"), "shipping.services")
leads("tracking_account", TrackingAccount, "parcels.view", lambda one: url_for("shipping.service", uid=one.uid))

waiting(
    lambda: _("Tracking services to mend"),
    lambda: TrackingAccount.to_mend_count(reach),
    lambda: url_for("shipping.services"),
    permission="parcels.connect",
    icon="unlink",
    tone="bad",
)


@bp.get("/t/<team>/shipping/services/")
@requires("parcels.view")
def services():
    found = TrackingAccount.seen_by(current_team)
    return render_template(
        "shipping/services.html",
        accounts=found,
        tabs=room_tabs("shipping.services"),
        is_manual=not any(one.asks and one.state != "paused" for one in found),
    )


@bp.get("/t/<team>/shipping/services/new")
@requires("parcels.connect")
def new_service():
    kind = request.args.get("kind", SEVENTEEN)
    if kind not in KINDS:
        abort(404)
    return render_template("shipping/service_form.html", **_form(kind, Form({"name": str(KINDS[kind]), "kind": kind})))


@bp.post("/t/<team>/shipping/services/")
@requires("parcels.connect")
@fresh
def connect_service():
    form = Form.read()
    kind = form.choice("kind", KINDS)
    values = _read(form)
    if form.ok:
        with form.refusals():
            account = connect(current_team, kind=kind, by=current_person, **values)
    if not form.ok:
        return invalid("shipping/service_form.html", **_form(kind if kind in KINDS else SEVENTEEN, form))
    return go(url_for("shipping.service", uid=account.uid))


@bp.get("/t/<team>/shipping/services/<uuid:uid>")
@requires("parcels.view")
def service(uid: uuid.UUID):
    account = TrackingAccount.get_own(reach, uid)
    return show("shipping/service.html", fragment="shipping/_service.html", **_parts(account))


@bp.get("/t/<team>/shipping/services/<uuid:uid>/edit")
@requires("parcels.connect")
def edit_service(uid: uuid.UUID):
    account = TrackingAccount.get_own(reach, uid)
    names = ("name", "code", "base_url", "is_shared")
    known = {name: getattr(account, name) for name in names} | {"carrier": account.carrier and account.carrier.uid}
    return render_template("shipping/service_form.html", **_form(account.kind, Form(known), account))


@bp.post("/t/<team>/shipping/services/<uuid:uid>")
@requires("parcels.connect")
@fresh
def save_service(uid: uuid.UUID):
    account, form = TrackingAccount.get_own(reach, uid), Form.read()
    values = _read(form)
    if form.ok:
        with form.refusals():
            edit(account, by=current_person, **values)
    if not form.ok:
        return invalid("shipping/service_form.html", **_form(account.kind, form, account.reload()))
    return go(url_for("shipping.service", uid=uid), toast=say("The tracking service is saved."))


@bp.post("/t/<team>/shipping/services/<uuid:uid>/trial")
@requires("parcels.connect")
def try_service(uid: uuid.UUID):
    TrackingAccount.get_own(reach, uid).try_again()
    return go(url_for("shipping.service", uid=uid))


@bp.post("/t/<team>/shipping/services/<uuid:uid>/pause")
@requires("parcels.connect")
def pause_service(uid: uuid.UUID):
    account = TrackingAccount.get_own(reach, uid)
    if Form.read().flag("is_paused"):
        account.pause(by=current_person)
    else:
        account.resume(by=current_person)
    return go(url_for("shipping.service", uid=uid))


@bp.post("/t/<team>/shipping/services/<uuid:uid>/removal")
@requires("parcels.connect")
@fresh
def remove_service(uid: uuid.UUID):
    account = TrackingAccount.get_own(reach, uid)
    account.remove(by=current_person)
    words = say("%(service)s is removed; its key is destroyed.", service=account.name)
    return go(url_for("shipping.services"), toast=words)


def _read(form: Form) -> dict[str, Any]:
    chosen = form.uid("carrier", required=False)
    carrier = Carrier.get_visible(reach, chosen) if chosen else None
    return {
        "name": form.text("name", required=True, most=80), "secret": form.secret("secret", required=False, most=200).strip(),
        "code": form.text("code", most=80), "base_url": form.text("base_url", most=200), "carrier": carrier,
        "is_shared": form.flag("is_shared"),
    }  # fmt: skip


def _form(kind: str, form: Form, account: TrackingAccount | None = None) -> dict[str, Any]:
    carriers = [(str(one.uid), f"{one.code} · {one.name}") for one in carriers_seen(reach)]
    return {
        "kind": kind, "form": form, "account": account, "carriers": carriers, "title": KINDS[kind],
        "is_own_service": kind == YUNEXPRESS, "asks": kind != MANUAL,
    }  # fmt: skip


def _parts(account: TrackingAccount) -> dict[str, Any]:
    settings = current_app.config["SETTINGS"]
    may_connect = reach.may("parcels.connect")
    return {
        "account": account, "counts": counts(account), "stuck": stuck(account, reach),
        "calls": TrackingCall.latest(account), "lines": lines_of(events_about(account, limit=20)), "may_connect": may_connect,
        "hook": settings.base_url + url_for("shipping.hear", hook=account.hook)
        if may_connect and account.kind == SEVENTEEN else "",
    }  # fmt: skip
