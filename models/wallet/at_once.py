"""A whole posting in one statement, on PostgreSQL: its key, its wallet, its transfer and its event.

The wallet is taken to stand as it was last seen. Where it does not, where the key is known or a rule says no, nothing at all changes:
the steps that `posting.py` goes otherwise then do it, or say why not.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import peewee

from models.support import clock
from models.support.at_once import write_at_once
from models.support.db import after_commit, db
from models.support.fields import EPOCH
from models.support.prepared import Prepared
from models.wallet.account import Account
from models.wallet.once import KEYS, key_row
from models.wallet.transfer import KEEP_AND_TELL, Transfer, drafts, stamp
from models.wallet.wallet import MOVING, Wallet

Seen = tuple[int, int, datetime]
"""A wallet's version, its balance then, and the moment it moved."""

_SEEN: WeakKeyDictionary[Any, dict[int, Seen]] = WeakKeyDictionary()
_IF_NEW = peewee.SQL('EXISTS (SELECT 1 FROM "taken")')
_LOCKING = 'SELECT 1 FROM "wallet" WHERE "id" = %s FOR NO KEY UPDATE'
_UNTOLD = ("balance_after_minor",)


def posted_at_once(
    kind: str, wallet: Wallet, other: Account, amount_minor: int, *, act: str, key: str, body: dict[str, Any], by: Any, **facts: Any
) -> Transfer | None:  # fmt: skip
    """The new transfer; None where there is none. Not inside a transaction."""
    row = key_row(act, key, body)
    effective_on = facts.pop("effective_on", None)
    made, told = drafts(kind, wallet, other, amount_minor, uid=row["answer"], by=by, **facts)
    with write_at_once(("wallet", wallet.id), first=(_LOCKING, [str(wallet.id)])) as batch:
        version, before, moved_at = batch.left or _as_seen(wallet)
        after, at = before + amount_minor, max(clock.now(), moved_at)
        stamp(made, told, after, at, effective_on)
        seen = wallet.id, version, before, amount_minor, MOVING, at
        (stands, standing), (moved, moving) = (asked_of.asking(*seen).sql() for asked_of in (_STANDING, _MOVING))
        values = [*KEYS.values(row), *standing, *moving, *KEEP_AND_TELL.values(made, told, _UNTOLD)]
        leaves = version + 1, after, at
        asked = batch.ask(_sql(stands, moved), values, leaves=leaves, kept=lambda: _see(wallet.id, leaves))
    if asked.row is None:
        return None
    KEEP_AND_TELL.name(made, told, asked.row)
    made.__rel__.pop("wallet")  # The caller's does not know that it moved.
    return made


def keep_in_sight(wallet: Wallet) -> None:
    """What the next posting may take it to stand as, once this transaction has committed."""
    after_commit(lambda: _see(wallet.id, (wallet.version, wallet.balance_minor, wallet.moved_at)))


def _as_seen(wallet: Wallet) -> Seen:
    """By whoever asks or by the last posting, whichever is newer."""
    return max(_seen().get(wallet.id, (-1, 0, EPOCH)), (wallet.version, wallet.balance_minor, wallet.moved_at))


def _see(wallet_id: int, seen: Seen) -> None:
    _seen()[wallet_id] = seen


def _seen() -> dict[int, Seen]:
    return _SEEN.setdefault(db.obj, {})


def _stands(wallet_id: Any, version: Any, before: Any, amount: Any, allowed: Any, at: Any) -> Any:
    """As it was seen, open to be moved, and on the side of its alert level where it stays: to cross that has to be told. Version and
    balance may also be those that another process left later: its moment tells."""
    falls = peewee.fn.COALESCE(
        Wallet.balance_minor + amount - Wallet.held_minor < Wallet.alert_below_minor, peewee.SQL("FALSE")
    )
    as_seen = (Wallet.version == version) & (Wallet.balance_minor == before) & (Wallet.moved_at <= at)
    return (Wallet.id == wallet_id) & Wallet.state.in_(allowed) & as_seen & (Wallet.is_low == falls)


def _moved(wallet_id: Any, version: Any, before: Any, amount: Any, allowed: Any, at: Any) -> Any:
    query = Wallet.update(balance_minor=Wallet.balance_minor + amount, version=Wallet.version + 1, moved_at=at)
    return query.where(_stands(wallet_id, version, before, amount, allowed, at), _IF_NEW).returning(
        Wallet.balance_minor
    )


_STANDING = Prepared(lambda *values: Wallet.select(peewee.SQL("1")).where(_stands(*values)))
_MOVING = Prepared(_moved)


@cache
def _sql(stands: str, moved: str) -> str:
    """The wallet may move between the two looks at it: then a transfer without a balance is refused by its table, and takes the key
    back with it."""
    key = KEYS.told_of(f"WHERE EXISTS ({stands})")
    rows = KEEP_AND_TELL.told_of(
        'FROM "taken" LEFT JOIN "moved" ON TRUE', balance_after_minor='"moved"."balance_minor"'
    )
    return (
        f'WITH "taken" ("id") AS ({key}), "moved" AS ({moved}), {rows} '  # noqa: S608 (written by peewee)
        'SELECT "one"."id", "other"."id" FROM "one", "other"'
    )
