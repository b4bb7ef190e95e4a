"""The page of a record leads to those before and after it in the list it was opened from, also without JavaScript."""

from __future__ import annotations

import html
import re

from models.orders.ingest import keep
from models.people.role import Grant, Role
from tests.orders.conftest import make_store, snapshot

LIST = "/t/lotus/catalog/products/"


def rows(page: str) -> list[tuple[str, str]]:
    """The address and the text of each row's own link."""
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    found = re.findall(r'<th scope="row">.*?<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', body, re.S)
    return [(html.unescape(url), re.sub(r"<[^>]+>", "", text).strip()) for url, text in found]


def step(page: str, word: str) -> str | None:
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*title="{word}">', page.partition('id="main"')[2])
    return html.unescape(found[1]) if found else None


def walked(browser, url: str, word: str) -> list[str]:
    """The headings of the pages from this one to the end of the list."""
    seen = []
    while url and len(seen) < 100:
        page = browser.get(url).text
        seen.append(re.sub(r"<[^>]+>", "", re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)[1]).strip())
        url = step(page, word)
    return seen


def test_the_filtered_and_sorted_list_is_walked_to_both_ends_over_its_pages(as_, alice, library, lotus):
    made = library(54)
    made[7].archive(by=alice)
    page = as_(alice).get(LIST + "?sort=title").text
    (first, _title), names = rows(page)[0], sorted(f"Lamp {n}" for n in range(54) if n != 7)
    assert len(rows(page)) == 50
    there = walked(as_(alice), first, "Next")
    assert there == names, "the archived one is left out, and the list goes on beyond its page"
    last, _title = rows(as_(alice).get(LIST + "?sort=-title").text)[0]
    assert walked(as_(alice), last, "Next") == names[::-1]
    assert walked(as_(alice), last.replace("-title", "title"), "Previous") == names[::-1]


def test_without_a_list_the_whole_list_is_walked(as_, alice, library):
    made = library(3)
    middle = as_(alice).get(f"{LIST}{made[1].uid}").text
    assert step(middle, "Previous") == f"{LIST}{made[2].uid}" and step(middle, "Next") == f"{LIST}{made[0].uid}"


def test_an_order_leads_only_to_orders_one_may_see(as_, alice, bob, lotus):
    mine, other = make_store(lotus), make_store(lotus, "Lotus US")
    keep(mine, [snapshot(n, age_days=n) for n in (1, 3, 5)])
    keep(other, [snapshot(n, age_days=n) for n in (2, 4)])
    Grant.give(bob, lotus, Role.built_in("shipper"), stores=[other.id], by=alice)
    for person, count in ((alice, 5), (bob, 2)):
        first, _id = rows(as_(person).get("/t/lotus/orders/?ordered=30").text)[0]
        assert "in=ordered%3D30" in first and len(walked(as_(person), first, "Next")) == count


def test_a_listing_has_its_neighbours_too(as_, alice, store_with_an_order_and_a_listing):
    first, _sku = rows(as_(alice).get("/t/lotus/catalog/listings/?standing=draft").text)[0]
    assert "in=standing%3Ddraft" in first and as_(alice).get(first).status_code == 200


def test_what_an_address_says_of_the_list_can_be_anything(as_, alice, library):
    made = library(2)
    for odd in (
        "%F0%9F&=&&",
        "sort=id;drop",
        "<script>alert(1)</script>",
        "state=nonsense&sort=ship_by",
        "x=" * 3000,
        "😀‮",
    ):
        page = as_(alice).get(f"{LIST}{made[0].uid}", query_string={"in": odd})
        assert page.status_code == 200 and "<script>alert" not in page.text and step(page.text, "Previous"), odd


def test_in_the_drawer_the_script_walks_the_list_below(as_, alice, library):
    made = library(2)
    part = (
        as_(alice)
        .get(f"{LIST}{made[0].uid}?in=sort%3Dtitle", headers={"HX-Request": "true", "HX-Target": "drawer-content"})
        .text
    )
    assert "data-walk" in part and f'href="{LIST}{made[0].uid}?in=sort%3Dtitle"' in part, (
        "it opens as a page of that list"
    )
