"""Rows put in often: the SQL is written once for each table and kind of database, then only the values change."""

from __future__ import annotations

from typing import Any

import peewee

from models.support.db import db


class Inserting:
    """`Inserting(Event)(name="…", …)` puts a row in, with the model's defaults for what is not given. The new row's id; None
    where `ignores` and a row with the same unique values stands already."""

    def __init__(self, model: type[peewee.Model], *, ignores: bool = False):
        self.model, self.ignores = model, ignores
        key = model._meta.primary_key
        self.fields = [
            field for field in model._meta.sorted_fields if not (field is key and isinstance(key, peewee.AutoField))
        ]
        self._sql: dict[type, str] = {}

    def __call__(self, **given: Any) -> Any:
        values = [field.db_value(_value(field, given)) for field in self.fields]
        if given:
            raise TypeError(f"{self.model.__name__} has no {sorted(given)}.")
        rows = db.execute_sql(self._told(), values).fetchall()
        return rows[0][0] if rows else None

    def _told(self) -> str:
        kind = type(db.obj)
        if kind not in self._sql:
            query = self.model.insert(dict.fromkeys(self.fields, peewee.SQL(db.obj.param)))
            if self.ignores:
                query = query.on_conflict_ignore()
            self._sql[kind] = query.returning(self.model._meta.primary_key).sql()[0]
        return self._sql[kind]


def _value(field: peewee.Field, given: dict[str, Any]) -> Any:
    if field.name in given:
        return given.pop(field.name)
    return field.default() if callable(field.default) else field.default
