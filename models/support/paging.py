"""Keyset paging: the next page begins after the last row seen, so page 10 000 costs what page 1 costs.

Counts stop at 10 001 ("10,000+"): an exact count of a big match costs more than the page itself.
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import peewee

from models.support import clock
from models.support.db import db
from models.support.narrowed import Narrowed
from models.support.records import records
from models.support.shapes import sql_of

COUNT_LIMIT = 10_001
NUMBERS = (peewee.IntegerField, peewee.AutoField)  # BigInteger and BigAuto are kinds of these.


class AtLeast(int):
    """A count that was given up on the way: there are so many, and may be more."""


@dataclass
class Page:
    """Rows of one page and the keys of its neighbours (None: there is none)."""

    rows: list[Any] = field(default_factory=list)
    previous_key: str | None = None
    next_key: str | None = None

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Order:
    """How a list is sorted: NOT NULL columns, all in one direction, the last one unique."""

    columns: tuple[peewee.Field, ...]
    descending: bool = True


def page_of(query: Any, order: Order, *, after: str = "", before: str = "", size: int = 50) -> Page:
    """One page of the query, which may be a Narrowed one. `after` and `before` are keys of an earlier page; a broken key starts from the top."""
    bounds = read_key(before or after, order)
    backwards = bool(before) and bounds is not None
    whole = query
    descending = order.descending != backwards
    if bounds is not None:
        here = peewee.Tuple(*order.columns)
        limit = peewee.Tuple(*bounds)
        query = query.where(here < limit if descending else here > limit)
    rows = _rows(query, order, descending, size + 1)
    if not rows and bounds is not None:  # What stood there is gone: better the top than an empty page.
        return page_of(whole, order, size=size)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    page = Page(rows)
    if rows:
        has_previous = more if backwards else bounds is not None
        has_next = bounds is not None if backwards else more
        page.previous_key = make_key(rows[0], order) if has_previous else None
        page.next_key = make_key(rows[-1], order) if has_next else None
    return page


def _rows(query: Any, order: Order, descending: bool, most: int) -> list[Any]:
    def finished(whole: Any) -> Any:
        direction = [column.desc() if descending else column.asc() for column in order.columns]
        return whole.order_by(*direction).limit(most)

    if type(query) is Narrowed:
        return query.records(("page", descending, *map(id, order.columns)), finished, most)
    return records(finished(query))


def beside(query: Any, order: Order, row: Any) -> tuple[Any | None, Any | None]:
    """The rows before and after this one in the query's order, whether it is in there itself or not."""
    values = [getattr(row, column.name) for column in order.columns]
    if None in values:
        return None, None
    here, limit = peewee.Tuple(*order.columns), peewee.Tuple(*values)
    up, down = [[column.asc() for column in order.columns], [column.desc() for column in order.columns]]
    above, below = query.where(here > limit).order_by(*up).first(), query.where(here < limit).order_by(*down).first()
    return (above, below) if order.descending else (below, above)


def before_key(query: Any, order: Order, key: str) -> Any:
    """What stands before the row of this key; everything when the key cannot be read."""
    bounds = read_key(key, order)
    if bounds is None:
        return query
    here, limit = peewee.Tuple(*order.columns), peewee.Tuple(*bounds)
    return query.where(here > limit if order.descending else here < limit)


def capped_count(query: Any, limit: int = COUNT_LIMIT) -> int:
    """How many rows match, at most `limit`."""

    def counting(whole: Any) -> Any:
        inner = (
            whole.select(peewee.SQL("1")).order_by().limit(limit)
        )  # A narrow row, so that an index alone can answer.
        return peewee.Select([inner.alias("counted")], [peewee.fn.COUNT(peewee.SQL("1"))]).bind(whole._database)

    if type(query) is Narrowed:
        sql = query.sql("count", counting, limit)
    else:
        sql = sql_of(query, "count", lambda: counting(query), limit)
    (count,) = db.execute_sql(*sql).fetchone()
    return count


def make_key(row: Any, order: Order) -> str:
    values = [_out(getattr(row, column.name)) for column in order.columns]
    try:
        told = orjson.dumps(values)
    except TypeError:  # Half a character, or a number beyond 64 bits.
        told = json.dumps(values, ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def read_key(key: str, order: Order) -> list[Any] | None:
    """The values of a key, each of the kind its column holds. A key comes from the address bar: anything else is None."""
    if not key or len(key) > 800:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if not isinstance(values, list) or len(values) != len(order.columns):
            return None
        return [_in(value, column) for value, column in zip(values, order.columns, strict=True)]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _out(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return str(value) if isinstance(value, uuid.UUID) else value


def _in(value: Any, column: peewee.Field) -> Any:
    if isinstance(column, peewee.ForeignKeyField):
        column = column.rel_field
    if isinstance(column, peewee.DateTimeField):
        return clock.parse_iso(value["t"])
    if isinstance(column, peewee.UUIDField):
        return uuid.UUID(value)
    if isinstance(column, NUMBERS):
        if type(value) is not int or abs(value) >= 2**63:
            raise ValueError
        return value
    if type(value) is not (bool if isinstance(column, peewee.BooleanField) else str):
        raise ValueError
    if isinstance(value, str) and "\0" in value.encode().decode():  # encode() refuses half characters.
        raise ValueError
    return value
