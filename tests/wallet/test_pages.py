"""The pages of wallets: what a team sees of its money, what the operator sees and decides, and that nobody decides on their own."""

from __future__ import annotations

import io
import re
import uuid
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter

from bench.lists import heard_queries
from jobs import wallets
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.day_rate import DayRate
from models.freight.origin import today
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.role import Grant
from models.people.team import Team
from models.shipping.making import make_parcel
from models.shipping.weighing import weigh
from models.support import clock as the_clock
from models.support.db import db
from models.support.errors import Refused
from models.support.job_run import JobRun
from models.wallet import finding_all, receipt
from models.wallet.adjustment import Adjustment
from models.wallet.around import Around
from models.wallet.closing import close
from models.wallet.figures import Figures
from models.wallet.mending import adjust, exchange, pay_in, refund
from models.wallet.receipt import Receipt
from models.wallet.recharge import Recharge
from models.wallet.slip import RechargeSlip
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.conftest import PASSWORD
from tests.exports.conftest import rows_of
from tests.orders.conftest import make_store
from tests.shipping.conftest import SIDES, labelled, ops_channel  # noqa: F401 (a fixture)
from tests.shipping.test_parcel import order_of
from tests.test_routes import asked as every
from tests.test_routes import routes_of
from views.support.charts import spark_points

T, H = "/t/lotus/wallet", "/t/harbor/wallet"


@pytest.fixture
def finn(lotus):
    """The finance person of lotus: asks for recharges and exchanges."""
    return seat(lotus, "finn", "finance")


@pytest.fixture
def gao(harbor):
    """The operator's cashier."""
    return seat(harbor, "gao", "cashier")


def seat(team, login: str, role: str, **more):
    person, token = invite(team, login, f"{login.title()} Person", role=role, **more)
    Invitation.of_token(token).use(PASSWORD)
    return person.reload()


def run(job) -> None:
    one = JobRun.claim(job.__name__, "", the_clock.now())
    job(one)
    one.finish("done")


@pytest.fixture
def charged(wallet, lotus, alice, olga, ops_channel):  # noqa: F811
    """A parcel of lotus that was held at its label, and charged more at the scale."""
    parcel = labelled(make_parcel([order_of(make_store(lotus))], by=alice), alice)
    weigh(parcel, grams=800, sides_mm=SIDES, by=olga)
    return parcel.reload()


def test_a_team_sees_its_deductions_with_what_explains_them_and_is_told_of_new_ones(
    monkeypatch, as_, finn, alice, bob, charlie, olga, wallet, charged
):
    browser = as_(finn)
    page = browser.get(f"{T}/").text
    order = charged.lines.get().order
    for words in (
        "W00001-CNY",
        "T-2",
        charged.tracking_number,
        order.order_id,
        "OPS-LINE",
        "Freight, extra",
        "+CN¥45.00",
        "CN¥928.00",
    ):
        assert words in page, words
    assert "Olga" not in page and "Harbor Lines" in page
    freight, extra = Transfer.select().where(Transfer.parcel == charged).order_by(Transfer.id)
    drawer = as_(alice).get(f"{T}/transfers/{freight.uid}").text
    for address in (
        f"/shipping/parcels/{charged.uid}",
        f"/orders/{order.uid}",
        f"/freight/quotes/{charged.quote.uid}",
        "/freight/sheets/",
    ):
        assert address in drawer, address
    Channel.make(Team.operator(), Carrier.select().get(), code="OPS-SPARE", name="Spare")
    for query, count in (("kind=extra", 1), ("kind=recharge", 1), (f"q=nothing, {charged.tracking_number}", 2), (f"q={order.order_id}", 2),
                         ("q=P-9", 0), ("channel=OPS-LINE", 2), ("channel=OPS-LINE&kind=extra", 1), ("channel=OPS-LINE&kind=refund", 0),
                         ("channel=OPS-LINE&channel=OPS-SPARE", 2), (f"store={charged.store.uid}", 2), ("kind=recharge&kind=payout", 1),
                         ("posted=7", 3), ("posted_to=2020-01-01", 0)):  # fmt: skip
        assert browser.get(f"{T}/?view=all&{query}").text.count('id="transfer-') == count, query
    for query, count in (("channel=OPS-LINE", 2), ("channel=OPS-SPARE", 0), ("channel=OPS-SPARE&channel=OPS-LINE", 2), (f"country={charged.country}", 2),
                         ("country=ZW", 0), ("posted=7", 3), ("posted=today&channel=OPS-LINE", 2), ("posted_from=2020-01-01&kind=extra", 1),
                         ("posted_to=2020-01-01", 0)):  # fmt: skip
        for lately in (5_000, 0):  # As new as it is, and as if it were of long ago.
            monkeypatch.setattr(finding_all, "LATELY", lately)
            found = as_(olga).get(f"/t/harbor/wallet/movements/?view=all&{query}").text
            assert found.count('id="transfer-') == count, query
    assert (
        as_(bob).get(f"{T}/").status_code == 403
        and as_(charlie).get(f"/t/comet/wallet/transfers/{freight.uid}").status_code == 404
    )
    assert as_(charlie).get("/t/comet/wallet/CNY/figures").status_code == 404
    tag = browser.get(f"{T}/CNY/figures").headers["ETag"]
    assert tag.strip('W/"') in page
    since = f"{T}/CNY/figures?since={extra.id}"
    assert browser.get(since, headers={"If-None-Match": tag}).status_code == 304
    pay_in(wallet, 12_345, key="second", by=olga)
    again = browser.get(since, headers={"If-None-Match": tag})
    assert again.status_code == 200 and again.text.count('id="transfer-') == 1 and "CN¥1,051.45" in again.text
    assert (
        "afterbegin:#transfers-rows" in again.text
        and browser.get(f"{since}&kind=freight").text.count('id="transfer-') == 0
    )
    assert browser.get(f"{T}/CNY/figures?since=0").headers["HX-Refresh"] == "true"
    asked = {"list": "transfers", "format": "csv", "columns": ["number", "orders", "held", "charged", "balance"]}
    rows = rows_of(browser.post("/t/lotus/exports/", data=asked | {"query": ""}).data)
    assert rows[2][:2] == ["T-3", order.order_id] and "-45.00" in rows[2] and "928.00" in rows[2]


def test_what_a_channel_or_store_was_charged_and_what_is_rare_are_found_in_their_order_by_an_index(as_, finn, charged):
    for query, index in (("channel=OPS-LINE", "transfer_of_account (<expr>=? AND wallet_id=?)"),
                         (f"store={charged.store.uid}", "transfer_of_store (store_id=? AND wallet_id=?)"),
                         ("kind=recharge", "transfer_not_freight (wallet_id=?"), ("", "transfer_not_freight (wallet_id=? AND posted_at>?)")):  # fmt: skip
        with heard_queries() as heard:
            assert as_(finn).get(f"{T}/?{query}").status_code == 200
        asked = [(sql, values) for sql, values in heard if 'FROM "transfer"' in sql]
        plans = [
            "; ".join(row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values)) for sql, values in asked
        ]
        of_rows = [
            plan
            for (sql, _values), plan in zip(asked, plans, strict=True)
            if 'ORDER BY "t1"."posted_at" DESC, "t1"."id" DESC' in sql
        ]
        assert any(index in plan for plan in plans), (query, plans)
        assert of_rows and not any("ORDER BY" in plan for plan in of_rows), (query, of_rows)


def test_who_works_for_some_stores_sees_what_their_parcels_cost_and_nothing_else(as_, lotus, charged, wallet, alice):
    """The recharge is the team's; a parcel of a store that was not given to them is not theirs to see, nor are sums of all."""
    page = as_(alice).get(f"{T}/").text
    assert "Freight this month" in page and "Recharged:" in page
    for store, shown in ((charged.store, 2), (make_store(lotus, name="Elsewhere"), 0)):
        login = f"mia{shown}"
        person = seat(lotus, login, "manager", stores=[store.id])
        page = as_(person).get(f"{T}/").text
        assert page.count('id="transfer-') == shown
        assert "Available" in page and "Freight this month" not in page and "Recharged:" not in page
        posted = Transfer.get(Transfer.parcel == charged)
        assert as_(person).get(f"{T}/transfers/{posted.uid}").status_code == (200 if shown else 404)


def test_a_recharge_goes_from_asking_to_its_receipt_and_nobody_decides_on_their_own(
    as_, finn, gao, olga, alice, charlie, wallet
):
    asking = {
        "wallet": "CNY",
        "amount": "1,500.00",
        "method": "bank",
        "bank_reference": "  CMB  77 ",
        "paid_on": str(today()),
    }
    browser = as_(finn)
    for wrong in ({}, {"amount": "0"}, {"amount": "-5"}, {"amount": "1e9"}, {"wallet": "USD"}, {"bank_reference": ""}, {"method": "gateway"},
                  {"paid_on": "2999-01-01"}):  # fmt: skip
        assert browser.post(f"{T}/recharges/", data={**asking, **wrong} if wrong else {}).status_code == 422, wrong
    assert Recharge.select().count() == 0
    key = re.search(r'name="key" value="([^"]+)"', browser.get(f"{T}/recharges/new").text)[1]
    for _twice in range(2):
        assert browser.post(f"{T}/recharges/", data=asking | {"key": key}).status_code == 303
    assert browser.post(f"{T}/recharges/", data=asking | {"key": key, "amount": "2"}).status_code == 409, "another form"
    one = Recharge.get()
    assert Recharge.select().count() == 1
    assert (one.amount_minor, one.bank_reference, one.state) == (150_000, "CMB 77", "waiting")
    assert as_(charlie).get(f"/t/comet/wallet/recharges/{one.uid}").status_code == 404
    assert as_(alice).post(f"{T}/payments/{one.uid}/approval").status_code == 403
    assert (
        "R-1" in as_(gao).get(f"{H}/payments/?state=waiting").text
        and "Lotus" in as_(gao).get(f"{H}/payments/{one.uid}").text
    )
    twin = Recharge.ask(wallet, 150_000, bank_reference="CMB 77", paid_on=today(), by=finn)
    assert "asked for already" in as_(gao).get(f"{H}/payments/{one.uid}").text
    assert as_(gao).post(f"{H}/payments/{one.uid}/approval").status_code == 422
    assert as_(gao).post(f"{H}/payments/{one.uid}/approval", data={"is_sure": "1"}).status_code == 303
    assert wallet.reload().balance_minor == 250_000
    assert as_(gao).post(f"{H}/payments/{one.uid}/approval", data={"is_sure": "1"}).status_code == 409
    assert as_(gao).post(f"{H}/payments/{twin.uid}/approval", data={"is_sure": "1"}).status_code == 422, (
        "the bank paid it once"
    )
    assert as_(gao).post(f"{H}/payments/{twin.uid}/rejection", data={"reason": "no"}).status_code == 422
    assert as_(gao).post(f"{H}/payments/{twin.uid}/rejection", data={"reason": "asked for twice"}).status_code == 303
    assert "asked for twice" in browser.get(f"{T}/recharges/{twin.uid}").text
    assert browser.get(f"{T}/recharges/{one.uid}/receipt").status_code == 404
    run(wallets.receipts)
    run_again = Receipt.select().count()
    assert run_again == 2 and not receipt.wanted()
    for person, address in ((finn, f"{T}/recharges/{one.uid}/receipt"), (gao, f"{H}/payments/{one.uid}/receipt")):
        answer = as_(person).get(address)
        assert answer.data.startswith(b"%PDF") and "receipt-R-1.pdf" in answer.headers["Content-Disposition"]


def test_nobody_decides_on_their_own_by_any_route(as_, app, olga, gao, wallet, lotus):
    """Olga and Gao may do everything here, and each has asked for a recharge and proposed a change."""
    for person in (olga, gao):
        asked = Recharge.ask(wallet, 5_000, bank_reference=f"X-{person.login}", by=person)
        proposed = Adjustment.propose(wallet, 700, reason="a mistake", by=person)
        payout = Adjustment.propose(wallet, -700, reason="a mistake", by=person, kind="payout")
        before, tried = wallet.reload().balance_minor, 0
        for route, method in every(routes_of(app)):
            if route.endpoint.startswith("wallet.") and method == "POST" and "uid" in route.rule:
                for one in (asked, proposed, payout):
                    data = {"reason": "because I say so", "note": "because I say so", "is_sure": "1", "amount": "1"}
                    as_(person).post(route.address("harbor", uid=str(one.uid)), data=data)
                    tried += 1
        assert tried > 20 and wallet.reload().balance_minor == before
        assert {one.reload().state for one in (asked, proposed, payout)} == {"waiting"}
        page = as_(person).get(f"{H}/payments/{asked.uid}").text
        assert "Somebody else has to decide" in page and "/approval" not in page


def test_the_operator_opens_terms_blocks_mends_and_closes(as_, olga, gao, charlie, alice, lotus, wallet):
    boss, cashier = as_(olga), as_(gao)
    assert boss.post(f"{H}/all/", data={"owner": "comet", "currency": "USD"}).status_code == 303
    for wrong in (
        {"owner": "comet", "currency": "USD"},
        {"owner": "harbor", "currency": "USD"},
        {"owner": "comet", "currency": "XAU"},
    ):
        assert boss.post(f"{H}/all/", data=wrong).status_code == 422, wrong
    assert as_(charlie).get("/t/comet/wallet/").status_code == 200 and as_(alice).get(f"{T}/all/").status_code == 403
    at = f"{H}/all/{wallet.uid}"
    assert boss.post(f"{at}/terms", data={"credit_limit": "-1"}).status_code == 422
    assert boss.post(f"{at}/terms", data={"credit_limit": "200", "alert_below": "1,500.00"}).status_code == 303
    assert wallet.reload().available.amount_minor == 120_000 and wallet.reload().is_low
    assert (
        "less than the" in as_(alice).get(f"{T}/").text
        and "low, overdrawn or blocked" in as_(alice).get("/t/lotus/").text
    )
    assert boss.post(f"{at}/block", data={"reason": "why"}).status_code == 422
    assert (
        boss.post(f"{at}/block", data={"reason": "bills unpaid"}).status_code == 303
        and wallet.reload().state == "blocked"
    )
    assert boss.post(f"{at}/unblocking").status_code == 303 and boss.post(f"{at}/unblocking").status_code == 409
    assert (
        boss.post(f"{at}/changes", data={"way": "in", "amount": "10", "reason": "goodwill for a delay"}).status_code
        == 303
    )
    added = Adjustment.get()
    key = re.search(r'name="key" value="([^"]+)"', boss.get(at).text)[1]
    twice = {"way": "out", "amount": "3", "reason": "sent by two clicks", "key": key}
    assert [boss.post(f"{at}/changes", data=twice).status_code for _twice in range(2)] == [303, 303]
    assert boss.post(f"{at}/changes", data=twice | {"way": "in"}).status_code == 409
    assert Adjustment.select().count() == 2
    Adjustment.get(Adjustment.id != added.id).reject(note="not needed", by=gao)
    assert "goodwill" in boss.get(at).text and "R-" not in boss.get(f"{H}/changes/{added.uid}").text
    assert (
        cashier.post(f"{H}/changes/{added.uid}/approval").status_code == 303
        and wallet.reload().balance_minor == 101_000
    )
    posted = added.posted
    assert boss.post(f"{H}/movements/{posted.uid}/reversal", data={}).status_code == 422
    assert boss.post(f"{H}/movements/{posted.uid}/reversal", data={"reason": "wrong wallet"}).status_code == 303
    again = Adjustment.get(Adjustment.reverses == posted)
    assert cashier.post(f"{H}/changes/{again.uid}/rejection", data={"note": "it was right"}).status_code == 303
    assert boss.post(f"{at}/closure", data={"reason": "leaves the portal"}).status_code == 303
    rest = Adjustment.get(Adjustment.kind == "payout")
    assert (rest.amount_minor, wallet.reload().state) == (-101_000, "blocked")
    with pytest.raises(Refused, match="waits for a decision"):
        close(wallet, reason="leaves the portal", by=olga)
    assert cashier.post(f"{H}/changes/{rest.uid}/approval").status_code == 303
    assert boss.post(f"{at}/closure", data={"reason": "leaves the portal"}).status_code == 303
    assert (wallet.reload().state, wallet.reload().balance_minor) == ("closed", 0)
    for path in (
        "all/",
        "all/?look=low",
        "payments/",
        "changes/?state=waiting",
        "movements/?team=lotus",
        f"movements/?wallet={wallet.uid}",
        "",
    ):
        assert cashier.get(f"{H}/{path}").status_code == (403 if path == "" else 200), path


def test_an_exchange_gives_what_was_shown_once_at_the_portals_rate(as_, finn, alice, olga, harbor, lotus, wallet):
    dollars = Wallet.open_for(lotus, "USD", by=olga)
    asked = {"given": "CNY", "into": "USD", "amount": "700"}
    browser = as_(finn)
    assert "no exchange rate" in browser.get(f"{T}/exchange", query_string=asked).text
    DayRate.give(harbor, "USD", today(), Decimal("7.0"), for_all=True, by=olga)
    DayRate.give(lotus, "USD", today(), Decimal("0.01"), by=alice)  # Their own reckoning buys nothing.
    page = browser.get(f"{T}/exchange", query_string=asked).text
    assert "$100.00" in page
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    for wrong in (
        {},
        {"received": "9999999"},
        {"key": "x"},
        {"into": "CNY"},
        {"amount": "1000.01", "received": "14286"},
    ):
        sent = {**asked, "received": "10000", "key": key, **wrong} if wrong else {}
        assert browser.post(f"{T}/exchange", data=sent).status_code == 422, wrong
    assert dollars.reload().balance_minor == 0
    for _twice in range(2):
        assert browser.post(f"{T}/exchange", data={**asked, "received": "10000", "key": key}).status_code == 303
    assert (wallet.reload().balance_minor, dollars.reload().balance_minor) == (30_000, 10_000)
    page = browser.get(f"{T}/?wallet=USD").text
    assert "W00002-USD" in page and page.count('id="transfer-') == 1
    given, got = Transfer.select().where(Transfer.kind == "exchange").order_by(Transfer.id)
    for one, other, words in ((given, got, "Became"), (got, given, "Came from")):
        for person, address in ((finn, f"{T}/transfers"), (olga, f"{H}/movements")):
            page = as_(person).get(f"{address}/{one.uid}").text
            assert words in page and f'href="{address}/{other.uid}"' in page and other.wallet.label in page, words
            assert "1 CNY = 0.14285714 USD" in page


def test_an_exchange_is_asked_about_only_where_an_amount_is_and_says_at_once_that_it_is_too_much(
    as_, finn, olga, harbor, lotus, wallet
):
    Wallet.open_for(lotus, "USD", by=olga)
    DayRate.give(harbor, "USD", today(), Decimal("7.0"), for_all=True, by=olga)
    browser = as_(finn)
    assert "Please look at this" not in browser.get(f"{T}/exchange?view=all").text
    much = browser.get(f"{T}/exchange", query_string={"given": "CNY", "into": "USD", "amount": "1000.01"}).text
    assert "Only 1000.00 CNY can be exchanged." in much and "Exchange now" not in much
    assert "Please look at this" in much and "Not saved yet" not in much


def test_a_slip_is_sealed_and_only_what_is_drawn_in_it_comes_back(as_, finn, gao, charlie, wallet):
    asking = {"wallet": "CNY", "amount": "15", "method": "cash", "paid_on": str(today())}
    drawn = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(drawn, "PNG", pnginfo=secret_note())
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("secret.txt", b"secret note")
    paged = io.BytesIO()
    writer.write(paged)
    browser = as_(finn)
    for wrong in (b"<script>alert(1)</script>", b"MZ" + bytes(99), b"%PDF-" + bytes(8 * 1024 * 1024)):
        assert browser.post(f"{T}/recharges/", data=asking | {"slip": (io.BytesIO(wrong), "a.pdf")}).status_code == 422
    assert Recharge.select().count() == 0
    for content in (drawn.getvalue(), paged.getvalue(), b"%PDF-1.4 and nothing else", b"\xff\xd8\xff and nothing else"):
        key = str(uuid.uuid4())
        for _twice in range(2):
            sent = asking | {"slip": (io.BytesIO(content), "../../slip.exe"), "key": key}
            assert browser.post(f"{T}/recharges/", data=sent).status_code == 303
    assert RechargeSlip.select().count() == Recharge.select().count() == 4
    picture, paper, *broken = Recharge.select().order_by(Recharge.id)
    assert b"secret note" not in bytes(RechargeSlip.of(picture).sent)
    assert browser.get(f"{T}/recharges/{picture.uid}/slip").status_code == 404, "nothing that came is shown as it came"
    run(wallets.slips)
    shown = as_(gao).get(f"{H}/payments/{picture.uid}/slip")
    assert shown.mimetype == "image/jpeg" and Image.open(io.BytesIO(shown.data)).size == (300, 200)
    pages = browser.get(f"{T}/recharges/{paper.uid}/slip")
    assert (
        pages.mimetype == "application/pdf"
        and pages.data.startswith(b"%PDF")
        and b"secret" not in pages.data + shown.data
    )
    for one in broken:
        assert browser.get(f"{T}/recharges/{one.uid}/slip").status_code == 404
        assert "cannot be read" in as_(gao).get(f"{H}/payments/{one.uid}").text
    assert all(one.sent is None for one in RechargeSlip.select()) and not RechargeSlip.has_work()
    assert as_(charlie).get(f"/t/comet/wallet/recharges/{picture.uid}/slip").status_code == 404


def secret_note() -> PngInfo:
    told = PngInfo()
    told.add_text("Comment", "secret note")
    return told


@pytest.mark.both
def test_the_figures_of_a_month_and_its_days_are_what_the_transfers_say(clock, wallet, charged, olga, alice):
    """Recharged before; two charges; then another recharge and a refund."""
    refund(wallet, charged, charged.channel, 1_000, key="r")
    adjust(wallet, 300, key="a", by=olga)
    pay_in(wallet, 500, key="p", by=olga)
    clock.move(days=1)
    pay_in(wallet, 7, key="q", by=olga)
    now = Figures.of(wallet.reload(), "UTC")
    assert (
        now.balances[-1] == wallet.reload().balance_minor == 94_607
        and now.balances[-2] == 94_600
        and now.balances[0] == 0
    )
    assert now.freight.amount_minor + now.recharged.amount_minor + now.others.amount_minor + _before_month() == 94_607
    if _before_month() == 0:
        assert (now.freight.amount_minor, now.recharged.amount_minor, now.others.amount_minor) == (-6_200, 100_507, 300)
    assert spark_points(now.balances).startswith("0,28 ") and len(spark_points(now.balances).split()) == 30


def test_the_freight_of_a_month_leads_to_what_it_is_the_sum_of(as_, finn, gao, charged, wallet, olga):
    refund(wallet, charged, charged.channel, 1_000, key="r")
    adjust(wallet, 300, key="a", by=olga)
    month = the_clock.local(the_clock.now(), finn.timezone or wallet.team.timezone).date().replace(day=1)
    for page, at, shown in ((as_(finn), f"{T}/", T), (as_(gao), f"{H}/all/{wallet.uid}", f"{H}/movements")):
        found = re.search(rf'href="({shown}/\?[^"]*posted_from={month}[^"]*)"', page.get(at).text)
        assert found is not None, at
        rows = page.get(found[1].replace("&amp;", "&")).text
        assert rows.count('id="transfer-') == 3 and "Recharge</td>" not in rows, at


def test_a_price_by_volume_is_told_beside_the_weight_in_kilograms():
    """The columns are of kilograms; what was billed in cubic metres stands on the quote and on the statement."""
    one: Any = SimpleNamespace(parcel_id=1, kind="freight")
    parcel: Any = SimpleNamespace(id=1, quote_id=7, grams=1_500)
    for unit, ours, billed in (("KG", "4.85", "4.85"), ("CBM", "1.5", "1.7")):
        quote: Any = SimpleNamespace(unit=unit, chargeable=Decimal("4.85"))
        beside = Around(parcels={1: parcel}, quotes={7: quote}, scales={1: quote}, weighed={1: 1_700})
        assert (beside.ours(one), beside.billed(one)) == (Decimal(ours), Decimal(billed))


def _before_month() -> int:
    """What the balance was when this month began, told one by one."""
    start = the_clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return sum(one.signed_minor for one in Transfer.select() if one.posted_at < start)


def test_the_operator_is_led_to_the_wallets_of_all_and_not_to_one_of_its_own(as_, olga, alice):
    navigation = as_(olga).get("/t/harbor/").text.partition("</nav>")[0]
    assert 'href="/t/harbor/wallet/all/"' in navigation and 'href="/t/harbor/wallet/"' not in navigation
    assert 'href="/t/lotus/wallet/"' in as_(alice).get("/t/lotus/").text


def test_an_exchange_was_made_by_the_seller_for_whoever_looks_and_also_after_who_made_it_has_left(
    as_, finn, alice, olga, lotus, wallet
):
    out, _into = exchange(wallet, Wallet.open_for(lotus, "USD", by=olga), 10_000, Decimal("0.14"), key="e", by=finn)
    assert "Finn" in as_(alice).get(f"{T}/transfers/{out.uid}").text
    told = as_(olga).get(f"/t/harbor/wallet/movements/{out.uid}").text.partition('id="main"')[2]
    assert "Lotus Trading" in told and "Harbor Lines" not in told and "Finn" not in told
    Grant.delete().where(Grant.person == finn).execute()
    assert "Finn" in as_(alice).get(f"{T}/transfers/{out.uid}").text
