"""The palette in a real browser, by the keyboard alone; the page without JavaScript; what is said when the line is cut."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from models.orders.ingest import keep
from models.people.session import Session
from tests.look.test_browser import faults
from tests.orders.conftest import snapshot

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """The portal on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page_of(chromium: Any, address: str) -> Iterator[Any]:
    """`page_of(alice)`: a page in which she has signed in."""
    contexts = []

    def opened(person: Any, path: str = "/t/lotus/", **how: Any) -> Page:
        _session, token = Session.open(person, address="127.0.0.1", device="a test")
        context = chromium.new_context(base_url=address, **how)
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.add_cookies([{"name": "sid", "value": token, "url": address}])
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_the_palette_opens_finds_and_goes_by_the_keyboard_alone(page_of, alice, goods):
    page = page_of(alice, "/t/lotus/catalog/products/")
    page.locator("[data-search]").focus()
    page.keyboard.press("Control+k")
    field = page.locator("#palette input")
    expect(field).to_be_focused()
    expect(page.locator("#palette [role=option]").first).to_have_text("Dashboard")
    page.keyboard.type("travel")
    options = page.locator("#palette [role=option]")
    expect(options).to_have_count(1)
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.type("tm-35")
    expect(options).to_have_count(2)
    selected = page.locator("#palette [aria-selected=true]")
    expect(selected).to_contain_text("302-0000007")
    page.keyboard.press("ArrowDown")
    expect(selected).to_contain_text("Travel mug")
    assert field.get_attribute("aria-activedescendant") == selected.get_attribute("id")
    page.keyboard.press("ArrowDown")
    expect(selected).to_contain_text("302-0000007")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/catalog/products/{goods[0].uid}")


def test_enter_before_the_answer_still_leads_to_the_record(page_of, alice, goods):
    page = page_of(alice)
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("302-0000007-7654321")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{goods[1].uid}")


def test_a_word_that_finds_nothing_says_so_and_a_page_is_reached_by_name(page_of, alice):
    page = page_of(alice)
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    expect(page.locator("#palette-results")).to_contain_text("Nothing found")
    page.keyboard.press("Control+a")
    page.keyboard.type("event")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Event log")
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/lotus/audit/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", ["", "tm-35", "zzzz"])
def test_axe_finds_nothing_with_the_palette_open(page_of, alice, goods, scheme, text):
    page = page_of(alice, color_scheme=scheme)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    if text:
        page.keyboard.type(text)
        expect(page.locator("#palette-results")).to_have_attribute("data-text", text)
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_without_javascript_and_axe_finds_nothing(page_of, alice, goods, scheme):
    page = page_of(alice, java_script_enabled=False)
    page.fill("[data-search]", "tm-35")
    page.press("[data-search]", "Enter")
    page.click("main a:has-text('Travel mug')")
    assert page.url.endswith(f"/catalog/products/{goods[0].uid}")
    page = page_of(alice, "/t/lotus/search/?q=tm-35", color_scheme=scheme)
    assert faults(page) == []
    page.goto("/t/lotus/search/?q=zzzz")
    assert faults(page) == []


def test_the_sheet_lists_shortcuts_that_are_true(page_of, alice):
    page = page_of(alice)
    page.keyboard.press("?")
    sheet = page.locator("#shortcuts")
    expect(sheet).to_be_visible()
    told = [key.strip().split()[-1] for key in sheet.locator("dd", has_text="G ").all_inner_texts()]
    keys = page.evaluate("[...document.querySelectorAll('[data-go]')].map((link) => link.dataset.go.toUpperCase())")
    assert told == keys and keys
    page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()
    for key, path in (("o", "/t/lotus/orders/"), ("p", "/t/lotus/catalog/products/"), ("d", "/t/lotus/")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**{path}")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()


def test_a_request_that_does_not_arrive_shows_the_bar_until_the_portal_is_back(page_of, alice):
    page = page_of(alice)
    page.route("**/t/lotus/search/*", lambda route: route.abort())
    page.route("**/health", lambda route: route.abort())
    page.keyboard.press("Control+k")
    page.keyboard.type("x")
    bar = page.locator("#offline")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("Nothing that was saved is lost")
    page.unroute("**/health")
    expect(bar).not_to_be_visible()


def test_new_orders_are_told_and_shown_without_losing_the_selection_before(page_of, alice, goods):
    page = page_of(alice, "/t/lotus/orders/")
    page.check(".row-check")
    keep(goods[1].store, [snapshot(8, age_days=0.5)])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#fresh")).to_contain_text("1 new order")
    expect(page.locator(".row-check")).to_be_checked()
    assert faults(page) == []
    page.click("#fresh a")
    expect(page.locator("table[data-list] tbody tr")).to_have_count(2)
    expect(page.locator("#fresh")).not_to_contain_text("new order")
