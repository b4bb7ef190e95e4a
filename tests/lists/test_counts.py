"""The tabs of a list say how many rows each view has: counted after the page has come, within each person's own reach."""

from __future__ import annotations

import re

from models.lists.saved_view import SavedView
from models.orders.ingest import keep
from models.people.role import Grant, Role
from tests.orders.conftest import make_store, snapshot

COUNTS = "/t/lotus/lists/orders/counts"


def counts(browser, path: str = COUNTS) -> dict[str, str]:
    found = re.findall(r'id="count-([^"]+)" hx-swap-oob="true">([^<]*)<', browser.get(path, fragment=True).text)
    return dict(found)


def test_every_tab_has_its_count_or_a_place_for_it(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(n, age_days=n) for n in range(1, 4)])
    as_(alice).post("/t/lotus/lists/orders/views", data={"name": "Small", "query": "units_most=0"})
    page = as_(alice).get("/t/lotus/orders/?view=all").text.partition('class="tabs"')[2].partition("</nav>")[0]
    places = set(re.findall(r'id="count-([^"]+)"', page))
    assert places == counts(as_(alice)).keys() and page.count('class="count"') == page.count("<a href")
    assert counts(as_(alice))["all"] == "3" and counts(as_(alice))[str(SavedView.get().uid)] == "0"


def test_two_people_with_different_stores_get_different_counts_of_one_shared_view(as_, alice, bob, charlie, lotus):
    mine, other = make_store(lotus), make_store(lotus, "Lotus US")
    keep(mine, [snapshot(n, age_days=2) for n in range(1, 4)])
    keep(other, [snapshot(n, age_days=2) for n in range(11, 13)])
    Grant.give(bob, lotus, Role.built_in("shipper"), stores=[other.id], by=alice)
    as_(alice).post("/t/lotus/lists/orders/views", data={"name": "Month", "query": "ordered=30", "shared": "1"})
    key = str(SavedView.get().uid)
    for _again in range(2):
        assert (counts(as_(alice))[key], counts(as_(bob))[key]) == ("5", "2")
    assert as_(charlie).get(COUNTS, fragment=True).status_code == 404


def test_views_of_one_person_are_not_counted_for_another(as_, alice, bob, library):
    library(2)
    as_(alice).post("/t/lotus/lists/products/views", data={"name": "Mine", "query": "find=Lamp"})
    path = "/t/lotus/lists/products/counts"
    assert counts(as_(alice), path)[str(SavedView.get().uid)] == "2"
    assert str(SavedView.get().uid) not in counts(as_(bob), path)


def test_counting_ends_at_a_thousand(as_, alice, library):
    library(1002)
    assert counts(as_(alice), "/t/lotus/lists/products/counts")["library"] == "1,000+"


def test_without_htmx_it_leads_to_the_list(as_, alice):
    assert as_(alice).get(COUNTS).location == "/t/lotus/orders/"
