"""Finding records by a text: `found(Product, team_id, "travel mug")`. A room declares once what its records are found by.

Only plain columns can be declared, never one that holds personal data or a secret: an index is no place for a buyer.
Words of three signs and more are looked up in an index on both databases (FTS5 with trigrams; GIN over the same on
PostgreSQL), and so are Chinese words of two signs on PostgreSQL; SQLite reads the words of all records for those, which
takes some hundredths of a second for 100 000.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee

from models.support import lately
from models.support.db import db, is_sqlite
from models.support.record import Record

MOST_FOUND = 10_001  # As far as a list counts.
MOST_SIGNS, MOST_WORDS = 80, 8
LEAST_INDEXED = 3
Finder = Callable[[int, list[str], int], list[int]]


@dataclass(frozen=True)
class Part:
    """Columns of another table whose words belong to the record; `by` is the foreign key that leads to it."""

    model: type[Record]
    by: str
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        _require_plain(self.model, self.columns)

    @property
    def name(self) -> str:
        return self.model._meta.table_name

    @property
    def owner(self) -> str:
        return self.model._meta.fields[self.by].column_name


@dataclass(frozen=True)
class Searched:
    """A kind of record with `team`, the columns it is found by, and those of its parts. `models/support/search_sql.py`
    drafts the migration."""

    model: type[Record]
    columns: tuple[str, ...]
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        _require_plain(self.model, self.columns)

    @property
    def name(self) -> str:
        return self.model._meta.table_name

    def ids(self, team_id: int, words: list[str], limit: int = MOST_FOUND) -> list[int]:
        """The team's records in which each word stands, the newest first."""
        return self.values("id", team_id, words, limit)

    def values(self, column: str, team_id: int, words: list[str], limit: int = MOST_FOUND) -> list[Any]:
        """What these records have in a column."""
        sql, values = (_in_sqlite if is_sqlite() else _in_postgres)(self.name, column, team_id, words)
        return [row[0] for row in db.execute_sql(sql, [*values, limit]).fetchall()]


SEARCHED: dict[type, Searched] = {}
_FINDERS: dict[type, Finder] = {}
_STAMPS: dict[type, Callable[[], Any]] = {}


def declare(model: type[Record], columns: str, *parts: Part) -> Searched:
    """What a record is found by. The tables and triggers behind it come with a migration."""
    SEARCHED[model] = searched = Searched(model, tuple(columns.split()), parts)
    _FINDERS.setdefault(model, searched.ids)
    return searched


def finds(kind: type, stamp: Callable[[], Any]) -> Callable[[Finder], Finder]:
    """Registers another way to find records of this kind: `(team_id, words, limit) -> ids, the newest first`. stamp: something cheap
    that is another as soon as more could be found, by whatever was added besides words."""

    def register(finder: Finder) -> Finder:
        _FINDERS[kind], _STAMPS[kind] = finder, stamp
        return finder

    return register


def found(kind: type, team_id: int, text: str, limit: int = MOST_FOUND) -> list[int]:
    """Ids of the team's records in which every word of the text stands, the newest first, `limit` at most.

    A text without words finds nothing. Whoever asks still narrows the ids to what the person may reach.
    """
    words = words_of(text)
    if not words:
        return []
    stamp = _STAMPS[kind]() if kind in _STAMPS else None
    return lately.found((kind, team_id, *words, limit, stamp), lambda: _FINDERS[kind](team_id, words, limit))


def words_of(text: str) -> list[str]:
    """The words of a text, as long and as many as a search takes. What no column can hold is left out of it."""
    text = unicodedata.normalize("NFC", text[: MOST_SIGNS * 4].encode("utf-8", "ignore").decode())
    shown = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return list(dict.fromkeys(shown[:MOST_SIGNS].split()))[:MOST_WORDS]


def tables() -> set[str]:
    """The tables behind the index, which no model knows."""
    if not is_sqlite():
        return {f"{searched.name}_search" for searched in SEARCHED.values()}
    parts = ("", "_data", "_idx", "_content", "_docsize", "_config")
    return {"search_due", *(f"{searched.name}_search{part}" for searched in SEARCHED.values() for part in parts)}


def catch_up() -> None:
    """Takes in what the triggers of SQLite noted, in the transaction of the change. Runs before every commit there."""
    try:
        kinds = db.execute_sql('SELECT DISTINCT "kind" FROM "search_due"').fetchall()
    except peewee.OperationalError:  # Not migrated yet.
        return
    for (kind,) in kinds:
        due = f'(SELECT "id" FROM "search_due" WHERE "kind" = \'{kind}\')'  # noqa: S608 (our triggers wrote it)
        db.execute_sql(f'DELETE FROM "{kind}_search" WHERE "rowid" IN {due}')  # noqa: S608
        db.execute_sql(
            f'INSERT INTO "{kind}_search" ("rowid", "words", "team_id")'  # noqa: S608
            f' SELECT "id", "words", "team_id" FROM "{kind}_words" WHERE "id" IN {due}'
        )
    if kinds:
        db.execute_sql('DELETE FROM "search_due"')
        lately.words_change()


def _in_sqlite(name: str, column: str, team_id: int, words: list[str]) -> tuple[str, list[Any]]:
    """FTS5 keeps words and team in a table of its own (c0, c1); to read that directly takes half as long as through it. Where a
    column of the record itself is wanted, that knows the team too."""
    long = [word for word in words if len(word) >= LEAST_INDEXED]
    match = " AND ".join('"' + word.replace('"', '""') + '"' for word in long)
    short = [word for word in words if len(word) < LEAST_INDEXED]
    is_own = column != "id"
    key = "hit.rowid" if long else "kept.id"
    tables = [
        *([f'"{name}_search" AS hit'] if long else []),
        *([f'"{name}_search_content" AS kept'] if short or not is_own else []),
        *([f'"{name}" AS own'] if is_own else []),
    ]
    conditions = [
        *([f'hit."{name}_search" MATCH ?'] if long else []),
        *(["kept.id = hit.rowid"] if long and (short or not is_own) else []),
        *([f"own.id = {key}"] if is_own else []),
        "own.team_id = ?" if is_own else "kept.c1 = ?",
        *("kept.c0 LIKE ? ESCAPE '\\'" for _ in short),
    ]
    values = [*([match] if long else []), team_id, *map(_within, short)]
    wanted = f'own."{column}"' if is_own else key
    found = f"SELECT {wanted} FROM {' CROSS JOIN '.join(tables)} WHERE {' AND '.join(conditions)}"  # noqa: S608
    return f"{found} ORDER BY {key} DESC LIMIT ?", values


def _in_postgres(name: str, column: str, team_id: int, words: list[str]) -> tuple[str, list[Any]]:
    grams = sorted({gram for word in words for gram in grams_of(word)})
    conditions = [
        "kept.team_id = %s",
        *(["search_grams(kept.words) @> %s::text[]"] if grams else []),
        *("kept.words ILIKE %s" for _ in words),
    ]
    values = [team_id, *([grams] if grams else []), *map(_within, words)]
    joined = "" if column == "id" else f' JOIN "{name}" AS own ON own.id = kept.id'
    found = f'SELECT {"own" if joined else "kept"}."{column}" FROM "{name}_search" AS kept{joined}'  # noqa: S608
    return f"{found} WHERE {' AND '.join(conditions)} ORDER BY kept.id DESC LIMIT %s", values


def grams_of(word: str) -> set[str]:
    """What a word's records have in the index of PostgreSQL, as `search_grams()` there cuts it."""
    word = word.lower()
    if len(word) == LEAST_INDEXED - 1:
        return set() if word.isascii() else {word}
    return {word[at : at + LEAST_INDEXED] for at in range(len(word) - LEAST_INDEXED + 1)}


def _within(word: str) -> str:
    return "%" + re.sub(r"([%_\\])", r"\\\1", word) + "%"


def _require_plain(model: type[Record], columns: tuple[str, ...]) -> None:
    for column in columns:
        if model.about.kinds.get(column) != "plain":
            raise ValueError(f"{model.__name__}.{column} is not plain; nothing personal or secret goes into an index.")
