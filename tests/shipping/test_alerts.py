"""Parcels at risk: each kind found when it begins and gone when it is settled; rests, rules, lanes, and who sees what."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.audit.event import Event as Told
from models.freight.channel import Channel
from models.orders.order import Order
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.shipping.alerts.alert import ParcelAlert
from models.shipping.alerts.finding import refresh
from models.shipping.alerts.kinds import KINDS
from models.shipping.alerts.lane import Lane, usual
from models.shipping.alerts.rules import AlertRules
from models.shipping.confirmation import Confirmation
from models.shipping.making import make_parcel
from models.shipping.news import hear
from models.shipping.parcel import Parcel
from models.shipping.status import Event, Status
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from models.support.errors import AlreadyDecided, FieldRefused
from models.workload.parcels_at_risk import parcels_at_risk
from tests.orders.conftest import make_store
from tests.shipping.test_offers import offer
from tests.shipping.test_parcel import order_of

T = "/t/lotus/shipping"
NOW = datetime(2026, 3, 20, 12)
USUAL = {
    "ship_by_hours": 24, "scan_hours": 48, "not_found_days": 5, "silent_days": 7, "pickup_days": 3, "is_learning": True,
}  # fmt: skip


@pytest.fixture
def store(lotus):
    clock.move(to=NOW)
    return make_store(lotus)


@pytest.fixture
def sent(store, alice):
    """`sent("InTransit", "InTransit_Other", days=8)`: a parcel that left, whose last event tells that."""
    count = iter(range(1, 1000))

    def send(main: str = "", sub: str = "", days: float = 1, shipped: int = 20, **values) -> Parcel:
        order = order_of(store, next(count))
        Order.update(ordered_at=clock.ago(days=shipped + 1), deliver_by=clock.ahead(days=9)).where(
            Order.id == order.id
        ).execute()
        parcel = make_parcel([order], by=alice)
        at = clock.ago(days=shipped)
        parcel.change(state="shipped", labelled_at=at, shipped_at=at, tracking_number=f"ZZ{parcel.number:09}", **values)
        if main:
            hear(parcel, [Event("manual", clock.ago(days=days), "Told", "", Status.read(main, sub))], source="manual")
        return parcel.reload()

    return send


def waits(team) -> dict[str, list[str]]:
    refresh(team)
    found: dict[str, list[str]] = {}
    for alert in ParcelAlert.select().order_by(ParcelAlert.parcel):
        found.setdefault(alert.parcel.label, []).append(alert.kind)
    return found


@pytest.mark.both
def test_each_kind_is_found_when_it_begins_and_settled_when_it_ends(lotus, comet, store, sent, alice):
    calm = sent("InTransit", "InTransit_Other", days=6.9)
    silent = sent("InTransit", "InTransit_Other", days=7.1)
    asked = sent("InTransit", "InTransit_CustomsRequiringInformation")
    failed = sent("DeliveryFailure", "DeliveryFailure_NoBody")
    pickup = sent("AvailableForPickup", "AvailableForPickup_Other", days=4)
    hear(
        pickup,
        [Event("manual", clock.ago(days=1), "Still there", "", Status.read("AvailableForPickup"))],
        source="manual",
    )
    fresh = sent("AvailableForPickup", "AvailableForPickup_Other", days=2)
    delayed = sent("Exception", "Exception_Delayed")
    unknown = sent("NotFound", "NotFound_Other", shipped=6)
    lost = sent("Exception", "Exception_Lost")
    assert lost.state == "lost"
    late = sent("InTransit", "InTransit_Other")
    Order.update(deliver_by=clock.ago(days=1)).where(Order.id == late.lines.get().order_id).execute()
    told = sent("InfoReceived", "InfoReceived", shipped=3)
    Confirmation.create(team=lotus, store=store, parcel=told, order=told.lines.get().order, reference=1, number="Z",
                        state="confirmed", decided_at=clock.ago(hours=49))  # fmt: skip
    draft = make_parcel([order_of(store, 900)], by=alice)
    Order.update(ship_by=clock.ahead(hours=23)).where(Order.id == draft.lines.get().order_id).execute()
    assert waits(lotus) == {
        silent.label: ["silent"], asked.label: ["customs"], failed.label: ["failed"], pickup.label: ["pickup"],
        delayed.label: ["trouble"], unknown.label: ["not_found"], lost.label: ["trouble"], late.label: ["late"],
        told.label: ["no_scan"], draft.label: ["ship_by"],
    }  # fmt: skip
    assert calm.label not in waits(lotus) and fresh.label not in waits(lotus)
    refresh(comet)
    said = {alert.kind: str(alert.sentence) for alert in ParcelAlert.select()}
    assert said["silent"] == "No news for 7 days; after 7 a parcel counts as silent."
    assert "nobody was there" in said["failed"] and "for 4 days" in said["pickup"] and "within 23 h " in said["ship_by"]
    assert said.keys() == KINDS.keys()
    draft.void(reason="packed wrongly")
    unknown.give_number("RR123456785CN")
    asked.end("delivered", clock.now(), source="manual")
    kinds = {alert.kind for alert in ParcelAlert.select()}  # At once, before anybody looks again.
    assert not kinds & {"ship_by", "not_found", "customs"}
    hear(silent, [Event("manual", clock.now(), "Here", "", Status.read("InTransit"))], source="manual")
    clock.move(to=NOW + timedelta(days=31))
    assert silent.label in waits(lotus) and lost.label not in waits(lotus)


def test_an_alert_rests_with_a_note_and_wakes_by_itself_or_when_something_new_happens(lotus, alice, sent):
    parcel = sent("DeliveryFailure", "DeliveryFailure_NoBody")
    refresh(lotus)
    (alert,), mine = ParcelAlert.of_parcel(parcel), Reach.of(alice, lotus)
    for days, note in ((0, "asked"), (31, "asked"), (3, " x ")):
        with pytest.raises(FieldRefused):
            alert.rest(days, note, by=alice)
    alert.rest(3, "wrote to the carrier", by=alice)
    told = Told.select().where(Told.name == "alert_rested").get()
    assert told.object_label == parcel.label and "Delivery failed" in str(told.words("Alice"))
    refresh(lotus)
    assert not ParcelAlert.parcels_waiting(mine) and ParcelAlert.of_parcel(parcel)[0].is_resting
    clock.move(to=NOW + timedelta(days=3, minutes=1))
    assert ParcelAlert.parcels_waiting(mine) == 1
    ParcelAlert.of_parcel(parcel)[0].rest(5, "wrote again", by=alice)
    hear(parcel, [Event("manual", clock.now(), "Tried again", "", Status.read("DeliveryFailure"))], source="manual")
    refresh(lotus)
    assert ParcelAlert.parcels_waiting(mine) == 1
    parcel.end("delivered", clock.now(), source="manual")
    with pytest.raises(AlreadyDecided, match="settled"):
        alert.rest(1, "too late now", by=alice)


@pytest.mark.both
def test_a_lane_teaches_after_how_many_days_its_parcels_are_silent(lotus, alice, bob, sent):
    offer(lotus, alice, bob)
    quick, slow = Channel.get(Channel.code == "QUICK"), Channel.get(Channel.code == "SLOW")
    first = sent("InTransit", "InTransit_Other", days=4, channel=quick, country="DE")
    other = sent("InTransit", "InTransit_Other", days=8, channel=slow, country="DE")
    assert waits(lotus) == {other.label: ["silent"]}
    for place in range(20):
        gone = sent(channel=quick, country="DE", shipped=60)
        wait = 2.5 if place < 18 else 30  # Hours apart: two in twenty waited for a month.
        for at in (50, 50 - wait, 50 - wait - 1):
            hear(gone, [Event("manual", clock.ago(days=at), f"At {at}", "", Status.read("InTransit"))], source="manual")
        gone.end("delivered", clock.ago(days=10 + place), source="manual")
    assert Lane.learn(lotus) == 1 and Lane.of_team(lotus.id) == {(quick.id, "DE"): (3, 20)}
    assert waits(lotus) == {first.label: ["silent"], other.label: ["silent"]}
    said = str(ParcelAlert.get(ParcelAlert.parcel == first).sentence)
    assert said == "No news for 4 days. Of 20 parcels of this lane nine in ten were never silent for more than 3."
    AlertRules.keep(lotus, USUAL | {"is_learning": False}, by=alice)
    assert waits(lotus) == {other.label: ["silent"]}
    clock.move(to=NOW + timedelta(days=85))
    assert Lane.learn(lotus) == 0 and not Lane.select().count()
    assert [usual(hours) for hours in ([1] * 20, [24 * 9] * 20, [24 * 400] * 20, [30, 60])] == [2, 9, 60, 3]


def test_the_board_the_list_and_the_queue_say_the_same_and_only_to_whom_it_belongs(
    as_, lotus, store, sent, alice, bob, charlie, olga
):
    one, two = sent("DeliveryFailure", "DeliveryFailure_NoBody"), sent("InTransit", "InTransit_Other", days=9)
    calm = sent("InTransit", "InTransit_Other")
    refresh(lotus)
    browser = as_(alice)
    board = browser.get(f"{T}/risks/").text
    assert "nobody was there" in board and "counts as silent" in board and f"{T}/?risk=silent" in board
    for query, shown in (
        ("risk=silent", {two}),
        ("risk=any", {one, two}),
        ("view=at_risk&risk=any", {one, two}),
        ("risk=resting", set()),
    ):
        page = browser.get(f"{T}/?{query}").text
        assert {parcel for parcel in (one, two, calm) if f">{parcel.label}<" in page} == shown, query
    other = make_store(lotus, "Lotus Second")
    ParcelAlert.update(store=other).where(ParcelAlert.parcel == two).execute()
    Grant.give(olga, lotus, Role.built_in("shipper"), stores=[other.id], by=alice)
    assert parcels_at_risk(lotus.id, [alice.id, bob.id, olga.id]) == {alice.id: 2, bob.id: 0, olga.id: 1}
    assert ParcelAlert.parcels_waiting(Reach.of(olga, lotus)) == 1
    assert "Parcels at risk" in browser.get("/t/lotus/").text
    page = f"{T}/parcels/{one.uid}"
    assert "I look after it" in browser.get(page).text
    assert browser.post(f"{page}/alerts/failed/rest", data={"days": "x", "note": "<b>"}).status_code == 422
    assert browser.post(f"{page}/alerts/silent/rest", data={"days": "3", "note": "asked"}).status_code == 404
    for person, status in ((bob, 403), (charlie, 404)):
        assert as_(person).post(f"{page}/alerts/failed/rest", data={"days": "3", "note": "asked"}).status_code == status
        assert as_(person).post(f"{page}/alerts/failed/waking").status_code == status
        assert as_(person).post(f"{T}/risks/rules", data={}).status_code == status
    assert browser.post(f"{page}/alerts/failed/rest", data={"days": "3", "note": "<b>wrote</b>"}).status_code == 303
    rested = browser.get(page).text
    assert (
        "&lt;b&gt;wrote" in rested
        and "Tell it again" in rested
        and f">{one.label}<" in browser.get(f"{T}/?risk=resting").text
    )
    assert browser.post(f"{page}/alerts/failed/waking").status_code == 303
    assert charlie is not None and one.label not in as_(charlie).get("/t/comet/shipping/risks/").text


def test_a_team_says_itself_when_a_parcel_is_at_risk(as_, lotus, sent, alice):
    sent("InTransit", "InTransit_Other", days=4)
    assert waits(lotus) == {}
    browser, page = as_(alice), f"{T}/risks/rules"
    sent_form = {name: str(value) for name, value in USUAL.items()} | {"is_learning": "1"}
    for wrong in ({"silent_days": "0"}, {"silent_days": "x"}, {"scan_hours": ""}):
        assert browser.post(page, data=sent_form | wrong).status_code == 422
    assert browser.post(page, data=sent_form | {"silent_days": "3"}).status_code == 303
    assert list(waits(lotus).values()) == [["silent"]]
    told = Told.select().where(Told.name == "alert_rules_changed").get()
    assert told.details == {"changes": [["silent_days", 7, 3]]}
    assert TrackingEvent.select().count() == 1 and "after 3" in browser.get(f"{T}/risks/").text
