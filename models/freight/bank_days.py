"""On which days the European Central Bank publishes rates, and which were to be had at a moment: about 16:00 in Frankfurt on every
day its payment system is open."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from models.support import clock

FRANKFURT = "Europe/Berlin"
PUBLISHED_AT = time(16, 15)
DAY = timedelta(days=1)
CLOSED = {(1, 1), (5, 1), (12, 25), (12, 26)}  # And Good Friday and Easter Monday.


def is_bank_day(day: date) -> bool:
    away = (day - easter(day.year)).days
    return day.weekday() < 5 and (day.month, day.day) not in CLOSED and away not in (-2, 1)


def newest_published(now: datetime) -> date:
    """The last day whose rates are out (naive UTC in)."""
    there = clock.local(now, FRANKFURT)
    day = there.date() if there.time() >= PUBLISHED_AT else there.date() - DAY
    while not is_bank_day(day):
        day -= DAY
    return day


def bank_days_between(after: date, upto: date) -> int:
    """How many days of rates lie after one day and up to another."""
    return sum(is_bank_day(after + number * DAY) for number in range(1, (upto - after).days + 1))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, part = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    four, left = divmod(rest, 4)
    week = (32 + 2 * part + 2 * four - moon - left) % 7
    shift = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
