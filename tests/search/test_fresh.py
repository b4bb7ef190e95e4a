"""What is new in a list is said while one looks at it, and only what one may see."""

from __future__ import annotations

import html
import re

import pytest

from models.catalog import saving
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.orders.ingest import keep
from models.support.db import write_txn
from tests.orders.conftest import DE, make_store, snapshot
from tests.stores.selling import draft

ASKS = {"HX-Request": "true"}


def address_on(page: str) -> str:
    """Where the list's page asks for news."""
    found = re.search(r'hx-get="([^"]+)" hx-trigger="look"', page)
    return html.unescape(found[1]) if found else ""


def test_new_orders_are_counted_since_the_list_was_shown(as_, alice, lotus, comet):
    store = make_store(lotus)
    keep(store, [snapshot(n, age_days=5) for n in range(3)])
    address = address_on(as_(alice).get("/t/lotus/orders/").text)
    assert as_(alice).get(address, headers=ASKS).status_code == 204
    keep(store, [snapshot(n, age_days=1) for n in range(3, 5)])
    keep(make_store(comet, "Comet EU"), [snapshot(n, age_days=1) for n in range(4)])
    bar = as_(alice).get(address, headers=ASKS).text
    assert "2 new orders" in bar and 'href="/t/lotus/orders/"' in bar
    assert address_on(bar) == address, "it goes on asking"


def test_products_and_listings_tell_what_came_too(as_, alice, lotus):
    store = make_store(lotus)
    products = [saving.create(lotus, draft(number), by=alice) for number in (1, 2)]
    Listing.offer_all(Variant.of(products[0]), [(store, DE)])
    paths = {"products": "/t/lotus/catalog/products/", "listings": "/t/lotus/catalog/listings/"}
    addresses = {name: address_on(as_(alice).get(path).text) for name, path in paths.items()}
    for address in addresses.values():
        assert as_(alice).get(address, headers=ASKS).status_code == 204
    products[0].archive(by=alice)
    products[0].restore(by=alice)
    saving.create(lotus, draft(3), by=alice)
    Listing.offer_all(Variant.of(products[1]), [(store, DE)])
    assert "2 products came or were changed" in as_(alice).get(addresses["products"], headers=ASKS).text
    new = len(Variant.of(products[1]))
    assert f"{new} new listing" in as_(alice).get(addresses["listings"], headers=ASKS).text


def enter(team, code: str, title: str) -> None:
    with write_txn():  # Which also takes its words into the search.
        Product.create(team=team, code=code, title=title)


def test_a_filtered_list_tells_only_of_what_it_would_show(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(1, age_days=5)])
    enter(lotus, "A-1", "Quiet lamp")
    page = "/t/lotus/catalog/products/?find=lamp&view=library"
    address = address_on(as_(alice).get(page).text)
    enter(lotus, "A-2", "Mug")
    assert as_(alice).get(address, headers=ASKS).status_code == 204
    enter(lotus, "A-3", "Loud lamp")
    bar = as_(alice).get(address, headers=ASKS).text
    assert "1 product came" in bar and 'href="/t/lotus/catalog/products/?view=library&amp;find=lamp"' in bar


def test_an_empty_list_is_told_of_its_first_row(as_, alice, lotus):
    address = address_on(as_(alice).get("/t/lotus/orders/").text)
    keep(make_store(lotus), [snapshot(1)])
    assert "1 new order<" in as_(alice).get(address, headers=ASKS).text


def test_without_htmx_it_leads_back_to_the_list(as_, alice, lotus):
    back = as_(alice).get("/t/lotus/lists/orders/news?waiting=late&since=x&back=https://evil.example/")
    assert back.status_code == 303 and back.location == "/t/lotus/orders/?waiting=late"
    assert as_(alice).get("/t/lotus/lists/orders/news").location == "/t/lotus/orders/"


def test_a_stamp_that_was_tampered_with_does_no_harm(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(1)])
    for query in ("", "since=x", "since=9999-99-99", "since=" + "9" * 400, "since=bnVsbA"):
        bar = as_(alice).get(f"/t/lotus/lists/orders/news?{query}", headers=ASKS).text
        assert "1 new order" in bar, query


def test_who_may_not_see_orders_is_not_told_of_them(as_, bob, charlie, lotus):
    assert as_(bob).get("/t/lotus/lists/orders/news").status_code == 403
    assert as_(charlie).get("/t/lotus/lists/orders/news").status_code == 404


@pytest.mark.parametrize("path", ["/t/lotus/orders/?sort=total", "/t/lotus/orders/?waiting=late&sort=ship_by"])
def test_a_list_that_is_sorted_otherwise_does_not_ask(as_, alice, lotus, path):
    assert address_on(as_(alice).get(path).text) == ""


def test_a_page_deep_in_the_list_does_not_ask(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(n, age_days=5) for n in range(60)])
    page = as_(alice).get("/t/lotus/orders/").text
    assert address_on(page)
    deeper = html.unescape(re.search(r'href="([^"]+after=[^"]+)"', page)[1])
    assert address_on(as_(alice).get(deeper).text) == ""
