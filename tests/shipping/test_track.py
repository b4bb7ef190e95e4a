"""Following parcels: registered once, asked about when due, heard of in any order, and never lost over a bad answer."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import chain

import pytest
from sandbox_seller import Control

import sandbox
from integrations import line
from jobs import carriers as jobs_carriers
from models.freight.carrier import Carrier
from models.shipping.connecting import edit
from models.shipping.following import Following
from models.shipping.tracking_account import TrackingAccount
from models.shipping.tracking_call import TrackingCall
from models.shipping.tracking_event import TrackingEvent
from models.shipping.tracking_message import TrackingMessage
from models.shipping.working import uids_with_work
from models.support import clock
from models.support.errors import FieldRefused
from sandbox.server import Server
from tests.orders.conftest import make_store
from tests.shipping.tracking_ground import BEGAN, DAY, HOUR, TOKEN, Ground


@pytest.fixture(scope="module")
def carriers():
    with sandbox.start(0, seed=5, rate_scale=1e6, now=BEGAN) as handle:
        control = Control(handle.url)
        control.url = handle.url
        yield control
        control.close()


@pytest.fixture
def swift(monkeypatch):
    """Waits that only move the clock."""
    monkeypatch.setattr(line, "BACKOFF_MOST", 0.01)
    monkeypatch.setattr(jobs_carriers, "sleep", lambda seconds: clock.move(seconds=seconds))


@pytest.fixture
def ground(portal, lotus, carriers, swift):
    made = Ground(portal, carriers, make_store(lotus))
    yield made
    carriers.delete("/faults")
    carriers.patch("/carriers", quota=10_000, daily=10_000)


def numbers():
    count = 0
    while True:
        count += 1
        yield f"YT{count:016d}"


NUMBERS = numbers()


def standing_of(parcel) -> tuple[str, str]:
    now = parcel.reload()
    return now.state, now.status


def test_a_parcel_is_followed_from_its_label_to_its_door(ground):
    parcel, account = ground.parcel(next(NUMBERS)), ground.connect()
    ground.follow()
    ground.run(account)
    assert account.reload().state == "active" and account.reload().quota["left"] > 0
    assert ground.following(parcel).state == "followed"
    ground.wait(30 * HOUR)
    ground.run(account)
    moving = parcel.reload()
    assert (moving.state, moving.status) == ("shipped", "InTransit") and moving.shipped_at < clock.now()
    ground.wait(8 * DAY)
    ground.run(account)
    there = parcel.reload()
    assert (there.state, there.status) == ("delivered", "Delivered")
    assert there.ended_at == TrackingEvent.of(there)[0].at
    assert ground.following(parcel).due_at > clock.now(), "watched on, for it may come back"
    ground.wait(16 * DAY)
    ground.run(account)
    assert (ground.following(parcel).state, ground.following(parcel).due_at) == ("ended", None)


def test_what_is_told_late_moves_nothing_back_and_what_comes_back_ends_again(ground):
    number = next(NUMBERS)
    parcel, account = ground.parcel(number, late=1), ground.connect()
    ground.follow()
    seen = []
    for _day in range(20):
        ground.run(account)
        seen.append(parcel.reload().state)
        ground.wait(DAY)
    assert list(dict.fromkeys(seen)) == ["labelled", "shipped", "delivered"]
    ground.control.patch(f"/parcels/{number}", sub_status="InTransit_Other", ago_seconds=6 * DAY, description="Sorted")
    ground.following(parcel).change(due_at=clock.now(), state="followed")
    ground.run(account)
    assert standing_of(parcel) == ("delivered", "Delivered") and "Sorted" in ground.words(parcel)
    for sub in ("Exception_Returning", "Exception_Returned"):
        ground.wait(HOUR)
        ground.control.patch(f"/parcels/{number}", sub_status=sub)
        ground.following(parcel).look_again()
        ground.run(account)
    assert (parcel.reload().state, ground.following(parcel).state) == ("returned", "ended")


def test_events_older_than_the_order_belong_to_an_earlier_parcel_of_that_number(ground):
    number = next(NUMBERS)
    ground.control.post("/parcels", number=number, fate="delivered", pace=0.1, late=0)
    ground.wait(60 * DAY)
    parcel, account = ground.parcel(number, is_given=False), ground.connect()
    ground.follow()
    ground.run(account)
    ground.wait(HOUR)
    ground.run(account)
    assert standing_of(parcel) == ("labelled", "NotFound") and ground.words(parcel) == []


PASSING = [("throttle", "slower"), ("html_503", "trouble"), ("reset", "reached"), ("truncated", "reached")]


@pytest.mark.parametrize(("kind", "said"), PASSING)
def test_a_fault_is_said_and_nothing_is_lost_over_it(ground, kind, said):
    parcels = [ground.parcel(next(NUMBERS)) for _ in range(3)]
    account = ground.connect()
    ground.follow()
    ground.run(account)
    ground.wait(3 * DAY)
    ground.control.post("/faults", kind=kind, operation="seventeen", times=4)
    ground.run(account)
    told = account.reload()
    assert said in str(told.problem_words) and told.is_working and told.is_resting
    assert all(ground.following(parcel).held_until is None for parcel in parcels)
    ground.wait(HOUR)
    ground.run(account)
    assert account.reload().problem == "" and all(parcel.reload().state == "shipped" for parcel in parcels)
    assert TrackingCall.select().where(TrackingCall.account == account, TrackingCall.error != "").count() == 4


def test_a_key_that_is_not_accepted_stops_the_service_until_somebody_mends_it(ground):
    parcel, account = ground.parcel(next(NUMBERS)), ground.connect(secret="a wrong key")
    ground.follow()
    ground.run(account)
    account = account.reload()
    assert account.state == "refused" and "key" in str(account.problem_words)
    assert str(account.uid) not in uids_with_work()
    edit(account, name="Tracking", secret=TOKEN)
    ground.run(account)
    assert account.reload().state == "active" and ground.following(parcel).state == "followed"


def test_what_only_a_person_can_mend_is_said_beside_the_parcel(ground):
    unknown, bad = ground.parcel("LOCALPOST-77-ABC"), ground.parcel(next(NUMBERS), is_given=False)
    account = ground.connect()
    ground.follow()
    Following.update(number="!").where(Following.parcel == bad).execute()
    ground.run(account)
    assert "Name the carrier" in str(ground.following(unknown).problem_words)
    assert "no tracking number" in str(ground.following(bad).problem_words)
    with pytest.raises(FieldRefused):
        ground.following(unknown).name_carrier("Post")
    ground.following(unknown).name_carrier("999")
    ground.run(account)
    assert "Name it anew" in str(ground.following(unknown).problem_words)
    ground.following(unknown).name_carrier("3011")
    ground.run(account)
    assert (ground.following(unknown).state, ground.following(unknown).problem) == ("followed", "")


def test_quotas_stop_new_numbers_alone(ground):
    first, account = ground.parcel(next(NUMBERS)), ground.connect()
    ground.follow()
    ground.run(account)
    used = account.reload().quota["used"]
    ground.control.patch("/carriers", daily=0)
    second = ground.parcel(next(NUMBERS))
    ground.follow()
    ground.wait(3 * DAY)
    ground.run(account)
    assert "today" in str(ground.following(second).problem_words) and "today" in str(account.reload().problem_words)
    assert first.reload().state == "shipped" and not account.reload().may_register
    ground.control.patch("/carriers", daily=10_000, quota=used)
    ground.wait(2 * HOUR)
    ground.run(account)
    assert "Top it up" in str(ground.following(second).problem_words)
    ground.control.patch("/carriers", quota=10_000)
    account.reload().try_again()
    ground.following(second).change(due_at=clock.now())
    ground.run(account)
    assert ground.following(second).state == "followed" and account.reload().problem == ""


def test_a_carriers_own_service_is_asked_about_its_parcels_alone(ground):
    facts = ground.control.get("/carriers")["yunexpress"]
    yun = Carrier.make(ground.store.team, code="YUN", name="Yun")
    account = ground.connect(
        "yunexpress", secret=facts["secret"], code=facts["code"], base_url=facts["url"], carrier=yun
    )
    theirs, other = ground.parcel(next(NUMBERS), carrier="yunexpress"), ground.parcel(next(NUMBERS))
    theirs.change(carrier=yun)
    ground.follow()
    ground.wait(9 * DAY)
    ground.run(account)
    assert (theirs.reload().state, Following.of(other)) == ("delivered", None)
    edit(account, name="Yun", secret="not the secret", code=facts["code"], base_url=facts["url"], carrier=yun)
    ground.run(account)
    assert account.reload().state == "refused"


@pytest.fixture
def talking(portal, lotus, swift, app):
    """A tracking service that sends to this portal by itself, and follows nobody else's parcels."""
    server = Server("127.0.0.1", 0, app)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with sandbox.start(0, seed=6, rate_scale=1e6, now=BEGAN) as handle:
        control = Control(handle.url)
        control.url = handle.url
        made = Ground(portal, control, make_store(lotus))
        made.account = made.connect()
        hook = f"http://127.0.0.1:{server.server_address[1]}/hooks/tracking/{made.account.hook}"
        control.patch("/carriers", webhook=hook, send=False)
        yield made
        control.close()
    server.shutdown()
    server.server_close()


def test_what_the_service_sends_is_let_in_when_signed_and_read_once(talking):
    parcel, account, control = talking.parcel(next(NUMBERS)), talking.account, talking.control
    talking.follow()
    talking.run(account)
    for kind in ("forged_push", "duplicate_push"):
        talking.wait(DAY)
        control.post("/faults", kind=kind, operation="seventeen/webhook", times=1)
        control.post("/pushes")
        talking.wait(HOUR)
    control.post("/pushes")
    kept = TrackingMessage.select().where(TrackingMessage.account == account)
    before = kept.count()
    assert control.post("/pushes", again=True)["sent"] >= before > 2 and kept.count() == before
    assert {push["state"] for push in control.get("/pushes")["pushes"]} == {"arrived"}
    assert account.reload().hears and account.reload().hook_refused_at is not None
    talking.run(account)
    assert all(row.state == "read" and row.body is None for row in kept) and kept.count() == before
    assert standing_of(parcel) == ("shipped", "InTransit")
    events = [(event.at, event.description) for event in TrackingEvent.of(parcel)]
    assert len(events) == len(set(events)) > 2
    assert talking.following(parcel).due_at >= clock.now() + timedelta(days=1), (
        "it tells by itself: only silence is asked about"
    )


@pytest.mark.both
def test_two_who_take_work_at_once_share_it_and_what_a_dead_one_held_is_free_again(ground, in_parallel):
    parcels = [ground.parcel(next(NUMBERS)) for _ in range(9)]
    account = ground.connect()
    ground.follow()
    account.succeed()
    taken = in_parallel(3, lambda: [row.id for row in Following.take(TrackingAccount.get(), "waiting", 3)])
    assert not taken.errors and sorted(chain(*taken.results)) == sorted(ground.following(one).id for one in parcels)
    assert Following.take(account, "waiting", 40) == [] and uids_with_work() == []
    ground.wait(301)  # Those who held them were killed.
    ground.run(account)
    assert {ground.following(one).state for one in parcels} == {"followed"}
    ground.wait(3 * DAY)
    stale = Following.take(account, "followed", 2)
    ground.wait(301)
    ground.run(account)
    before = TrackingEvent.select().count()
    assert before > 0 and Following.still_held(stale) == []
    Following.update(due_at=clock.now()).execute()
    ground.run(account)
    assert TrackingEvent.select().count() == before


def test_without_a_service_nobody_is_asked_and_a_new_number_is_followed_anew(ground):
    parcel = ground.parcel(next(NUMBERS))
    ground.follow()
    assert Following.of(parcel) is None and uids_with_work() == []
    account = ground.connect()
    ground.follow()
    ground.run(account)
    parcel.give_number(next(NUMBERS), reason="it was another")
    assert (ground.following(parcel).number, ground.following(parcel).state) == (parcel.tracking_number, "waiting")
    parcel.void(reason="never left us")
    assert ground.following(parcel).state == "ended"
    account.remove()
    assert Following.of(parcel) is None
