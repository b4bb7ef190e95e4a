"""What every page asks: the SQL is written once for each kind of database, then only the values change; and several questions
of one value each are asked together. Building a query costs more than answering it, where an index does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import peewee

from models.support.db import db
from models.support.records import Plan, Tuples, plan_of, tuples_of
from models.support.shapes import SQL

PLAIN = re.compile(r"[A-Za-z0-9_]*")


@dataclass(frozen=True)
class _Mark:
    """Stands in the parameters of a prepared query where a value goes."""

    place: int


class Prepared:
    """`Prepared(lambda person, slug: Team.select()…)`: the arguments stand for values as the database stores them.

    None and tuples are handed to the function as such (a tuple's values marked), so that it may build another query then.
    """

    def __init__(self, make: Callable[..., Any]):
        self._make = make
        self._made: dict[tuple[Any, ...], tuple[str, list[Any], Any, Plan | Tuples | None]] = {}

    def all(self, *values: Any) -> list[Any]:
        """The rows as the query's own kind: records, or tuples after `.tuples()`."""
        sql, values_of, query, plan = self._prepared(values)
        cursor = db.execute_sql(sql, values_of)
        if plan is not None:
            return plan.records(cursor.fetchall())
        found = query._get_cursor_wrapper(cursor)
        found.fill_cache()
        return found.row_cache

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows as the driver gives them."""
        sql, values_of, _query, _plan = self._prepared(values)
        return db.execute_sql(sql, values_of).fetchall()  # type: ignore[no-any-return]

    def first(self, *values: Any) -> Any:
        return next(iter(self.all(*values)), None)

    def asking(self, *values: Any) -> Asked:
        """The query with its values, for `together()`."""
        sql, values_of, _query, _plan = self._prepared(values)
        return Asked((sql, values_of))

    def _prepared(self, values: tuple[Any, ...]) -> tuple[str, list[Any], Any, Plan | Tuples | None]:
        flat: list[Any] = []
        shape: list[Any] = [type(db.obj)]
        for value in values:
            shape.append(len(value) if isinstance(value, tuple) else None if value is None else -1)
            flat.extend(value if isinstance(value, tuple) else () if value is None else (value,))
        key = tuple(shape)
        if key not in self._made:
            query = self._make(*_marks(key[1:]))
            self._made[key] = (*_with_constants(*query.sql()), query, plan_of(query) or tuples_of(query))
        sql, slots, query, plan = self._made[key]
        return sql, [flat[slot.place] if isinstance(slot, _Mark) else slot for slot in slots], query, plan


def _marks(shape: tuple[Any, ...]) -> list[Any]:
    """Arguments of this shape. A converter would take a mark for a value, so there is none."""
    marks = (peewee.Value(_Mark(place), converter=False) for place in count())
    return [None if size is None else next(marks) if size < 0 else list(islice(marks, size)) for size in shape]


def _with_constants(sql: str, slots: list[Any]) -> SQL:
    """What is the same in every question stands in the SQL. As a value SQLite would plan the question anew each time, to see
    whether an index of some rows (`WHERE "state" = 'open'`) has what is asked for; PostgreSQL would not use such an index."""
    pieces = sql.split(db.param)
    if len(pieces) != len(slots) + 1:
        return sql, slots
    texts = [_constant(slot) for slot in slots]
    written = [db.param if text is None else text for text in texts]
    told = "".join(part for pair in zip(pieces, [*written, ""], strict=True) for part in pair)
    return told, [slot for slot, text in zip(slots, texts, strict=True) if text is None]


def _constant(slot: Any) -> str | None:
    if type(slot) is int:
        return str(slot)
    return f"'{slot}'" if type(slot) is str and PLAIN.fullmatch(slot) else None


@dataclass(frozen=True)
class Asked:
    """SQL with its values; it looks like a query to `together()`."""

    told: SQL

    def sql(self) -> SQL:
        return self.told


def together(*queries: Any) -> tuple[Any, ...]:
    """The single value of each query (None for no row), asked in one statement."""
    if not queries:
        return ()
    parts = [query.sql() for query in queries]
    sql = "SELECT " + ", ".join(f"({text})" for text, _values in parts)
    return db.execute_sql(sql, [value for _text, values in parts for value in values]).fetchone()
