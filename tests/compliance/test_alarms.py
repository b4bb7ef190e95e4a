"""Each rule raises its alarm, says nothing about an ordinary day, and the gravest close an account in the same moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.audit.chain import seal_events
from models.audit.event import Event, track
from models.audit.origin import Origin, acting
from models.compliance import watch
from models.compliance.activity import ORDERS, REFUSED, ActivityCount
from models.compliance.alarm import Alarm, OwnAlarm, escalate, raise_alarm
from models.compliance.looks import network_of
from models.compliance.threshold import AlarmThreshold
from models.orders import planting
from models.orders.canary import Canary
from models.orders.daily import month
from models.orders.disclosure import open_buyers
from models.orders.order import Order
from models.orders.refetch import OrderRefetch
from models.orders.reveal import MOST_A_DAY, QuotaReached, reveal
from models.people.person import Person
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.people.session import Session
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from tests.orders.conftest import make_store, order_of, store  # noqa: F401 (fixtures)

MONDAY_NOON = datetime(2026, 11, 16, 4, 0)  # 12:00 in Shanghai, where lotus keeps its clock.


def look() -> None:
    while seal_events():
        pass
    watch.watch()


def alarms(kind: str) -> list[Alarm]:
    return list(Alarm.select().where(Alarm.kind == kind))


def signs_in(person: Person, address: str = "203.0.113.7") -> None:
    with acting(Origin("stranger", address=address)):
        Session.open(person, address=address, device="a test")


def exports(person: Person, team: Any, rows: int, *, personal: bool = False) -> None:
    with write_txn():
        track("list_exported", by=person, team=team, rows=rows, personal=personal, number=1, format="csv")


# Refusals


@pytest.mark.both
def test_many_refusals_in_ten_minutes(lotus, bob):
    ActivityCount.add(bob.id, lotus.id, REFUSED, 4)
    look()
    assert alarms("refusals") == []
    ActivityCount.add(bob.id, lotus.id, REFUSED)
    look()
    look()
    (alarm,) = alarms("refusals")
    assert (alarm.person_id, alarm.team_id, alarm.count) == (bob.id, lotus.id, 1)


def test_a_team_may_want_it_earlier(lotus, bob, alice):
    AlarmThreshold.set_for(lotus, {"refusals": 3}, by=alice)
    ActivityCount.add(bob.id, lotus.id, REFUSED, 3)
    look()
    assert len(alarms("refusals")) == 1


def test_a_thousand_refusals_are_one_row(lotus, bob, clock):
    clock.move(to=MONDAY_NOON)
    for _ in range(50):
        ActivityCount.add(bob.id, lotus.id, REFUSED, 20)
    look()
    assert ActivityCount.select().count() == 1
    assert len(alarms("refusals")) == 1


def test_a_settled_alarm_speaks_again_only_of_something_new(lotus, bob, alice, clock):
    clock.move(to=MONDAY_NOON)
    ActivityCount.add(bob.id, lotus.id, REFUSED, 6)
    look()
    alarms("refusals")[0].settle("explained", "An old bookmark.", by=alice)
    look()
    assert len(alarms("refusals")) == 1
    clock.move(minutes=30)
    ActivityCount.add(bob.id, lotus.id, REFUSED, 6)
    look()
    assert len(alarms("refusals")) == 2


# Volume and hours


def test_a_day_beyond_three_times_ones_own(lotus, bob, clock):
    clock.move(to=MONDAY_NOON)
    for day in range(1, 8):
        ActivityCount.add(bob.id, lotus.id, ORDERS, 30, at=MONDAY_NOON - timedelta(days=day))
    ActivityCount.add(bob.id, lotus.id, ORDERS, 89)
    look()
    assert alarms("volume") == []
    ActivityCount.add(bob.id, lotus.id, ORDERS, 3)
    look()
    assert alarms("volume")[0].details["usual"] == 30


def test_five_hundred_orders_in_an_hour(lotus, bob):
    ActivityCount.add(bob.id, lotus.id, ORDERS, 500)
    look()
    assert len(alarms("orders_an_hour")) == 1


@pytest.mark.both
def test_a_sign_in_hours_away_from_all_others(lotus, bob, clock):
    for day in range(10):
        clock.move(to=MONDAY_NOON + timedelta(days=day, minutes=37 * day))
        signs_in(bob)
    look()
    assert alarms("hours") == []
    clock.move(to=MONDAY_NOON + timedelta(days=10, hours=14))
    signs_in(bob)
    look()
    assert alarms("hours")[0].details["time"] == "02:00"


def test_a_newcomers_first_days_are_not_unusual(lotus, bob, clock):
    for hours in (0, 30, 70):
        clock.move(to=MONDAY_NOON + timedelta(hours=hours))
        signs_in(bob)
    look()
    assert alarms("hours") == []


# Networks


def test_a_new_network_of_somebody_who_manages_people(lotus, alice, bob, clock):
    clock.move(to=MONDAY_NOON)
    for person in (alice, bob):
        signs_in(person, "198.51.100.4")
        clock.move(days=1)
        signs_in(person, "198.51.7.9")
    look()
    assert alarms("new_network") == []
    clock.move(days=1)
    for person in (alice, bob):
        signs_in(person, "203.0.113.4")
    look()
    assert [alarm.person_id for alarm in alarms("new_network")] == [alice.id]


def test_two_networks_within_an_hour(lotus, bob, clock):
    clock.move(to=MONDAY_NOON)
    signs_in(bob, "198.51.100.4")
    clock.move(minutes=61)
    signs_in(bob, "203.0.113.4")
    look()
    assert alarms("two_networks") == []
    clock.move(minutes=20)
    signs_in(bob, "198.51.100.4")
    look()
    assert alarms("two_networks")[0].details == {"network": "198.51.0.0/16", "other": "203.0.0.0/16"}


@pytest.mark.parametrize(("address", "network"), [("198.51.100.4", "198.51.0.0/16"), ("2001:db8:1::5", "2001:db8::/32"),
                                                  ("127.0.0.1", ""), ("", ""), ("nonsense", "")])  # fmt: skip
def test_a_network_is_wide(address, network):
    assert network_of(address) == network


def test_many_failed_sign_ins_of_all_accounts(cast, clock):
    clock.move(to=MONDAY_NOON)
    with write_txn():
        for _ in range(49):
            track("sign_in_refused", None, label="?")
    look()
    assert alarms("sign_ins_failed") == []
    with write_txn():
        track("sign_in_refused", None, label="?")
    look()
    assert alarms("sign_ins_failed")[0].team_id == cast["harbor"].id


# Exports


def test_an_export_at_night_and_none_by_day(lotus, alice, clock):
    clock.move(to=MONDAY_NOON)
    exports(alice, lotus, 5000)
    look()
    assert alarms("export_at_night") == []
    clock.move(hours=10)
    exports(alice, lotus, 12)
    look()
    assert alarms("export_at_night")[0].details == {"rows": 12, "time": "22:00"}


def test_exported_buyers_count_as_orders_looked_at(lotus, alice, clock):
    clock.move(to=MONDAY_NOON)
    exports(alice, lotus, 600, personal=True)
    look()
    assert len(alarms("orders_an_hour")) == 1


# Reveals


def test_reveals_warn_at_four_fifths_and_stop_at_the_limit(order_of, alice):  # noqa: F811
    order = order_of(1)
    for _ in range(79):
        reveal(order, "asked for a telephone number", by=alice)
    assert alarms("reveals_near_limit") == []
    for _ in range(MOST_A_DAY - 79):
        reveal(order, "asked for a telephone number", by=alice)
    assert len(alarms("reveals_near_limit")) == len(alarms("reveals_at_limit")) == 1
    with pytest.raises(QuotaReached):
        reveal(order, "asked for a telephone number", by=alice)


# The canary


@pytest.fixture
def canary(store: Any) -> Canary:  # noqa: F811
    return planting.plant(store)


@pytest.fixture
def shipper(bob: Person, lotus: Any) -> Person:
    Grant.give(bob, lotus, Role.built_in("shipper"))
    return bob.reload()


def test_who_opens_the_buyer_of_a_canary_is_suspended_before_the_next_request(canary, shipper, as_):
    browser = as_(shipper)
    assert browser.get("/t/lotus/orders/").status_code == 200
    reveal(canary.order, "just looking around", by=shipper)
    assert browser.get("/t/lotus/orders/").status_code == 303
    alarm = alarms("canary")[0]
    assert (alarm.person_id, alarm.answer, alarm.severity) == (shipper.id, "suspended", "grave")


def test_the_last_boss_is_signed_out_but_stays(canary, alice, as_):
    browser = as_(alice)
    reveal(canary.order, "just looking around", by=alice)
    assert alice.reload().state == "active"
    assert browser.get("/t/lotus/orders/").status_code == 303
    alarm = alarms("canary")[0]
    assert (alarm.answer, alarm.with_operator) == ("sessions_ended", True)


def test_an_export_with_the_buyer_of_a_canary_ends_the_account(canary, lotus, alice):
    carol = Person.invite("carol.wu", "Carol Wu")
    Grant.give(carol, lotus, Role.built_in("boss"))
    assert open_buyers(Reach.of(carol, lotus), [canary.order])
    assert alarms("canary_exported")[0].person_id == carol.id
    assert carol.reload().state == "suspended"


def test_a_canary_disturbs_nothing(canary, order_of, lotus, alice):  # noqa: F811
    order_of(1, age_days=9)
    assert month(lotus, [canary.store_id]).order_count(canary.store_id) == 1
    assert not canary.order.awaits_shipment
    OrderRefetch.ask(canary.order, by=alice)
    assert OrderRefetch.waiting_at(canary.store) == []
    assert canary.order in list(Order.visible_to(Reach.of(alice, lotus)))


def test_a_canary_is_renewed_before_its_buyer_is_destroyed(canary, clock):
    clock.move(days=13)
    assert planting.renew() == 0
    clock.move(days=2)
    assert planting.renew() == 1
    fresh = Canary.get()
    assert fresh.order_id != canary.order_id
    assert Order.select().count() == 1


def test_a_disconnected_store_keeps_no_canary(canary, alice):
    canary.store.disconnect(by=alice)
    assert (Canary.select().count(), Order.select().count()) == (0, 0)


# Settling


def test_an_alarm_is_settled_once_with_a_note_and_by_somebody_else(lotus, alice, bob):
    alarm = raise_alarm("refusals", team=lotus, person=bob, count=7)
    with pytest.raises(OwnAlarm):
        alarm.settle("explained", "It was me, all is well.", by=bob)
    with pytest.raises(FieldRefused):
        alarm.settle("explained", " ", by=alice)
    alarm.settle("misuse", "Tried addresses of others.", by=alice)
    with pytest.raises(AlreadyDecided):
        Alarm.get_by_id(alarm.id).settle("explained", "Second thoughts.", by=alice)
    assert Event.select().where(Event.name == "alarm_settled").count() == 1


@pytest.mark.both
def test_one_open_alarm_for_each_kind_and_person_counts_on(lotus, bob, in_parallel):
    assert not in_parallel(4, lambda: raise_alarm("refusals", team=lotus, person=bob, count=7)).errors_of(TypeError)
    raise_alarm("refusals", team=lotus, person=bob, count=9)
    (alarm,) = alarms("refusals")
    assert alarm.count >= 2
    assert alarm.details["count"] == 9


def test_after_three_days_the_operator_sees_it(lotus, harbor, olga, bob, clock):
    alarm = raise_alarm("refusals", team=lotus, person=bob, count=7)
    operator = Reach.of(olga, harbor)
    clock.move(hours=71)
    assert escalate() == 0
    assert alarm not in Alarm.listed(operator, is_open=True)
    clock.move(hours=2)
    assert (escalate(), escalate()) == (1, 0)
    assert alarm in Alarm.listed(operator, is_open=True)
    Alarm.get_by_id(alarm.id).settle("explained", "Asked the boss of lotus.", by=olga)


@pytest.mark.both
def test_an_ordinary_day_raises_nothing(order_of, lotus, alice, bob, clock):  # noqa: F811
    order = order_of(1)
    for day in range(12):
        clock.move(to=MONDAY_NOON + timedelta(days=day))
        signs_in(alice, "198.51.100.4")
        signs_in(bob, "198.51.9.9")
        ActivityCount.add(bob.id, lotus.id, ORDERS, 40)
        ActivityCount.add(bob.id, lotus.id, REFUSED, 1)
        exports(alice, lotus, 300)
        look()
    assert order
    assert list(Alarm.select()) == []


def test_a_killed_look_goes_on_where_it_was(lotus, bob, clock):
    clock.move(to=MONDAY_NOON + timedelta(hours=10))
    exports(bob, lotus, 12)
    while seal_events():
        pass

    def killed(**_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch.watch(killed)
    assert alarms("export_at_night") == []
    watch.watch()
    watch.watch()
    assert alarms("export_at_night")[0].count == 1
    assert db.is_closed() is False
