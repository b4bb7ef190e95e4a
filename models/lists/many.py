"""Lists so long that counting stops at a limit. That is what costs most to count, and who had so many a moment ago has so many
still: for a minute it is not asked again. A count below its limit is always asked anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from models.support import clock

KEPT = timedelta(minutes=1)
MOST_KEPT = 1000
_until: dict[Hashable, datetime] = {}


def count(asked: Hashable, most: int, counting: Callable[[], int]) -> int:
    """How many there are, at most so many. asked: all that the answer depends on, the database too."""
    key, now = (asked, most), clock.now()
    if now < _until.get(key, now) <= now + KEPT:
        return most
    found = counting()
    if found >= most:
        if len(_until) >= MOST_KEPT:
            _until.clear()
        _until[key] = now + KEPT
    return found
