"""A lock that is given in the order it was asked for, among threads and, with a file, among processes too.

Who holds it may hand something on to the thread that is next: then that one goes on where the other stopped, and the file stays locked.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from pathlib import Path
from typing import Any


class _Waiting:
    """A thread that waits; `opened` is released when its turn has come, `given` is what was handed on to it."""

    __slots__ = ("given", "opened", "shares")

    def __init__(self, shares: bool):
        self.shares, self.given = shares, None
        self.opened = threading.Lock()
        self.opened.acquire()


class FairLock:
    """First come, first served."""

    def __init__(self, path: Path | None = None):
        self.path = path
        self._files = (str(path.with_suffix(".turn")), str(path)) if path else None
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[_Waiting] = deque()
        self._file: int | None = None

    def acquire(self, *, shares: bool = False) -> Any:
        """Waits for its turn. What the one before handed on, which happens only to who `shares`; else None."""
        mine = None
        with self._guard:
            if self._held or self._waiting:
                mine = _Waiting(shares)
                self._waiting.append(mine)
            self._held = True
        if mine:
            try:
                mine.opened.acquire()  # Once it is opened by release().
            except BaseException:
                self._leave(mine)
                raise
            if mine.given is not None:
                return mine.given
        try:
            self._lock_file()
        except BaseException:
            self.release()
            raise
        return None

    def is_held(self) -> bool:
        return self._held

    def next_shares(self) -> bool:
        """Whether somebody waits, and would take what is handed on. Only for who holds the lock."""
        return bool(self._waiting) and self._waiting[0].shares

    def release(self, given: Any = None) -> None:
        """To the next, with what is `given` to who shares."""
        if given is None and self._file is not None:
            os.close(self._file)
            self._file = None
        with self._guard:
            if self._waiting:
                after = self._waiting.popleft()
                after.given = given
                after.opened.release()
            else:
                self._held = False

    def _leave(self, mine: _Waiting) -> None:
        """Whoever was interrupted waits no more. Where its turn has just come, the next one has it."""
        with self._guard:
            if is_waiting := mine in self._waiting:
                self._waiting.remove(mine)
        if not is_waiting:
            self.release(mine.given)

    def _lock_file(self) -> None:
        """Whoever is next holds the turn while it waits: a process that has just written cannot come in before it."""
        if self._files is None:
            return
        turn = _locked(self._files[0])
        try:
            self._file = _locked(self._files[1])
        finally:
            os.close(turn)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def _locked(path: str) -> int:
    """A descriptor of the file that holds its lock until it is closed."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except BaseException:
        os.close(file)
        raise
    return file
