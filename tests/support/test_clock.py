"""The clock: the one place that tells the time, and the only thing tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.support import clock


def test_now_is_naive_utc():
    now = clock.now()
    assert now.tzinfo is None
    assert abs(now - datetime.now(UTC).replace(tzinfo=None)) < timedelta(seconds=2)


def test_a_stopped_clock_stands_until_it_is_pushed():
    noon = datetime(2026, 1, 1, 12)
    clock.move(to=noon)
    assert clock.now() == clock.now() == noon
    clock.move(minutes=5)
    assert clock.now() == noon + timedelta(minutes=5)
    assert clock.ago(hours=1) == noon - timedelta(minutes=55)
    assert clock.ahead(days=1) == noon + timedelta(days=1, minutes=5)


def test_a_pushed_clock_goes_on():
    before = clock.now()
    clock.move(days=1)
    assert timedelta(0) <= clock.now() - before - timedelta(days=1) < timedelta(seconds=5)
    clock.reset()
    assert clock.now() - before < timedelta(seconds=5)


MOMENTS = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1))


@given(MOMENTS, st.integers(1, 90_000))
def test_a_floor_is_the_latest_multiple_not_after_the_moment(moment, seconds):
    period = timedelta(seconds=seconds)
    floor = clock.floor(moment, period)
    assert floor <= moment < floor + period
    assert clock.floor(floor, period) == floor
    assert (floor - datetime(1970, 1, 1)) % period == timedelta(0)


@given(MOMENTS)
def test_a_moment_survives_its_text_to_the_millisecond(moment):
    again = clock.parse_iso(clock.iso(moment))
    assert again.tzinfo is None
    assert timedelta(0) <= moment - again < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1)),
        ("2026-01-01T08:00:00+08:00", datetime(2026, 1, 1)),
        ("2026-01-01T00:00:00", datetime(2026, 1, 1)),
        ("2025-12-31T16:00:00.5-08:00", datetime(2026, 1, 1, 0, 0, 0, 500_000)),
    ],
)
def test_any_offset_is_read_as_utc(text, utc):
    assert clock.parse_iso(text) == utc


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError):
        clock.parse_iso(text)


def test_the_wall_clock_of_a_zone_knows_its_summer():
    assert clock.local(datetime(2026, 7, 1, 12), "Europe/Berlin").hour == 14
    assert clock.local(datetime(2026, 1, 1, 12), "Europe/Berlin").hour == 13
    assert clock.local(datetime(2026, 1, 1, 20), "Asia/Shanghai").day == 2
