"""Two people at the same value and at the same rows, each in a browser of their own."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from models.catalog.product import Product
from models.catalog.variant import Variant
from models.database import connected

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def stored_quantity(code: str) -> int:
    with connected():
        product = Product.get(Product.code == code)
        return Variant.of(product)[0].quantity


def stock(page: Page) -> Locator:
    return page.locator("#drawer").get_by_role("link", name="Change Stock").first


def open_quantity(page: Page, code: str) -> None:
    """Opens the product's drawer and the little form of its stock."""
    page.goto("catalog/products/?sort=title")
    page.locator("tbody tr", has_text=code).locator("a[data-drawer]").click()
    stock(page).click()
    expect(page.locator("#drawer input[name=value]")).to_be_focused()


def write(page: Page, text: str) -> None:
    field = page.locator("#drawer input[name=value]")
    expect(field).to_be_focused()  # The form has come whole.
    field.fill(text)
    page.keyboard.press("Enter")


@pytest.fixture
def two(window: Any, alice: Any, bob: Any) -> tuple[Page, Page]:
    return window(alice), window(bob)


def test_the_second_to_save_sees_both_values_and_decides(two, portal_url):
    first, second = two
    first.goto("catalog/products/?sort=title")
    code = first.locator("tbody tr td bdi.mono").first.inner_text()
    for page in two:
        open_quantity(page, code)
    write(first, "71")
    expect(first.locator("#drawer input[name=value]")).to_have_count(0)
    write(second, "93")
    conflict = second.locator("#drawer form[data-inline] [role=alert]")
    expect(conflict).to_contain_text("71")
    expect(conflict).to_contain_text("93")
    assert stored_quantity(code) == 71, "nothing was written over"
    expect(second.locator("#drawer input[name=value]")).to_be_focused()
    second.keyboard.press("Escape")
    expect(stock(second)).to_contain_text("71")
    stock(second).click()
    write(second, "93")
    expect(stock(second)).to_contain_text("93")
    open_quantity(first, code)
    stock(second).click()
    write(second, "12")
    expect(stock(second)).to_contain_text("12")
    write(first, "40")
    expect(first.locator("#drawer form[data-inline] [role=alert]")).to_contain_text("12")
    first.get_by_role("button", name="Save mine").click()
    expect(stock(first)).to_contain_text("40")
    assert stored_quantity(code) == 40


def test_rows_that_another_has_archived_meanwhile_are_told_one_by_one(two, portal_url):
    first, second = two
    for page in two:
        page.goto("catalog/products/?sort=title")
        for row in (0, 1):
            page.locator("tbody .row-check").nth(row).check()
    second.locator("tbody .row-check").nth(2).check()
    codes = second.locator("tbody tr td bdi.mono").all_inner_texts()
    first.get_by_role("button", name="Archive", exact=True).click()
    expect(first.get_by_text("Archive: 2 done.")).to_be_visible()
    second.get_by_role("button", name="Archive", exact=True).click()
    expect(second.get_by_text("1 of 3 records were done, 2 were refused.")).to_be_visible()
    refused = second.locator("#refused")
    for code in codes[:2]:
        expect(refused).to_contain_text(code)
    first.get_by_role("button", name="Undo").click()
    expect(first.get_by_text("Restore: 2 done.")).to_be_visible()
    with connected():
        assert {one.code for one in Product.select().where(Product.state == "archived")} == {codes[2]}, (
            "each takes back their own"
        )
