"""What is new in a list is said while one looks at it, and only what one may see."""

from __future__ import annotations

import html
import re

from models.orders.ingest import keep
from tests.orders.conftest import make_store, snapshot


def address_on(page: str) -> str:
    """Where the list's page asks for news."""
    found = re.search(r'hx-get="([^"]+)" hx-trigger="look"', page)
    return html.unescape(found[1]) if found else ""


def test_new_orders_are_counted_since_the_list_was_shown(as_, alice, lotus, comet):
    store = make_store(lotus)
    keep(store, [snapshot(n, age_days=5) for n in range(3)])
    address = address_on(as_(alice).get("/t/lotus/orders/").text)
    assert as_(alice).get(address, headers={"HX-Request": "true"}).status_code == 204
    keep(store, [snapshot(n, age_days=1) for n in range(3, 5)])
    keep(make_store(comet, "Comet EU"), [snapshot(n, age_days=1) for n in range(4)])
    bar = as_(alice).get(address, headers={"HX-Request": "true"}).text
    assert "2 new orders" in bar and 'href="/t/lotus/orders/"' in bar
    assert address_on(bar) == address, "it goes on asking"


def test_without_htmx_it_leads_back_to_the_list(as_, alice, lotus):
    assert as_(alice).get("/t/lotus/orders/fresh?back=/t/lotus/people/").location == "/t/lotus/people/"
    assert as_(alice).get("/t/lotus/orders/fresh").location == "/t/lotus/orders/"


def test_a_stamp_or_an_address_that_was_tampered_with_does_no_harm(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(1)])
    for query in ("", "since=x", "since=9999-99-99", "since=" + "9" * 400):
        bar = (
            as_(alice)
            .get(f"/t/lotus/orders/fresh?{query}&back=https://evil.example/", headers={"HX-Request": "true"})
            .text
        )
        assert "1 new order" in bar and 'href="https://evil' not in bar


def test_who_may_not_see_orders_is_not_told_of_them(as_, bob, charlie, lotus):
    assert as_(bob).get("/t/lotus/orders/fresh").status_code == 403
    assert as_(charlie).get("/t/lotus/orders/fresh").status_code == 404


def test_a_page_deep_in_the_list_or_of_a_filtered_one_does_not_ask(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(n, age_days=5) for n in range(60)])
    page = as_(alice).get("/t/lotus/orders/").text
    assert address_on(page)
    deeper = html.unescape(re.search(r'href="([^"]+after=[^"]+)"', page)[1])
    for path in (deeper, "/t/lotus/orders/?status=SHIPPED", "/t/lotus/orders/?sort=total"):
        assert address_on(as_(alice).get(path).text) == "", path
