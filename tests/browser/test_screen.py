"""The portal's own pages in a real browser: the drawer by keyboard alone, what is not saved, and every page in both themes, from right to left and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import COUNT
from tests.look.test_browser import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WALKS = {
    "selling": ("", "orders/", "orders/?waiting=today", "catalog/products/", "catalog/products/new", "catalog/listings/"),
    "the team": ("stores/", "stores/new", "people/", "people/new", "audit/", "imports/", "exports/", "search/?q=a", "lists/orders/views"),
}  # fmt: skip


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
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.mark.parametrize("walk", WALKS)
def test_every_page_and_its_drawer_is_whole_and_axe_finds_nothing(window, alice, walk):
    page = window(alice)
    found: list[str] = []
    for path in WALKS[walk]:
        answer = page.goto(path)
        assert answer and answer.ok, path
        found += looked_at(page, path)
        link = page.locator("table[data-list] a[data-drawer]").first
        if "?" not in path and link.count():  # Else the drawer was looked at already.
            link.click()
            expect(page.locator("#drawer-title")).to_be_visible()
            found += looked_at(page, f"{path} with its drawer")
    assert found == []


def looked_at(page: Page, name: str) -> list[str]:
    """Loaded once and turned around: axe in the light on a desk and a phone, its colours again in the dark, the width both ways."""
    found = []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for direction in ("rtl", "ltr"):
            page.evaluate("direction => { document.documentElement.dir = direction }", direction)
            wide = page.evaluate(WIDER)
            found += [f"{name} is {wide} pixels too wide, {direction} in {width}"] if wide > 0 else []
        found += [f"{name} in {width}: {fault}" for fault in faults(page)]
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
