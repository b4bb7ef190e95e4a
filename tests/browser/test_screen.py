"""The portal's own pages in a real browser: the drawer by keyboard alone, what is not saved, and every page in both themes, from right to left and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models.database import close_databases, connected
from tests.browser.conftest import COUNT
from tests.freight.asking import approved
from tests.look.test_browser import faults
from tests.test_routes import routes_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PARTS = 4
# Pages whose address names more than the team.
MORE = ["orders/?waiting=today", "search/?q=a", "lists/orders/views", "imports/kinds/products"]


def test_a_list_is_walked_in_its_drawer_by_keyboard_alone_into_the_next_page_and_back(window, alice):
    page = window(alice)
    page.goto("orders/?ordered=30")
    ids = page.locator("table[data-list] a[data-drawer]").all_inner_texts()
    assert len(ids) < COUNT
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    title = page.locator("#drawer-title")
    expect(title).to_have_text(ids[0])
    expect(title).to_be_focused()
    expect(page.locator("#drawer [data-walk='-1']")).to_be_disabled()
    page.keyboard.press("j")
    expect(title).to_have_text(ids[1])
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(ids[2])
    page.keyboard.press("k")
    expect(title).to_have_text(ids[1])
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).not_to_be_visible()
    expect(page.locator("table[data-list] a[data-drawer]").nth(1)).to_be_focused()
    assert page.url.endswith("orders/?ordered=30")
    page.locator("table[data-list] a[data-drawer]").last.focus()
    page.keyboard.press("Enter")
    expect(title).to_have_text(ids[-1])
    page.keyboard.press("j")
    expect(title).not_to_have_text(ids[-1])
    assert title.inner_text() not in ids, "the list goes on"
    page.go_back()
    expect(page.locator("#drawer")).not_to_be_visible()
    assert "after=" in page.url and "ordered=30" in page.url
    page.go_back()
    expect(page.locator("table[data-list] a[data-drawer]").first).to_have_text(ids[0])


def test_what_is_typed_is_asked_about_before_back_closes_the_drawer(window, alice):
    page = window(alice)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.goto("catalog/products/")
    page.locator("table[data-list] a[data-drawer]").first.click()
    page.locator("#drawer .editable").first.click()
    page.locator("#drawer input[name=value]").fill("7")
    page.go_back()
    expect(page.locator("#drawer input[name=value]")).to_have_value("7")
    assert len(asked) == 1 and "/catalog/products/" in page.url


def test_texts_are_counted_as_amazon_counts_them(window, alice):
    page = window(alice)
    page.goto("catalog/products/new")
    page.fill("#f-keywords", "保温杯😀é")
    expect(page.locator("#f-keywords-count")).to_contain_text("15 / 249")
    page.fill("#f-title", "保温杯😀é")
    expect(page.locator("#f-title-count")).to_contain_text("5 / 200")


# On a desk the middle of the page scrolls by itself, and so does the drawer.
WIDER = "Math.max(...[...document.querySelectorAll('html, main, .drawer-body')].map((one) => one.scrollWidth - one.clientWidth))"
# Fifty rows alike teach axe no more than eight, and cost several seconds each time.
FEWER = "document.querySelectorAll('tbody tr:nth-child(n+9)').forEach((row) => row.remove())"


def test_prices_follow_what_is_typed_and_fit_on_a_phone(window, alice, bob, lotus):
    with connected():
        approved(lotus, alice, bob)
    close_databases()
    page = window(alice)
    page.goto("freight/")
    page.locator("[name=to]").select_option("US")
    page.locator("[name=kg1]").fill("0.3")
    cheapest = page.locator("details.price").first
    expect(cheapest).to_contain_text("50.00")
    assert "kg1=0.3" in page.url and "to=US" in page.url
    page.locator("[name=l1]").fill("40")  # Only begun: the price stays, and says that sizes are missing.
    expect(cheapest).to_contain_text("Sizes are missing")
    page.locator("[name=kg1]").fill("")
    page.locator("[name=sku1]").press_sequentially("TOY-")
    expect(page.locator("#skus option")).to_have_count(3)
    page.locator("[name=sku1]").fill("TOY-1")
    expect(page.locator("#answers")).to_contain_text("TOY-1 goes in its own package.")
    expect(cheapest).to_be_visible()
    page.reload()  # A box without a weight is only begun no more.
    expect(page.locator("[name=kg1]")).to_have_attribute("aria-invalid", "true")
    assert looked_at(page, "prices") == []


PLACES = {"runOnly": ["target-size", "scrollable-region-focusable"]}  # What the direction can change.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_and_its_drawer_is_whole_and_axe_finds_nothing(app, as_, window, alice, olga, part):
    hers, others = pages_of(app, as_(alice), "lotus"), pages_of(app, as_(olga), "harbor")
    walks = [(alice, path) for path in hers + MORE] + [(olga, path) for path in others if path not in hers]
    assert len(walks) > 30
    found: list[str] = []
    pages = {person: window(person) for person in (alice, olga)}
    for person, path in walks[part::PARTS]:
        page = pages[person]
        answer = page.goto(f"../{'lotus' if person == alice else 'harbor'}/{path}")
        assert answer and answer.ok, path
        found += looked_at(page, path)
        link = page.locator("table[data-list] a[data-drawer]").first
        if "?" not in path and link.count():  # Else the drawer was looked at already.
            link.click()
            expect(page.locator("#drawer-title")).to_be_visible()
            found += looked_at(page, f"{path} with its drawer")
    assert found == []


def pages_of(app: Any, browser: Any, team: str) -> list[str]:
    """Every page of a team that this person may open and whose address names nothing more: taken from the routes, so that a new
    page cannot be forgotten."""
    simple = [one.address(team) for one in routes_of(app) if "GET" in one.methods and one.has_team and one.is_simple]
    return sorted(path.removeprefix(f"/t/{team}/") for path in simple if "<html" in whole(browser.get(path)))


def whole(answer: Any) -> str:
    return answer.text if answer.status_code == 200 and answer.mimetype == "text/html" else ""


def looked_at(page: Page, name: str) -> list[str]:
    """Loaded once and turned around: axe on a desk and a phone, what depends on places also from right to left, colours again in
    the dark; nothing wider than the screen either way."""
    found = []
    page.evaluate(FEWER)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for direction in ("rtl", "ltr"):
            page.evaluate("direction => { document.documentElement.dir = direction }", direction)
            where = f"{name}, {direction} in {width}"
            wide = page.evaluate(WIDER)
            found += [f"{where}: {wide} pixels too wide"] if wide > 0 else []
            found += [f"{where}: {fault}" for fault in (faults(page, PLACES) if direction == "rtl" else faults(page))]
    page.emulate_media(color_scheme="dark")
    found += [f"{name} in the dark: {fault}" for fault in faults(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


@pytest.mark.parametrize("path", ["", "orders/", "catalog/products/"])
def test_nothing_moves_while_a_page_comes_in(window, alice, path):
    page = window(alice)
    page.add_init_script(
        "window.__moved = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) window.__moved += one.value; })"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(path)
    page.wait_for_timeout(600)
    assert page.evaluate("window.__moved") < 0.02


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_edge_of_a_heading_is_dragged_and_the_column_stays_so(window, alice, direction):
    page = window(alice)
    page.goto("orders/")
    if direction == "rtl":
        page.evaluate("document.documentElement.dir = 'rtl'")
    head = page.locator("th[scope=col]", has=page.locator("[data-grip=items]"))
    edge = head.locator("[data-grip]").bounding_box()
    before = head.bounding_box()
    x, y = edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + (-60 if direction == "ltr" else 60), y, steps=3)
    with page.expect_response("**/lists/orders/layout"):
        page.mouse.up()
    narrower = head.bounding_box()["width"]
    assert before["width"] - 70 < narrower < before["width"] - 50, "also narrower than what stands in it"
    page.reload()
    assert abs(head.bounding_box()["width"] - narrower) < 2
    page.get_by_role("button", name="Columns", exact=True).click()
    page.get_by_label("Width of Items").fill("240")
    page.locator("#columns").get_by_role("button", name="Save").click()
    expect(page.locator("#columns")).not_to_be_visible()
    assert abs(head.bounding_box()["width"] - 240) < 2, "without a pointer, in the chooser"
