"""The pages of parcels: who sees what, and what a person may do with one."""

from __future__ import annotations

import pytest

from models.orders.line import OrderLine
from models.orders.order import Order
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from tests.orders.conftest import make_store
from tests.shipping.test_offers import offer
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


# From an order to a labelled parcel


def test_an_order_becomes_parcels_by_pieces_and_one_goes_by_the_cheapest_channel(as_, alice, bob, lotus, order):
    offer(lotus, alice, bob)
    browser, lines = as_(alice), OrderLine.of(order)
    assert "Make a parcel" in browser.get(f"/t/lotus/orders/{order.uid}").text
    page = browser.get(f"{T}/parcels/new?orders={order.uid}").text
    assert "CUP-1" in page and "at most 2" in page
    sent = {"orders": str(order.uid), f"pieces-{lines[0].id}": "3"}
    assert browser.post(f"{T}/parcels/", data=sent).status_code == 422
    assert browser.post(f"{T}/parcels/", data=sent | {f"pieces-{lines[0].id}": "1"}).status_code == 303
    (parcel,) = Parcel.select()
    at = f"{T}/parcels/{parcel.uid}"
    assert "Weigh the parcel first" in browser.post(f"{at}/quote", data={"pick": "cheapest"}).text
    assert browser.post(f"{at}/box", data={"grams": "0", "length": "3"}).status_code == 422
    assert (
        browser.post(f"{at}/box", data={"grams": "300", "length": "20", "width": "15", "height": "5"}).status_code
        == 303
    )
    assert "Choose this channel" in browser.get(f"{at}/offers").text
    assert browser.post(f"{at}/quote", data={"pick": "cheapest"}).status_code == 303
    assert parcel.reload().quote.order_id == order.id and not parcel.reload().quote.postcode
    assert "Give it a tracking number first" in browser.post(f"{at}/label").text
    wrong = browser.post(f"{at}/number", data={"tracking_number": "RR123456784CN"})
    assert wrong.status_code == 422 and "Why it is right" in wrong.text
    assert browser.post(f"{at}/number", data={"tracking_number": "RR 1234 5678 5 CN"}).status_code == 303
    assert browser.post(f"{at}/label").status_code == 303 and parcel.reload().state == "labelled"
    assert browser.post(f"{at}/void", data={"reason": "no"}).status_code == 422
    assert browser.post(f"{at}/departure").status_code == 303 and parcel.reload().state == "shipped"
    assert browser.post(f"{at}/void", data={"reason": "too late"}).status_code == 409
    assert "The parcel P-1 left" in browser.get(at).text


def test_many_orders_become_parcels_and_go_by_the_cheapest_each_row_with_its_outcome(as_, alice, bob, lotus, store):
    offer(lotus, alice, bob)
    orders = [order_of(store, number) for number in (1, 2)] + [order_of(store, 3, ours=False)]
    browser = as_(alice)
    sent = {"bulk": "parcels", "selected": [str(order.uid) for order in orders]}
    done = browser.post("/t/lotus/lists/orders/bulk", data=sent, follow_redirects=True)
    assert Parcel.select().count() == 2 and "Amazon ships the order" in done.text
    together = browser.post("/t/lotus/lists/orders/bulk", data=sent | {"bulk": "one_parcel"}, follow_redirects=True)
    assert "Amazon ships the order" in together.text and Parcel.select().count() == 2
    first, second = Parcel.select().order_by(Parcel.id)
    first.box(grams=300, sides_mm=(0, 0, 0), by=alice)
    sent = {"bulk": "cheapest", "selected": [str(first.uid), str(second.uid)]}
    assert (
        "Weigh the parcel first" in browser.post("/t/lotus/lists/parcels/bulk", data=sent, follow_redirects=True).text
    )
    assert (first.reload().channel.code, second.reload().channel) == ("SLOW", None)


def test_orders_to_one_buyer_go_into_one_parcel_and_customs_take_any_text_as_text(as_, alice, store):
    orders = [order_of(store, number) for number in (1, 2)]
    browser, uids = as_(alice), [str(order.uid) for order in orders]
    assert all(
        order.order_id in browser.get(f"{T}/parcels/new?orders={'&orders='.join(uids)}").text for order in orders
    )
    pieces = {f"pieces-{line.id}": "2" for order in orders for line in OrderLine.of(order)}
    assert browser.post(f"{T}/parcels/", data={"orders": uids, **pieces}).status_code == 303
    (parcel,) = Parcel.select()
    (line, _other), at = ParcelLine.of(parcel), f"{T}/parcels/{parcel.uid}"
    told = {f"{name}-{one.id}": text for one in ParcelLine.of(parcel) for name, text in
            (("declared_name", "<b>Cup</b> \u202e"), ("origin", "cn"), ("value", "3.50"), ("grams", "120"))}  # fmt: skip
    assert browser.post(f"{at}/customs", data=told | {f"hs_code-{line.id}": "12-34"}).status_code == 422
    assert "declared_name" in browser.get(f"{at}/customs").text
    assert browser.post(f"{at}/customs", data=told | {f"hs_code-{line.id}": "6911 10"}).status_code == 303
    fresh = line.reload()
    assert (fresh.declared_name, fresh.hs_code, fresh.value_minor, fresh.grams) == ("<b>Cup</b>", "691110", 350, 120)
    assert "<b>Cup" not in browser.get(at).text


def test_others_change_nothing(as_, charlie, bob, olga, order, parcel):
    acts = ("box", "quote", "number", "label", "departure", "void", "customs")
    before = vars(parcel.reload())["__data__"]
    for act in acts:
        assert as_(charlie).post(f"{T}/parcels/{parcel.uid}/{act}").status_code == 404, act
        assert as_(bob).post(f"{T}/parcels/{parcel.uid}/{act}", data={"reason": "because"}).status_code == 403, act
    assert as_(charlie).post(f"{T}/parcels/", data={"orders": str(order.uid)}).status_code == 404
    assert as_(bob).get(f"{T}/parcels/new?orders={order.uid}").status_code == 403
    assert as_(olga).get(f"{T}/").status_code == 404
    assert vars(parcel.reload())["__data__"] == before
