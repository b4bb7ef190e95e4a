"""What the sandbox remembers: tables of records in memory, written through to one SQLite file when there is one.
A request's changes are committed together before its answer leaves, so that killing the process loses no answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class StateInUse(RuntimeError):
    """Another sandbox holds the state file."""


class Table(Generic[R]):
    """Records of one kind by key. A record changed in place has to be `put` again."""

    def __init__(self, name: str, make: Callable[..., R], key: Callable[[R], str]):
        self.name, self._make, self._key = name, make, key
        self._rows: dict[str, R] = {}
        self._changed: set[str] = set()

    def put(self, record: R) -> R:
        key = self._key(record)
        self._rows[key] = record
        self._changed.add(key)
        return record

    def get(self, key: str) -> R | None:
        return self._rows.get(key)

    def drop(self, key: str) -> None:
        if self._rows.pop(key, None) is not None:
            self._changed.add(key)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def load(self, rows: Iterable[tuple[str, str]]) -> None:
        for key, body in rows:
            self._rows[key] = self._make(**json.loads(body))

    def take_changes(self) -> list[tuple[str, str | None]]:
        """Every key that changed since the last call, with the record as JSON, or none when it is gone."""
        changes: list[tuple[str, str | None]] = []
        for key in self._changed:
            record = self._rows.get(key)
            changes.append((key, None if record is None else json.dumps(vars(record), ensure_ascii=False)))
        self._changed.clear()
        return changes


class Store:
    """The SQLite file behind the tables; without a path it forgets everything."""

    def __init__(self, path: str | None):
        self._database = self._open(path) if path else None

    def load(self, tables: Iterable[Table[Any]]) -> dict[str, Any]:
        """Fills the tables and returns the facts kept beside them (clock, counters)."""
        if self._database is None:
            return {}
        for table in tables:
            table.load(self._database.execute("SELECT key, body FROM record WHERE kind = ?", (table.name,)))
        return {key: json.loads(body) for key, body in self._database.execute("SELECT key, body FROM fact")}

    def commit(self, tables: Iterable[Table[Any]], facts: Callable[[], dict[str, Any]]) -> None:
        changes = [(table.name, key, body) for table in tables for key, body in table.take_changes()]
        if self._database is None or not changes:
            return
        with self._database:
            for kind, key, body in changes:
                if body is None:
                    self._database.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind, key))
                else:
                    self._database.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (kind, key, body))
            for name, fact in facts().items():
                self._database.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, json.dumps(fact)))

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    @staticmethod
    def _open(path: str) -> sqlite3.Connection:
        database = None
        try:
            database = sqlite3.connect(path, timeout=1, check_same_thread=False)
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            with database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key))"
                    " WITHOUT ROWID"
                )
                database.execute("CREATE TABLE IF NOT EXISTS fact (key TEXT PRIMARY KEY, body TEXT NOT NULL)")
        except sqlite3.OperationalError as error:
            if database is not None:
                database.close()
            raise StateInUse(f"{path} cannot be opened, another sandbox may be using it: {error}") from error
        return database
