"""Spans of time on somebody's clock, and the pieces in which work is counted. Pure: moments in, moments out.

Work is counted by quarter of an hour and by day, both in UTC: every zone's midnight and every turn of a clock falls on a
quarter, so days and hours of any zone are whole sums, in Kathmandu as well as on the day on which the clocks are turned.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.lists.days import midnight
from models.support import clock
from models.support.words import Words, say

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
NOW = timedelta(minutes=15)
PERIODS: dict[str, Words] = {
    "now": say("Now"), "today": say("Today"), "7": say("7 days"), "30": say("30 days"),
}  # fmt: skip
DAYS = {"today": 1, "7": 7, "30": 30}


def today(zone: str) -> date:
    return clock.local(clock.now(), zone).date()


def since(period: str, zone: str) -> datetime:
    """When a period began: "now" fifteen minutes ago, the others at a midnight of the zone, today counted in."""
    if period == "now":
        return clock.now() - NOW
    return midnight(today(zone) - DAY * (DAYS[period] - 1), zone)


def monday(day: date) -> date:
    """The first day of the week of a day."""
    return day - DAY * day.weekday()


@dataclass(frozen=True)
class Split:
    """A span that began at `since` and has no end: quarters up to the first whole day in UTC, then days."""

    since: datetime
    day: datetime

    @classmethod
    def of(cls, moment: datetime) -> Split:
        start = clock.floor(moment, QUARTER)
        day = clock.floor(start, DAY)
        return cls(start, day if day == start else day + DAY)


@dataclass(frozen=True)
class Bins:
    """Beginnings of hours or days on a zone's clock, oldest first, and where the last one ends."""

    starts: Sequence[datetime]
    end: datetime

    def sums(self, counted: Iterable[tuple[datetime, int]]) -> list[int]:
        """What was counted, by bin."""
        totals = [0] * len(self.starts)
        for moment, count in counted:
            place = bisect_right(self.starts, moment) - 1
            if place >= 0 and moment < self.end:
                totals[place] += count
        return totals


def hours_of(day: date, zone: str) -> Bins:
    """The hours of a day: 23 or 25 where the clock is turned on it, and a last one of half an hour on Lord Howe."""
    start, end = midnight(day, zone), midnight(day + DAY, zone)
    starts = []
    while start < end:
        starts.append(start)
        start += HOUR
    return Bins(starts, end)


def days_until(last: date, count: int, zone: str) -> tuple[list[date], Bins]:
    """So many days up to this one, and where they begin."""
    days = [last - DAY * ago for ago in range(count - 1, -1, -1)]
    return days, Bins([midnight(day, zone) for day in days], midnight(last + DAY, zone))
