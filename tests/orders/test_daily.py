"""Orders and sales by day: always what the orders say, however they came and whoever counts at the same moment."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from models.lists.days import midnight
from models.orders.daily import SHOWN_DAYS, OrderDay, last_days, month, settle
from models.orders.ingest import keep
from models.orders.order import Order
from models.support import clock as the_clock
from tests.orders.conftest import make_store, snapshot

pytestmark = pytest.mark.both
SHANGHAI = "Asia/Shanghai"


def truth(store) -> tuple[list[int], list[int]]:
    """Orders and euros of each of the last days, looked at one by one."""
    counts, sums = Counter(), Counter()
    for order in Order.select().where(Order.store == store, Order.status != "CANCELLED"):
        day = the_clock.local(order.ordered_at, SHANGHAI).date()
        counts[day] += 1
        sums[day] += order.total_minor if order.currency == "EUR" else 0
    days = last_days(SHANGHAI)
    return [counts[day] for day in days], [sums[day] for day in days]


def shown(store) -> tuple[list[int], list[int]]:
    found = month(store.team, [store.id])
    return found.orders_of(store.id), found.sales_of(store.id, "EUR")


def test_a_month_has_every_day_and_its_sums_are_those_of_the_orders(store):
    keep(store, [snapshot(n, age_days=n % 20 + 0.3, amount=f"{n}.10") for n in range(1, 60)])
    assert len(month(store.team, [store.id]).days) == SHOWN_DAYS
    assert shown(store) == truth(store)
    assert settle(store) == SHOWN_DAYS
    assert shown(store) == truth(store)
    assert 0 in shown(store)[0], "a day without orders is there"


def test_what_comes_later_is_in_the_figures_at_once_and_counted_again_once(store):
    keep(store, [snapshot(1, age_days=3)])
    settle(store)
    keep(store, [snapshot(2, age_days=3), snapshot(3, age_days=9)])
    assert shown(store) == truth(store)
    assert 0 < settle(store) <= 6
    assert settle(store) == 0
    assert shown(store) == truth(store)


def test_a_cancelled_order_leaves_the_figures(store):
    keep(store, [snapshot(1, age_days=3), snapshot(2, age_days=3)])
    settle(store)
    keep(store, [snapshot(1, age_days=3, updated_minutes=600, status="CANCELLED")])
    assert sum(shown(store)[0]) == 1
    settle(store)
    assert shown(store) == truth(store)


def test_an_order_without_a_total_counts_and_brings_nothing(store):
    keep(store, [snapshot(1, age_days=2, proceeds={}), snapshot(2, age_days=2)])
    settle(store)
    assert (sum(shown(store)[0]), sum(shown(store)[1])) == (2, 2490)


def test_a_day_begins_at_midnight_in_the_zone_of_the_team(store):
    day = last_days(SHANGHAI)[-3]
    for number, second in ((1, -1), (2, 1)):
        at = midnight(day, SHANGHAI) + timedelta(seconds=second)
        keep(store, [snapshot(number, age_days=(the_clock.now() - at) / timedelta(days=1))])
    found = month(store.team, [store.id])
    by_day = dict(zip(found.days, found.orders_of(store.id), strict=True))
    assert (by_day[day - timedelta(days=1)], by_day[day]) == (1, 1)


def test_a_team_that_moves_to_another_zone_sees_the_days_of_the_new_one(store):
    keep(store, [snapshot(n, age_days=n / 3) for n in range(1, 30)])
    settle(store)
    store.team.change(timezone="America/Los_Angeles")
    assert sum(shown(store)[0]) == 29
    assert settle(store) == SHOWN_DAYS


def test_sales_of_two_currencies_are_never_added_and_stores_stand_apart(store, lotus):
    other = make_store(lotus, "Lotus UK", codes=("A1F83G8C2ARO7P",))
    keep(store, [snapshot(1, age_days=2)])
    pounds = {"grandTotal": {"amount": "10.00", "currencyCode": "GBP"}}
    keep(other, [snapshot(2, age_days=2, market="A1F83G8C2ARO7P", proceeds=pounds)])
    found = month(lotus, [store.id, other.id])
    assert found.currencies == ["EUR", "GBP"]
    assert [sum(found.sales_of(one.id, code)) for one in (store, other) for code in ("EUR", "GBP")] == [
        2490,
        0,
        0,
        1000,
    ]


def test_counting_while_orders_come_in_never_leaves_a_wrong_day(store, in_parallel):
    def work(number: int) -> None:
        if number % 2:
            settle(store)
        else:
            keep(store, [snapshot(number * 10 + n, age_days=n) for n in range(1, 5)])

    for _ in range(3):
        assert in_parallel(6, work).errors == []
    assert shown(store) == truth(store)
    settle(store)
    assert shown(store) == truth(store)


def test_days_that_nobody_looks_at_go(store, clock):
    keep(store, [snapshot(1, age_days=1)])
    settle(store)
    clock.move(days=100)
    settle(store)
    assert OrderDay.select().where(OrderDay.day < last_days(SHANGHAI)[0]).count() == 0
