"""What a search found much of a moment ago. Turning the page of a broad word, sorting it or filtering it further asks for the same ids
again, and finding them is most of the work; what was found is narrowed to what a person may reach each time anew.

Only on SQLite, where this process hears of every change of a word (`search.catch_up`); what another process changes, such as a
command beside the server, is found after ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock

from models.support import clock
from models.support.db import after_commit, db, in_write_txn, is_sqlite

A_MOMENT = timedelta(seconds=10)
MANY = 1000  # Fewer are found at once.
MOST_KEPT = 50  # Of ten thousand numbers at most: some 20 MB.
_kept: dict[Hashable, tuple[list[int], datetime]] = {}
_guard = Lock()
_changes = 0


def found(asked: Hashable, find: Callable[[], list[int]]) -> list[int]:
    """What `find` finds, or found within the last moment, unless a word changed since. asked: all that it depends on besides."""
    if not is_sqlite() or in_write_txn():
        return find()
    key, now = (str(db.database), _changes, asked), clock.now()
    ids, until = _kept.get(key, ([], now))
    if now < until <= now + A_MOMENT:
        return ids.copy()
    ids = find()
    if len(ids) >= MANY:
        with _guard:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[key] = (ids.copy(), now + A_MOMENT)
    return ids


def words_change() -> None:
    """Nothing of before counts any more, once the transaction at hand has committed."""
    if in_write_txn():
        after_commit(_forget)
    else:
        _forget()


def _forget() -> None:
    global _changes
    with _guard:
        _changes += 1
        _kept.clear()
