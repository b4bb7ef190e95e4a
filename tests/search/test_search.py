"""Search everywhere: what each person finds, where an exact id leads, and that it works without JavaScript."""

from __future__ import annotations

import re

import pytest

from models.mailbox.reading import read
from models.mailbox.taking import take
from models.support import clock
from tests.mailbox.conftest import mail_of, make_account
from tests.support.test_search import HOSTILE

ADDRESS = "/t/lotus/search/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "palette-results"}


def links_in(html: str) -> list[str]:
    return re.findall(r'<a class="menu-item"[^>]* href="([^"]+)"', html.partition('id="main"')[2] or html)


def test_a_page_shows_what_a_text_finds_by_kind(as_, alice, goods):
    product, order = goods
    html = as_(alice).get(f"{ADDRESS}?q=travel").text
    assert f"/t/lotus/catalog/products/{product.uid}" in links_in(html)
    html = as_(alice).get(f"{ADDRESS}?q=tm-35").text
    assert {f"/t/lotus/catalog/products/{product.uid}", f"/t/lotus/orders/{order.uid}"} <= set(links_in(html))
    assert "Lotus EU" in as_(alice).get(f"{ADDRESS}?q=lotus").text
    assert "Bob Stein" in as_(alice).get(f"{ADDRESS}?q=stein").text


@pytest.mark.parametrize("text", ["302-0000007-7654321", "00340434123456"])
def test_an_order_id_or_a_tracking_number_leads_to_the_order(as_, alice, goods, text):
    answer = as_(alice).get(f"{ADDRESS}?q={text}")
    assert (answer.status_code, answer.location) == (303, f"/t/lotus/orders/{goods[1].uid}")


def test_an_order_id_leads_to_the_order_though_its_buyer_wrote(as_, alice, goods):
    order, raw = goods[1], mail_of(order="302-0000007-7654321")
    take(make_account(order.store), read(raw, clock.now()), raw, received=clock.now())
    answer = as_(alice).get(f"{ADDRESS}?q={order.order_id}")
    assert answer.location == f"/t/lotus/orders/{order.uid}"
    threads = [
        link
        for link in links_in(as_(alice).get(f"{ADDRESS}?q={order.order_id}", headers=FRAGMENT).text)
        if "/threads/" in link
    ]
    assert len(threads) == 1


@pytest.mark.parametrize("text", ["MUG", "mug", "TM-350", "B0CUP00001", "b0cup00001", "4006381333931"])
def test_a_code_of_a_product_leads_to_it(as_, alice, goods, text):
    answer = as_(alice).get(f"{ADDRESS}?q={text}")
    assert (answer.status_code, answer.location) == (303, f"/t/lotus/catalog/products/{goods[0].uid}")


def test_pages_and_actions_are_those_the_person_may_open(as_, alice, bob):
    boss, lister = (links_in(as_(person).get(ADDRESS).text) for person in (alice, bob))
    assert {"/t/lotus/orders/", "/t/lotus/people/new", "/t/lotus/stores/new", "/t/lotus/catalog/products/new"} <= set(
        boss
    )
    assert "/t/lotus/catalog/products/new" in lister
    assert not {"/t/lotus/orders/", "/t/lotus/people/", "/t/lotus/people/new", "/t/lotus/stores/new"} & set(lister)
    for link in {*boss, *lister}:
        assert as_(alice).get(link).status_code == 200, link


def test_what_a_person_may_not_see_is_not_found(as_, bob, goods):
    product, order = goods
    for text in ("302-0000007-7654321", "00340434123456", "tm-350 ", "stein"):
        assert str(order.uid) not in as_(bob).get(f"{ADDRESS}?q={text}", follow_redirects=True).text
    assert str(product.uid) in as_(bob).get(f"{ADDRESS}?q=travel").text


def test_a_stranger_finds_nothing_of_the_team(as_, alice, charlie, goods, rival_goods):
    ours, theirs = (str(goods[0].uid), str(goods[1].uid)), (str(rival_goods[0].uid), str(rival_goods[1].uid))
    for text in ("travel", "tm-35", "302-0000007-7654321", "00340434123456", "B0CUP00001", "Thermo"):
        html = as_(charlie).get(f"/t/comet/search/?q={text}", headers=FRAGMENT).text
        assert not any(uid in html for uid in ours) and any(uid in html for uid in theirs), text
        html = as_(alice).get(f"{ADDRESS}?q={text}", headers=FRAGMENT).text
        assert not any(uid in html for uid in theirs) and any(uid in html for uid in ours), text
    assert as_(charlie).get(f"{ADDRESS}?q=travel").status_code == 404


def test_somebody_with_another_store_does_not_find_the_order(as_, lotus, goods):
    from models.people.employees import invite
    from models.people.invitation import Invitation
    from tests.orders.conftest import make_store

    other = make_store(lotus, "Second")
    person, token = invite(lotus, "dora", "Dora", role="shipper", stores=[other.id])
    Invitation.of_token(token).use("Copper-Kettle-27")
    html = as_(person.reload()).get(f"{ADDRESS}?q=302-0000007-7654321", headers=FRAGMENT).text
    assert str(goods[1].uid) not in html
    assert "Lotus EU" not in as_(person).get(f"{ADDRESS}?q=lotus", headers=FRAGMENT).text


def test_a_buyer_cannot_be_searched(as_, alice, goods):
    html = as_(alice).get(f"{ADDRESS}?q=Musterfrau").text
    assert str(goods[1].uid) not in html and "Buyers cannot be searched" in html


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:20])
def test_no_text_breaks_the_page(as_, alice, goods, text):
    from urllib.parse import quote

    for headers in ({}, FRAGMENT):
        answer = as_(alice).get(f"{ADDRESS}?q={quote(text[:2000].encode('utf-8', 'surrogatepass'))}", headers=headers)
        assert answer.status_code in (200, 303, 404), text


def test_the_palette_gets_the_same_as_a_listbox(as_, alice, goods):
    html = as_(alice).get(f"{ADDRESS}?q=travel", headers=FRAGMENT).text
    assert 'id="palette-results"' in html and 'role="listbox"' in html and "<html" not in html
    assert html.count('role="option"') == html.count('tabindex="-1"') > 0
    assert as_(alice).get(f"{ADDRESS}?q=302-0000007-7654321", headers=FRAGMENT).status_code == 200, (
        "the palette shows it first"
    )


def test_an_english_word_finds_a_page_in_chinese_too(as_, alice):
    alice.change(language="zh")
    html = as_(alice).get(f"{ADDRESS}?q=order").text
    assert "/t/lotus/orders/" in links_in(html)


def test_more_than_a_page_of_hits_leads_to_the_list(as_, alice, lotus, goods):
    from models.catalog.product import Product
    from models.support.db import write_txn

    with write_txn():
        for number in range(25):
            Product.create(team=lotus, code=f"L-{number}", title="Quiet lamp")
    html = as_(alice).get(f"{ADDRESS}?q=lamp").text
    assert len([link for link in links_in(html) if "/products/" in link and "q=" not in link]) == 20
    assert "/t/lotus/catalog/products/?q=lamp" in links_in(html)
