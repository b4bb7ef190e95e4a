"""Conditions both databases answer from an index."""

from __future__ import annotations

import re
from typing import Any

import peewee

from models.support.db import is_sqlite

LAST_SIGN = "\U0010ffff"


def begins(column: peewee.Field, text: str) -> Any:
    """The column begins with the text, capitals told apart."""
    if is_sqlite():
        return (column >= text) & (column < text + LAST_SIGN)
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    return peewee.Expression(column, peewee.OP.LIKE, escaped + "%")


def listed(column: peewee.Field) -> Any:
    """All values of a column in one text, with commas between; None without any."""
    return (
        peewee.fn.GROUP_CONCAT(column) if is_sqlite() else peewee.fn.STRING_AGG(column.cast("text"), peewee.SQL("','"))
    )


def beside_index(column: Any, is_beside: bool = True) -> Any:
    """The column, on SQLite marked as one whose index is not to be chosen. PostgreSQL counts for itself."""
    return peewee.NodeList((peewee.SQL("+"), column), glue="") if is_beside and is_sqlite() else column


def by_index(value: int) -> Any:
    """The value, on PostgreSQL told as one that is dear to compare with row by row: the index that begins with its column is then chosen,
    where another, in the same order, would be walked along until enough rows with it are met. SQLite chooses it anyway."""
    return value if is_sqlite() else peewee.NodeList((peewee.SQL("looked_up("), value, peewee.SQL(")")), glue="")
