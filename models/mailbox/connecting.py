"""Connecting a mailbox, and changing one: what is typed is checked here; a job tries it (jobs/mailbox_doctor.py).

A stored secret is sent to the server it was typed for and nowhere else: another server wants it typed anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.mailbox.account import IMAP, KINDS, MAILDIR, XOAUTH2, MailAccount
from models.mailbox.folder import MailFolder
from models.mailbox.route import MailRoute
from models.mailbox.seen import MailSeen
from models.mailbox.typed import set_typed
from models.people.team import Team
from models.stores.store import Store
from models.support import clock
from models.support.connection import TRIED
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.words import say

MOST_SECRET = 2000
# What is asked for, and what of it says where a secret goes.
READING = ("host", "port", "login", "auth", "oauth_url", "client_id")
SENDING = ("smtp_host", "smtp_port", "smtp_security", "smtp_login")
WHERE = ("host", "login", "path")

declare("mail_account_saved", say("%(actor)s saved the mailbox %(object)s"), "kind", "secret_changed")
tell("mail_account_saved.kind", KINDS)
declare(
    "mail_route_added",
    say("%(actor)s had mails with the tag %(tag)s of the mailbox %(object)s go to a store of their own"),
    "tag",
)
declare("mail_route_removed", say("%(actor)s removed the tag %(tag)s of the mailbox %(object)s"), "tag")


def connect(team: Team, kind: str, values: dict[str, Any], *, by: Any = None) -> MailAccount:
    """A new account, to be tried by the job. `values` are the fields of `MailAccount` by name, secrets in clear. Raises FieldRefused."""
    account = MailAccount(team=team, kind=kind, made_by=by)
    set_typed(account, values)
    if kind == IMAP and not values.get("secret"):
        raise FieldRefused("secret", "The secret is needed.")
    _put_secrets(account, values)
    with write_txn():
        _save(lambda: account.save(force_insert=True))
        _tell(account, by, values)
    return account


def edit(account: MailAccount, values: dict[str, Any], *, by: Any = None) -> None:
    """Changes it and has it tried anew; an empty secret keeps the stored one. Raises FieldRefused."""
    with write_txn():
        account = account.as_it_stands()
        before = {name: getattr(account, name) for name in (*READING, *SENDING, *WHERE)}
        set_typed(account, values)
        changed = {name for name, value in before.items() if getattr(account, name) != value}
        _require_secrets(account, changed, values)
        _put_secrets(account, values)
        if account.state != "paused":
            account.state = "checking"
        account.problem, account.failures, account.rest_until, account.findings = "", 0, None, []
        _save(account.save)
        if changed & set(WHERE):  # Another mailbox: how far this one was read says nothing of it.
            MailFolder.delete().where(MailFolder.account == account).execute()
        _tell(account, by, values)


def read_again(account: MailAccount, *, by: Any = None) -> None:
    """Has the last 30 days read again, with what could not be taken in; nothing comes twice. Raises Refused."""
    with write_txn():
        if not account.reload().is_working:
            raise Refused("Only a mailbox that works can be read again.")
        MailFolder.read_again(account)
        MailSeen.forget(account.id)
        account.tell("read_again", by=by)
        account.start()


def add_route(account: MailAccount, tag: str, store: Store, *, by: Any = None) -> None:
    """Mails to the account's address with this tag are for the store. Raises FieldRefused."""
    with write_txn():
        made = MailRoute.add(account.as_it_stands(), tag, store)
        track("mail_route_added", account, by=by, store=store, tag=made.tag)


def remove_route(account: MailAccount, route: MailRoute, *, by: Any = None) -> None:
    with write_txn():
        if not route.delete_instance():
            raise AlreadyDecided()
        track("mail_route_removed", account, by=by, store=route.store_id, tag=route.tag)


# Secrets


def _require_secrets(account: MailAccount, changed: set[str], values: dict[str, Any]) -> None:
    """Whatever says where a secret goes, or whose it is, wants it typed anew."""
    if changed & set(READING) and account.kind == IMAP and not values.get("secret"):
        raise FieldRefused("secret", "For another server or login type the secret anew.")
    if changed & set(READING) and account.client_secret and not values.get("client_secret"):
        account.client_secret = None
    if not changed & set(SENDING) or not account.smtp_host:
        return
    if account.smtp_secret and not values.get("smtp_secret"):
        raise FieldRefused("smtp_secret", "For another server or login type the password anew.")
    if account.kind == IMAP and not (values.get("smtp_secret") or values.get("secret")):
        raise FieldRefused("smtp_secret", "For another server or login type the password anew, here or above.")


def _put_secrets(account: MailAccount, values: dict[str, Any]) -> None:
    told = {name: values.get(name) or "" for name in ("secret", "client_secret", "smtp_secret")}
    for name, secret in told.items():
        if len(secret) > MOST_SECRET or not secret.isprintable():
            raise FieldRefused(name, "This has signs that no password has, or too many.")
    if account.kind == MAILDIR:
        told["secret"] = told["client_secret"] = ""
    if account.auth != XOAUTH2:
        told["client_secret"], account.client_secret = "", None
    if not account.smtp_host:
        told["smtp_secret"], account.smtp_secret = "", None
    given: dict[str, Any] = {name: secret for name, secret in told.items() if secret}
    if given:
        account.seal(**given)
        account.secret_set_at = clock.now()


def _save(save: Callable[[], Any]) -> None:
    try:
        with db.atomic():
            save()
    except peewee.IntegrityError:
        raise FieldRefused("name", "The team has connected this mailbox already.") from None


def _tell(account: MailAccount, by: Any, values: dict[str, Any]) -> None:
    is_new = any(values.get(name) for name in ("secret", "client_secret", "smtp_secret"))
    track("mail_account_saved", account, by=by, kind=account.kind, secret_changed=is_new)
    if account.state in TRIED:
        account.start()
