"""Connecting a translator, and changing one: what is typed is checked here; the job tries it (jobs/mailbox_translating.py)."""

from __future__ import annotations

import re
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.team import Team
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say
from models.translation.account import KINDS, TranslatorAccount

REGION = re.compile(r"[a-z0-9]{0,40}")
LEAST_KEY, MOST_KEY = 8, 200

declare("translator_saved", say("%(actor)s saved the translator %(object)s"), "kind", "secret_changed", "most_a_month")
tell("translator_saved.kind", KINDS)
tell("translator_saved.most_a_month", {0: say("no limit")})


def connect(team: Team, *, kind: str, secret: str, region: str = "", most_a_month: int | None = None, by: Any = None) -> TranslatorAccount:  # fmt: skip
    """A new account, to be tried by the job. Raises FieldRefused, and Refused when the team has one."""
    if not secret:
        raise FieldRefused("secret", "The key is needed.")
    account = TranslatorAccount(team=team, kind=kind, made_by=by)
    _set(account, secret, region, most_a_month)
    try:
        with write_txn():
            with db.atomic():
                account.save(force_insert=True)
            _tell(account, by, is_new_secret=True)
    except peewee.IntegrityError:
        raise Refused("The team has a translator already. Change that one, or remove it.") from None
    return account


def edit(
    account: TranslatorAccount, *, secret: str = "", region: str = "", most_a_month: int | None = None, by: Any = None
) -> None:
    """Changes it and has it tried anew; an empty secret keeps the stored one. Raises FieldRefused."""
    with write_txn():
        account = account.as_it_stands()
        _set(account, secret, region, most_a_month)
        if account.state != "paused":
            account.state = "checking"
        account.problem, account.failures, account.rest_until = "", 0, None
        account.save()
        _tell(account, by, is_new_secret=bool(secret))


def _set(account: TranslatorAccount, secret: str, region: str, most_a_month: int | None) -> None:
    region = region.strip().lower()
    if not REGION.fullmatch(region):
        raise FieldRefused("region", "A region is written in small letters and digits, such as westeurope.")
    account.region, account.most_a_month = region, most_a_month or 0
    if not secret:
        return
    if not (secret.isascii() and secret.isprintable() and LEAST_KEY <= len(secret) <= MOST_KEY):
        raise FieldRefused(
            "secret", "A key has %(least)s to %(most)s letters, digits and signs.", least=LEAST_KEY, most=MOST_KEY
        )
    account.seal(secret=secret)
    account.last4, account.secret_set_at = secret[-4:], clock.now()


def _tell(account: TranslatorAccount, by: Any, *, is_new_secret: bool) -> None:
    track("translator_saved", account, by=by, kind=account.kind, secret_changed=is_new_secret,
          most_a_month=account.most_a_month)  # fmt: skip
    account.start()
