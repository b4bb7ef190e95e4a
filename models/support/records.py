"""Records made of rows quickly, for queries that read plain columns of one table and of those joined to it by their keys.

What becomes of a row is worked out once a query, where peewee asks each field for each value. Any other query is left to peewee,
and the records are the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

import peewee

from models.support.db import db
from models.support.known import NEVER, Remembering
from models.support.shapes import sql_of

# These are in Python what the driver gives; a foreign key is what it leads to.
MOMENTS = (19, 26)  # As text, without and with fractions of seconds.
AS_THEY_ARE = (peewee.IntegerField, peewee.AutoField, peewee.CharField, peewee.TextField, peewee.ForeignKeyField)


@dataclass(frozen=True)
class Part:
    """The columns of one model: where they stand in a row, and those that have to be converted."""

    model: type[peewee.Model]
    start: int
    names: tuple[str, ...]
    converted: tuple[tuple[str, Callable[[Any], Any]], ...]
    is_plain: bool = False  # Nothing of a buyer and no credential, and no value that could be changed where it is kept.

    @cached_property
    def make(self) -> Callable[[tuple[Any, ...]], Any]:
        """Makes a record of a row."""
        new, model, data_of = object.__new__, self.model, self.data_of

        def make(row: tuple[Any, ...]) -> Any:
            record = new(model)
            record.__dict__ = {"__data__": data_of(row), "__rel__": {}, "_dirty": set()}
            return record

        return make

    @cached_property
    def data_of(self) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
        """A function written out for these columns: `{"id": row[0], "uid": None if row[1] is None else uid(row[1]), …}`."""
        converts = {f"as_{name}": convert for name, convert in self.converted}
        pairs = [(name, f"row[{place}]") for place, name in enumerate(self.names, self.start)]
        told = ", ".join(
            f"{name!r}: None if {value} is None else as_{name}({value})"
            if f"as_{name}" in converts
            else f"{name!r}: {value}"
            for name, value in pairs
        )
        return eval(f"lambda row: {{{told}}}", converts)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Plan:
    """How rows become records: a part for each model, and which record holds which: (holder, name, held)."""

    parts: tuple[Part, ...]
    links: tuple[tuple[int, str, int], ...] = ()

    def records(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        if len(self.parts) == 1:
            make = self.parts[0].make
            return [make(row) for row in rows]
        found = []
        for row in rows:
            made = [part.make(row) for part in self.parts]
            for holder, name, held in self.links:
                made[holder].__rel__[name] = made[held]
            found.append(made[0])
        return found

    @cached_property
    def remembering(self) -> Any:
        """The same for pages of a list that may be remembered; this plan itself where its rows must not be, or are joined."""
        part = self.parts[0]
        key = getattr(part.model._meta.primary_key, "name", None)
        may = len(self.parts) == 1 and part.is_plain and key in part.names
        return Remembering(self.records, part.model, part.data_of, part.names.index(key)) if may else self


@dataclass(frozen=True)
class Tuples:
    """How rows become tuples of Python's values: the places that have to be converted."""

    converted: tuple[tuple[int, Callable[[Any], Any]], ...]

    def records(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        return [self._make(row) for row in rows] if self.converted else rows

    def _make(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        made = list(row)
        for place, convert in self.converted:
            if made[place] is not None:
                made[place] = convert(made[place])
        return tuple(made)


def records(query: Any) -> list[Any]:
    """What the query finds, as `list(query)` would give it."""
    plan = plan_of(query)
    if plan is None:
        return list(query)
    return plan.records(db.execute_sql(*sql_of(query)).fetchall())


def plan_of(query: Any) -> Plan | None:
    """None for a query whose rows peewee has to understand itself."""
    if type(query) is peewee.ModelUpdate:
        return _plan_of_changed(query)
    fields = _plain_fields(query)
    if fields is None or query._row_type is not None:
        return None
    if query._joins:
        return _joined_plan(query, fields)
    if {field.model for field in fields} != {query.model}:
        return None
    return _plan_of_one(query.model, tuple(field.name for field in fields))


def _plan_of_changed(query: Any) -> Plan | None:
    """What a change gives back, where that is the whole row."""
    is_whole = [id(part) for part in query._returning or ()] == [id(field) for field in query.model._meta.sorted_fields]
    return Plan((part_of(query.model),)) if is_whole else None


def tuples_of(query: Any) -> Tuples | None:
    """For a query that asks for tuples of plain columns and counts; None for any other."""
    if type(query) is not peewee.ModelSelect or query._row_type != peewee.ROW.TUPLE:
        return None
    converted = []
    for place, one in enumerate(query._returning):
        if isinstance(one, peewee.Field) and not isinstance(one, peewee.FieldAlias):
            if not _is_as_it_is(one):
                converted.append((place, _converter(one)))
        elif not (type(one) is peewee.Function and one.name == "COUNT"):
            return None
    return Tuples(tuple(converted))


@lru_cache(maxsize=500)
def _plan_of_one(model: type[peewee.Model], names: tuple[str, ...]) -> Plan:
    return Plan((_part(model, 0, [model._meta.fields[name] for name in names]),))


def _joined_plan(query: Any, fields: list[peewee.Field]) -> Plan | None:
    models = list(dict.fromkeys(field.model for field in fields))
    links = _links(query, models)
    if links is None or models[0] is not query.model:
        return None
    parts, start = [], 0
    for model in models:
        mine = [field for field in fields if field.model is model]
        if list(fields[start : start + len(mine)]) != mine:  # Not side by side.
            return None
        parts.append(_part(model, start, mine))
        start += len(mine)
    return Plan(tuple(parts), links)


def _plain_fields(query: Any) -> list[peewee.Field] | None:
    """The columns a query reads; None when they are more than that."""
    if type(query) is not peewee.ModelSelect:
        return None
    fields = query._returning
    is_plain = all(isinstance(field, peewee.Field) and not isinstance(field, peewee.FieldAlias) for field in fields)
    return list(fields) if is_plain else None


def part_of(model: type[peewee.Model], start: int = 0) -> Part:
    """All columns of a model, where they stand in a row from this place on."""
    return _part(model, start, model._meta.sorted_fields)


def _part(model: type[peewee.Model], start: int, fields: list[peewee.Field]) -> Part:
    converted = [(field.name, _converter(field)) for field in fields if not _is_as_it_is(field)]
    is_plain = _holds_nothing_private(model) and all(_stays(field) for field in fields)
    return Part(model, start, tuple(field.name for field in fields), tuple(converted), is_plain)


def _holds_nothing_private(model: type[peewee.Model]) -> bool:
    about = getattr(model, "about", None)
    return about is not None and not NEVER & set(about.kinds.values())


def _stays(field: peewee.Field) -> bool:
    """Is the field's value one that nobody can change, and the same whenever the database gives the same?"""
    if isinstance(field, peewee.ForeignKeyField):
        return _stays(field.rel_field)
    return _is_as_it_is(field) or _is_moment(field) or _is_uid(field) or type(field) is peewee.BooleanField


def _converter(field: peewee.Field) -> Callable[[Any], Any]:
    """What the field makes of a value, by the shortest way for what a driver gives as a rule."""
    kind, whole = type(field), field.python_value
    if _is_moment(field):
        return lambda value: (
            datetime.fromisoformat(value) if type(value) is str and len(value) in MOMENTS else whole(value)
        )
    if _is_uid(field):
        return lambda value: uid_of(value) if type(value) is str and len(value) == 32 else whole(value)
    if kind is peewee.BooleanField:
        return bool
    return whole


def uid_of(digits: str) -> uuid.UUID:
    """`uuid.UUID(digits)` without looking which of its six ways to be made is meant; a page makes fifty."""
    uid = object.__new__(uuid.UUID)
    object.__setattr__(uid, "int", int(digits, 16))
    object.__setattr__(uid, "is_safe", uuid.SafeUUID.unknown)
    return uid


def _is_moment(field: peewee.Field) -> bool:
    kind = type(field)
    return isinstance(field, peewee.DateTimeField) and kind.adapt is peewee.DateTimeField.adapt and _is_usual(kind)


def _is_uid(field: peewee.Field) -> bool:
    return isinstance(field, peewee.UUIDField) and type(field).python_value is peewee.UUIDField.python_value


def _is_usual(kind: type[peewee.Field]) -> bool:
    return kind.python_value is peewee.Field.python_value


def _is_as_it_is(field: peewee.Field) -> bool:
    if isinstance(field, peewee.ForeignKeyField):
        return _is_as_it_is(field.rel_field)
    return isinstance(field, AS_THEY_ARE) and type(field).python_value is peewee.Field.python_value


def _links(query: Any, models: list[Any]) -> tuple[tuple[int, str, int], ...] | None:
    """Who holds whom; None where the joins are other than inner ones along foreign keys."""
    links = []
    for holder, joins in query._joins.items():
        for held, name, constructor, kind in joins:
            if held not in models:
                continue
            is_key = isinstance(
                getattr(holder, "_meta", None) and holder._meta.fields.get(name), peewee.ForeignKeyField
            )
            if holder not in models or constructor is not held or kind != peewee.JOIN.INNER or not is_key:
                return None
            links.append((models.index(holder), name, models.index(held)))
    return tuple(links) if len(links) == len(models) - 1 else None
