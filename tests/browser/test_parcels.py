"""Ten orders from “unshipped” to “delivered”, as a shipper does it: one batch on the screens, real Amazon and carriers' calls beside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from jobs import amazon as jobs_amazon
from jobs import carriers as jobs_carriers
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.catalog import saving
from models.database import close_databases
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Between
from models.freight.rate_card import RateCard
from models.orders.order import Order
from models.people.person import Person
from models.people.session import Session
from models.shipping.connecting import connect
from models.shipping.following import Following
from models.shipping.parcel import Parcel
from models.shipping.tracking_account import JOB as TRACK
from models.support import clock as the_clock
from sandbox.carriers.setup import TOKEN
from tests.browser.conftest import ended
from tests.freight.sheets import LINE, card
from tests.orders.conftest import Amazon, amazon, shop  # noqa: F401 (fixtures)
from tests.stores.selling import draft

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TEN, DAY = 10, 86_400
NUMBERS = [f"YT26326000000{at:05d}"[:18] for at in range(1, TEN + 1)]


@pytest.fixture
def line(harbor, olga, alice) -> None:
    """The operator's channel to wherever the orders go."""
    carrier = Carrier.make(harbor, code="YUN", name="YunExpress", by=olga)
    channel = Channel.make(harbor, carrier, code="OPS-LINE", name="Line", by=olga)
    sheet = card(LINE, card=LINE["card"].replace("DEMO-LINE", "OPS-LINE"), zones="zone,country;Z,DE;Z,CN",
                 rates="zone,band,type,rate;Z,0<W<=30,PER_KG,60", limits="zone,max_actual_kg;*,30")  # fmt: skip
    RateCard.draft(channel, replace(sheet, dates=Between(date(2020, 1, 1))), by=alice).approve(by=olga)


@pytest.fixture
def world(portal, app, amazon, shop, lotus, alice, line, monkeypatch) -> Iterator[str]:  # noqa: F811
    """Lotus with ten unshipped orders for a product it knows, the operator's channel, and a tracking service."""
    jobs_amazon.use_settings(replace(portal, amazon_url=amazon.handle.url, carriers_url=amazon.handle.url))
    monkeypatch.setattr(jobs_carriers, "sleep", lambda seconds: the_clock.move(seconds=seconds))
    saving.create(lotus, draft(skus=("CUP-1",)), by=alice)
    amazon.orders(TEN, days=0.2, statuses=["UNSHIPPED"], fulfilled_by="MERCHANT")
    run("orders.poll", shop.uid)
    connect(lotus, kind="seventeen", name="17TRACK", secret=TOKEN)
    server = make_server("127.0.0.1", 0, ended(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def run(job: str, scope: Any = "") -> None:
    the_clock.move(seconds=1)  # A moment has one run.
    done = Runner(SCHEDULE, None).run(job, str(scope))
    assert done is not None and done.reload().state == "done", done and done.reload().error
    close_databases()


@pytest.fixture
def page(chromium: Browser, world: str) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, base_url=world + "/t/lotus/", locale="en-US"
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def sign_in(page: Page, person: Person, world: str) -> None:
    _session, token = Session.open(person, address="127.0.0.1", device="a test")
    close_databases()  # The test itself holds nothing open while the portal writes.
    page.context.add_cookies([{"name": "sid", "value": token, "url": world}])


def choose_all(page: Page) -> None:
    page.locator("thead input[type=checkbox]").check()
    expect(page.locator("[data-bulk-count]")).to_have_text(str(TEN))


def act(page: Page, address: str, button: str, told: str) -> None:
    """Does one thing with all ten rows of a list."""
    page.goto(address)
    choose_all(page)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(told)).to_be_visible()


def test_ten_orders_leave_in_one_batch_and_arrive(page: Page, world: str, amazon: Amazon, shop, alice) -> None:  # noqa: F811
    sign_in(page, alice, world)
    act(page, "orders/", "Make parcels", f"Make parcels: {TEN} done.")
    act(page, "shipping/?view=to_label", "Choose the cheapest channel", f"Choose the cheapest channel: {TEN} done.")
    paste_the_numbers(page)
    act(page, "shipping/?view=to_label", "Label", f"Label: {TEN} done.")
    act(page, "shipping/?view=labelled", "Tell Amazon", f"Tell Amazon: {TEN} done.")
    close_databases()
    run("shipping.confirm", shop.uid)
    page.goto("shipping/told/")
    expect(page.locator("tbody .pill", has_text="Confirmed")).to_have_count(TEN)
    run("orders.fetch", shop.uid)
    assert {order.status for order in Order.select()} == {"SHIPPED"}
    follow_them_home(amazon)
    sign_in(page, alice, world)  # Days have passed.
    page.goto("shipping/?view=ended")
    expect(page.locator("tbody .pill", has_text="Delivered")).to_have_count(TEN)
    page.locator("tbody a").first.click()
    expect(page.get_by_text("Out for delivery").first).to_be_visible()
    orders = list(Order.select())
    assert all(order.purge_at is not None for order in orders), "Delivered starts the clock of retention."
    assert max(order.purge_at for order in orders) <= the_clock.ahead(days=30)


def paste_the_numbers(page: Page) -> None:
    page.goto("shipping/?view=to_label")
    choose_all(page)
    page.get_by_role("button", name="Give tracking numbers").click()
    page.locator("[name=pasted]").fill("\n".join(NUMBERS))
    page.get_by_role("button", name="Look at the lines").click()
    expect(page.locator("tbody .pill", has_text="New")).to_have_count(TEN)
    page.get_by_role("button", name="Give the numbers").click()
    expect(page.get_by_text(f"{TEN} parcels have their numbers.")).to_be_visible()


def follow_them_home(amazon: Amazon) -> None:  # noqa: F811
    for number in NUMBERS:
        amazon.control.post("/parcels", number=number, fate="delivered", pace=0.5, late=0, destination="DE")
    the_clock.move(to=datetime.fromtimestamp(amazon.control.wait(0), UTC).replace(tzinfo=None))
    run("shipping.follow")
    account = Following.get().account.uid
    for _day in range(8):
        run(TRACK, account)
        amazon.wait(days=1)
    assert {parcel.state for parcel in Parcel.select()} == {"delivered"}
