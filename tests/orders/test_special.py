"""Special orders of a stand-in Amazon, over real HTTP: each is told, kept and shown as what it is."""

from __future__ import annotations

from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.timeline import timeline
from models.orders.together import others_to_the_same
from tests.orders.conftest import Everything
from tests.orders.test_poll import poll

KINDS = {
    "replacement": "r",
    "exchange": "x",
    "premium": "m",
    "business": "b",
    "prime": "p",
    "gift": "g",
    "transparency": "t",
}


def test_special_orders_come_as_what_they_are_and_what_happens_to_them_is_told(amazon, shop, as_, alice):
    first = amazon.orders(1, fulfilled_by="MERCHANT", statuses=["UNSHIPPED"], marketplaces=["DE"], days=2)[0]
    ours = {"fulfilled_by": "MERCHANT", "marketplaces": ["DE"], "days": 0.01}
    ids = dict(zip([*KINDS, "demands", "again"], amazon.orders(9, **ours, statuses=["UNSHIPPED"], kinds=[*KINDS, "demands", "again"]),
                   strict=True))  # fmt: skip
    early = amazon.orders(1, **ours, statuses=["PENDING_AVAILABILITY"])[0]
    back = amazon.orders(1, **ours, statuses=["RETURNED"])[0]
    stuck = amazon.orders(1, fulfilled_by="AMAZON", statuses=["UNFULFILLABLE"])[0]
    poll(shop)
    found = {order.order_id: order for order in Order.select()}
    for kind, letter in KINDS.items():
        assert letter in found[ids[kind]].marks, kind
    assert found[ids["replacement"]].replaces in found
    assert OrderLine.of(found[ids["demands"]])[0].extra["needs"]
    assert others_to_the_same(found[ids["again"]]), "the buyer of the latest order ordered again"
    assert (found[early].status, found[early].marks) == ("PENDING_AVAILABILITY", "o") and not found[
        early
    ].awaits_shipment
    assert (found[stuck].status, found[stuck].marks) == ("UNFULFILLABLE", "n")
    page = as_(alice).get(f"/t/lotus/orders/{found[back].uid}").text
    assert "The buyer did not take it" in page
    amazon.act(first, "request_cancel", reason="Found cheaper somewhere else")
    amazon.act(ids["gift"], "cut", line=0, quantity=1)
    amazon.act(back, "come_back")
    amazon.act(early, "release")
    amazon.wait(minutes=4)
    poll(shop)
    told = [str(moment.text) for moment in timeline(Order.get(Order.order_id == first), Everything())]
    assert "The buyer asked to cancel" in told
    assert OrderLine.of(Order.get(Order.order_id == ids["gift"]))[0].quantity_cancelled == 1
    assert Order.get(Order.order_id == early).status == "PENDING"
    assert any(
        "Back with us" in str(moment.text) for moment in timeline(Order.get(Order.order_id == back), Everything())
    )
    amazon.act(first, "withdraw_cancel")
    amazon.wait(minutes=4)
    poll(shop)
    assert not Order.get(Order.order_id == first).cancel_requested
