"""The database and the only way to write to it: `write_txn()`.

On SQLite one fair lock (in the process, then a file lock across processes) stands in front of BEGIN IMMEDIATE, because
the busy handler alone lets a writer starve for seconds. A verb inside another verb joins the outer transaction.
"""

from __future__ import annotations

import fcntl
import functools
import os
import random
import select
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit
from weakref import WeakValueDictionary

import peewee
import psycopg
from playhouse.pool import PooledPostgresqlDatabase

db = peewee.DatabaseProxy()

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "secure_delete": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "wal_autocheckpoint": 1000,
    "journal_size_limit": 64 * 1024 * 1024,
    "temp_store": "memory",
    "cache_size": -16 * 1024,
    "mmap_size": 0,  # What is mapped is checked again at every look (`cell_size_check`); what is kept in the cache once.
}
ALONE = 3  # So often in a row somebody has written before it counts as the only one who does.
MOST_STATEMENTS = 300  # As many a connection keeps ready: the pages of all rooms ask more than Python's usual 128.
# What is brought up to date in the transaction of every change, just before it commits.
BEFORE_COMMIT: set[Callable[[], None]] = set()
RETRIES = 5
RETRYABLE_STATES = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock.


class FairLock:
    """First come, first served, also across processes when it has a file."""

    def __init__(self, path: Path | None = None):
        self.path = path
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()
        self._file: int | None = None

    def acquire(self) -> None:
        with self._guard:
            if not self._held and not self._waiting:
                self._held = True
                mine = None
            else:
                mine = threading.Lock()
                mine.acquire()
                self._waiting.append(mine)
        if mine:
            mine.acquire()  # Once it is opened by release().
        try:
            if self.path:
                # Whoever is next holds the turn while it waits: a process that has just written cannot come in before it.
                turn = _locked(self.path.with_suffix(".turn"))
                try:
                    self._file = _locked(self.path)
                finally:
                    os.close(turn)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def _locked(path: Path) -> int:
    """A descriptor of the file that holds its lock until it is closed."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except BaseException:
        os.close(file)
        raise
    return file


class SqliteDatabase(peewee.SqliteDatabase):
    """SQLite with the pragmas that keep acknowledged commits through a power cut.

    Each thread has a connection of its own, which reads anew what another connection wrote. Where threads write in turn, `write_txn()`
    lends them one that they hand on, and which therefore keeps its pages; who writes again and again alone keeps its own.
    """

    def __init__(self, path: Path):
        super().__init__(
            str(path), pragmas=SQLITE_PRAGMAS, timeout=5, lock_type="IMMEDIATE", cached_statements=MOST_STATEMENTS,
            check_same_thread=False,
        )  # fmt: skip
        self.path = path
        self.writing = FairLock(path.with_name(path.name + ".lock"))
        self._writers: list[tuple[int, sqlite3.Connection]] = []  # One at most, while nobody writes; and whose it is.
        self._parents: list[sqlite3.Connection] = []  # A child of a fork neither uses nor closes them.
        self._last, self._times = 0, ALONE  # The thread that wrote last, and how often in a row before that.

    @contextmanager
    def as_writer(self) -> Iterator[None]:
        """The thread's statements go to the connection that writes. Only for who holds `writing`."""
        me = threading.get_ident()
        self._last, self._times = me, self._times + 1 if self._last in (me, 0) else 0
        if self._times >= ALONE:
            yield
            return
        mine, seen = self.connection(), _version(self.connection())
        writer = self._taken_writer() or self._connect()
        changes, is_well, hides = writer.total_changes, True, False
        self._state.conn = writer
        try:
            yield
            hides = writer.total_changes != changes and _version(mine) == seen
        except peewee.OperationalError:  # Full, or busy: the next transaction begins with a new one.
            is_well = False
            raise
        finally:
            self._state.conn = mine
            if is_well and not writer.in_transaction:
                self._writers.append((os.getpid(), writer))
            else:
                writer.close()
        if hides:  # A loop still reads the thread's own, which would go on showing what was there before.
            self._state.conn = self._connect()

    def _taken_writer(self) -> sqlite3.Connection | None:
        try:
            process, writer = self._writers.pop()
        except IndexError:
            return None
        if process == os.getpid():
            return writer
        self._parents.append(writer)
        return None

    def close(self) -> bool:
        """Also what writes, unless somebody is writing: the last one to close leaves no log behind."""
        is_open = super().close()
        if writer := self._taken_writer():
            writer.close()
        return bool(is_open)

    def rollback(self) -> Any:
        """A full disk makes SQLite roll back by itself; a second ROLLBACK would hide the true error."""
        return super().rollback() if self.connection().in_transaction else None

    def checkpoint(self) -> None:
        """Writes the log back and truncates it, so that what `secure_delete` erased is gone from disk too."""
        self.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


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


def _version(connection: sqlite3.Connection) -> int:
    """Another one as soon as another connection has written and this one may see it."""
    return connection.execute("PRAGMA data_version").fetchone()[0]  # type: ignore[no-any-return]


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


def _turn(name: Any) -> FairLock | None:
    """The lock that stands in front of something that many write at once; the name says what."""
    if name is None:
        return None
    with _turns_guard:
        return _turns.setdefault(name, FairLock())


@contextmanager
def write_txn(turn: Any = None) -> Iterator[None]:
    """The only way to write. Joins an outer `write_txn()`; refuses to begin inside a plain `atomic()`.

    A verb that joined and failed leaves nothing of its own, so the outer verb may catch its refusal and go on. `turn` names what
    many are going to write at once: on PostgreSQL, where any number may write, they queue for it here, before they hold anything.
    """
    if _local.depth:
        with _joined():
            yield
        return
    if db.in_transaction():
        raise RuntimeError("write_txn() inside a plain atomic(): on SQLite it would only be a savepoint.")
    callbacks: list[Callable[[], None]] = []
    lock = db.obj.writing or _turn(turn)
    if lock:
        lock.acquire()
    try:
        _local.depth, _local.callbacks = 1, callbacks
        try:
            with db.obj.as_writer() if db.obj.writing else nullcontext(), db.atomic():
                yield
                for catch_up in BEFORE_COMMIT if db.obj.writing else ():  # PostgreSQL's triggers do it themselves.
                    catch_up()
        finally:
            _local.depth = 0
    finally:
        if lock:
            lock.release()
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
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, sqlite3.OperationalError):
        return "locked" in str(cause) or "busy" in str(cause)
    return getattr(cause, "sqlstate", None) in RETRYABLE_STATES


def is_disk_full(error: Exception) -> bool:
    cause = error.__cause__ or error.__context__ or error
    return (
        "disk is full" in str(cause) or getattr(cause, "errno", None) == 28 or getattr(cause, "sqlstate", "") == "53100"
    )
