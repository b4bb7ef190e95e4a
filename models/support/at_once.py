"""Transactions of one statement each, on PostgreSQL. One alone is begun and committed by the database itself, which spares the way to and
fro for each of those words. Those who wait for the same turn, one behind the other, are committed together: one way to and fro and one
flush of the log for all.

Nobody is answered before the commit of all. Where a constraint says no to one of them everything is taken back, and each hears that
nothing of its own was done; where anything else fails, all have failed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import peewee
import psycopg

from models.support.db import db, in_write_txn, turn_lock
from models.support.fair_lock import FairLock
from models.support.shapes import SQL

MOST_STATEMENTS = 64  # The first waits for the last.
Row = tuple[Any, ...]


class Asked:
    """A statement; once it has been committed, its first row. None where it has none, or where a constraint said no and everything stays
    as it was."""

    __slots__ = ("kept", "row", "sql", "values")

    def __init__(self, sql: str, values: list[Any], kept: Callable[[], None]):
        self.sql, self.kept = sql, kept
        self.values = [str(one) if type(one) is int else one for one in values]  # One plan, however large a number is.
        self.row: Row | None = None


class Batch:
    """What those ask who have a turn together, in their order. Used by one thread at a time: who has the turn."""

    def __init__(self, first: SQL | None) -> None:
        self.first = first
        self.asked: list[Asked] = []
        self.left: Any = None
        self.error: BaseException | None = None
        self._over = threading.Lock()
        self._over.acquire()

    def ask(self, sql: str, values: list[Any], *, leaves: Any, kept: Callable[[], None]) -> Asked:
        """The next one finds in `left` what this one `leaves` behind if it has a row. Then `kept` is called, while nobody else has the
        turn."""
        asked = Asked(sql, values, kept)
        self.asked.append(asked)
        self.left = leaves
        return asked

    def takes_more(self) -> bool:
        return len(self.asked) < MOST_STATEMENTS

    def commit(self) -> None:
        if not self.asked:
            return
        try:
            with db.obj.lending():
                rows = _together(self.first, self.asked) if len(self.asked) > 1 else [_alone(*self.asked)]
            for asked, row in zip(self.asked, rows, strict=True):
                asked.row = row
                if row is not None:
                    asked.kept()
        except BaseException as error:
            self.error = error
            raise

    def tell(self) -> None:
        """Lets those go who wait for it."""
        self._over.release()

    def wait(self) -> None:
        """Until it has been committed. Raises what it failed with."""
        with self._over:
            pass
        if self.error is not None:
            raise peewee.OperationalError(f"Not acknowledged: {self.error}") from self.error


@contextmanager
def write_at_once(turn: Any, *, first: SQL | None = None) -> Iterator[Batch]:
    """Gives what one statement is asked with, once the turn has come: `write_txn(turn=…)` queues for the same. What was asked is answered
    afterwards. Several are asked behind `first`, which locks what they write: they look at it as another process left it. Raises
    RuntimeError inside a transaction, where nothing would be committed yet."""
    if in_write_txn() or db.in_transaction():
        raise RuntimeError("write_at_once() inside a transaction.")
    lock = turn_lock(turn)
    batch: Batch = lock.acquire(shares=True) or Batch(first)
    is_last = False
    try:
        yield batch
    finally:
        is_last = not (batch.takes_more() and lock.next_shares())
        if is_last:
            _end(batch, lock)
        else:
            lock.release(batch)
    if not is_last:
        batch.wait()


def _end(batch: Batch, lock: FairLock) -> None:
    try:
        batch.commit()
    finally:
        lock.release()
        batch.tell()


def _alone(asked: Asked) -> Row | None:
    try:
        return db.execute_sql(asked.sql, asked.values).fetchone()  # type: ignore[no-any-return]
    except peewee.IntegrityError:
        return None


def _together(first: SQL | None, asked: list[Asked]) -> list[Row | None]:
    """Their first rows. None for each where one asks what cannot be: by itself it will hear so."""
    connection = db.connection()
    try:
        with peewee.__exception_wrapper__, connection.pipeline():
            connection.execute("BEGIN", prepare=False)
            if first is not None:
                db.execute_sql(*first)
            told = [db.execute_sql(one.sql, one.values) for one in asked]
            end = connection.execute("COMMIT", prepare=False)
        if end.statusmessage != "COMMIT":
            raise peewee.InternalError(f"PostgreSQL answered {end.statusmessage} to COMMIT.")
        return [cursor.fetchone() for cursor in told]
    except (peewee.IntegrityError, peewee.DataError, UnicodeError):  # Half of a character is not even sent.
        _take_back(connection)
        return [None] * len(asked)
    except BaseException:
        _take_back(connection)
        raise


def _take_back(connection: Any) -> None:
    """psycopg forgets what it believes to have prepared. Where that fails, too, nobody uses the connection any more."""
    try:
        connection.rollback()
    except psycopg.Error:
        connection.close()
