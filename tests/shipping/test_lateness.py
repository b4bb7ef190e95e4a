"""Orders that Amazon will call late are flagged before it does, until Amazon was told of them."""

from __future__ import annotations

from models.orders.order import Order
from models.shipping.alerts.rules import AlertRules
from models.shipping.confirmation import Confirmation
from models.shipping.making import make_parcel
from models.shipping.telling import ask
from models.support import clock
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import order_of


def test_the_late_and_the_nearly_late_are_flagged_until_amazon_was_told(as_, alice, charlie, lotus):
    store = make_store(lotus)
    late, near, far, gone = (order_of(store, number) for number in (1, 2, 3, 4))
    for order, hours in ((late, -2), (near, 5), (far, 30), (gone, 5)):
        order.change(ship_by=clock.ahead(hours=hours), awaits_shipment=True, status="UNSHIPPED")
    parcel = make_parcel([gone], by=alice)
    parcel.give_number("1Z999AA10123456784", by=alice)
    one = ask(parcel, gone, by=alice)
    browser, there = as_(alice), "/t/lotus/orders/?waiting=near&sort=ship_by"

    def flagged() -> list[str]:
        page = browser.get(there).text
        return [
            order.order_id
            for order in Order.select().order_by(Order.ship_by, Order.id)
            if f'id="order-{order.uid}"' in page
        ]

    assert flagged() == [late.order_id, near.order_id, gone.order_id]
    rules = AlertRules.of(lotus.id).values
    AlertRules.keep(lotus, rules | {"ship_by_hours": 48}, by=alice)
    assert flagged()[-1] == far.order_id
    AlertRules.keep(lotus, rules, by=alice)
    assert "Orders that are nearly late" in browser.get("/t/lotus/").text
    assert "nearly late" in browser.get(f"/t/lotus/orders/{gone.uid}").text
    clock.move(seconds=1)
    one.claim(number=parcel.core)
    one.accept()
    assert flagged() == [late.order_id, near.order_id]
    assert "nearly late" not in browser.get(f"/t/lotus/orders/{gone.uid}").text
    assert "It is late" in browser.get(f"/t/lotus/orders/{late.uid}").text
    gone.reload().change(fetched_at=clock.ahead(seconds=60))  # Amazon says that it still waits.
    assert gone.order_id in flagged()
    assert (
        Confirmation.select().count() == 1
        and late.order_id not in as_(charlie).get("/t/comet/orders/?waiting=near").text
    )
