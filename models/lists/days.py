"""Days on the wall clock of a zone, as moments in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.support import clock
from models.support.words import say

PERIODS = {"today": 1, "7": 7, "30": 30}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
BEYOND = say("Write a date between 2000 and 2100.")


def end_of_today(zone: str) -> datetime:
    """The next midnight on the wall clock of a zone, as UTC."""
    return midnight(clock.local(clock.now(), zone).date() + timedelta(days=1), zone)


def midnight(day: date, zone: str) -> datetime:
    """The beginning of a day in a zone, as naive UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def period(name: str, zone: str, first: date | None = None, last: date | None = None) -> tuple[Any, Any]:
    """(since, until) of a preset ("today", "7", "30") or of two days, both counted in."""
    if name in PERIODS:
        return midnight(clock.local(clock.now(), zone).date() - timedelta(days=PERIODS[name] - 1), zone), None
    since = midnight(first, zone) if first else None
    return since, midnight(last + timedelta(days=1), zone) if last else None


def day_of(text: str) -> date | None:
    """A day as an address or a form writes it (2026-11-22); None for anything else."""
    day = _read(text)
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


def is_day(text: str) -> bool:
    """Is it a day, though perhaps one that nobody means?"""
    return _read(text) is not None


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
