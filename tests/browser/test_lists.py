"""Lists by keyboard alone, in the demo as it is served: find, save a view, act on many and take it back, export, import."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from python_calamine import CalamineWorkbook

from tests.demo.conftest import Demo
from tests.servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNTED_CUPS = re.compile(r"Cups\s*\d+")  # The count comes a moment after the tabs.
SHEET = "代码,SKU,标题,品牌,语言,产品类型,package_weight_grams\nNEW-1,NEW-1-A,Quiet lamp,Lotus Home,en,LAMP,300\nNEW-2,NEW-2-A,Lamp,Lotus Home,en,LAMP,heavy\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    demo = Demo(tmp_path_factory.mktemp("lists") / "demo", "--json", "--port", str(free_port()))
    try:
        yield demo.told()
    finally:
        demo.kill()
        demo.assert_gone()


@pytest.fixture
def page(chromium: Browser, told: dict[str, Any]) -> Iterator[Page]:
    """The boss of Lotus, signed in."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    boss = next(one for one in told["people"] if one["login"] == "lin.jia")
    page.goto(told["url"] + "/sign-in")
    expect(page.locator("input[name=login]")).to_be_focused()
    page.keyboard.type(boss["login"])
    page.keyboard.press("Tab")
    page.keyboard.type(boss["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lotus Home")).to_be_visible()
    yield page
    context.close()
    assert complaints == []


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until what is wanted has the focus."""
    for _ in range(150):
        if wanted.evaluate_all("found => found.includes(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by Tab")


def go(page: Page, key: str, heading: str) -> None:
    """Keys work once the page and its script have come."""
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press(key)
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def test_find_save_a_view_and_come_back_to_it(page: Page) -> None:
    go(page, "o", "Orders")
    tab_to(page, page.locator(".find input"))
    page.keyboard.type("LH-CUP")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=LH-CUP"))
    tab_to(page, page.get_by_role("button", name="Save view").first)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of the view")).to_be_visible()
    tab_to(page, page.get_by_label("Name of the view"))
    page.keyboard.type("Cups")
    page.keyboard.press("Enter")
    expect(page.locator(".tabs [aria-current=page]")).to_have_text(COUNTED_CUPS)
    go(page, "p", "Products")
    go(page, "o", "Orders")
    cups = page.locator(".tabs a", has_text="Cups")
    expect(cups).to_have_text(COUNTED_CUPS)
    tab_to(page, cups)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=LH-CUP"))
    expect(page.locator(".find input")).to_have_value("LH-CUP")


def test_many_rows_are_archived_and_taken_back(page: Page) -> None:
    go(page, "p", "Products")
    before = page.locator("tbody tr").first.inner_text()
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    tab_to(page, page.get_by_role("button", name="Archive"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Archive: 2 done.")).to_be_visible()
    assert page.locator("tbody tr").first.inner_text() != before
    tab_to(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Restore: 2 done.")).to_be_visible()


def test_the_drawer_walks_the_list_and_gives_the_focus_back(page: Page) -> None:
    go(page, "o", "Orders")
    ids = page.locator("tbody th a.mono").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text(ids[0])
    page.keyboard.press("j")
    expect(drawer).to_contain_text(ids[1])
    page.keyboard.press("k")
    expect(drawer).to_contain_text(ids[0])
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert ids[0] in page.evaluate("document.activeElement.closest('tr').innerText")


def test_the_palette_jumps_to_an_exact_id(page: Page) -> None:
    go(page, "o", "Orders")
    order_id = page.locator("tbody th a.mono").nth(3).inner_text()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.type(order_id)
    expect(page.locator("#palette-results")).to_contain_text(order_id)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=order_id)).to_be_visible()


def test_what_is_shown_is_exported(page: Page, tmp_path: Path) -> None:
    go(page, "p", "Products")
    tab_to(page, page.locator("button[popovertarget=export]"))
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        tab_to(page, page.locator("#export button.button-primary"))
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "products.xlsx")
    rows = CalamineWorkbook.from_path(str(tmp_path / "products.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[0][:2] == ["Product", "Code"] and len(rows) > 40


def test_a_sheet_with_a_wrong_row_says_where(page: Page, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(SHEET.encode("gb18030"))
    page.on("filechooser", lambda _chooser: None)  # Asked for early: a key pressed at once would outrun the request.
    go(page, "p", "Products")
    tab_to(page, page.get_by_role("link", name="Import"))
    page.keyboard.press("Enter")
    box = page.locator("input[type=file]")
    expect(box).to_be_attached()
    page.wait_for_load_state()
    tab_to(page, box)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(sheet)
    page.keyboard.press("Tab")
    tab_to(page, page.locator("main button[type=submit]").first)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Which column is which?")
    page.wait_for_load_state()
    tab_to(page, page.locator("main button.button-primary").first)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("heavy")
    expect(page.locator("main")).to_contain_text("1 new")
