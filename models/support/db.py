"""The database and the only way to write to it: `write_txn()`. A verb inside another verb joins the outer transaction."""

from __future__ import annotations

import functools
import random
import select
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit
from weakref import WeakValueDictionary

import peewee
import psycopg
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase

from models.support.fair_lock import FairLock
from models.support.sqlite import BEFORE_COMMIT, SqliteDatabase

db = peewee.DatabaseProxy()

RETRIES = 5
RETRYABLE_STATES = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock.


class PostgresDatabase(PooledPostgresqlDatabase):
    """PostgreSQL through psycopg 3, with the limits that keep a stuck session from holding others."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        super().__init__(
            parts.path.lstrip("/"),
            host=options.pop("host", None) or parts.hostname,
            port=parts.port,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            options="-c timezone=UTC -c lock_timeout=5s -c statement_timeout=60s"
            " -c idle_in_transaction_session_timeout=60s",
            prefer_psycopg3=True,
            max_connections=60,  # Also those who wait for a body or a password check hold one.
            stale_timeout=300,
            timeout=10,
            **options,
        )
        self.writing = None

    @contextmanager
    def one_txn(self, turn: Any = None) -> Iterator[None]:
        """A transaction of this thread."""
        with nullcontext() if turn is None else self.in_turn(turn), self.atomic():
            yield

    @contextmanager
    def in_turn(self, name: Any) -> Iterator[None]:
        """Those who name the same turn queue here, before they hold anything."""
        with turn_lock(name), self.lending():
            yield

    @contextmanager
    def lending(self) -> Iterator[None]:
        """For who has a turn: they hand a connection on. Its process on the server knows their statements and has their pages at hand.
        Where the pool or the server has none left, each uses its own."""
        mine = self.connection()
        try:
            lent = self._connect()
        except (MaxConnectionsExceeded, psycopg.OperationalError):
            yield
            return
        self._state.conn = lent
        try:
            yield
        finally:
            self._state.conn = mine
            self._close(lent)

    def begin(self, isolation_level: str | None = None) -> None:
        if isolation_level:
            super().begin(isolation_level)
        else:
            self._say(b"BEGIN")

    def commit(self) -> None:
        """Raises when PostgreSQL rolled back instead, because a statement had failed that nobody took notice of."""
        if self._say(b"COMMIT") == b"ROLLBACK":
            raise peewee.InternalError("The transaction was rolled back: one of its statements had failed.")

    def _say(self, words: bytes) -> bytes | None:
        """A word without values or rows, by the shortest way; what PostgreSQL answers to it."""
        with peewee.__exception_wrapper__:
            done = self.connection().pgconn.exec_(words)
            if done.status != psycopg.pq.ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(done)
        return done.command_status  # type: ignore[no-any-return]

    def _is_closed(self, connection: Any) -> bool:
        """The server is asked only where something came while the connection lay in the pool, such as a farewell. Asked at
        each request it would take as long to answer as the door's own question."""
        if connection.closed:
            return True
        news = select.poll()
        news.register(connection.fileno(), select.POLLIN)
        return bool(news.poll(0)) and super()._is_closed(connection)


def make_database(url: str, path: Path) -> Any:
    """A database for the address, or the SQLite file when there is none."""
    return PostgresDatabase(url) if url else SqliteDatabase(path)


def is_sqlite() -> bool:
    return isinstance(db.obj, peewee.SqliteDatabase)


class _Local(threading.local):
    depth = 0
    callbacks: list[Callable[[], None]]


_local = _Local()


_turns: WeakValueDictionary[Any, FairLock] = WeakValueDictionary()
_turns_guard = threading.Lock()


def turn_lock(name: Any) -> FairLock:
    """The lock that stands in front of something that many write at once; the name says what."""
    with _turns_guard:
        return _turns.setdefault(name, FairLock())


@contextmanager
def write_txn(turn: Any = None) -> Iterator[None]:
    """The only way to write. Joins an outer `write_txn()`; refuses to begin inside a plain `atomic()`.

    A verb that joined and failed leaves nothing of its own, so the outer verb may catch its refusal and go on. `turn` names what
    many are going to write at once, and quickly: they queue for it here, and SQLite commits them together.
    """
    if _local.depth:
        with _joined():
            yield
        return
    if db.in_transaction():
        raise RuntimeError("write_txn() inside a plain atomic(): on SQLite it would only be a savepoint.")
    callbacks: list[Callable[[], None]] = []
    with db.obj.one_txn(turn):
        _local.depth, _local.callbacks = 1, callbacks
        try:
            yield
            for catch_up in BEFORE_COMMIT if db.obj.writing else ():
                catch_up()
        finally:
            _local.depth = 0
    for callback in callbacks:
        callback()


@contextmanager
def _joined() -> Iterator[None]:
    told = len(_local.callbacks)
    point = db.savepoint()
    point.__enter__()
    _local.depth += 1
    try:
        yield
    except BaseException:
        del _local.callbacks[told:]
        with suppress(peewee.DatabaseError):  # A full disk has taken the savepoint with it.
            point.rollback(False)
        raise
    else:
        point.commit(False)
    finally:
        _local.depth -= 1


def in_write_txn() -> bool:
    return _local.depth > 0


def after_commit(callback: Callable[[], None]) -> None:
    """Runs the callback once the outermost transaction has committed; never when it rolls back."""
    if not in_write_txn():
        raise RuntimeError("after_commit() belongs inside write_txn().")
    _local.callbacks.append(callback)


def require_no_txn(what: str) -> None:
    """A call to the outside never happens while a transaction is open."""
    if in_write_txn() or (db.obj and db.in_transaction()):
        raise RuntimeError(f"{what} inside a transaction.")


F = TypeVar("F", bound=Callable[..., Any])


def retrying(verb: F) -> F:
    """Repeats a whole verb when the database asks for it (busy, deadlock, serialization), only when outermost."""

    @functools.wraps(verb)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if in_write_txn():
            return verb(*args, **kwargs)
        for attempt in range(RETRIES):
            try:
                return verb(*args, **kwargs)
            except peewee.OperationalError as error:
                if attempt == RETRIES - 1 or not is_retryable(error):
                    raise
                time.sleep(random.uniform(0, 0.05 * 2**attempt))
        raise AssertionError("unreachable")

    return wrapper  # type: ignore[return-value]


def is_retryable(error: Exception) -> bool:
    cause = _cause(error)
    if isinstance(cause, sqlite3.OperationalError):
        return "locked" in str(cause) or "busy" in str(cause)
    return getattr(cause, "sqlstate", None) in RETRYABLE_STATES


def is_disk_full(error: Exception) -> bool:
    cause = _cause(error)
    return (
        "disk is full" in str(cause) or getattr(cause, "errno", None) == 28 or getattr(cause, "sqlstate", "") == "53100"
    )


def _cause(error: BaseException) -> BaseException:
    """What the driver said, however often peewee or those who committed for others have said it again."""
    while isinstance(error, peewee.PeeweeException) and (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error
