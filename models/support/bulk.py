"""Many rows at once: one statement prepared once and run for all rows, where a query builder would build each row anew.

Rows are tuples in the order of the named fields. No defaults and no model code apply; the database's own rules do.
"""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import peewee

from models.support.fields import JsonField, SealedField
from models.support.shapes import sql_of

Row = Sequence[Any]
CONVERTED = (peewee.UUIDField, JsonField)  # Types whose Python value a driver would store differently from peewee.
SUM = "{old} + {new}"
LATER = "CASE WHEN {new} > {old} THEN {new} ELSE {old} END"
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


def upsert_rows(
    model: type[peewee.Model],
    names: Sequence[str],
    rows: Sequence[Row],
    *,
    key: Sequence[str],
    keeping: bool = False,
    merged: Mapping[str, str] | None = None,
) -> None:
    """Inserts the rows; one whose key exists takes the new values. `keeping`: a None leaves the old value; `merged` says of
    a column what is made of `{old}` and `{new}` (SUM, LATER)."""
    if not rows:
        return
    fields = _fields(model, names)
    database, table = model._meta.database, f'"{model._meta.table_name}"'
    taken = "COALESCE({new}, {old})" if keeping else "{new}"
    changes = ", ".join(
        f'"{field.column_name}" = '
        + (merged or {}).get(field.name, taken).format(old=f'{table}."{field.column_name}"', new=f'excluded."{field.column_name}"')
        for field in fields
        if field.name not in key
    )  # fmt: skip
    ends = f"ON CONFLICT ({_quoted(_fields(model, key))}) DO UPDATE SET {changes}"
    rows = _converted(fields, rows)
    head = f"INSERT INTO {table} ({_quoted(fields)})"
    if _is_sqlite(database):
        _many(database, f"{head} VALUES ({', '.join('?' * len(fields))}) {ends}", rows)
    else:
        staged = _stage(database, table, fields, rows)
        database.execute_sql(f"{head} SELECT {_quoted(fields)} FROM {staged} {ends}")  # noqa: S608 (our own names)


def next_ids(model: type[peewee.Model], count: int) -> list[int]:
    """Ids for rows about to be inserted in this transaction. On SQLite the write lock keeps others from taking them."""
    database, table = model._meta.database, model._meta.table_name
    if _is_sqlite(database):
        last = database.execute_sql(f'SELECT MAX("id") FROM "{table}"').fetchone()[0] or 0  # noqa: S608
        return list(range(last + 1, last + 1 + count))
    rows = database.execute_sql(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (f'"{table}"', count)
    )
    return [row[0] for row in rows.fetchall()]


def update_rows(model: type[peewee.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Sets the named fields of each row; the last value of a row is its primary key."""
    if not rows:
        return
    key: Any = model._meta.primary_key
    fields = _fields(model, names)
    database, table, rows = model._meta.database, f'"{model._meta.table_name}"', _converted(fields, rows)
    if _is_sqlite(database):
        values = ", ".join(f'"{field.column_name}" = ?' for field in fields)
        _many(database, f'UPDATE {table} SET {values} WHERE "{key.column_name}" = ?', rows)  # noqa: S608 (our own names)
    else:
        values = ", ".join(f'"{field.column_name}" = staged."{field.column_name}"' for field in fields)
        staged = _stage(database, table, [*fields, key], rows)
        database.execute_sql(
            f'UPDATE {table} SET {values} FROM {staged} AS staged WHERE {table}."{key.column_name}" = staged."{key.column_name}"'  # noqa: S608
        )


def update_differing(model: type[peewee.Model], names: Sequence[str], rows: Iterable[tuple[Any, Row, Row]]) -> None:
    """Brings rows, told as (primary key, values before, values now), up to date. SQLite writes an index anew for each column that
    is set, whether its value is another or not, so there only those are set that differ."""
    by_places: dict[tuple[int, ...], list[Row]] = {}
    for key, before, now in rows:
        places = tuple(place for place, value in enumerate(now) if value != before[place])
        if places:
            by_places.setdefault(places, []).append((key, now))
    if not _is_sqlite(model._meta.database):
        update_rows(model, names, [[*now, key] for told in by_places.values() for key, now in told])
        return
    for places, told in by_places.items():
        update_rows(
            model, [names[place] for place in places], [[*(now[place] for place in places), key] for key, now in told]
        )


def among(column: peewee.Field, values: Iterable[Any]) -> peewee.Expression:
    """`column IN values` with one parameter, however many values there are."""
    database = column.model._meta.database
    if _is_sqlite(database):
        return column.in_(peewee.SQL("(SELECT value FROM json_each(?))", [listed(database, values)]))
    kind = next((kind for types, kind in ARRAYS if isinstance(column, types)), "text[]")
    return peewee.Expression(column, "=", peewee.SQL(f"ANY(%s::{kind})", [listed(database, values)]))


def listed(database: Any, values: Iterable[Any]) -> Any:
    """Values as the one parameter that `among()` makes of them."""
    wanted = [value.hex if isinstance(value, uuid.UUID) else value for value in values]
    return json.dumps(wanted) if _is_sqlite(database) else wanted


class Written:
    """A query whose SQL is written once for each kind of database; its parameters are given anew each time, in its order.
    Building a query of twenty columns costs more than answering it."""

    def __init__(self, database: Any, make: Callable[[], Any]):
        self._database, self._make = database, make
        self._sql: dict[type, str] = {}

    def rows(self, *values: Any) -> list[tuple]:
        """The rows as the driver gives them; `as_moment` and `as_uid` read what needs it."""
        kind = type(self._database.obj)
        if kind not in self._sql:
            self._sql[kind] = self._make().sql()[0]
        return self._database.execute_sql(self._sql[kind], values).fetchall()


def raw_rows(query: Any) -> list[tuple]:
    """The rows of a query as the driver gives them; `as_moment` and `as_uid` read what needs it."""
    return query._database.execute_sql(*sql_of(query)).fetchall()


def as_moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def as_uid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _fields(model: type[peewee.Model], names: Sequence[str]) -> list[peewee.Field]:
    return [model._meta.fields[name] for name in names]


def _quoted(fields: list[peewee.Field]) -> str:
    return ", ".join(f'"{field.column_name}"' for field in fields)


def _converted(fields: list[peewee.Field], rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with the few columns converted that need it. What is sealed is only looked at: clear text has no way in."""
    for place, field in enumerate(fields):
        if isinstance(field, SealedField):
            for row in rows:
                field.require_sealed(row[place])
    turns: list[tuple[int, Callable]] = [
        (place, field.db_value) for place, field in enumerate(fields) if isinstance(field, CONVERTED)
    ]
    if not turns:
        return rows
    lists = [list(row) for row in rows]
    for place, turn in turns:
        for row in lists:
            if row[place] is not None:
                row[place] = turn(row[place])
    return lists


def _is_sqlite(database: Any) -> bool:
    return isinstance(getattr(database, "obj", database), peewee.SqliteDatabase)


def _many(database: Any, sql: str, rows: Sequence[Row]) -> None:
    with peewee.__exception_wrapper__:
        database.cursor().executemany(sql, rows)


def _stage(database: Any, table: str, fields: list[peewee.Field], rows: Sequence[Row]) -> str:
    """Puts the rows into a table of the session, emptied by the commit: one statement for all is many times faster there."""
    columns = _quoted(fields)
    name = f"staged_{table.strip(chr(34))}_{zlib.crc32(columns.encode()):08x}"
    database.execute_sql(
        f'CREATE TEMP TABLE IF NOT EXISTS "{name}" ON COMMIT DELETE ROWS AS SELECT {columns} FROM {table} WITH NO DATA'  # noqa: S608
    )
    database.execute_sql(f'DELETE FROM "{name}"')  # noqa: S608 (from an earlier call in this transaction)
    _copy(database, f'COPY "{name}" ({columns}) FROM STDIN', rows)
    return f'"{name}"'


def _copy(database: Any, sql: str, rows: Sequence[Row]) -> None:
    with peewee.__exception_wrapper__, database.cursor().copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
