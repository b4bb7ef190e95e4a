"""What every page asks: the SQL is written once for each kind of database, then only the values change; and several questions
of one value each are asked together. Building a query costs more than answering it, where an index does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee

from models.support.db import db

SQL = tuple[str, list[Any]]


@dataclass(frozen=True)
class _Mark:
    """Stands in the parameters of a prepared query where a value goes."""

    place: int


class Prepared:
    """`Prepared(lambda person, slug: Team.select()…)`: the arguments stand for values as the database stores them."""

    def __init__(self, make: Callable[..., Any]):
        self._make = make
        self._count = len(inspect.signature(make).parameters)
        self._made: dict[type, tuple[str, list[Any], Any]] = {}

    def all(self, *values: Any) -> list[Any]:
        """The rows as the query's own kind: records, or tuples after `.tuples()`."""
        sql, values_of, query = self._prepared(values)
        found = query._get_cursor_wrapper(db.execute_sql(sql, values_of))
        found.fill_cache()
        return found.row_cache

    def first(self, *values: Any) -> Any:
        return next(iter(self.all(*values)), None)

    def asking(self, *values: Any) -> Asked:
        """The query with its values, for `together()`."""
        sql, values_of, _query = self._prepared(values)
        return Asked((sql, values_of))

    def _prepared(self, values: tuple[Any, ...]) -> tuple[str, list[Any], Any]:
        kind = type(db.obj)
        if kind not in self._made:
            # A converter would take a mark for a value, so there is none.
            query = self._make(*(peewee.Value(_Mark(place), converter=False) for place in range(self._count)))
            self._made[kind] = (*query.sql(), query)
        sql, slots, query = self._made[kind]
        return sql, [values[slot.place] if isinstance(slot, _Mark) else slot for slot in slots], query


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
