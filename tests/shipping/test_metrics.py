"""What Amazon judges a seller by: counted as the formulas say, and the lists behind the numbers show the same orders."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.orders.change import OrderChange
from models.orders.order import Order
from models.shipping import metrics
from models.shipping.confirmation import Confirmation
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.telling import ask
from models.support import clock
from models.support.db import is_sqlite
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import order_of

H = timedelta(hours=1)


@pytest.mark.both
def test_every_measure_is_counted_as_its_formula_says(as_, alice, charlie, lotus):
    store = make_store(lotus)
    now = clock.now()
    number = iter(range(1, 99))

    def made(days: float = 3, **values) -> Order:
        order = order_of(store, next(number), age_days=1)
        kept = {
            "ship_by": now + 5 * H,
            "deliver_by": now + 90 * H,
            "awaits_shipment": True,
            "status": "UNSHIPPED",
        } | values
        return order.change(ordered_at=now - timedelta(days=days), **kept)

    gone = {"status": "SHIPPED", "awaits_shipment": False}
    made()  # Nothing is due of it yet.
    made(ship_by=now - H)  # Late, and still not told.
    made(
        **gone, shipped_at=now - 30 * H, ship_by=now - 20 * H, deliver_by=now - H, delivered_at=now - 2 * H
    )  # All in time.
    made(
        **gone, shipped_at=now - 10 * H, ship_by=now - 20 * H, deliver_by=now - 2 * H, delivered_at=now - H
    )  # Late both ways.
    made(days=20, **gone, shipped_at=now - 30 * H, ship_by=now - 20 * H, deliver_by=now - H)  # Never arrived.
    made(days=40, ship_by=now - 99 * H)  # Too old to count.
    made(status="CANCELLED", awaits_shipment=False, cancelled_at=now)  # By us.
    made(status="CANCELLED", awaits_shipment=False, cancelled_at=now, cancel_requested=True)  # By the buyer.
    unpaid = made(status="CANCELLED", awaits_shipment=False, cancelled_at=now)
    OrderChange.create(order=unpaid, at=now, old_status="PENDING", new_status="CANCELLED")
    made(status="PENDING", awaits_shipment=False)
    told = made(ship_by=now - H)  # Told after its day, though it says that it left before.
    parcel = make_parcel([told], by=alice)
    parcel.give_number("1Z999AA10123456784", by=alice)
    one = ask(parcel, told, by=alice)
    one.claim(number=parcel.core, left_at=now - 2 * H)
    one.accept()
    told.change(**gone, shipped_at=now - 2 * H)
    metrics.count(store)
    (place,) = metrics.places([store])

    def seen(name: str) -> list[tuple[int, int]]:
        return [(place.figure(name, days).hits, place.figure(name, days).total) for days in (10, 30)]

    assert {name: seen(name) for name in ("late", "cancelled", "on_time", "tracked", "unasked")} == {
        "late": [(3, 4), (3, 5)], "cancelled": [(1, 7), (1, 8)], "on_time": [(1, 2), (1, 3)], "tracked": [(0, 0), (0, 0)],
        "unasked": [(1, 1), (1, 1)],
    }  # fmt: skip
    Parcel.update(status="InTransit").execute()
    metrics.count(store)
    (place,) = metrics.places([store])
    assert seen("tracked") == [(1, 1), (1, 1)] and Confirmation.select().count() == 1

    if not is_sqlite():
        return  # The pages are the same.
    page = as_(alice).get("/t/lotus/shipping/metrics").text
    links = re.findall(r'href="(/t/lotus/orders/\?promise=[^"]+)">(\d+)', page)
    assert len(links) == 14
    for address, shown in links:
        listed = as_(alice).get(address.replace("&amp;", "&")).text
        assert listed.count('<tr id="order-') == int(shown), address
    assert "75.0" in page and "Only Amazon knows these" in page
    assert as_(alice).post("/t/lotus/shipping/metrics/counts").status_code == 303
    assert "Lotus EU" not in as_(charlie).get("/t/comet/shipping/metrics").text
