"""A transaction of one statement, on PostgreSQL: the database begins and commits it by itself, which spares the way to and fro for each
of those words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import peewee

from models.support.db import db, in_write_txn

Ask = Callable[[str, list[Any]], tuple[Any, ...] | None]


@contextmanager
def write_at_once(turn: Any) -> Iterator[Ask]:
    """Gives what the one statement is asked with, once the turn has come: `write_txn(turn=…)` queues for the same. Raises RuntimeError
    inside a transaction, where nothing would be committed yet."""
    if in_write_txn() or db.in_transaction():
        raise RuntimeError("write_at_once() inside a transaction.")
    with db.obj.in_turn(turn):
        yield _asked


def _asked(sql: str, values: list[Any]) -> tuple[Any, ...] | None:
    """The statement's first row. None where it has none, or where a constraint said no and everything stays as it was."""
    told = [str(value) if type(value) is int else value for value in values]  # One plan, however large a number is.
    try:
        return db.execute_sql(sql, told).fetchone()  # type: ignore[no-any-return]
    except peewee.IntegrityError:
        return None
