"""Delivered starts the clock of the buyer's data, when Amazon has not said so; it never makes them stay longer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.audit.event import Event as Told
from models.orders.delivery import deliver
from models.orders.ingest import keep
from models.orders.order import Order
from models.orders.purge import purge
from models.shipping.by_hand import write_down
from models.shipping.looking import next_look
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.status import Standing, Status
from models.support import clock
from tests.orders.conftest import make_store, snapshot

DELIVERED = Status.read("", "Delivered_Other")


@pytest.fixture
def store(lotus):
    return make_store(lotus)


def parcel_of(order: Order, pieces: dict[int, int] | None = None) -> Parcel:
    made = make_parcel([order], pieces)
    made.change(state="labelled", labelled_at=clock.now())
    return made


def days(count: float) -> timedelta:
    return timedelta(days=count)


@pytest.mark.both
def test_the_last_parcel_of_an_order_starts_the_clock_and_nothing_puts_it_off(store):
    keep(store, [snapshot(1, age_days=20, skus=("CUP-1", "CUP-2"))])
    order, before = Order.get(), Order.get().purge_at
    first, second = (parcel_of(order, {line.id: line.quantity}) for line in order.lines)
    there = clock.now().replace(microsecond=0) - days(2)
    write_down(first, status=DELIVERED, at=there - days(5))
    assert order.reload().delivered_at is None and order.reload().purge_at == before
    write_down(second, status=DELIVERED, at=there)
    told = order.reload()
    assert told.delivered_at == there and told.purge_at == min(before, there + days(23)) and told.buyer_state == "held"
    assert told.limit_at <= there + days(30) and told.limit_at - told.purge_at >= days(7)
    assert Told.select().where(Told.name == "order_delivered").count() == 1
    keep(store, [snapshot(1, age_days=20, skus=("CUP-1", "CUP-2"), updated_minutes=9999)])
    again = order.reload()
    assert (again.delivered_at, again.purge_at) == (there, told.purge_at) and again.limit_at <= told.limit_at
    assert not deliver(order.id, there - days(1)), "the first time stays"
    clock.move(to=told.purge_at + days(0.1))
    purge(approve=True)
    assert order.reload().buyer_state == "destroyed"


@pytest.mark.both
def test_a_delivery_after_the_promised_day_keeps_nothing_longer_than_was_settled(store):
    keep(store, [snapshot(1, age_days=20)])
    order = Order.get()
    settled = clock.now().replace(microsecond=0) + days(3)
    Order.update(purge_at=settled, limit_at=settled + days(7)).execute()
    write_down(parcel_of(order), status=DELIVERED, at=clock.now())
    assert (order.reload().purge_at, order.reload().limit_at) == (settled, settled + days(7))
    keep(store, [snapshot(1, age_days=20, updated_minutes=9999)])
    assert (order.reload().purge_at, order.reload().limit_at) == (settled, settled + days(7))
    assert not deliver(order.id, order.ordered_at - days(1))


NOW = datetime(2026, 3, 20, 12)


@pytest.mark.parametrize(
    ("sub", "silent_days", "hours"),
    [
        ("OutForDelivery_Other", 0.1, (2, 2.2)), ("InTransit_Other", 1, (12, 13.2)), ("InTransit_Other", 5, (24, 26.4)),
        ("InTransit_Other", 40, (168, 185)), ("InTransit_Other", 91, None), ("Delivered_Other", 14, (72, 80)),
        ("Delivered_Other", 15, None), ("Exception_Returned", 0, None), ("AvailableForPickup_Other", 1, (6, 6.6)),
    ],
)  # fmt: skip
def test_a_parcel_is_looked_at_often_near_its_end_and_rarely_when_it_is_silent(sub, silent_days, hours):
    at = NOW - days(silent_days)
    standing = Standing(Status.read("", sub), at, at, at if sub == "Delivered_Other" else None)
    for place in (1, 50, 9_999):
        found = next_look(standing, since=at, now=NOW, hears=False, place=place)
        assert (found is None) if hours is None else hours[0] <= (found - NOW).total_seconds() / 3600 <= hours[1]
        night = next_look(standing, since=at, now=NOW, hears=True, place=place)
        assert night is None or (night >= NOW + days(1) and 17 <= night.hour < 21)
