"""Counts so large that nobody looks at their last digit. They are what costs most to count, so for a moment what was found is
said again; a count below its limit is always asked anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any

from models.support import clock
from models.support.db import db

A_MINUTE, A_MOMENT = timedelta(minutes=1), timedelta(seconds=10)
MANY = 200
MOST_KEPT = 1000
_kept: dict[Hashable, tuple[Any, datetime]] = {}


def count(asked: Hashable, most: int, counting: Callable[[], int]) -> int:
    """How many there are, at most so many. Who had that many within the last minute has that many still. asked: all that the
    answer depends on."""
    key = (asked, most)
    known = recall(key)
    return keep(key, counting(), least=most, during=A_MINUTE) if known is None else known


def recall(key: Hashable) -> Any:
    """What was kept under this key a moment ago; None when nothing was."""
    value, until = _kept.get((str(db.database), key), (None, None))
    now = clock.now()
    return value if until is not None and now < until <= now + A_MINUTE else None


def keep(key: Hashable, value: Any, *, least: int = MANY, during: timedelta = A_MOMENT, size: int | None = None) -> Any:
    """Keeps the value where it (or its `size`) is so large, and gives it back."""
    if (value if size is None else size) >= least:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[(str(db.database), key)] = (value, clock.now() + during)
    return value
