"""Statements on the screen: asked for, shown, downloaded by the team alone; proved by anybody, who learns nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs import amazon, statements
from models.audit.event import Event
from models.support import clock as the_clock
from models.wallet.recharge import Recharge
from models.wallet.statements.statement import Statement
from tests.orders.conftest import make_store
from tests.wallet.test_pages import seat
from tests.wallet.test_statements import run


@pytest.fixture
def issued(wallet, portal, clock, monkeypatch) -> Statement:
    amazon.use_settings(portal)
    monkeypatch.setattr(statements, "PRINTER", statements.making.Printer(*[lambda *_given: b"%PDF-1.7 a paper"] * 3))
    clock.move(days=3)
    day = (the_clock.now() - timedelta(days=2)).date()
    asked = Statement.ask(wallet, day - timedelta(days=3), day)
    run(statements.make, str(asked.uid))
    return asked.reload()


def test_a_period_is_asked_for_and_what_is_wrong_with_it_stands_beside_it(as_, alice, wallet, clock):
    clock.move(days=3)
    page = as_(alice)
    assert "No statement yet" in page.get("/t/lotus/wallet/statements/").text
    wrong = page.post(
        "/t/lotus/wallet/statements/", data={"wallet": "CNY", "first_day": "2026-01-02", "last_day": "2036-01-01"}
    )
    assert wrong.status_code == 422 and "days that are over" in wrong.text
    assert (
        page.post("/t/lotus/wallet/statements/", data={"wallet": "USD", "first_day": "x", "last_day": ""}).status_code
        == 422
    )
    day = str((the_clock.now() - timedelta(days=2)).date())
    made = page.post("/t/lotus/wallet/statements/", data={"wallet": "CNY", "first_day": day, "last_day": day})
    assert made.status_code == 303 and "It is being made" in page.get(made.location).text


def test_the_team_downloads_it_and_nobody_else(as_, alice, bob, charlie, olga, issued):
    address = f"/t/lotus/wallet/statements/{issued.uid}"
    page = as_(alice)
    assert issued.code in page.get(address).text and issued.number in page.get("/t/lotus/wallet/statements/").text
    pdf, table = page.get(address + ".pdf"), page.get(address + ".csv")
    assert (
        pdf.data.startswith(b"%PDF")
        and table.data[:3] == b"\xef\xbb\xbf"
        and "no-store" in pdf.headers["Cache-Control"]
    )
    assert Event.select().where(Event.name == "statement_downloaded").count() == 2
    for stranger, where in ((charlie, "comet"), (charlie, "lotus"), (bob, "lotus")):
        for end in ("", ".pdf", ".csv"):
            assert as_(stranger).get(f"/t/{where}/wallet/statements/{issued.uid}{end}").status_code in (403, 404)
    assert page.get(f"/t/lotus/wallet/statements/{issued.uid}.exe").status_code == 404


def test_who_works_for_some_stores_sees_neither_statements_nor_the_teams_recharges(as_, lotus, alice, wallet, issued):
    """They tell of the parcels of every store, and of the team's other money."""
    asked = Recharge.ask(wallet, 5_000, bank_reference="ICBC 1", by=alice)
    mia = seat(lotus, "mia", "manager", stores=[make_store(lotus).id])
    browser, at = as_(mia), "/t/lotus/wallet"
    for gone in (
        f"statements/{issued.uid}",
        f"statements/{issued.uid}.pdf",
        f"statements/{issued.uid}.csv",
        f"recharges/{asked.uid}",
    ):
        assert browser.get(f"{at}/{gone}").status_code == 404, gone
    day = str(issued.first_day)
    asking = browser.post(f"{at}/statements/", data={"wallet": "CNY", "first_day": day, "last_day": day})
    assert asking.status_code == browser.get(f"{at}/statements/new").status_code == 403
    assert issued.number not in browser.get(f"{at}/statements/").text
    assert asked.bank_reference not in browser.get(f"{at}/recharges/").text
    page = browser.get(f"{at}/").text
    assert "/wallet/statements/" not in page and "/wallet/recharges/" not in page and "/wallet/holds/" in page
    finn = seat(lotus, "finn", "finance", stores=[make_store(lotus, name="Second").id])
    mine = Recharge.ask(wallet, 7_000, bank_reference="ICBC 2", by=finn)
    page = as_(finn).get(f"{at}/recharges/").text
    assert mine.bank_reference in page and asked.bank_reference not in page
    assert as_(finn).get(f"{at}/recharges/{mine.uid}").status_code == 200
    for way in ("get", "post"):
        assert getattr(as_(finn), way)("/t/lotus/wallet/exchange").status_code == 403, (
            "the whole team's money is not his to move"
        )
    assert "/wallet/exchange" not in as_(finn).get("/t/lotus/wallet/").text


def test_the_event_log_of_some_stores_tells_nothing_of_the_teams_money(as_, lotus, alice, wallet, issued):
    asked = Recharge.ask(wallet, 5_000, bank_reference="ICBC 1", by=alice)
    told = Event.get(Event.name == "recharge_asked")
    places = ("audit/", f"audit/?object=recharge&object_id={asked.id}", f"workload/{alice.uid}")
    for login, stores, is_told in (("mia", [make_store(lotus).id], False), ("max", None, True)):
        browser = as_(seat(lotus, login, "manager", stores=stores))
        for place in places:
            page = browser.get(f"/t/lotus/{place}").text
            assert ("CN¥50.00" in page) == is_told, place
        assert browser.get(f"/t/lotus/audit/{told.id}").status_code == (200 if is_told else 404)
        assert (issued.number in browser.get("/t/lotus/audit/").text) == is_told
        assert "Mia Person" in browser.get("/t/lotus/audit/").text, "all else they read"


def test_anybody_with_the_paper_learns_that_it_is_genuine_and_nothing_else(visitor, issued):
    good = visitor.get(f"/statements/verify?number={issued.number}&code={issued.code}").text
    assert "issued a statement" in good and "Lotus" not in good and "1,000" not in good
    for number, code in (
        (issued.number, "1111-2222-3333-4444"),
        ("<script>alert(1)</script>", issued.code),
        ("_", "x" * 500),
    ):
        bad = visitor.get("/statements/verify", query_string={"number": number, "code": code})
        assert bad.status_code == 200 and "no such statement" in bad.text and "<script>alert" not in bad.text
    assert "issued" not in visitor.get("/statements/verify").text
