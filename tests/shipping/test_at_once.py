"""Two at once: whoever writes of parcels of one order, sends one message, or gives one number, ends as if one came after the other."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from models.orders.ingest import keep
from models.orders.order import Order
from models.shipping import news
from models.shipping.by_hand import write_down
from models.shipping.connecting import connect
from models.shipping.numbering import DoubtfulNumber
from models.shipping.parcel import Parcel
from models.shipping.tracking_event import TrackingEvent
from models.shipping.tracking_message import TrackingMessage
from models.support import clock
from tests.orders.conftest import make_store, snapshot
from tests.shipping.test_delivered import DELIVERED, parcel_of
from tests.shipping.test_parcel import NUMBER

pytestmark = pytest.mark.both


@pytest.fixture
def parcels(lotus):
    """Both parcels of one order."""
    keep(make_store(lotus), [snapshot(1, age_days=20, skus=("CUP-1", "CUP-2"))])
    order = Order.get()
    return [parcel_of(order, {line.id: line.quantity}) for line in order.lines]


def test_the_last_two_parcels_of_an_order_arrive_at_once(parcels, in_parallel, monkeypatch):
    there, look = clock.now().replace(microsecond=0) - timedelta(days=2), news._all_delivered

    def slowly(*asked):
        found = look(*asked)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(news, "_all_delivered", slowly)
    done = in_parallel(2, lambda number: write_down(parcels[number], status=DELIVERED, at=there))
    assert not done.errors and {parcel.reload().state for parcel in parcels} == {"delivered"}
    assert Order.get().delivered_at == there


def test_one_number_is_not_given_to_two_parcels_and_one_message_not_kept_twice(parcels, lotus, in_parallel):
    given = in_parallel(2, lambda number: Parcel.get_by_id(parcels[number].id).give_number(NUMBER))
    assert [type(error) for error in given.errors] == [DoubtfulNumber]
    account = connect(lotus, kind="seventeen", name="17TRACK", secret="a-key-of-17TRACK")
    kept = in_parallel(6, lambda: TrackingMessage.take(account.reload(), b"one", "signed"))
    assert not kept.errors and sorted(kept.results) == [False] * 5 + [True]
    at = clock.now().replace(microsecond=0) - timedelta(days=2)
    told = in_parallel(4, lambda: write_down(parcels[0].reload(), status=None, at=at, description="Seen", by=None).new)
    assert not told.errors and sorted(told.results) == [0, 0, 0, 1] and TrackingEvent.select().count() == 1
