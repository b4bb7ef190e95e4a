"""SQLite as the portal uses it: what is acknowledged outlives a power cut, and writers come in turn.

One fair lock (in the process, then a file lock across processes) stands in front of BEGIN IMMEDIATE, because the busy handler alone
lets a writer starve for seconds.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee

from models.support.commit import Commit
from models.support.fair_lock import FairLock

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
# What is brought up to date at the end of every verb that writes, in its transaction. PostgreSQL's triggers do it themselves.
BEFORE_COMMIT: set[Callable[[], None]] = set()


class SqliteDatabase(peewee.SqliteDatabase):
    """Each thread has a connection of its own, which reads anew what another connection wrote. Where threads write in turn they are
    lent one that they hand on, and which therefore keeps its pages; who writes again and again alone keeps its own."""

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

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """By the shortest way, where nobody listens to what is asked."""
        here = self._state
        if here.closed or self.query_hooks or peewee.logger.isEnabledFor(logging.DEBUG):
            return super().execute_sql(sql, params)
        try:
            return here.conn.execute(sql, params or ())
        except sqlite3.Error:
            with peewee.__exception_wrapper__:
                raise

    @contextmanager
    def one_txn(self, turn: Any = None) -> Iterator[None]:
        """A transaction of this thread, in its turn. Those who name a turn and wait one behind the other are committed together."""
        shares, mine = turn is not None, self.connection()
        commit = self.writing.acquire(shares=shares) or self._begun(mine, is_shared=shares)
        is_lent = commit.writer is not mine
        self._state.conn = commit.writer
        self.push_transaction(commit)
        try:
            commit.begin_verb()
            seen, changes = is_lent and _version(mine), commit.writer.total_changes
            yield
            commit.end_verb()
            hides = is_lent and commit.writer.total_changes != changes
        except BaseException as error:
            commit.undo_verb(error)
            self._leave(commit, mine)
            commit.wait(known=error)
            raise
        else:
            self._leave(commit, mine)
            commit.wait()
        finally:
            self.pop_transaction()
            self._state.conn = mine
        if (
            hides and _version(mine) == seen
        ):  # A loop still reads the thread's own, which would go on showing what was there before.
            self._state.conn = self._connect()

    def _begun(self, mine: sqlite3.Connection, *, is_shared: bool) -> Commit:
        """For who holds `writing` and was handed nothing on."""
        try:
            if self._writes_alone():
                return Commit(mine, is_shared=False)
            writer = self._taken_writer() or self._connect()
            try:
                return Commit(writer, is_shared=is_shared)
            except BaseException:  # Full, or busy: the next transaction begins with a new one.
                writer.close()
                raise
        except BaseException:
            self.writing.release()
            raise

    def _writes_alone(self) -> bool:
        me = threading.get_ident()
        self._last, self._times = me, self._times + 1 if self._last in (me, 0) else 0
        return self._times >= ALONE

    def _leave(self, commit: Commit, mine: sqlite3.Connection) -> None:
        """Hands the transaction on to the next, or ends it for all who were in it."""
        if commit.takes_more() and self.writing.next_shares():
            self._times = -1  # Nobody writes alone here.
            self.writing.release(commit)
            return
        try:
            if commit.error is None:
                commit.commit()
        except BaseException as error:
            commit.undo(error)
            raise
        finally:
            if commit.writer is not mine:
                self._give_back(commit)
            self.writing.release()
            commit.tell()

    def _give_back(self, commit: Commit) -> None:
        """What was full or busy is not handed on; nor what could not be rolled back."""
        if commit.writer.in_transaction or isinstance(commit.error, peewee.OperationalError):
            commit.writer.close()
        else:
            self._writers.append((os.getpid(), commit.writer))

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
        """Also what writes, unless somebody is writing or about to: the last one to close leaves no log behind."""
        is_open = super().close()
        if not self.writing.is_held() and (writer := self._taken_writer()):
            writer.close()
        return bool(is_open)

    def rollback(self) -> Any:
        """A full disk makes SQLite roll back by itself; a second ROLLBACK would hide the true error."""
        return super().rollback() if self.connection().in_transaction else None

    def checkpoint(self) -> None:
        """Writes the log back and truncates it, so that what `secure_delete` erased is gone from disk too."""
        self.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _version(connection: sqlite3.Connection) -> int:
    """Another one as soon as another connection has written and this one may see it."""
    return connection.execute("PRAGMA data_version").fetchone()[0]  # type: ignore[no-any-return]
