"""One parcel's money in a real browser: paid in, held at the label, charged at the scale, and told by a statement to the cent."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from jobs import amazon as jobs_amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.database import close_databases
from models.people.session import Session
from models.shipping import offers
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.support import clock as the_clock
from models.wallet.statements.statement import Statement
from models.wallet.wallet import Wallet
from tests.browser.conftest import ended
from tests.orders.conftest import make_store
from tests.shipping.conftest import NUMBER, SIDES, ops_channel  # noqa: F401 (a fixture)
from tests.shipping.test_parcel import order_of
from tests.wallet.test_pages import seat

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOON = 3_000  # Milliseconds, in which a page shows by itself what was posted.


@pytest.fixture
def world(app: Any, portal: Any, ops_channel: Any) -> Iterator[str]:  # noqa: F811
    jobs_amazon.use_settings(portal)
    server = make_server("127.0.0.1", 0, ended(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def desk(chromium: Browser, world: str) -> Iterator[Any]:
    """`desk(person, team)`: a page of their own, signed in."""
    opened = []

    def sit(person: Any, team: str) -> Page:
        _session, token = Session.open(person, address="127.0.0.1", device="a test")
        close_databases()
        context = chromium.new_context(
            viewport={"width": 1440, "height": 900}, base_url=f"{world}/t/{team}/", locale="en-US"
        )
        context.add_cookies([{"name": "sid", "value": token, "url": world}])
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield sit
    for context in opened:
        context.close()


def run(job: str, scope: Any = "") -> None:
    the_clock.move(seconds=1)
    done = Runner(SCHEDULE, None).run(job, str(scope))
    assert done is not None and done.reload().state == "done", done and done.reload().error
    close_databases()


@pytest.fixture
def ready(lotus: Any, alice: Any, olga: Any, ops_channel: Any) -> Parcel:  # noqa: F811
    """300 g with a channel and a number; all it wants is its label: 27.00."""
    Wallet.open_for(lotus, "CNY", by=olga)
    made = make_parcel([order_of(make_store(lotus))], by=alice)
    made.box(grams=300, sides_mm=SIDES, by=alice)
    offers.choose_cheapest(made.reload(), by=alice)
    made.reload().give_number(NUMBER, by=alice)
    return made.reload()


def test_a_parcel_from_its_hold_to_its_line_of_the_statement(desk, ready, lotus, harbor, alice, olga) -> None:
    finn, gao = seat(lotus, "finn", "finance"), seat(harbor, "gao", "cashier")
    payer, cashier = desk(finn, "lotus"), desk(gao, "harbor")
    payer.goto("wallet/recharges/new")
    payer.get_by_label("Amount").fill("1000")
    payer.get_by_label("Bank reference").fill("HSBC-4711")
    payer.get_by_role("button", name="Ask", exact=True).click()
    expect(payer.get_by_text("R-1").first).to_be_visible()
    cashier.goto("wallet/payments/?state=waiting")
    cashier.get_by_role("link", name="R-1").click()
    cashier.get_by_role("button", name="Approve").click()
    expect(cashier.get_by_text("came into")).to_be_visible()

    payer.goto("wallet/")
    figures = payer.locator("#wallet-figures")
    expect(figures.get_by_text("CN¥1,000.00").first).to_be_visible()
    shipper = desk(alice, "lotus")
    shipper.goto(f"shipping/parcels/{ready.uid}")
    shipper.get_by_role("button", name="Label", exact=True).click()
    expect(shipper.locator(".pill", has_text="Labelled").first).to_be_visible()
    expect(figures.get_by_text("CN¥27.00")).to_be_visible(timeout=SOON)
    expect(figures.get_by_text("CN¥973.00")).to_be_visible()

    scale = desk(olga, "harbor")
    scale.goto(f"shipping/warehouse/{ready.uid}")
    for name, value in (("Weight", "800"), ("Length", "20"), ("Width", "10"), ("Height", "5")):
        scale.get_by_label(name).fill(value)
    scale.get_by_role("button", name="Weigh in").click()
    expect(payer.locator("#transfers-rows tr", has_text="Freight, extra")).to_be_visible(timeout=SOON + 2_000)
    expect(figures.get_by_text("CN¥928.00").first).to_be_visible()
    shown = payer.locator("#transfers-rows tr", has_text=NUMBER)
    expect(shown).to_have_count(2)
    expect(shown.filter(has_text="Freight, extra")).to_contain_text("45.00")

    the_clock.move(to=the_clock.now() + timedelta(days=1, hours=1))
    payer = desk(finn, "lotus")
    payer.goto("wallet/statements/new")
    yesterday = str(the_clock.local(the_clock.ago(days=1), lotus.timezone).date())
    for name in ("First day", "Last day"):
        payer.get_by_label(name).fill(yesterday)
    payer.get_by_role("button", name="Make it").click()
    expect(payer.get_by_text("FS-").first).to_be_visible()
    made = Statement.get()
    run("wallet.statements", made.uid)
    payer.goto(f"wallet/statements/{made.uid}")
    expect(payer.locator(".pill", has_text="Issued").first).to_be_visible()
    told = payer.request.get(f"wallet/statements/{made.uid}.csv")
    rows = csv.DictReader(told.body().decode("utf-8-sig").splitlines())
    assert [(row["kind"], row["out"], row["balance"]) for row in rows if row["tracking_number"] == NUMBER] == [
        ("freight", "27.00", "973.00"),
        ("extra", "45.00", "928.00"),
    ]
    assert payer.request.get(f"wallet/statements/{made.uid}.pdf").body().startswith(b"%PDF")
