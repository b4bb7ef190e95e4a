"""Waybills of a carrier's own service, over real HTTP: ordered once whatever breaks, their labels kept sealed."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sandbox_seller import Control

import sandbox
from integrations import line
from jobs import carriers as jobs_carriers
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from jobs.waybills import _told
from models.audit.event import Event
from models.freight.carrier import Carrier
from models.orders.order import Order
from models.people.role import Grant, Role
from models.shipping import offers
from models.shipping.connecting import connect
from models.shipping.making import make_parcel
from models.shipping.papers.link import contents
from models.shipping.papers.making import PaperFolder
from models.shipping.ship_from import ShipFrom
from models.shipping.tracking_account import TrackingAccount
from models.shipping.waybill import ABANDONED, JOB, Waybill
from models.shipping.waybill_content import contents_of
from models.support import clock
from models.support.errors import Refused
from models.support.words import say
from tests.orders.conftest import make_store
from tests.shipping.conftest import SIDES
from tests.shipping.test_papers import SENDER, paper_of
from tests.shipping.test_parcel import order_of
from tests.shipping.tracking_ground import BEGAN, Ground

CREATE = "yunexpress/create"


@pytest.fixture(scope="module")
def carriers():
    with sandbox.start(0, seed=5, rate_scale=1e6, now=BEGAN) as handle:
        control = Control(handle.url)
        control.url = handle.url
        yield control
        control.close()


@pytest.fixture
def ground(portal, lotus, carriers, ops_channel, monkeypatch):
    monkeypatch.setattr(line, "BACKOFF_MOST", 0.01)
    monkeypatch.setattr(jobs_carriers, "sleep", lambda seconds: clock.move(seconds=seconds))
    yield Ground(portal, carriers, make_store(lotus))
    carriers.delete("/faults")


@pytest.fixture
def account(ground, harbor) -> TrackingAccount:
    facts = ground.control.get("/carriers")["yunexpress"]
    made = connect(
        harbor, kind="yunexpress", name="Yun", secret=facts["secret"], code=facts["code"], base_url=facts["url"],
        carrier=Carrier.get(), is_shared=True,
    )  # fmt: skip
    ground.run(made)
    assert made.reload().state == "active"
    return made.reload()


def drafted(ground, alice, number: int = 1, **told):
    made = make_parcel([order_of(ground.store, number, **told)], by=alice)
    made.box(grams=300, sides_mm=SIDES, by=alice)
    offers.choose_cheapest(made.reload(), by=alice)
    return made.reload()


def run(ground, account) -> None:
    Runner(SCHEDULE, ground.settings).run(JOB, str(account.uid))


def test_a_waybill_gives_the_parcel_its_number_and_its_label(as_, alice, bob, ground, lotus, account, portal):
    parcel, browser = drafted(ground, alice), as_(alice)
    at = f"/t/lotus/shipping/parcels/{parcel.uid}"
    assert "Order the waybill" in browser.get(at).text
    assert as_(bob).post(f"{at}/waybill").status_code in (403, 404)
    assert browser.post(f"{at}/waybill").status_code == 303
    run(ground, account)
    waybill, parcel = Waybill.of(parcel), parcel.reload()
    assert (waybill.state, parcel.tracking_number) == ("ready", waybill.number), waybill.problem
    assert b"%PDF" not in waybill.pdf and "Ordered, with the carrier" in browser.get(at).text
    assert Event.get(Event.name == "buyer_printed").details["what"] == f"waybill {waybill.reference}"
    parcel.put_label_on(by=alice)
    ShipFrom.keep(lotus, SENDER)
    paper = paper_of(alice, lotus, "labels", parcel.reload())
    Runner(SCHEDULE, ground.settings).run("shipping.papers", str(paper.uid))
    pdf = b"".join(contents(paper.reload(), PaperFolder(ground.settings.data)))
    assert "SANDBOX" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    Order.update(buyer_state="destroyed").execute()
    assert Waybill.forget_labels() == 1 and Waybill.of(parcel).pdf is None


def test_an_answer_that_never_came_is_looked_up_and_nothing_is_ordered_twice(alice, ground, account):
    parcels = [drafted(ground, alice, number) for number in (1, 2)]
    rows = [Waybill.ask(parcel, by=alice) for parcel in parcels]
    assert Waybill.ask(parcels[0], by=alice).id == rows[0].id
    ground.control.post("/faults", kind="reset", operation=CREATE, times=50)
    run(ground, account)
    assert {row.reload().state for row in rows} == {"unsure"} and "could not be reached" in str(
        rows[0].reload().problem_words
    )
    with pytest.raises(Refused, match="is being ordered"):
        parcels[0].void(reason="changed my mind", by=alice)
    ground.control.delete("/faults")
    before = _creations(ground)
    clock.move(hours=1)
    account.change(rest_until=None)
    run(ground, account)
    assert {row.reload().state for row in rows} == {"ready"} and _creations(ground) == before
    assert len({parcel.reload().tracking_number for parcel in parcels}) == 2


def test_a_killed_order_is_found_again_by_its_reference(alice, ground, account):
    parcel = drafted(ground, alice)
    Waybill.ask(parcel, by=alice)
    ((row, may_be_known),) = Waybill.claim(account, 10)
    assert not may_be_known and Waybill.claim(account, 10) == []
    with jobs_carriers.client_for(account) as client:  # The call went out; then the process died.
        (sent,) = client.make([_told(contents_of([row])[row.id])])
    clock.move(minutes=ABANDONED.total_seconds() / 60 + 1)
    before = _creations(ground)
    run(ground, account)
    assert (row.reload().number, parcel.reload().tracking_number) == (sent.number, sent.number)
    assert _creations(ground) == before


def test_a_refusal_stands_on_the_parcels_page_and_it_can_be_ordered_again(as_, alice, ground, account):
    parcel, browser = drafted(ground, alice), as_(alice)
    row = Waybill.ask(parcel, by=alice)
    row.change(method="")
    run(ground, account)
    page = browser.get(f"/t/lotus/shipping/parcels/{parcel.uid}").text
    assert "ShippingMethodCode is required" in page and "Order it again" in page and not parcel.reload().tracking_number
    assert Waybill.ask(parcel.reload(), by=alice).reference == row.reference
    ground.control.post("/faults", kind="html_503", operation="yunexpress/labels", times=50)
    run(ground, account)
    assert row.reload().state == "made" and parcel.reload().tracking_number
    ground.control.delete("/faults")
    clock.move(hours=2)
    account.change(rest_until=None)
    run(ground, account)
    assert row.reload().state == "ready"


def test_what_the_carrier_was_told_stays_and_a_number_of_ones_own_comes_before_it(alice, ground, account):
    ordered, own = drafted(ground, alice, 1), drafted(ground, alice, 2)
    row, given_up = Waybill.ask(ordered, by=alice), Waybill.ask(own, by=alice)
    own.give_number("RR123456785CN", by=alice)
    assert given_up.reload().state == "refused" and "number already" in str(given_up.reload().problem_words)
    ((claimed, _known),) = Waybill.claim(account, 10)
    with pytest.raises(Refused, match="is being ordered"):
        ordered.give_number("RR123456785CN", reason="stuck on already", by=alice)
    claimed.change(state="waiting")
    for _time in range(2):  # Before the carrier has answered, and after.
        with pytest.raises(Refused, match="Void the parcel"):
            ordered.reload().box(grams=900, sides_mm=SIDES, by=alice)
        with pytest.raises(Refused, match="Void the parcel"):
            offers.choose_cheapest(ordered.reload(), by=alice)
        run(ground, account)
    assert row.reload().state == "ready" and ordered.reload().grams == 300
    ordered.reload().give_number("RR123456785CN", reason="the carrier relabelled it", by=alice)


def test_a_waybill_takes_what_it_needs_and_the_right_to_see_the_buyer(as_, alice, bob, lotus, ground, account):
    bare = make_parcel([order_of(ground.store, 1)], by=alice)
    with pytest.raises(Refused, match="No service"):
        Waybill.ask(bare, by=alice)
    parcel = drafted(ground, alice, 2)
    Grant.give(bob, lotus, Role.built_in("manager"))
    with pytest.raises(Refused, match="permission to reveal"):
        Waybill.ask(parcel, by=bob)
    sent = {"bulk": "waybills", "selected": [str(parcel.uid), str(bare.uid)]}
    assert "No service" in as_(alice).post("/t/lotus/lists/parcels/bulk", data=sent, follow_redirects=True).text
    row = Waybill.of(parcel)
    Grant.delete().where(Grant.person == alice).execute()
    run(ground, account)
    assert row.reload().state == "refused" and "may not see buyers" in str(row.reload().problem_words)
    Waybill.update(state="waiting", problem="").execute()
    account.remove()
    assert "was removed" in str(row.reload().stands_still)
    parcel.void(reason="packed wrongly", by=alice)
    assert row.reload().state == "refused"


def _creations(ground) -> int:
    told = ground.control.get("/requests", since=0)["requests"]
    return sum(one["operation"] == CREATE for one in told)


@pytest.mark.both
def test_two_who_order_and_two_jobs_that_ask_at_once_make_one_waybill(in_parallel, alice, lotus, harbor, ops_channel):
    made = connect(
        harbor, kind="yunexpress", name="Yun", secret="a-secret-of-it", code="C", base_url="https://yun.example.com/api",
        carrier=Carrier.get(), is_shared=True,
    )  # fmt: skip
    made.move("checking", "active")
    parcel = make_parcel([order_of(make_store(lotus), 1)], by=alice)
    parcel.box(grams=300, sides_mm=SIDES, by=alice)
    offers.choose_cheapest(parcel.reload(), by=alice)
    asked = in_parallel(3, lambda: Waybill.ask(parcel.reload(), by=alice).id)
    assert len(set(asked.results)) == 1 and not asked.errors_of(Exception)
    taken = in_parallel(3, lambda: len(Waybill.claim(made, 10)))
    assert sorted(taken.results) == [0, 0, 1]


def test_what_a_carrier_says_of_a_buyer_does_not_stay_in_the_events(alice, ground, account):
    row = Waybill.ask(drafted(ground, alice), by=alice)
    row.refuse(say("The carrier says: %(message)s", message="No line to jo@buyer.example, +1 555 010 2030"))
    (told,) = [event.details for event in Event.select().where(Event.name == "waybill_refused")]
    assert "The carrier says" in str(told) and "jo@" not in str(told) and "555" not in str(told)
