"""The one place that tells the time, always as naive UTC. Tests move this and nothing else; the demo, while it is filled."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# The steady clock that goes on while the machine sleeps, where there is one.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_STARTED = (time.time(), time.clock_gettime(_STEADY))
_offset = timedelta()
_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, naive UTC, whole microseconds."""
    if _frozen is not None:
        return _frozen
    return datetime.now(UTC).replace(tzinfo=None) + _offset


def ago(**parts: float) -> datetime:
    return now() - timedelta(**parts)


def ahead(**parts: float) -> datetime:
    return now() + timedelta(**parts)


def drift() -> timedelta:
    """How far the machine's wall clock has moved against its steady one since this process started."""
    wall, steady = _STARTED
    return timedelta(seconds=(time.time() - wall) - (time.clock_gettime(_STEADY) - steady))


def floor(moment: datetime, period: timedelta) -> datetime:
    """The latest multiple of the period, counted from the epoch, that is not after the moment."""
    since = moment - datetime(1970, 1, 1)
    return moment - since % period


def local(moment: datetime, zone: str) -> datetime:
    """The same moment on the wall clock of a zone."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def parse_iso(text: str) -> datetime:
    """ISO 8601 text (with any offset, none means UTC) as naive UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError:
        raise ValueError(f"{text} is outside the calendar.") from None


def iso(moment: datetime) -> str:
    """Naive UTC as ISO 8601 with Z, milliseconds kept only when there are any."""
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text + "Z"


def move(to: datetime | None = None, **by: float) -> None:
    """Tests and the filling of the demo: stop the clock at a moment, or push it by a duration."""
    global _offset, _frozen
    if to is not None:
        _frozen = to
    elif _frozen is not None:
        _frozen += timedelta(**by)
    else:
        _offset += timedelta(**by)


def reset() -> None:
    global _offset, _frozen
    _offset, _frozen = timedelta(), None
