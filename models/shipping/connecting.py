"""Connecting a tracking service, and changing one: what is typed is checked here; the job tries it (jobs/tracking.py)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import peewee

from models.audit.event import declare, track
from models.freight.carrier import Carrier
from models.people.team import Team
from models.shipping.following import Following
from models.shipping.tracking_account import YUNEXPRESS, TrackingAccount
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import FieldRefused
from models.support.words import say

ADDRESS = re.compile(r"https?://[^\s<>\"'@\\?#]{3,190}")
LEAST_KEY, MOST_KEY = 8, 200

declare(
    "tracking_account_saved",
    say("%(actor)s saved the tracking service %(object)s"),
    "kind",
    "secret_changed",
    "is_shared",
)


def connect(
    team: Team, *, kind: str, name: str, secret: str = "", code: str = "", base_url: str = "",
    carrier: Carrier | None = None, is_shared: bool = False, by: Any = None,
) -> TrackingAccount:  # fmt: skip
    """A new account, to be tried by the job. Raises FieldRefused."""
    account = TrackingAccount(team=team, kind=kind, hook=secrets.token_urlsafe(32), made_by=by)
    _set(account, name, code, base_url, carrier, is_shared)
    if account.asks and not secret:
        raise FieldRefused("secret", "The key is needed.")
    if account.asks:
        _put_secret(account, secret)
    else:
        account.state = "active"
    with write_txn():
        _save(lambda: account.save(force_insert=True))
        _tell(account, by, is_new_secret=bool(secret))
    return account


def edit(
    account: TrackingAccount, *, name: str, secret: str = "", code: str = "", base_url: str = "",
    carrier: Carrier | None = None, is_shared: bool = False, by: Any = None,
) -> None:  # fmt: skip
    """Changes it and has it tried anew; an empty secret keeps the stored one. Raises FieldRefused."""
    with write_txn():
        account = account.as_it_stands()
        before = account.base_url, account.code
        reached = account.carrier_id, account.is_shared
        _set(account, name, code, base_url, carrier, is_shared)
        if before != (account.base_url, account.code) and not secret:
            raise FieldRefused(
                "secret", "For another address or code type the secret anew."
            )  # It is sent nowhere else.
        if secret and account.asks:
            _put_secret(account, secret)
        if account.asks and account.state != "paused":
            account.state = "checking"
        account.problem, account.failures, account.rest_until, account.register_after = "", 0, None, None
        _save(account.save)
        if reached != (account.carrier_id, account.is_shared):  # Whose parcels it is asked about is found out anew.
            Following.delete().where(Following.account == account).execute()
        _tell(account, by, is_new_secret=bool(secret))


def _set(
    account: TrackingAccount, name: str, code: str, base_url: str, carrier: Carrier | None, is_shared: bool
) -> None:
    is_own = account.kind == YUNEXPRESS
    if not name.strip():
        raise FieldRefused("name", "Give it a name.")
    if is_own and carrier is None:
        raise FieldRefused("carrier", "Choose whose service this is.")
    if is_own and not code.strip():
        raise FieldRefused("code", "The customer code is needed.")
    account.name, account.carrier = name.strip()[:80], carrier
    account.code = code.strip()[:80] if is_own else ""
    account.base_url = _checked_address(base_url) if is_own else ""
    account.is_shared = is_shared and account.team.is_operator


def _checked_address(text: str) -> str:
    """Whether it may be called at all is for the caller (integrations/line.py)."""
    text = text.strip().rstrip("/")
    try:
        is_whole = bool(ADDRESS.fullmatch(text)) and bool(urlsplit(text).hostname)
    except ValueError:
        is_whole = False
    if not is_whole:
        raise FieldRefused("base_url", "The service's address begins with https://.")
    return text


def _put_secret(account: TrackingAccount, secret: str) -> None:
    if not (secret.isascii() and secret.isprintable() and LEAST_KEY <= len(secret) <= MOST_KEY):
        raise FieldRefused(
            "secret", "A key has %(least)s to %(most)s letters, digits and signs.", least=LEAST_KEY, most=MOST_KEY
        )
    account.seal(secret=secret)
    account.last4, account.secret_set_at = secret[-4:], clock.now()


def _save(save: Callable[[], Any]) -> None:
    """A team has one service for all parcels, and one for each carrier."""
    try:
        with db.atomic():
            save()
    except peewee.IntegrityError:
        raise FieldRefused(
            "carrier", "There is a service for these parcels already. Change that one, or remove it."
        ) from None


def _tell(account: TrackingAccount, by: Any, *, is_new_secret: bool) -> None:
    track("tracking_account_saved", account, by=by, kind=account.kind, secret_changed=is_new_secret,
          is_shared=account.is_shared)  # fmt: skip
    account.start()


def carriers_seen(reach: Any) -> list[Carrier]:
    """Those a service may belong to: the team's, and the operator's."""
    return list(Carrier.select().where(Carrier.seen_by(reach)).order_by(Carrier.code))
