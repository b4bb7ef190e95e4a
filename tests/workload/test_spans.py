"""Days and hours on people's clocks: half hours, turned clocks, midnights."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lists.days import midnight
from models.support import clock
from models.workload.figures import by_quarter, totals
from models.workload.spans import QUARTER, Split, days_until, hours_of, since

ZONES = ["UTC", "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham",
         "America/Havana", "Africa/Cairo", "Pacific/Kiritimati", "America/St_Johns", "Asia/Tehran"]  # fmt: skip
days = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@given(days, st.sampled_from(ZONES))
def test_every_midnight_falls_on_a_quarter(day, zone):
    assert clock.floor(midnight(day, zone), QUARTER) == midnight(day, zone)


@given(days, st.sampled_from(ZONES), st.integers(0, 26 * 60))
def test_a_moment_counts_in_the_hour_its_clock_shows(day, zone, minutes):
    bins = hours_of(day, zone)
    moment = midnight(day, zone) + timedelta(minutes=minutes)
    sums = bins.sums([(moment, 5)])
    there = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert sum(sums) == (5 if there.date() == day else 0)
    if there.date() == day:
        start = bins.starts[sums.index(5)]
        assert start <= moment < start + timedelta(hours=1)


def test_days_on_which_the_clock_is_turned_have_23_and_25_hours():
    assert len(hours_of(date(2026, 3, 8), "America/New_York").starts) == 23
    assert len(hours_of(date(2026, 11, 1), "America/New_York").starts) == 25
    assert len(hours_of(date(2026, 4, 5), "Australia/Lord_Howe").starts) == 25, "24 and a half"


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_a_span_is_split_into_quarters_and_whole_days(moment):
    split = Split.of(moment)
    assert split.since <= moment < split.since + QUARTER
    assert split.day.time() == datetime.min.time() and timedelta(0) <= split.day - split.since < timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
def test_what_was_done_at_midnight_counts_for_the_day_that_begins(act, settle, lotus, bob, clock, zone):
    noon = midnight(date(2026, 11, 1), zone) + timedelta(hours=12, minutes=1)
    clock.move(to=noon)
    start = midnight(date(2026, 11, 1), zone)
    for at in (start - timedelta(microseconds=1), start, start + timedelta(minutes=59), noon):
        act(bob, lotus, "listing_overridden", at, fields=[])
    act(bob, lotus, "listing_overridden", midnight(date(2026, 10, 25), zone), fields=[])
    act(bob, lotus, "listing_overridden", midnight(date(2026, 10, 26), zone), fields=[])
    settle()
    found = {
        period: totals(lotus.id, [bob.id], since(period, zone))[bob.id].of("listings_edited")
        for period in ("today", "7", "30")
    }
    assert found == {"today": 3, "7": 5, "30": 6}
    _days, bins = days_until(date(2026, 11, 1), 8, zone)
    counted = by_quarter(lotus.id, [bob.id], bins.starts[0], measures=["listings_edited"])
    assert bins.sums(counted[bob.id, "listings_edited"]) == [1, 1, 0, 0, 0, 0, 1, 3]
