"""Data keys in `keys.db`: one per subject ("order:…", "store:…"), wrapped by a key derived from the key file.

The key is committed before anything sealed with it; destruction leaves a tombstone, so a destroyed subject stays destroyed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import peewee
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from models.support import clock
from models.support.bulk import Written, among, insert_rows, listed
from models.support.errors import Refused
from models.support.fields import UtcField
from models.support.record import About
from models.vault.key_file import BadKeyFile, RootKeys

keys_db = peewee.DatabaseProxy()
_root: RootKeys | None = None
CHUNK = 500
PROOF = "proof"  # A data key that seals nothing: opening it shows that the key file fits.


class KeyDestroyed(Refused):
    """What was sealed under this key is gone for good."""

    def __init__(self, message: str = "This data was destroyed and cannot be shown any more."):
        super().__init__(message)


class DataKey(peewee.Model):
    subject = peewee.CharField(primary_key=True, max_length=120)
    root_version = peewee.IntegerField()
    wrapped = peewee.BlobField(null=True)
    created_at = UtcField(default=clock.now)
    destroyed_at = UtcField(null=True, index=True)

    about = About(
        why="opens the sealed data of one subject",
        keep="until the subject's data must go; the tombstone 18 months",
        plain="subject root_version created_at destroyed_at",
        secret="wrapped",
    )

    class Meta:
        database = keys_db
        legacy_table_names = False


_STORED = Written(
    keys_db,
    lambda: DataKey.select(DataKey.subject, DataKey.root_version, DataKey.wrapped).where(among(DataKey.subject, [])),
)


def open_vault(root: RootKeys, database: peewee.Database) -> None:
    """Hands the vault its root keys and its own database. Raises BadKeyFile when the two do not belong together."""
    global _root
    _root = root
    keys_db.initialize(database)
    database.connect(reuse_if_open=True)
    database.create_tables([DataKey], safe=True)
    try:
        keys_for([PROOF])
    except RuntimeError as error:
        raise BadKeyFile(f"{error} Restore the key file this data was made with.") from None


def root_keys() -> RootKeys:
    if _root is None:
        raise RuntimeError("The vault is not open.")
    return _root


def _writing():
    return keys_db.obj.writing or nullcontext()


def key_of(subject: str) -> bytes:
    """The data key of a subject. Raises KeyDestroyed when it never was or is no more."""
    row = DataKey.get_or_none(DataKey.subject == subject)
    if row is None or row.wrapped is None:
        raise KeyDestroyed()
    return _unwrap(_wrapping_key(row.root_version), row.wrapped, row.root_version)


def keys_for(subjects: Iterable[str]) -> dict[str, bytes]:
    """Keys for the subjects, made where there are none. Destroyed subjects are left out of the answer."""
    wanted = list(dict.fromkeys(subjects))
    keys: dict[str, bytes] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        rows = _stored(chunk)
        if missing := [subject for subject in chunk if subject not in rows]:
            _make(missing)
            rows |= _stored(missing)
        keys |= _unwrapped(rows)
    return keys


def held_keys(subjects: Iterable[str]) -> dict[str, bytes]:
    """The keys of those subjects that have one. Makes none, so that looking brings nothing back to life."""
    return _unwrapped(_stored(list(subjects)))


def _unwrapped(rows: dict[str, tuple[int, Any]]) -> dict[str, bytes]:
    """The keys in clear, without those that were destroyed."""
    opened: dict[int, bytes] = {}
    keys: dict[str, bytes] = {}
    for subject, (version, wrapped) in rows.items():
        if wrapped is not None:
            if version not in opened:
                opened[version] = _wrapping_key(version)
            keys[subject] = _unwrap(opened[version], wrapped, version)
    return keys


def new_keys(subjects: Iterable[str]) -> dict[str, bytes]:
    """Keys for subjects that never had one (their uid was just drawn). Cheaper than asking for them."""
    keys = {subject: os.urandom(32) for subject in subjects}
    _insert(keys)
    return keys


def living(subjects: Iterable[str]) -> set[str]:
    """Those of the subjects whose key is there and not destroyed."""
    return {subject for subject, (_version, wrapped) in _stored(list(subjects)).items() if wrapped is not None}


def _stored(subjects: list[str]) -> dict[str, tuple[int, Any]]:
    return {row[0]: (row[1], row[2]) for row in _STORED.rows(listed(keys_db, subjects))}


def _make(subjects: list[str]) -> None:
    """New keys, but for subjects that got one in the meantime."""
    _insert({subject: os.urandom(32) for subject in subjects}, ignore=True)


def _insert(keys: dict[str, bytes], *, ignore: bool = False) -> None:
    wrap, version, now = _wrapping_key(), root_keys().current, clock.now()
    fresh = [(subject, version, aes_key_wrap(wrap, key), now) for subject, key in keys.items()]
    if fresh:
        with _writing(), keys_db.atomic():
            insert_rows(DataKey, ("subject", "root_version", "wrapped", "created_at"), fresh, ignore=ignore)


def destroy(subjects: Iterable[str]) -> int:
    """Destroys the keys of the subjects, leaving tombstones. Returns how many were alive."""
    wanted = list(dict.fromkeys(subjects))
    destroyed = 0
    for start in range(0, len(wanted), CHUNK):
        with _writing(), keys_db.atomic():
            destroyed += (
                DataKey.update(wrapped=None, destroyed_at=clock.now())
                .where(DataKey.subject.in_(wanted[start : start + CHUNK]), DataKey.wrapped.is_null(False))
                .execute()
            )
    if destroyed and hasattr(keys_db.obj, "checkpoint"):
        keys_db.obj.checkpoint()
    return destroyed


def is_destroyed(subject: str) -> bool:
    return DataKey.select().where(DataKey.subject == subject, DataKey.destroyed_at.is_null(False)).exists()


def living_subjects(prefix: str, *, before: datetime, after: str = "", limit: int = CHUNK) -> list[str]:
    """Subjects with a living key made before a moment, in order, for the sweep of orphans."""
    query = (
        DataKey.select(DataKey.subject)
        .where(
            DataKey.subject.startswith(prefix),
            DataKey.subject > after,
            DataKey.wrapped.is_null(False),
            DataKey.created_at < before,
        )
        .order_by(DataKey.subject)
        .limit(limit)
    )
    return [row.subject for row in query]


def _wrapping_key(version: int | None = None) -> bytes:
    try:
        return root_keys().derive("wrap data keys", version)
    except KeyError as error:
        raise RuntimeError(f"keys.db does not belong to this key file (root key {version}).") from error


def _unwrap(wrapping_key: bytes, wrapped: Any, version: int) -> bytes:
    try:
        return aes_key_unwrap(wrapping_key, bytes(wrapped))
    except InvalidUnwrap as error:
        raise RuntimeError(f"keys.db does not belong to this key file (root key {version}).") from error
