"""The limit of taking a mail in: its bytes sealed, and written with a row about them, fifty with one sync."""

from __future__ import annotations

import os
import sqlite3
import uuid

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.ground import Ground
from models.support.sqlite import SQLITE_PRAGMAS

MAIL = "CREATE TABLE {name} (id INTEGER PRIMARY KEY, mark TEXT UNIQUE, at TEXT)"
RAW = "CREATE TABLE {name} (id INTEGER PRIMARY KEY, raw {bytes})"


class _Sealed:
    """Numbers and seals mails."""

    def __init__(self) -> None:
        self._cipher, self._count = AESGCM(os.urandom(32)), 0

    def _row(self, raw: bytes) -> tuple[tuple[int, str, str], tuple[int, bytes]]:
        self._count += 1
        nonce = os.urandom(12)
        return (self._count, uuid.uuid4().hex, "2026-11-22"), (
            self._count,
            nonce + self._cipher.encrypt(nonce, raw, None),
        )


class SqliteLimit(_Sealed):
    def __init__(self, place: Ground):
        super().__init__()
        self._db = sqlite3.connect(place.settings.data / "bare.db", isolation_level=None)
        for name, value in SQLITE_PRAGMAS.items():
            self._db.execute(f"PRAGMA {name} = {value}")
        self._db.execute(MAIL.format(name="mail"))
        self._db.execute(RAW.format(name="raw", bytes="BLOB"))

    def keep(self, raws: list[bytes]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for mail, sealed in map(self._row, raws):
            self._db.execute("INSERT INTO mail (id, mark, at) VALUES (?, ?, ?)", mail)
            self._db.execute("INSERT INTO raw (id, raw) VALUES (?, ?)", sealed)
        self._db.execute("COMMIT")


class PostgresLimit(_Sealed):
    def __init__(self, place: Ground):
        super().__init__()
        self._db = psycopg.connect(place.settings.database, autocommit=True)
        self._db.execute(MAIL.format(name="bare_mail"))  # type: ignore[arg-type]
        self._db.execute(RAW.format(name="bare_raw", bytes="BYTEA"))  # type: ignore[arg-type]

    def keep(self, raws: list[bytes]) -> None:
        with self._db.transaction():
            for mail, sealed in map(self._row, raws):
                self._db.execute("INSERT INTO bare_mail (id, mark, at) VALUES (%s, %s, %s)", mail)
                self._db.execute("INSERT INTO bare_raw (id, raw) VALUES (%s, %s)", sealed)
