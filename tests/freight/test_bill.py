"""A carrier's bill: matched with the quotes that were booked, classed, settled by people, ready for the wallet once."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import peewee
import pytest

from jobs import amazon as amazon_jobs
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.event import Event
from models.freight.bills.carrier_bill import BillFile, CarrierBill
from models.freight.bills.line import BillLine
from models.freight.carrier import Carrier
from models.freight.day_rate import DayRate
from models.freight.kept_quote import FreightQuote
from models.imports import applying, looking
from models.imports.entry import ImportRowError
from models.imports.record import JOB, Import
from models.lists.bulk_run import BulkRun
from models.people.reach import Reach
from models.people.session import Session
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.workload.queues import waiting_for
from tests.freight.asking import approved, priced

PAGE = "/t/lotus/freight/bills/"
BILL = """运单号,计费重(KG),运费,挂号费,偏远费,合计,币种,日期
WB0001,0.31,27.90,15.00,,42.90,RMB,2026-03-02
wb 0002,0.45,40.50,15.00,,55.50,RMB,2026-03-03
WB0003,0.31,27.90,15.00,20,62.90,RMB,2026-03-03
WB0004,0.31,28.50,15.00,,43.50,RMB,2026-03-03
NOTOURS1,1,90,15,,105,RMB,2026-03-03
WB0009,x,1,1,,2,RMB,2026-03-03
"""


@pytest.fixture(autouse=True)
def _world(request: pytest.FixtureRequest, clock: Any) -> None:
    clock.move(to=datetime(2026, 3, 10, 4))
    if "portal" in request.fixturenames:
        amazon_jobs.use_settings(request.getfixturevalue("portal"))


@pytest.fixture
def carrier(lotus, alice, bob) -> Carrier:
    """Yun Lines of lotus, with parcels WB0001 to WB0005 and WB0009 booked: 42.90 each, 0.31 kg."""
    approved(lotus, alice, bob)
    for number in (1, 2, 3, 4, 5, 9):
        kept(lotus, alice, f"WB000{number}", day=f"2026-03-0{min(number, 3)}")
    return Carrier.get(Carrier.team == lotus)


def kept(team: Any, by: Any, waybill: str, day: str = "2026-03-02", owner: Any = None) -> FreightQuote:
    one, sent, quote = priced(owner or team, ship_date=day)
    made = FreightQuote.keep(team, one, sent, quote, by=by)
    made.book(waybill, by=by)
    return made


@pytest.fixture
def take(portal, tmp_path, alice):
    """`take(carrier, "March", text)`: the file looked at; `apply(it)` takes it in."""

    def taken(
        carrier: Carrier, number: str, text: str, currency: str = "CNY", by: Any = alice, **period: Any
    ) -> Import:
        path = tmp_path / f"{number}.csv"
        path.write_text(text, "utf-8")
        batch = Import.take(carrier.team, "carrier_bills", "bill.csv", path, portal.data / "imports", by=by)
        BillFile.of(CarrierBill.of(carrier, number, currency=currency, by=by, **period), batch)
        batch.map(batch.mapping)
        looking.look(batch, portal.data / "imports", by=by)
        return batch.reload()

    return taken


@pytest.fixture
def apply(portal, alice):
    def applied(batch: Import, by: Any = alice) -> dict[str, BillLine]:
        batch.begin("applying", by=by)
        Runner(SCHEDULE, portal).run(JOB, str(batch.uid), datetime(2026, 3, 10))
        assert batch.reload().state == "applied"
        return {line.waybill: line for line in BillLine.select().order_by(BillLine.id)}

    return applied


@pytest.fixture
def lines(carrier, take, apply) -> dict[str, BillLine]:
    return apply(take(carrier, "2026-03", BILL))


@pytest.mark.both
def test_every_line_is_shown_before_it_is_stored_and_has_its_class(carrier, take, apply, alice, lotus):
    batch = take(carrier, "2026-03", BILL)
    assert batch.planned == {"new": 1, "changed": 4, "refused": 1} and BillLine.select().count() == 0
    assert [(error.row, error.column) for error in ImportRowError.select()] == [(7, "计费重(KG)")]
    lines = apply(batch)
    assert {name: (line.kind, line.state, line.difference_minor) for name, line in lines.items()} == {
        "WB0001": ("OK", "fine", 0), "WB0002": ("WEIGHT", "open", 1260), "WB0003": ("SURCHARGE_EXTRA", "open", 2000),
        "WB0004": ("RATE", "open", 60), "NOTOURS1": ("NOT_OURS", "open", 10500), "WB0005": ("MISSING", "open", -4290),
    }, "and WB0009, whose row is wrong, is not missing"  # fmt: skip
    totals = BillLine.totals_of([CarrierBill.get()])[1]
    assert (totals.billed.amount_minor, totals.quoted.amount_minor, totals.difference.amount_minor) == (
        30980,
        21450,
        9530,
    )
    assert (totals.open.amount_minor, totals.open_count, CarrierBill.get().last_day) == (9530, 5, date(2026, 3, 3))
    assert waiting_for(lotus.id, [alice.id])[alice.id][-1][1] == 5


@pytest.mark.both
def test_what_is_agreed_waits_for_the_wallet_and_is_posted_once(lines, alice, in_parallel, lotus):
    heavy = lines["WB0002"]
    for amount in (0, -1, 1261):
        with pytest.raises(FieldRefused):
            heavy.agree(by=alice, reason="weighed again", amount_minor=amount)
    outcomes = in_parallel(
        4, lambda: BillLine.get_by_id(heavy.id).agree(by=alice, reason="weighed again", amount_minor=1000)
    )
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(AlreadyDecided)) == 3
    (ready,) = BillLine.agreed_for_wallet(lotus.id)
    assert (ready.agreed_minor, ready.currency, ready.parcel_team_id, ready.decided_by) == (
        1000,
        "CNY",
        lotus.id,
        alice,
    )
    posted = in_parallel(4, lambda number: BillLine.get_by_id(heavy.id).mark_posted(f"T-{number}"))
    assert len(posted.results) == 1 and list(BillLine.agreed_for_wallet()) == []
    with pytest.raises(Refused, match="posted"):
        heavy.reload().reopen(by=alice, reason="no")
    assert Event.select().where(Event.name == "difference_agreed").count() == 1
    for change in ({"billed_minor": 1}, {"state": "open"}, {"posted_ref": ""}):
        with pytest.raises(peewee.DatabaseError), write_txn():
            BillLine.update(**change).where(BillLine.id == heavy.id).execute()
    with pytest.raises(peewee.DatabaseError), write_txn():
        BillLine.delete().execute()


def test_a_dispute_ends_with_the_carriers_answer_and_a_decision_can_be_taken_back(lines, alice):
    line = lines["WB0003"]
    line.argue(by=alice, reason="10001 is not remote")
    assert line.reload().state == "disputed"
    line.clear(by=alice, reason="Credit note CN-7")
    assert BillLine.totals_of([line.bill])[line.bill_id].settled.amount_minor == 2000
    line.reload().reopen(by=alice, reason="it was for another parcel")
    assert (line.reload().state, line.reload().reason) == ("open", "")
    with pytest.raises(Refused, match="Clear it"):
        lines["WB0005"].agree(by=alice, reason="x")
    with pytest.raises(FieldRefused, match="Say why"):
        line.agree(by=alice, reason=" ")
    names = [event.name for event in Event.select().where(Event.object_kind == "bill_line").order_by(Event.id)]
    assert names == ["difference_disputed", "difference_cleared", "difference_reopened"]


def test_small_differences_are_agreed_to_at_once_up_to_what_is_typed(lines, alice, lotus):
    reach = Reach.of(alice, lotus)
    assert BillLine.agree_to_small(reach, 1260, "CNY", by=alice, reason="small") == (2, 0)
    assert {name for name, line in lines.items() if line.reload().state == "agreed"} == {"WB0002", "WB0004"}
    assert BillLine.agree_to_small(reach, 10**9, "USD", by=alice, reason="small") == (0, 0)


@pytest.mark.both
def test_the_same_waybill_billed_again_is_told_and_what_was_missing_is_found(lines, carrier, take, apply):
    again = apply(take(carrier, "2026-04", "waybill,total\nWB0002,55.50\nWB0005,42.90\n"))
    assert again["WB0005"].kind == "OK" and lines["WB0005"].reload().state == "cleared"
    twice = BillLine.get(BillLine.waybill == "WB0002", BillLine.bill == again["WB0005"].bill_id)
    assert (twice.kind, twice.difference_minor, twice.duplicate_of_id) == ("DUPLICATE", 5550, lines["WB0002"].id)
    more = take(carrier, "2026-03", "waybill,total\nWB0001,42.90\nWB0002,99\nWB0009,42.90\n")
    assert more.planned == {"new": 1, "unchanged": 1, "refused": 1}, (
        "one more file of a bill adds to it and edits nothing"
    )
    apply(more)
    with pytest.raises(Refused, match="This very file was imported"):
        take(carrier, "2026-05", "waybill,total\nWB0001,42.90\nWB0002,99\nWB0009,42.90\n")


@pytest.mark.both
def test_two_bills_taken_in_at_once_miss_a_parcel_once(carrier, take, alice, portal, in_parallel):
    ends = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 3)}
    batches = [take(carrier, f"2026-03-{at}", f"waybill,total\nWB000{at},42.90\n", **ends) for at in (1, 2)]
    for batch in batches:
        batch.begin("applying", by=alice)
    ids = [batch.id for batch in batches]
    done = in_parallel(
        2, lambda at: applying.work(Import.get_by_id(ids[at]), portal.data / "imports", lambda **_: None)
    )
    assert done.errors == [] and {batch.reload().state for batch in batches} == {"applied"}
    missed = [line.waybill for line in BillLine.select().where(BillLine.kind == "MISSING", BillLine.state == "open")]
    assert sorted(missed) == ["WB0003", "WB0004", "WB0005", "WB0009"]


def test_rows_of_fees_in_another_currency_are_compared_at_the_rate_of_the_day(carrier, take, apply):
    text = "Waybill No,Charge type,Amount,Chargeable weight\nWB0001,Freight,$3.90,0.31\nWB0001,Registration,USD 2.10,0.31\n"
    refused = take(carrier, "usd", text, currency="USD")
    assert refused.planned == {"refused": 1}
    DayRate.create(currency="USD", day=date(2026, 3, 1), cny=__import__("decimal").Decimal("7.15"), source="bank")
    line = apply(take(carrier, "usd", text, currency="USD"))["WB0001"]
    assert (line.billed_minor, line.quoted_minor, line.kind, str(line.rate)) == (600, 600, "OK", "0.139860139860")


@pytest.mark.both
def test_the_operator_bills_every_teams_parcels_and_sees_no_more_than_their_price(
    harbor, olga, lotus, alice, comet, charlie, take, apply, as_, bob
):
    approved(harbor, bob, olga)
    yun = Carrier.get(Carrier.team == harbor)
    (
        kept(lotus, alice, "LOTUS1"),
        kept(comet, charlie, "COMET1"),
        kept(lotus, alice, "BOTH01"),
        kept(comet, charlie, "BOTH01"),
    )
    lines = apply(
        take(yun, "H-1", "waybill,kg,total\nLOTUS1,0.31,42.90\nCOMET1,0.31,50\nBOTH01,0.31,42.90\n", by=olga), by=olga
    )
    assert (lines["COMET1"].parcel_team_id, lines["COMET1"].difference_minor) == (comet.id, 710)
    assert (lines["BOTH01"].kind, lines["BOTH01"].remark, lines["BOTH01"].quote_id) == ("NOT_OURS", "AMBIGUOUS", None)
    page = as_(olga).get(f"/t/harbor/freight/bills/lines/{lines['COMET1'].uid}").text
    assert "Comet Goods" in page and "10001" not in page and "/freight/quotes/" not in page
    for person, team in ((charlie, "comet"), (alice, "lotus")):
        assert as_(person).get(f"/t/{team}/freight/bills/lines/{lines['COMET1'].uid}").status_code == 404
    kept(lotus, alice, "OWN001", owner=None)
    own = (
        approved(lotus, alice, bob, **{})[0].carrier
        if not Carrier.select().where(Carrier.team == lotus).exists()
        else None
    )
    theirs = apply(take(own, "L-1", "waybill,total\nCOMET1,50\nOWN001,42.90\n"))
    mine = [line for line in BillLine.select().where(BillLine.team == lotus)]
    assert {(line.kind, line.remark, line.quote_id) for line in mine} == {
        ("NOT_OURS", "", None),
        ("NOT_OURS", "OTHER_CARRIER", None),
    }
    assert theirs and as_(olga).post(f"/t/harbor/freight/bills/lines/{mine[0].uid}/agreement").status_code == 404


def test_over_the_screen_a_bill_is_taken_looked_at_and_settled(as_, alice, bob, carrier, portal):
    browser = as_(alice)
    assert browser.get(PAGE).status_code == 200 and as_(bob).get(PAGE).status_code == 403
    form = {
        "carrier": str(carrier.uid),
        "number": "<b>2026-03",
        "currency": "CNY",
        "file": (io.BytesIO(BILL.encode("gb18030")), "x.csv"),
    }
    assert browser.post(PAGE, data={**form, "carrier": "", "file": (io.BytesIO(b"x"), "x.csv")}).status_code == 422
    assert (
        browser.post(PAGE, data={**form, "first_day": "2026-03-02", "file": (io.BytesIO(b"x"), "x.csv")}).status_code
        == 422
    )
    mapping = browser.post(PAGE, data=form).headers["Location"]
    assert browser.get(mapping).status_code == 200
    batch = Import.get()
    chosen = {f"column-{place}": column for place, column in enumerate(batch.mapping)}
    shown = browser.get(browser.post(mapping, data=chosen).headers["Location"] + "?show=changes")
    assert "Heavier than quoted" in shown.text and "Take in 1 lines as quoted and 4 that differ" in shown.text
    batch.reload().begin("applying", by=alice)
    applying.work(batch.reload(), portal.data / "imports", lambda **_: None)
    assert browser.get("/t/lotus/imports/kinds/carrier_bills").headers["Location"].endswith("/freight/bills/")
    assert "&lt;b&gt;2026-03" in browser.get(PAGE).text
    queue = browser.get(f"{PAGE}differences?state=open").text
    assert "WB0002" in queue and "WB0001" not in queue
    for query in ("class=MISSING", "carrier=YUN", "amount_most=1&amount_in=CNY", "find=wb000", "sort=size", "bill=x"):
        assert browser.get(f"{PAGE}differences?{query}").status_code == 200
    one = f"{PAGE}lines/{BillLine.get(BillLine.waybill == 'WB0004').uid}"
    assert "Another price" in browser.get(one).text
    assert browser.post(f"{one}/agreement", data={"reason": "", "amount": "9e99"}).status_code == 422
    assert browser.post(f"{one}/agreement", data={"reason": "<script>", "amount": "0.60"}).status_code == 303
    assert browser.post(f"{one}/dispute", data={"reason": "late"}).status_code == 409
    assert "&lt;script&gt;" in browser.get(one).text
    assert browser.post(f"{one}/reopening", data={"reason": "wrong"}).status_code == 303
    assert browser.post(f"{PAGE}small_agreements", data={"limit": "x", "currency": "CNY"}).status_code == 422
    browser.post(f"{PAGE}small_agreements", data={"limit": "1", "currency": "CNY", "reason": "small"})
    assert BillLine.get(BillLine.waybill == "WB0004").state == "agreed"
    assert "Differences of carriers" in browser.get("/t/lotus/").text
    picked = {"bulk": "agree", "selected": [str(BillLine.get(BillLine.waybill == "WB0002").uid)]}
    Session.update(proved_at=None).execute()
    asked = browser.post("/t/lotus/lists/bill_lines/bulk", data=picked)
    assert asked.status_code == 401, "what moves wallets wants a fresh proof, by the hundred, too"
    assert BulkRun.select().count() == 0
    Session.update(proved_at=clock.now()).execute()
    assert (
        browser.post("/t/lotus/lists/bill_lines/bulk", data=picked).status_code == 303 and BulkRun.select().count() == 1
    )
