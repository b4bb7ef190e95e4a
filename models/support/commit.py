"""A commit that one verb waits for, or several that write the same (`write_txn(turn=…)`) and came one behind the other.

Each of them but the first works in a savepoint, so that one which fails takes nothing from the others. Nobody is answered before the
commit of all; if that fails, all have failed.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress

import peewee

MOST_VERBS, MOST_SECONDS = 64, 0.02  # So many, and begun within this time: the first waits for the last.


class Commit:
    """A transaction on SQLite. Used by one thread at a time: who holds the lock in front of it."""

    def __init__(self, writer: sqlite3.Connection, *, is_shared: bool):
        self.writer, self.is_shared = writer, is_shared
        self.verbs = 0
        self.error: BaseException | None = None
        self._until = time.monotonic() + MOST_SECONDS
        self._over = threading.Lock()
        self._over.acquire()
        self._say("BEGIN IMMEDIATE")

    def begin_verb(self) -> None:
        self.verbs += 1
        if self.verbs > 1:
            self._say("SAVEPOINT verb")

    def end_verb(self) -> None:
        if self.verbs > 1:
            self._say("RELEASE verb")

    def undo_verb(self, error: BaseException) -> None:
        """Takes back what the verb wrote alone, unless it was the first, or a full disk has taken back everything."""
        if self.verbs == 1:
            self.undo(error)
            return
        try:
            self._say("ROLLBACK TO verb")
            self._say("RELEASE verb")
        except peewee.DatabaseError as lost:
            self.undo(error if isinstance(error, peewee.DatabaseError) else lost)

    def undo(self, error: BaseException) -> None:
        self.error = error
        if self.writer.in_transaction:
            with suppress(peewee.DatabaseError):  # It would hide the true error.
                self._say("ROLLBACK")

    def takes_more(self) -> bool:
        is_open = self.is_shared and self.error is None and self.writer.in_transaction
        return is_open and self.verbs < MOST_VERBS and time.monotonic() < self._until

    def commit(self) -> None:
        self._say("COMMIT")

    def tell(self) -> None:
        """Lets those go who wait for it."""
        self._over.release()

    def wait(self, known: BaseException | None = None) -> None:
        """Until it has been committed. Raises what it failed with, but for what the caller knows already."""
        with self._over:
            pass
        if self.error is not None and self.error is not known:
            raise peewee.OperationalError(f"Not committed: {self.error}") from self.error

    def _say(self, words: str) -> None:
        with peewee.__exception_wrapper__:
            self.writer.execute(words)
