"""SQL that was written before: two queries of one shape differ in their values alone, so the second only brings its own.

The shape is everything a query consists of but those values. What is not understood here is left to peewee, and so is a shape
whose values peewee put into another order than they were found in.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

import peewee

SQL = tuple[str, list[Any]]
PLAIN = {str, int, bool, float, bytes, Decimal, date, datetime, uuid.UUID}
MOST_SHAPES, MOST_NODES = 2000, 200  # A thousand ids are a shape of their own that hardly comes again.
_written: dict[Any, tuple[str | None, Any]] = {}  # With the query itself: its columns are told by their ids.


class NotPlain(Exception):
    """The query has a part of a kind that is not known here."""


def sql_of(query: Any, what: str = "", whole: Callable[[], Any] | None = None, last: int | None = None) -> SQL:
    """The SQL of a query with its values, as `query.sql()` gives them; or of what `whole` makes of it, which is called `what`
    and has one value more: `last`."""
    make = whole or (lambda: query)
    try:
        shape, values = shape_of(query)
    except NotPlain:
        return make().sql()  # type: ignore[no-any-return]
    values += [] if last is None else [last]
    # How a value is marked tells one kind of database from the other.
    return written_once((query._database.param, what, *shape), values, make, query)


def written_once(key: Any, values: list[Any], make: Callable[[], Any], kept: Any) -> SQL:
    """The SQL kept under this key, or that of the query to be made. kept: what the ids in the key are of."""
    known = _written.get(key)
    if known is None:
        if len(_written) >= MOST_SHAPES:
            _written.clear()
        sql, told = make().sql()
        _written[key] = (sql if told == values else None, kept)
        return sql, told
    return make().sql() if known[0] is None else (known[0], values)


def shape_of(query: Any) -> tuple[list[Any], list[Any]]:
    """Everything the query consists of, and the values in it. Raises NotPlain."""
    if type(query) is not peewee.ModelSelect or any(map(_is_set, _rare(query))):
        raise NotPlain
    found = _Found()
    for part in (query._from_list, query._returning):
        found.row(part, None)
    found.node(query._where, None)
    found.row(query._order_by or (), None)
    found.node(query._limit, None)
    return found.shape, found.values


def shape_of_nodes(nodes: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
    """The same of conditions. Raises NotPlain."""
    found = _Found()
    found.row(nodes, None)
    return found.shape, found.values


_rare = attrgetter(
    "_distinct", "_simple_distinct", "_group_by", "_having", "_windows", "_for_update", "_lateral", "_offset", "_cte_list", "_alias",
)  # fmt: skip


def _is_set(value: Any) -> bool:
    """Also an empty tuple, which is what `distinct()` leaves behind."""
    return value is not None and value is not False


class _Found:
    """What was found on the way through a query. Each kind of part begins with a sign of its own, so that no two shapes are alike."""

    def __init__(self) -> None:
        self.shape: list[Any] = []
        self.values: list[Any] = []

    def node(self, node: Any, converter: Any) -> None:
        kind = type(node)
        if kind in PLAIN:
            self.shape.append("?")
            self.values.append(converter(node) if converter else node)
        elif kind is peewee.Expression:
            left = node.lhs
            self.shape += ("(", node.op, node.flat)
            converter = left.db_value if isinstance(left, peewee.Field) and left._coerce else None
            self.node(left, converter)
            self.node(node.rhs, converter)
        elif isinstance(node, peewee.Field | peewee.ModelBase) and kind is not peewee.FieldAlias:
            self.shape += (".", id(node))
        elif node is None:
            self.shape.append(None)
        else:
            self.rarely(node, kind, converter)

    def rarely(self, node: Any, kind: type, converter: Any) -> None:
        if kind is list or kind is tuple:
            self.row(node, converter)
        elif kind is peewee.Ordering and not node.collation and not node.nulls:
            self.shape.append(node.direction)
            self.node(node.node, converter)
        elif kind is peewee.NodeList:
            self.shape += ("NODES", node.glue, node.parens)
            self.row(node.nodes, converter)
        elif kind is peewee.SQL:
            self.shape += ("SQL", node.sql, len(node.params or ()))
            self.values += node.params or ()
        elif kind is peewee.Join:
            self.shape += ("JOIN", node.join_type)
            self.row((node.lhs, node.rhs, node._on), None)
        else:
            raise NotPlain

    def row(self, nodes: Any, converter: Any) -> None:
        if len(nodes) > MOST_NODES:
            raise NotPlain
        self.shape += ("[", len(nodes))
        for node in nodes:
            self.node(node, converter)
