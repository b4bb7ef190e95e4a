"""How long a buyer's data may stay: the rules alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.orders.retention import Facts, due_dates

ORDERED = datetime(2026, 3, 1, 12)


def day(number: float) -> datetime:
    return ORDERED + timedelta(days=number)


CASES = [  # What is known, the day of destruction, the last legal day.
    ("delivered", {"shipped_at": day(1), "delivered_at": day(4)}, 27, 34),
    ("delivered, whatever was promised", {"deliver_by": day(20), "shipped_at": day(1), "delivered_at": day(4)}, 27, 34),
    ("never scanned: the promise counts", {"deliver_by": day(6), "shipped_at": day(1)}, 29, 36),
    ("never scanned, nothing promised: 14 days after shipping", {"shipped_at": day(1)}, 38, 45),
    ("left after the promised day", {"deliver_by": day(6), "shipped_at": day(9)}, 32, 39),
    ("delivered very late: 45 days after shipping at most", {"shipped_at": day(1), "delivered_at": day(40)}, 46, 70),
    ("promised very late: 45 days after shipping at most", {"deliver_by": day(50), "shipped_at": day(1)}, 46, 80),
    ("cancelled: that counts as delivery", {"deliver_by": day(6), "cancelled_at": day(2)}, 25, 32),
    ("cancelled after shipping", {"shipped_at": day(1), "cancelled_at": day(3)}, 26, 33),
    ("never shipped: the promise", {"deliver_by": day(6)}, 29, 36),
    ("never shipped, nothing promised: 60 days", {}, 60, 67),
    ("ordered long before it appears", {"deliver_by": day(120)}, 143, 150),
    ("a promise in another century is none", {"deliver_by": day(60_000)}, 203, 210),
]


@pytest.mark.parametrize(("known", "destroyed", "limit"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_every_case_has_its_day(known, destroyed, limit):
    assert due_dates(Facts("MERCHANT", ORDERED, **known)) == (day(destroyed), day(limit))


@pytest.mark.parametrize("fulfilled_by", ["AMAZON", "", "SOMETHING_NEW"])
def test_what_we_do_not_ship_is_never_due_because_nothing_is_held(fulfilled_by):
    assert due_dates(Facts(fulfilled_by, ORDERED, shipped_at=day(1), delivered_at=day(3))) == (None, None)


moments = st.none() | st.floats(0, 200).map(day)


@given(moments, moments, moments, moments)
def test_there_is_always_a_day_and_it_comes_before_the_legal_one(deliver_by, shipped_at, delivered_at, cancelled_at):
    purge_at, limit_at = due_dates(Facts("MERCHANT", ORDERED, deliver_by, shipped_at, delivered_at, cancelled_at))
    assert ORDERED < purge_at < limit_at
    assert limit_at - purge_at >= timedelta(days=7), "so that the last backup of the key is gone in time"
    if delivered_at:
        assert purge_at <= delivered_at + timedelta(days=23)
        assert limit_at == delivered_at + timedelta(days=30)
    if shipped_at:
        assert purge_at <= shipped_at + timedelta(days=45)


@given(st.floats(0, 30).map(day), st.floats(0, 30).map(day))
def test_an_earlier_delivery_is_never_destroyed_later(one, other):
    first, second = (due_dates(Facts("MERCHANT", ORDERED, delivered_at=at))[0] for at in sorted([one, other]))
    assert first <= second


def test_a_change_of_clocks_in_some_country_moves_nothing():
    """Moments are UTC: 23 days are 552 hours on the last Sunday of March too."""
    delivered = datetime(2026, 3, 20, 0, 30)
    purge_at, _limit = due_dates(Facts("MERCHANT", ORDERED, delivered_at=delivered))
    assert purge_at - delivered == timedelta(hours=23 * 24)
