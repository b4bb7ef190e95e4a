"""Mailboxes that are read and answered from. A job tries and reads them; these pages store what is wanted and show what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.mailbox.account import AUTHS, IMAP, KINDS, MANAGE, SECURITIES, MailAccount
from models.mailbox.connecting import add_route, connect, edit, read_again, remove_route
from models.mailbox.finding import READ, SEND, findings_of
from models.mailbox.route import MailRoute, suggested_tag
from models.mailbox.seen import MailSeen
from models.mailbox.visit import MailVisit
from models.stores.offers import stores_of
from models.support.words import say
from views.audit.objects import leads
from views.mailbox import bp
from views.mailbox.tabs import room_tabs, tab
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.waiting import waiting

tab(80, lambda: _("Mailboxes"), "mailbox.accounts", MANAGE)
leads("mail_account", MailAccount, MANAGE, lambda one: url_for("mailbox.account", uid=one.uid))

waiting(
    lambda: _("Mailboxes to mend"),
    lambda: MailAccount.to_mend_count(reach),
    lambda: url_for("mailbox.accounts"),
    permission=MANAGE,
    icon="unlink",
    tone="bad",
)
KNOWN = ("name", "host", "port", "login", "auth", "client_id", "oauth_url", "path", "smtp_host", "smtp_port", "smtp_security", "smtp_login",
         "from_address")  # fmt: skip
NEW = {"port": 993, "smtp_port": 465, "smtp_security": "tls", "auth": "password", "folders": "INBOX"}


@bp.get("/t/<team>/mailbox/accounts/")
@requires(MANAGE)
def accounts():
    found = MailAccount.visible_to(reach)
    return render_template("mailbox/accounts.html", accounts=found, tabs=room_tabs("mailbox.accounts"))


@bp.get("/t/<team>/mailbox/accounts/new")
@requires(MANAGE)
def new_account():
    kind = request.args.get("kind", IMAP)
    if kind not in KINDS:
        abort(404)
    return render_template("mailbox/account_form.html", **_form(kind, Form(NEW)))


@bp.post("/t/<team>/mailbox/accounts/")
@requires(MANAGE)
@fresh
def connect_account():
    form = Form.read()
    kind = form.choice("kind", KINDS)
    values = _read(form, kind)
    if form.ok:
        with form.refusals():
            made = connect(current_team, kind, values, by=current_person)
    if not form.ok:
        return invalid("mailbox/account_form.html", **_form(kind if kind in KINDS else IMAP, form))
    return go(url_for("mailbox.account", uid=made.uid))


@bp.get("/t/<team>/mailbox/accounts/<uuid:uid>")
@requires(MANAGE)
def account(uid: uuid.UUID):
    found = MailAccount.get_visible(reach, uid)
    return show("mailbox/account.html", fragment="mailbox/_account.html", **_parts(found, Form()))


@bp.get("/t/<team>/mailbox/accounts/<uuid:uid>/edit")
@requires(MANAGE)
def edit_account(uid: uuid.UUID):
    found = MailAccount.get_visible(reach, uid)
    known = {name: getattr(found, name) for name in KNOWN}
    known |= {"store": found.store.uid, "folders": "\n".join(found.folders)}
    return render_template("mailbox/account_form.html", **_form(found.kind, Form(known), found))


@bp.post("/t/<team>/mailbox/accounts/<uuid:uid>")
@requires(MANAGE)
@fresh
def save_account(uid: uuid.UUID):
    found, form = MailAccount.get_visible(reach, uid), Form.read()
    values = _read(form, found.kind)
    if form.ok:
        with form.refusals():
            edit(found, values, by=current_person)
    if not form.ok:
        return invalid("mailbox/account_form.html", **_form(found.kind, form, found))
    return go(url_for("mailbox.account", uid=uid), toast=say("The mailbox is saved."))


@bp.post("/t/<team>/mailbox/accounts/<uuid:uid>/trial")
@requires(MANAGE)
def try_account(uid: uuid.UUID):
    MailAccount.get_visible(reach, uid).try_again()
    return go(url_for("mailbox.account", uid=uid))


@bp.post("/t/<team>/mailbox/accounts/<uuid:uid>/pause")
@requires(MANAGE)
def pause_account(uid: uuid.UUID):
    found = MailAccount.get_visible(reach, uid)
    if Form.read().flag("is_paused"):
        found.pause(by=current_person)
    else:
        found.resume(by=current_person)
    return go(url_for("mailbox.account", uid=uid))


@bp.post("/t/<team>/mailbox/accounts/<uuid:uid>/reading")
@requires(MANAGE)
def read_account_again(uid: uuid.UUID):
    read_again(MailAccount.get_visible(reach, uid), by=current_person)
    words = say("The last 30 days are read again; what is here already does not come twice.")
    return go(url_for("mailbox.account", uid=uid), toast=words)


@bp.post("/t/<team>/mailbox/accounts/<uuid:uid>/removal")
@requires(MANAGE)
@fresh
def remove_account(uid: uuid.UUID):
    found = MailAccount.get_visible(reach, uid)
    found.remove(by=current_person)
    words = say("%(mailbox)s is removed; its secrets are destroyed.", mailbox=found.name)
    return go(url_for("mailbox.accounts"), toast=words)


@bp.post("/t/<team>/mailbox/accounts/<uuid:uid>/routes")
@requires(MANAGE)
def add_mail_route(uid: uuid.UUID):
    found, form = MailAccount.get_visible(reach, uid), Form.read()
    stores = _stores()
    store, tag = form.choice("store", stores), form.text("tag", required=True, most=40)
    if form.ok:
        with form.refusals():
            add_route(found, tag, stores[store], by=current_person)
    if not form.ok:
        return invalid("mailbox/account.html", **_parts(found, form))
    return go(url_for("mailbox.account", uid=uid), toast=say("The tag is saved."))


@bp.post("/t/<team>/mailbox/accounts/<uuid:uid>/routes/<int:route>/removal")
@requires(MANAGE)
def remove_mail_route(uid: uuid.UUID, route: int):
    found = MailAccount.get_visible(reach, uid)
    remove_route(found, MailRoute.get_of(found, route), by=current_person)
    return go(url_for("mailbox.account", uid=uid), toast=say("The tag is removed."))


def _stores() -> dict[str, Any]:
    return {str(store.uid): store for store in stores_of(reach, MANAGE)}


def _read(form: Form, kind: str) -> dict[str, Any]:
    stores, is_imap = _stores(), kind == IMAP
    return {
        "name": form.text("name", required=True, most=80), "store": stores.get(form.choice("store", stores)),
        "host": form.text("host", most=200), "port": form.integer("port", required=is_imap, least=1, most=65535),
        "login": form.text("login", most=200), "auth": form.choice("auth", AUTHS) if is_imap else "password",
        "secret": form.secret("secret", required=False).strip(), "client_id": form.text("client_id", most=200),
        "client_secret": form.secret("client_secret", required=False).strip(), "oauth_url": form.text("oauth_url", most=200),
        "path": form.text("path", most=64), "folders": form.lines("folders", most=200),
        "from_address": form.text("from_address", required=True, most=200), "smtp_host": form.text("smtp_host", most=200),
        "smtp_port": form.integer("smtp_port", least=1, most=65535),
        "smtp_security": form.choice("smtp_security", _securities(), required=False) or "tls",
        "smtp_login": form.text("smtp_login", most=200), "smtp_secret": form.secret("smtp_secret", required=False).strip(),
    }  # fmt: skip


def _securities() -> dict[str, Any]:
    """Plain text only where the sandbox is."""
    is_production = current_app.config["SETTINGS"].is_production
    return {name: words for name, words in SECURITIES.items() if name != "none" or not is_production}


def _form(kind: str, form: Form, found: MailAccount | None = None) -> dict[str, Any]:
    stores = [(store.uid, store.name) for store in stores_of(reach, MANAGE)]
    labels = {
        "name": _("Name"), "store": _("Store"), "host": _("Server"), "port": _("Port"), "login": _("Login"), "secret": _("Secret"),
        "path": _("Folder"), "folders": _("Folders"), "from_address": _("Address"), "smtp_host": _("Server to send by"),
        "smtp_port": _("Port to send by"), "smtp_secret": _("Password to send with"), "oauth_url": _("Token address"),
        "client_id": _("Application's id"),
    }  # fmt: skip
    return {
        "kind": kind, "form": form, "account": found, "stores": stores, "title": KINDS[kind], "is_imap": kind == IMAP, "labels": labels,
        "auths": list(AUTHS.items()), "securities": list(_securities().items()), "root": _root(),
    }  # fmt: skip


def _root() -> str:
    """Where the team's folders of mails are on this machine; empty when the operator allows none."""
    allowed = current_app.config["SETTINGS"].mail_folders
    return f"{allowed / current_team.slug}/" if allowed else ""


def _parts(found: MailAccount, form: Form) -> dict[str, Any]:
    stores = stores_of(reach, MANAGE)
    routes = MailRoute.of(found)
    routed = {route.store_id for route in routes}
    findings = findings_of(found)
    return {
        "account": found, "form": form, "routes": routes, "folders": list(found.cursors), "visits": MailVisit.latest(found),
        "skipped": MailSeen.skipped(found.id), "lines": lines_of(events_about(found, limit=20)),
        "reading": [one for one in findings if one.side == READ], "sending": [one for one in findings if one.side == SEND],
        "stores": [(store.uid, store.name) for store in stores],
        "suggestions": [(store, suggested_tag(store)) for store in stores if store.id not in routed],
    }  # fmt: skip
