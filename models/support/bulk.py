"""Many rows at once: one statement prepared once and run for all rows, where a query builder would build each row anew.

Rows are tuples in the order of the named fields. No defaults and no model code apply; the database's own rules do.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import peewee

from models.support.fields import JsonField, SealedField

Row = Sequence[Any]
# Types whose Python value a driver would store differently from peewee; the guard of SealedField is among them.
CONVERTED = (peewee.UUIDField, SealedField, JsonField)
ARRAYS = ((peewee.UUIDField, "uuid[]"), ((peewee.IntegerField, peewee.ForeignKeyField), "bigint[]"))


def insert_rows(model: type[peewee.Model], names: Sequence[str], rows: Sequence[Row], *, ignore: bool = False) -> None:
    """Inserts all rows. `ignore` skips those that exist already."""
    if not rows:
        return
    fields = _fields(model, names)
    columns, table = _quoted(fields), f'"{model._meta.table_name}"'
    rows = _converted(fields, rows)
    database = model._meta.database
    if _is_sqlite(database):
        marks = ", ".join("?" * len(fields))
        kind = "INSERT OR IGNORE" if ignore else "INSERT"
        _many(database, f"{kind} INTO {table} ({columns}) VALUES ({marks})", rows)
    elif ignore:
        marks = ", ".join(["%s"] * len(fields))
        _many(database, f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING", rows)  # noqa: S608
    else:
        _copy(database, f"COPY {table} ({columns}) FROM STDIN", rows)


def update_rows(model: type[peewee.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Sets the named fields of each row; the last value of a row is its primary key."""
    if not rows:
        return
    fields = _fields(model, names)
    database = model._meta.database
    mark = "?" if _is_sqlite(database) else "%s"
    values = ", ".join(f'"{field.column_name}" = {mark}' for field in fields)
    key: Any = model._meta.primary_key
    _many(
        database,
        f'UPDATE "{model._meta.table_name}" SET {values} WHERE "{key.column_name}" = {mark}',  # noqa: S608 (names of our own columns)
        _converted(fields, rows),
    )


def among(column: peewee.Field, values: Iterable[Any]) -> peewee.Expression:
    """`column IN values` with one parameter, however many values there are."""
    wanted = [value.hex if isinstance(value, uuid.UUID) else value for value in values]
    if _is_sqlite(column.model._meta.database):
        return column.in_(peewee.SQL("(SELECT value FROM json_each(?))", [json.dumps(wanted)]))
    kind = next((kind for types, kind in ARRAYS if isinstance(column, types)), "text[]")
    return peewee.Expression(column, "=", peewee.SQL(f"ANY(%s::{kind})", [wanted]))


def raw_rows(query: Any) -> list[tuple]:
    """The rows of a query as the driver gives them; `as_moment` reads their times."""
    sql, params = query.sql()
    return query._database.execute_sql(sql, params).fetchall()


def as_moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _fields(model: type[peewee.Model], names: Sequence[str]) -> list[peewee.Field]:
    return [model._meta.fields[name] for name in names]


def _quoted(fields: list[peewee.Field]) -> str:
    return ", ".join(f'"{field.column_name}"' for field in fields)


def _converted(fields: list[peewee.Field], rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with the few columns converted that need it, in place where a row is a list."""
    turns: list[tuple[int, Callable]] = [
        (place, field.db_value) for place, field in enumerate(fields) if isinstance(field, CONVERTED)
    ]
    if not turns:
        return rows
    converted = []
    for row in rows:
        changed = list(row)
        for place, turn in turns:
            changed[place] = turn(changed[place])
        converted.append(changed)
    return converted


def _is_sqlite(database: Any) -> bool:
    return isinstance(getattr(database, "obj", database), peewee.SqliteDatabase)


def _many(database: Any, sql: str, rows: Sequence[Row]) -> None:
    with peewee.__exception_wrapper__:
        database.cursor().executemany(sql, rows)


def _copy(database: Any, sql: str, rows: Sequence[Row]) -> None:
    with peewee.__exception_wrapper__, database.cursor().copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
