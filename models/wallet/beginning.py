"""How nearly every act of the ledger begins: its key is taken and its wallet moved. One statement on PostgreSQL, where each costs a way
to and fro; two on SQLite, which has no such statement.
"""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from typing import Any

import peewee

from models.support import clock
from models.support.db import db, is_sqlite, write_txn
from models.support.prepared import Prepared
from models.support.records import part_of
from models.wallet.once import KEYS, key_row, known_answer, taken
from models.wallet.wallet import Wallet, shifted, shifted_within

IF_NEW = peewee.SQL('EXISTS (SELECT 1 FROM "taken")')
_SHIFT = Prepared(lambda *values: shifted(*values, IF_NEW))
_SHIFT_WITHIN = Prepared(lambda *values: shifted_within(*values, IF_NEW))
_WALLET = part_of(Wallet, 1).make


def turn_of(wallet: Wallet) -> AbstractContextManager[None]:
    """A transaction that moves this wallet: first come, first served."""
    return write_txn(turn=("wallet", wallet.id))


def begun(
    act: str, key: str, wallet: Wallet, body: dict[str, Any], *, balance: int = 0, held: int = 0, keeps_available: bool = False,
    allowed: tuple[str, ...],
) -> tuple[uuid.UUID, Wallet | None]:  # fmt: skip
    """Takes the key and moves the wallet as `shift()` does: the uid to act under, and the wallet as it stands then. For a key that
    was taken before, its answer and None; nothing moves. Raises KeyConflict, LedgerRefused."""
    if is_sqlite():
        uid, is_new = taken(act, key, **body)
        if not is_new:
            return uid, None
        return uid, wallet.shift(balance=balance, held=held, keeps_available=keeps_available, allowed=allowed)
    row = key_row(act, key, body)
    sql, values = (
        (_SHIFT_WITHIN if keeps_available else _SHIFT).asking(wallet.id, clock.now(), balance, held, allowed).sql()
    )
    told = (
        f'WITH "taken" ("id") AS ({KEYS.told()}), "moved" AS ({sql}) '  # noqa: S608 (written by peewee)
        'SELECT "taken"."id", "moved".* FROM "taken" LEFT JOIN "moved" ON TRUE'
    )
    found = db.execute_sql(told, [*KEYS.values(row), *values]).fetchone()
    if found is None:
        return known_answer(row), None
    if found[1] is None:
        raise wallet.refusal(allowed)
    now = _WALLET(found)
    now.notice_level()
    return row["answer"], now
