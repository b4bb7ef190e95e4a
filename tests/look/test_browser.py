"""The look in a real browser, under the portal's own Content-Security-Policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.look.conftest import Window

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS: list[dict[str, str]] = [{"theme": "light"}, {"theme": "dark"}, {"theme": "light", "dir": "rtl", "lang": "ar"}]
PATHS = ("", "/orders", "/wallet", "/product", "/sign-in", "/errors/404")


def faults(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(
        """async (rules) => (await axe.run(document, rules)).violations.flatMap((fault) =>
            fault.nodes.slice(0, 5).map((node) => `${fault.id}: ${node.target} ${node.failureSummary}`))""",
        {**rules, "resultTypes": ["violations"], "preload": False},
    )


def small_targets(page: Page) -> list[str]:
    """What can be pressed and is smaller than 24 pixels, other than links in text and native boxes within labels."""
    return page.evaluate(
        """() => [...document.querySelectorAll('button, a.button, a.chip, summary, select, .menu-item, .side a')]
            .filter((e) => e.checkVisibility())
            .map((e) => [e.outerHTML.slice(0, 120), e.getBoundingClientRect()])
            .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
            .map(([html, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)"""
    )


def order_link(page: Page, row: int) -> Any:
    return page.locator(f"#orders tbody tr:nth-child({row}) a[data-drawer]")


def overhang(page: Page) -> tuple[int, int]:
    """By how much the page and its main part are wider than their windows."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    main = page.evaluate(
        "(() => { const m = document.getElementById('main'); return m.scrollWidth - m.clientWidth })()"
    )
    return wide, main


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "right-to-left"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_sound(window: Window, path: str, look: dict[str, str]) -> None:
    """It keeps to its own security policy, is no wider than its window, its targets can be hit, and axe finds nothing."""
    page = window.open(path, **look)
    expect(page.locator("html.js")).to_have_count(1)
    assert window.violations() == []
    assert overhang(page) == (0, 0)
    assert small_targets(page) == []
    assert faults(page) == []


@pytest.mark.parametrize("query", [{}, {"dir": "rtl", "lang": "ar"}], ids=["ltr", "rtl"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_sound_on_a_phone(phone: Window, path: str, query: dict[str, str]) -> None:
    page = phone.open(path, **query)
    assert overhang(page) == (0, 0)
    assert small_targets(page) == []
    if not query:
        assert faults(page) == []


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "right-to-left"])
def test_axe_finds_nothing_in_what_opens(window: Window, look: dict[str, str]) -> None:
    page = window.open("/orders", **look)
    page.click("[popovertarget=look-menu]")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.check("#orders tbody tr:nth-child(2) .row-check")
    order_link(page, 1).click()
    expect(page.locator("#drawer")).to_be_visible()
    assert faults(page) == []


def test_icons_are_drawn_from_the_sprite(window: Window) -> None:
    page = window.open("/orders")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('.topbar .search .icon').getBBox().width") > 5


def test_rows_are_38_pixels_high_and_the_order_column_stays(window: Window, phone: Window) -> None:
    page = window.open("/orders")
    assert page.locator("#orders tbody tr").first.bounding_box()["height"] == 38  # type: ignore[index]
    page = phone.open("/orders")
    cell = page.locator("#orders tbody tr th").first
    before = cell.bounding_box()
    page.evaluate("document.getElementById('orders-box').scrollLeft = 300")
    assert cell.bounding_box()["x"] == pytest.approx(37 + 12 + 1, abs=3)  # type: ignore[index]
    assert before is not None


def test_the_navigation_is_a_menu_on_a_phone_without_javascript(chromium: Any, look_url: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(look_url + "/orders")
    expect(page.locator("#nav")).not_to_be_visible()
    page.click("[popovertarget=nav]")
    expect(page.locator("#nav")).to_be_visible()
    page.click("#nav a >> text=Wallet")
    expect(page.locator("h1")).to_have_text("Wallet")
    expect(page.locator(".copy").first).not_to_be_visible()  # What needs the script is not offered.
    context.close()


# The drawer


def test_details_open_in_a_drawer_with_an_address_of_their_own(window: Window) -> None:
    page = window.open("/orders", sort="placed")
    link = order_link(page, 3)
    number = link.inner_text()
    link.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_be_visible()
    expect(drawer.locator("h2")).to_have_text(number)
    expect(drawer.locator("h2")).to_be_focused()
    expect(page).to_have_url(f"{window.base}/orders/{number}")
    expect(page.locator("tr.is-open")).to_have_count(1)
    page.reload()
    expect(page.locator("h1")).to_have_text(number)  # The same address is a whole page.


def test_escape_closes_the_drawer_and_gives_focus_and_address_back(window: Window) -> None:
    page = window.open("/orders", sort="placed")
    page.evaluate("document.getElementById('orders-box').dataset.same = 'yes'")
    order_link(page, 2).click()
    expect(page.locator("#drawer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).not_to_be_visible()
    expect(page).to_have_url(f"{window.base}/orders?sort=placed")
    expect(order_link(page, 2)).to_be_focused()
    expect(page.locator("#orders-box[data-same]")).to_have_count(1)  # The list was not loaded again.


def test_back_closes_the_drawer_and_forward_opens_it(window: Window) -> None:
    page = window.open("/orders")
    order_link(page, 1).click()
    expect(page.locator("#drawer")).to_be_visible()
    page.go_back()
    expect(page.locator("#drawer")).not_to_be_visible()
    page.go_forward()
    expect(page.locator("#drawer")).to_be_visible()
    page.locator("#drawer [data-close-drawer]").click()
    expect(page.locator("#drawer")).not_to_be_visible()
    expect(page).to_have_url(f"{window.base}/orders")


def test_next_in_the_drawer_is_one_step_back_to_the_list(window: Window) -> None:
    page = window.open("/orders")
    order_link(page, 2).click()
    first = page.locator("#drawer h2").inner_text()
    page.locator("#drawer [data-walk='1']").click()
    expect(page.locator("#drawer h2")).not_to_have_text(first)
    expect(page.locator("#drawer [data-walk='1']")).to_be_focused()  # Pressed again, it goes on.
    page.mouse.click(200, 500)  # Beside the drawer.
    expect(page.locator("#drawer")).not_to_be_visible()
    expect(page).to_have_url(f"{window.base}/orders")


def test_what_was_typed_is_not_lost_by_closing_the_drawer(window: Window) -> None:
    page = window.open("/orders")
    asked: list[str] = []
    page.on(
        "dialog",
        lambda dialog: (asked.append(dialog.message), dialog.dismiss() if len(asked) == 1 else dialog.accept()),
    )
    order_link(page, 1).click()
    page.fill("#drawer textarea", "Call the buyer")
    expect(page.locator("#drawer-note-count")).to_contain_text("14 / 200")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).not_to_be_visible()
    assert len(asked) == 2


# Lists


def test_views_change_the_list_in_place_and_back_returns(window: Window) -> None:
    page = window.open("/orders")
    page.evaluate("document.querySelector('.topbar').dataset.same = 'yes'")
    page.click(".tabs a[href$=Shipped]")
    expect(page.locator(".tabs a[aria-current]")).to_contain_text("Shipped")
    expect(page).to_have_url(f"{window.base}/orders?status=Shipped")
    expect(page.locator(".topbar[data-same]")).to_have_count(1)
    expect(page).to_have_title("Orders · Portolan")
    expect(page.locator(".tabs a[aria-current]")).to_be_focused()
    order_link(page, 1).click()
    expect(page.locator("#drawer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{window.base}/orders?status=Shipped")
    page.go_back()
    expect(page.locator(".tabs a[aria-current]")).to_contain_text("All")
    assert window.violations() == []


def test_the_bulk_bar_counts_and_changed_rows_come_back_as_table_rows(window: Window) -> None:
    page = window.open("/orders")
    expect(page.locator(".bulk")).not_to_be_visible()
    page.check("#orders tbody tr:nth-child(2) .row-check")
    page.locator("#orders tbody tr:nth-child(5) .row-check").click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("4")
    page.click(".bulk >> text=Buy labels")
    expect(page.locator("#orders tbody tr:nth-child(2) .pill")).to_have_text("Label bought")
    expect(page.locator("#orders tbody tr")).to_have_count(25)
    assert page.locator("#orders tbody tr:nth-child(2) > *").count() == 11
    expect(page.locator("#toasts .toast")).to_contain_text("Labels bought: 4")
    page.check("[data-check-all]")
    expect(page.locator("[data-bulk-count]")).to_have_text("25")
    page.click("[data-bulk-clear]")
    expect(page.locator(".bulk")).not_to_be_visible()


def test_filters_sorting_and_pages_are_in_the_address(window: Window) -> None:
    page = window.open("/orders")
    page.click("th a.sort >> text=Total")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Total")
    page.click(".pager a[rel=next]")
    expect(page.locator(".panel-foot")).to_contain_text("26–50")
    page.click("[popovertarget=more-filter]")
    page.fill("#filter-sku", "BMB")
    page.click("#more-filter >> text=Apply")
    expect(page).to_have_url(f"{window.base}/orders?sku=BMB&buyer=")
    assert window.violations() == []


def test_old_rows_stay_while_new_ones_are_fetched(window: Window) -> None:
    page = window.open("/orders")
    page.route("**/orders?status=Shipped*", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.click(".tabs a[href$=Shipped]", no_wait_after=True)
    expect(page.locator("#main[aria-busy=true]")).to_have_count(1)
    expect(page.locator("#main[aria-busy=true]")).to_have_count(0)


# Answers


def test_a_wrong_form_comes_back_with_words_beside_its_fields(window: Window) -> None:
    page = window.open()
    page.click("#example-form button[type=submit]")
    expect(page.locator("#e-title-error")).to_have_text("This is needed.")
    expect(page.locator("#example-form [role=alert]")).to_be_focused()
    page.fill("#e-title", "Bamboo")
    page.click("#example-form button[type=submit]")
    expect(page.locator("#example-form .notice-ok")).to_have_text("Saved: Bamboo")


def test_a_conflict_shows_both_values_where_the_form_was(window: Window) -> None:
    page = window.open()
    page.click("text=Save over a newer value")
    expect(page.locator("#example-conflict .notice-warn")).to_contain_text("Bob Stein changed the price")


@pytest.mark.parametrize(
    ("button", "text", "reference"),
    [("Refused (409)", "Somebody else was faster", 0), ("Broken (500)", "It is not your fault", 1)],
)
def test_an_error_says_so_and_leaves_the_page_alone(window: Window, button: str, text: str, reference: int) -> None:
    window.page.clock.install()
    page = window.open()
    page.click(f"#example-errors >> text={button}")
    toast = page.locator("#toasts .toast-bad")
    expect(toast).to_contain_text(text)
    expect(toast.locator(".reference")).to_have_count(reference)
    expect(page.locator("#example-errors button")).to_have_count(2)
    page.clock.run_for(7500)
    expect(toast).to_be_visible()  # Errors stay until they are dismissed.
    toast.locator("[data-dismiss]").click()
    expect(toast).to_have_count(0)


def test_a_lost_connection_is_told(window: Window) -> None:
    page = window.open()
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.click("#example-form button[type=submit]")
    expect(page.locator("#toasts .toast-bad")).to_contain_text("does not answer")
    page.context.set_offline(False)
    expect(page.locator("#offline")).not_to_be_visible()


def test_toasts_stay_six_seconds_and_are_announced(window: Window) -> None:
    window.page.clock.install()
    page = window.open()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.evaluate("portolan.toast('ok', 'Saved')")
    expect(page.locator("#toasts[role=status] .toast-ok")).to_contain_text("Saved")
    page.clock.run_for(6000)
    expect(page.locator("#toasts .toast-ok")).to_be_visible()
    page.clock.run_for(4000)
    expect(page.locator("#toasts .toast-ok")).to_have_count(0)


# The rest


def test_the_keyboard_searches_moves_selects_and_goes(window: Window) -> None:
    page = window.open("/orders")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("j/x")  # Shortcuts are off while typing.
    expect(page.locator("#search")).to_have_value("j/x")
    page.locator("#search").blur()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(order_link(page, 2)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("#orders tbody tr:nth-child(2) .row-check")).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).not_to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.locator("h1")).to_have_text("Wallet")


def test_an_id_is_copied_with_a_click(window: Window) -> None:
    page = window.open("/orders")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    number = order_link(page, 1).inner_text()
    page.hover("#orders tbody tr:nth-child(1)")
    page.click("#orders tbody tr:nth-child(1) [data-copy]")
    expect(page.locator("#toasts")).to_contain_text(number)
    assert page.evaluate("navigator.clipboard.readText()") == number


def test_the_theme_changes_at_once_and_the_server_is_told(window: Window) -> None:
    page = window.open()
    page.click("[popovertarget=look-menu]")
    with page.expect_request(lambda request: request.method == "POST") as told:
        page.click("#look-menu button[value=dark]")
    assert told.value.post_data == "theme=dark"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 22)"


def test_menus_open_and_close_without_javascript(chromium: Any, look_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(look_url)
    page.click("[popovertarget=confirm-example]")
    expect(page.locator("#confirm-example")).to_contain_text("Suspend Bob Stein?")
    page.keyboard.press("Escape")
    expect(page.locator("#confirm-example")).not_to_be_visible()
    page.click("[popovertarget=look-menu]")
    page.click("#look-menu button[value=dark]")
    expect(page.locator("html[data-theme=dark]")).to_have_count(1)
    context.close()


def test_a_word_must_be_typed_before_what_cannot_be_undone(window: Window) -> None:
    page = window.open()
    page.click("[popovertarget=confirm-word]")
    page.fill("#confirm-reason", "Closed")
    page.fill("#confirm-word-word", "lotus")
    assert page.evaluate("document.querySelector('#confirm-word form').checkValidity()") is False
    page.fill("#confirm-word-word", "LOTUS-EU")
    assert page.evaluate("document.querySelector('#confirm-word form').checkValidity()") is True


def test_leaving_an_unsaved_form_asks_first(window: Window) -> None:
    page = window.open("/product")
    page.fill("#f-title", "Another title")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click("#nav a >> text=Wallet")
    expect(page.locator("h1")).to_have_text("Wallet")
    assert asked == ["beforeunload"]


def test_a_password_can_be_looked_at(window: Window) -> None:
    page = window.open("/sign-in")
    page.click("[data-reveal]")
    expect(page.locator("#f-password")).to_have_attribute("type", "text")


def test_letters_and_bytes_are_counted_while_typing(window: Window) -> None:
    page = window.open("/product")
    page.fill("#f-title", "😀 竹")
    expect(page.locator("#f-title-count")).to_have_text("\u20663 / 80\u2069 characters")
    page.fill("#f-description", "竹é")
    expect(page.locator("#f-description-count")).to_have_text("\u20665 / 2000\u2069 bytes")


def test_only_one_name_is_added_to_the_window(window: Window) -> None:
    page = window.open()
    names = page.evaluate(
        "['portolan', 'htmx', 'Idiomorph', 'toast', 'drawer'].filter((name) => Object.hasOwn(window, name))"
    )
    assert names == ["portolan", "htmx", "Idiomorph"]


def test_print_leaves_the_list_and_drops_the_controls(window: Window) -> None:
    page = window.open("/orders")
    page.emulate_media(media="print")
    for part in (".topbar", ".side", ".toolbar", ".pager"):
        expect(page.locator(part).first).not_to_be_visible()
    expect(page.locator("#orders tbody tr").last).to_be_visible()
