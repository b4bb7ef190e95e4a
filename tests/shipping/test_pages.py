"""The pages of parcels: who sees what, and what a person may do with one."""

from __future__ import annotations

import pytest

from models.orders.order import Order
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import order_of

T = "/t/lotus/shipping"


@pytest.fixture
def store(lotus):
    return make_store(lotus)


@pytest.fixture
def order(store) -> Order:
    return order_of(store, skus=("CUP-1", "CUP-2"))


@pytest.fixture
def parcel(order, alice) -> Parcel:
    return make_parcel([order], by=alice)


def test_a_parcel_is_found_by_its_number_its_order_and_its_tracking_number(as_, alice, order, parcel):
    parcel.give_number("RR123456785CN")
    browser = as_(alice)
    for words in ("", "?q=P-1", f"?q={order.order_id}", "?q=rr 1234 5678", "?state=draft&country=DE"):
        assert "P-1" in browser.get(f"{T}/{words}").text, words
    for words in ("?q=P-2", "?q=302-9999999-7654321", "?state=labelled"):
        assert "P-1<" not in browser.get(f"{T}/{words}").text, words
    page = browser.get(f"{T}/parcels/{parcel.uid}").text
    assert order.order_id in page and "CUP-2" in page


def test_another_team_finds_nothing(as_, charlie, parcel):
    assert as_(charlie).get(f"{T}/parcels/{parcel.uid}").status_code == 404
