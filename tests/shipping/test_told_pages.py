"""Telling Amazon on the pages: what is asked, refused in words beside its field, taken back, told again; and who may not."""

from __future__ import annotations

import pytest

from models.orders.holding import hold
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.shipping.confirmation import Confirmation
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.shipment import claim
from models.shipping.telling import tell_parcel
from models.support import clock
from models.support.errors import Refused
from models.support.words import say
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import order_of

T, UPS = "/t/lotus/shipping", "1Z999AA10123456784"


@pytest.fixture
def store(lotus):
    return make_store(lotus)


@pytest.fixture
def parcel(store, alice) -> Parcel:
    return numbered(order_of(store), alice)


def numbered(order: Order, by, number: str = UPS, reason: str = "") -> Parcel:
    parcel = make_parcel([order], by=by)
    parcel.give_number(number, reason=reason, by=by)
    return parcel


def test_a_parcel_is_told_taken_back_refused_and_told_again(as_, alice, parcel):
    browser, at = as_(alice), f"{T}/parcels/{parcel.uid}"
    assert "Amazon is told the number 1Z999AA10123456784 and the carrier UPS" in browser.get(at).text
    early, late = ({"left_on": day} for day in ("2020-01-01", "2100-01-01"))
    for day, told in (("9999-12-31", "between 2000"), ("0001-01-01", "between 2000"), ("3", "like 2026-11-30")):
        answer = browser.post(f"{at}/confirmations", data={"left_on": day})
        assert answer.status_code == 422 and f"Write a date {told}" in answer.text, day
    assert "before the order" in browser.post(f"{at}/confirmations", data=early).text
    assert "lies in the future" in browser.post(f"{at}/confirmations", data=late).text
    assert browser.post(f"{at}/confirmations").status_code == 303
    (one,) = Confirmation.select()
    assert (
        "Waiting to be sent" in browser.get(at).text
        and "Waiting to be sent" in browser.get(f"{T}/told/?view=waiting&state=waiting").text
    )
    assert "about to be told" in browser.post(f"{at}/void", data={"reason": "packed wrongly"}).text
    assert browser.post(f"{T}/told/{one.uid}/withdrawal").status_code == 303 and one.reload().state == "taken_back"
    assert browser.post(f"{T}/told/{one.uid}/withdrawal").status_code == 409
    assert browser.post(f"{T}/told/{one.uid}/repeat").status_code == 303 and one.reload().state == "waiting"
    assert "told of it already" in browser.post(f"{T}/told/{one.uid}/repeat").text
    one.reload().claim()
    one.reload().refuse(say("Amazon says: %(message)s", message="<b>'carrierCode'</b> \u202e is wrong"))
    for page in (browser.get(at).text, browser.get(f"{T}/told/?state=refused&q={one.order.order_id}").text):
        assert "is wrong" in page and "<b>'carrier" not in page
    assert browser.post(f"{at}/confirmations").status_code == 303
    assert (one.reload().state, one.reload().reference, one.reload().problem) == ("waiting", 3, "")


def test_amazon_told_the_parcel_stays_and_a_new_number_is_told_as_a_new_package(as_, alice, parcel):
    browser, at = as_(alice), f"{T}/parcels/{parcel.uid}"
    browser.post(f"{at}/confirmations")
    one = Confirmation.select().get()
    one.claim(number=UPS)
    assert "being told" in browser.post(f"{at}/void", data={"reason": "packed wrongly"}).text
    one.reload().later(0, is_unsure=True)
    assert "It is there" in browser.get(at).text
    assert browser.post(f"{T}/told/{one.uid}/finding", data={"is_there": "1"}).status_code == 303
    assert (one.reload().state, parcel.reload().state) == ("confirmed", "shipped")
    assert "Amazon has it" in browser.post(f"{T}/told/{one.uid}/repeat").text
    assert 'name="tracking_number"' in browser.get(at).text
    assert browser.post(f"{at}/number", data={"tracking_number": "RR123456785CN"}).status_code == 303
    assert f"Amazon still has the number {UPS}" in browser.get(at).text
    assert browser.post(f"{T}/told/{one.uid}/repeat").status_code == 303
    assert "still has the number" not in browser.get(at).text
    assert [(row.state, row.number, row.reference) for row in Confirmation.select().order_by(Confirmation.id)] == [
        ("confirmed", UPS, 1), ("waiting", "RR123456785CN", 2),
    ]  # fmt: skip


def test_a_number_of_two_orders_is_told_twice_only_as_a_combined_shipment(as_, alice, store, parcel):
    browser = as_(alice)
    browser.post(f"{T}/parcels/{parcel.uid}/confirmations")
    other = numbered(order_of(store, 2), alice, reason="both in one box")
    at = f"{T}/parcels/{other.uid}"
    page = browser.post(f"{at}/confirmations")
    assert page.status_code == 422 and "was told with this number" in page.text and "Combined shipment" in page.text
    assert browser.post(f"{at}/confirmations", data={"is_combined": "1"}).status_code == 303
    third = numbered(order_of(store, 3), alice, "RR123456785CN")
    OrderPackage.create(
        order=Order.get(Order.order_id.startswith("302-0000001")), reference="7", tracking_number="RR123456785CN"
    )
    assert "was told with this number" in browser.post(f"{T}/parcels/{third.uid}/confirmations").text


def test_who_has_it_is_asked_where_the_number_does_not_tell(as_, alice, store):
    parcel = numbered(order_of(store), alice, "whatever-they-say")
    browser, at = as_(alice), f"{T}/parcels/{parcel.uid}"
    page = browser.post(f"{at}/confirmations")
    assert page.status_code == 422 and "Say which carrier has it" in page.text
    assert browser.post(f"{at}/confirmations", data={"carrier_name": "yunexpress"}).status_code == 303
    assert "Yun Express" in browser.get(at).text


def test_many_are_told_at_once_each_row_with_its_outcome(as_, alice, store, parcel):
    silent = make_parcel([order_of(store, 2)], by=alice)
    browser = as_(alice)
    sent = {"bulk": "tell", "selected": [str(parcel.uid), str(silent.uid)]}
    done = browser.post("/t/lotus/lists/parcels/bulk", data=sent, follow_redirects=True).text
    assert "Give it a tracking number first" in done and Confirmation.select().count() == 1
    one = Confirmation.select().get()
    sent = {"bulk": "take_back", "selected": [str(one.uid)]}
    browser.post("/t/lotus/lists/told/bulk", data=sent, follow_redirects=True)
    assert one.reload().state == "taken_back"
    sent = {"bulk": "tell", "selected": [str(one.order.uid), str(Order.get(Order.id != one.order_id).uid)]}
    done = browser.post("/t/lotus/lists/orders/bulk", data=sent, follow_redirects=True).text
    assert "No parcel of this order has a tracking number yet" in done and one.reload().state == "waiting"
    assert browser.post(f"{T}/orders/{one.order.uid}/confirmations").status_code == 303


def test_of_a_held_order_amazon_is_told_only_what_has_left(as_, alice, store, parcel):
    order, browser = Order.select().get(), as_(alice)
    (waiting,) = tell_parcel(parcel, by=alice)
    hold(order, "Address to be asked for", by=alice)
    assert claim(waiting, lambda: None) is None and "on hold" in str(waiting.reload().problem_words)
    assert "on hold" in browser.post(f"{T}/parcels/{parcel.uid}/confirmations").text
    assert waiting.reload().state == "refused"
    parcel.leave(clock.now(), source="person", by=alice)
    assert browser.post(f"{T}/parcels/{parcel.uid}/confirmations").status_code == 303
    assert waiting.reload().state == "waiting" and claim(waiting, lambda: None)


def test_others_tell_nothing(as_, charlie, bob, alice, parcel):
    as_(alice).post(f"{T}/parcels/{parcel.uid}/confirmations")
    one = Confirmation.select().get()
    places = [f"parcels/{parcel.uid}/confirmations", f"orders/{one.order.uid}/confirmations"]
    places += [f"told/{one.uid}/{act}" for act in ("repeat", "withdrawal", "finding")]
    for place in places:
        assert as_(charlie).post(f"{T}/{place}").status_code == 404, place
        assert as_(bob).post(f"{T}/{place}").status_code == 403, place
    assert one.order.order_id not in as_(charlie).get("/t/comet/shipping/told/").text
    with pytest.raises(Refused):
        parcel.reload().void(reason="not theirs to void")
