"""What somebody heard of a parcel: written on its page or brought as a file, and never known to those it is not for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands import imports
from models.audit.event import Event as Told
from models.orders.ingest import keep
from models.orders.order import Order
from models.shipping.by_hand import write_down
from models.shipping.connecting import connect
from models.shipping.follow import catch_up
from models.shipping.following import Following
from models.shipping.making import make_parcel
from models.shipping.nameless import nameless
from models.shipping.parcel import Parcel
from models.shipping.status import Status
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from models.support.errors import FieldRefused
from models.support.words import say
from tests.orders.conftest import make_store, snapshot

NUMBER = "YT2412345678901234"


@pytest.fixture
def parcel(lotus) -> Parcel:
    store = make_store(lotus)
    keep(store, [snapshot(1, age_days=3)])
    made = make_parcel([Order.get()])
    made.give_number(NUMBER)
    made.change(state="labelled", labelled_at=clock.now())
    return made


@pytest.fixture
def page(parcel) -> str:
    return f"/t/lotus/shipping/parcels/{parcel.uid}"


def test_a_person_writes_down_what_they_heard(as_, alice, bob, charlie, parcel, page):
    there = clock.local(clock.now() - timedelta(hours=2), "Asia/Shanghai")
    sent = {"what": "InTransit_PickedUp", "day": f"{there:%Y-%m-%d}", "time": f"{there:%H:%M}",
            "description": "<script>alert(1)</script>", "location": "深圳"}  # fmt: skip
    assert as_(charlie).post(f"{page}/events", data=sent).status_code == 404
    assert as_(bob).post(f"{page}/events", data=sent).status_code == 403
    late = {**sent, "day": f"{clock.now() + timedelta(days=3):%Y-%m-%d}"}
    early = {**sent, "day": "2019-01-01"}
    for wrong in (late, early, {**sent, "what": "Lost"}, {**sent, "time": "25:99"}, {**sent, "day": "0001-01-01"}):
        assert as_(alice).post(f"{page}/events", data=wrong).status_code == 422
    assert not TrackingEvent.select().exists()
    as_(alice).post(f"{page}/events", data=sent)
    event = TrackingEvent.get()
    assert (event.provider, event.sub_status) == ("manual", "InTransit_PickedUp")
    assert timedelta(hours=1) < clock.now() - event.at < timedelta(hours=3)
    assert parcel.reload().state == "shipped" and parcel.reload().status == "InTransit"
    shown = as_(alice).get(f"{page}/events").text
    assert (
        "Picked up" in shown
        and "深圳" in shown
        and "<script>alert(1)" not in shown
        and "Picked up" in as_(alice).get(page).text
    )
    assert Told.select().where(Told.name == "tracking_event_written").count() == 1


def test_old_news_written_late_moves_nothing_back_and_a_void_parcel_hears_nothing(parcel, alice):
    now = clock.now()
    write_down(parcel, status=Status.read("", "Delivered_Other"), at=now - timedelta(hours=1), by=alice)
    write_down(parcel, status=Status.read("", "OutForDelivery_Other"), at=now - timedelta(hours=5), by=alice)
    write_down(parcel, status=Status.read("", "InTransit_Other"), at=now, by=alice)
    assert (parcel.reload().state, parcel.reload().status) == ("delivered", "Delivered")
    with pytest.raises(FieldRefused, match="Choose what happened"):
        write_down(parcel, status=None, at=now, by=alice)


def test_a_person_has_the_service_asked_again_and_names_the_carrier(as_, alice, bob, lotus, parcel, page):
    assert "Nobody is asked" in as_(alice).post(f"{page}/look").text
    connect(lotus, kind="seventeen", name="17TRACK", secret="A-key-of-17TRACK")
    catch_up()
    following = Following.get()
    following.stick(say("The service cannot tell which carrier moves this number. Name the carrier."))
    assert (
        "Name the carrier" in as_(alice).get(page).text and "Name the carrier" in as_(alice).get(f"{page}/events").text
    )
    assert as_(bob).post(f"{page}/look").status_code == 403 == as_(bob).post(f"{page}/moved-by").status_code
    assert as_(alice).post(f"{page}/look").status_code == 409, "it was asked a moment ago"
    clock.move(minutes=2)
    as_(alice).post(f"{page}/look")
    assert following.reload().state == "waiting" and following.reload().is_due
    for wrong in ({}, {"carrier_key": "Post"}, {"carrier_key": "1" * 10}):
        assert as_(alice).post(f"{page}/moved-by", data=wrong).status_code == 422
    as_(alice).post(f"{page}/moved-by", data={"carrier_known": "3011"})
    assert (following.reload().carrier_key, following.reload().state) == ("3011", "waiting")
    parcel.void(reason="never left us")
    assert as_(alice).post(f"{page}/look").status_code == 409


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Delivered, signed by: M. SMITH", "Delivered, signed by: …"), ("已签收，签收人：张三，感谢使用", "已签收，签收人： …，感谢使用"),
        ("RECIPIENT - Katharina Musterfrau (neighbour)", "RECIPIENT - …(neighbour)"), ("Signed for by Ann", "Signed for by …"),
        ("Signature service, left the depot", "Signature service, left the depot"),
    ],
)  # fmt: skip
def test_who_took_a_parcel_is_not_kept_in_clear(told, kept):
    assert nameless(told) == kept


def test_a_file_of_events_changes_what_it_knows_and_names_what_it_cannot_use(portal, lotus, alice, parcel, tmp_path):
    day = f"{clock.now() - timedelta(days=1):%Y/%m/%d}"
    path = tmp_path / "events.csv"
    path.write_text(
        f"单号,时间,描述,地点,sub_status\n{NUMBER},{day} 9:05,Left the depot,Leipzig,InTransit_Departure\n"
        f"{NUMBER},{day} 10:05,=HYPERLINK(1),,\nYT0000000000000000,{day} 9:05,Who knows,,\n{NUMBER},yesterday,Gone,,\n"
        f"{NUMBER},{day} 9:05,,,\n{NUMBER},2019-01-01,Long ago,,\n"
    )
    batch = imports.look(portal, lotus, "tracking_events", path, by=alice)
    assert batch.planned == {"new": 3, "refused": 3} and not TrackingEvent.select().exists()
    done = imports.apply(portal, batch, by=alice)
    assert done.outcome == {"created": 2, "refused": 1}, "what is older than the order is seen when it is kept"
    assert parcel.reload().sub_status == "InTransit_Departure"
    path.write_text(path.read_text() + f"{NUMBER},{day} 23:05,Delivered,,Delivered_Other\n")
    again = imports.look(portal, lotus, "tracking_events", path, by=alice)
    assert again.planned["unchanged"] == 2 and again.planned["new"] == 2


def test_a_moment_that_no_clock_has_spoils_no_other_row_and_a_name_left_out_makes_no_news(
    portal, lotus, alice, parcel, tmp_path
):
    path, day = tmp_path / "events.csv", f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
    path.write_text(
        f"单号,时间,描述\n{NUMBER},0001-01-01 00:00,First\n{NUMBER},0001-01-01T00:00+14:00,Earlier\n"
        f"{NUMBER},9999-12-31T23:59-12:00,Last\n{NUMBER},{day} 9:05,Delivered. Signed by: M. Smith\n"
    )
    batch = imports.look(portal, lotus, "tracking_events", path, by=alice)
    assert batch.planned == {"new": 1, "refused": 3}
    imports.apply(portal, batch, by=alice)
    assert [row.description for row in TrackingEvent.of(parcel)] == ["Delivered. Signed by: …"]
    path.write_text(path.read_text() + "\n")
    assert imports.look(portal, lotus, "tracking_events", path, by=alice).planned == {"unchanged": 1, "refused": 3}
