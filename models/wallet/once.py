"""An act of the ledger happens once for its key, however often it is asked for (docs/domain.md says which acts: all).

The key is taken before the act, in the same transaction: who comes second waits, and gets the first one's answer. An act that fails
leaves no key, so it may be tried again.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import orjson
import peewee

from models.support import clock
from models.support.db import in_write_txn
from models.support.fields import UtcField, uid_in_order
from models.support.inserting import Inserting
from models.support.record import About, Record
from models.wallet.refusals import KeyConflict

MOST_KEY = 120
_PLAIN = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


class LedgerKey(Record):
    """`answer` is the uid of what the act made or changed. On SQLite the rows lie in the order of their key (WITHOUT ROWID, migration
    0054), so that a key is one entry in one tree."""

    act = peewee.CharField(max_length=24)
    key = peewee.CharField(max_length=MOST_KEY)
    digest = peewee.CharField(max_length=64)
    answer = peewee.UUIDField()
    created_at = UtcField(default=clock.now)

    about = About(
        why="that an act of the ledger happens once",
        keep="as the transfers",
        plain="act key digest answer created_at",
    )

    class Meta:
        primary_key = peewee.CompositeKey("act", "key")


KEYS = Inserting(LedgerKey, ignores=True)


def taken(act: str, key: str, **body: Any) -> tuple[uuid.UUID, bool]:
    """The uid that belongs to the key, and whether the key is new: then the caller acts under this uid. Raises KeyConflict."""
    if not in_write_txn():
        raise RuntimeError("A key is taken in the transaction of its act.")
    row = key_row(act, key, body)
    return (row["answer"], True) if KEYS(**row) is not None else (known_answer(row), False)


def key_row(act: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """The row that a key takes, in the transaction of its act."""
    if not 0 < len(key) <= MOST_KEY:
        raise ValueError("A key has 1 to 120 signs.")
    digest = hashlib.sha256(orjson.dumps(body, default=str, option=_PLAIN)).hexdigest()
    at = clock.now()
    return {"act": act, "key": key, "digest": digest, "answer": uid_in_order(at), "created_at": at}


def asked_before(model: Any, key: uuid.UUID | None, **body: Any) -> Any:
    """What somebody asked for or proposed under this key, which then is its uid; None where nothing was. Whoever asks holds its wallet or
    parcel, so that two at once come one after the other. Raises KeyConflict where it was something else."""
    before = model.get_or_none(model.uid == key) if key else None
    if before is not None and any(getattr(before, name) != value for name, value in body.items()):
        raise KeyConflict()
    return before


def known_answer(row: dict[str, Any]) -> uuid.UUID:
    """What was answered to a key that stands already. Raises KeyConflict."""
    known = LedgerKey.get(LedgerKey.act == row["act"], LedgerKey.key == row["key"])
    if known.digest != row["digest"]:
        raise KeyConflict()
    return known.answer  # type: ignore[no-any-return]
