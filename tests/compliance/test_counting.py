"""Refusals and opened orders are counted at the door, without an event for each and without a flood of rows."""

from __future__ import annotations

from models.audit.chain import seal_events
from models.compliance import watch
from models.compliance.activity import ORDERS, REFUSED, ActivityCount
from models.compliance.alarm import Alarm
from tests.orders.conftest import order_of, store  # noqa: F401 (fixtures)
from views.compliance.counting import Gathered


def refused(person) -> int:
    return sum(
        row.count for row in ActivityCount.select().where(ActivityCount.person == person, ActivityCount.kind == REFUSED)
    )


def test_pages_refused_and_records_out_of_reach_become_an_alarm(as_, bob, lotus):
    browser = as_(bob)
    for path in ("/t/lotus/audit/", "/t/lotus/compliance/", "/t/lotus/orders/", "/t/comet/", "/t/comet/orders/"):
        assert browser.get(path).status_code in (403, 404)
    assert refused(bob) == 5
    while seal_events():
        pass
    watch.watch()
    assert Alarm.get(Alarm.kind == "refusals").person_id == bob.id


def test_a_mistyped_address_and_a_visitor_are_not_counted(as_, bob, visitor):
    as_(bob).get("/t/lotus/nothing-of-this-name/")
    as_(bob).get("/favicon-that-is-not-there.ico")
    visitor.get("/t/lotus/audit/")
    assert ActivityCount.select().count() == 0


def test_of_a_flood_only_every_twentieth_is_written():
    counted = Gathered()
    written = [counted.refused(3) for _ in range(200)]
    assert sum(written) == 200
    assert sum(1 for number in written if number) <= 30


def test_opened_orders_are_gathered_and_written_now_and_then(app, as_, alice, order_of):  # noqa: F811
    order = order_of(1)
    browser = as_(alice)
    app.extensions["compliance"] = Gathered(seconds=3600)
    for _ in range(3):
        assert browser.get(f"/t/lotus/orders/{order.uid}").status_code == 200
    assert ActivityCount.select().count() == 0
    app.extensions["compliance"] = Gathered(seconds=0)
    browser.get(f"/t/lotus/orders/{order.uid}")
    assert ActivityCount.get(ActivityCount.kind == ORDERS).count == 1


def test_a_hundred_opened_orders_are_written_at_once():
    counted = Gathered(seconds=3600)
    told = [counted.opened(3, 2) for _ in range(100)]
    assert told[-1] == {(3, 2): 100}
    assert not any(told[:-1])
