"""Rows put in often: the SQL is written once for each table and kind of database, then only the values change."""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import cached_property
from typing import Any

import peewee

from models.support.db import db, is_sqlite

NONE = type(None)
USUAL = ((peewee.IntegerField, int), (peewee.CharField, str), (peewee.TextField, str))
"""What a field takes as it is: nothing is left to convert."""


class Inserting:
    """`Inserting(Event)(name="…", …)` puts a row in, with the model's defaults for what is not given. The new row's id, or the first
    part of its key; None where `ignores` and a row with the same unique values stands already.

    `draft()` and `keep()` do it in two steps, for a record that is wanted too.
    """

    def __init__(self, model: type[peewee.Model], *, ignores: bool = False):
        self.model, self.ignores = model, ignores
        key: Any = model._meta.primary_key
        self._is_numbered = isinstance(key, peewee.AutoField)
        self.key: str = key.field_names[0] if isinstance(key, peewee.CompositeKey) else key.name
        self.fields = [field for field in model._meta.sorted_fields if not (self._is_numbered and field is key)]
        self._fields = [(field.name, _usual(field), field.db_value) for field in self.fields]
        self._blank = {field.name: field.default for field in self.fields}
        self._made = [(name, default) for name, default in self._blank.items() if callable(default)]
        self._links = [field.name for field in self.fields if isinstance(field, peewee.ForeignKeyField)]
        self._sql: dict[tuple[Any, ...], str] = {}

    def __call__(self, **given: Any) -> Any:
        return self._put(self._filled(given))

    def draft(self, **given: Any) -> Any:
        """A record as it would be put in: defaults filled in, nothing left to save."""
        data = self._filled(given)
        known = {name: data[name] for name in self._links if isinstance(data[name], peewee.Model)}
        data.update((name, value.get_id()) for name, value in known.items())
        made = object.__new__(self.model)
        made.__dict__ = {"__data__": data, "__rel__": known, "_dirty": set()}
        return made

    def keep(self, drafted: Any) -> None:
        """Puts a draft in and tells it its id."""
        drafted.__data__[self.key] = self._put(drafted.__data__)

    def values(self, data: dict[str, Any], but: Container[str] = ()) -> list[Any]:
        """As the database takes them, in the order of the fields."""
        fields = [field for field in self._fields if field[0] not in but] if but else self._fields
        return [value if type(value := data[name]) in usual else convert(value) for name, usual, convert in fields]

    def told(self, **instead: str) -> str:
        """The statement for the database there is; SQL may stand `instead` of some values."""
        kind = (type(db.obj), *instead.items())
        if kind not in self._sql:
            marks = {field: peewee.SQL(instead.get(field.name, db.obj.param)) for field in self.fields}
            query: Any = self.model.insert(marks)
            query = query.on_conflict_ignore() if self.ignores else query
            query = query if is_sqlite() else query.returning(self.model._meta.fields[self.key])
            self._sql[kind] = query.sql()[0]
        return self._sql[kind]

    def told_of(self, source: str, **instead: str) -> str:
        """For PostgreSQL: the statement that puts in a row for each of a source, `FROM …` or `WHERE …`."""
        columns = ", ".join(f'"{field.column_name}"' for field in self.fields)
        values = ", ".join(instead.get(field.name, "%s") for field in self.fields)
        ending = "ON CONFLICT DO NOTHING " if self.ignores else ""
        table: str = self.model._meta.table_name  # type: ignore[attr-defined]
        return f'INSERT INTO "{table}" ({columns}) SELECT {values} {source} {ending}RETURNING "{self.key}"'

    def _filled(self, given: dict[str, Any]) -> dict[str, Any]:
        data = self._blank | given
        if len(data) > len(self._blank):
            raise TypeError(f"{self.model.__name__} has no {sorted(given.keys() - self._blank.keys())}.")
        for name, default in self._made:
            if name not in given:
                data[name] = default()
        return data

    def _put(self, data: dict[str, Any]) -> Any:
        cursor = db.execute_sql(self.told(), self.values(data))
        if is_sqlite():  # It knows without a RETURNING, for which it would keep a table of the statement's own.
            is_new = cursor.rowcount > 0
            return (cursor.lastrowid if self._is_numbered else data[self.key]) if is_new else None
        rows = cursor.fetchall()
        return rows[0][0] if rows else None


class Telling:
    """A row and the row that tells of it by its id: one statement on PostgreSQL, where each costs a way to and fro.

    `of_first` says for fields of the second what they are made of, as SQL with `{id}` and as a function of the first.
    """

    def __init__(self, first: Inserting, second: Inserting, **of_first: tuple[str, Callable[[Any], Any]]):
        self.first, self.second, self.of_first = first, second, of_first

    def keep(self, one: Any, other: Any) -> None:
        """Puts two drafts in and tells them their ids."""
        if is_sqlite():
            self.first.keep(one)
            self._tell(one, other)
            self.second.keep(other)
            return
        self.name(one, other, db.execute_sql(self._sql, self.values(one, other)).fetchone())

    def values(self, one: Any, other: Any, but: Container[str] = ()) -> list[Any]:
        """As the statement takes them; `but` are fields of the first."""
        return [*self.first.values(one.__data__, but), *self.second.values(other.__data__, self.of_first)]

    def told_of(self, source: str, **instead: str) -> str:
        """For PostgreSQL: "one" and "other" of a WITH, for each row of a source; SQL may stand `instead` of values of the first."""
        told = {name: sql.format(id='"one"."id"') for name, (sql, _tell) in self.of_first.items()}
        one, other = self.first.told_of(source, **instead), self.second.told_of('FROM "one"', **told)
        return f'"one" ("id") AS ({one}), "other" ("id") AS ({other})'

    def name(self, one: Any, other: Any, ids: Any) -> None:
        """Tells two drafts the ids they were put in under."""
        one.__data__[self.first.key], other.__data__[self.second.key] = ids
        self._tell(one, other)

    def _tell(self, one: Any, other: Any) -> None:
        other.__data__.update((name, tell(one)) for name, (_sql, tell) in self.of_first.items())

    @cached_property
    def _sql(self) -> str:
        told = {name: sql.format(id='(SELECT "id" FROM "one")') for name, (sql, _tell) in self.of_first.items()}
        return (
            f'WITH "one" ("id") AS ({self.first.told()}), "other" ("id") AS ({self.second.told(**told)}) '  # noqa: S608
            'SELECT "one"."id", "other"."id" FROM "one", "other"'
        )


def _usual(field: Any) -> frozenset[type]:
    """The types that the field takes as they are."""
    field = field.rel_field if isinstance(field, peewee.ForeignKeyField) else field
    if type(field).db_value is not peewee.Field.db_value:
        return frozenset((NONE,))
    if isinstance(field, peewee.BooleanField):
        return frozenset((NONE, bool))
    return frozenset((NONE, *(taken for kind, taken in USUAL if isinstance(field, kind))))
