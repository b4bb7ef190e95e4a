"""What stands beside a list is fetched when it is opened, and is a page of its own without a script."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from models.lists import many
from models.orders.ingest import keep
from tests.orders.conftest import make_store, snapshot
from views.support.shell import Notice

LIST, TOOLS = "/t/lotus/orders/", "/t/lotus/lists/orders/tools/"
HOLDS = {
    "filters": 'name="units_least"',
    "columns": 'name="width-total"',
    "export": 'name="format"',
    "view": 'id="view-name"',
}


@pytest.mark.parametrize("tool", HOLDS)
def test_a_tool_is_a_part_for_the_list_and_a_page_for_who_has_no_script(as_, alice, tool):
    browser = as_(alice)
    listed = browser.get(LIST + "?status=SHIPPED").text
    assert f'href="{TOOLS}{tool}?status=SHIPPED"' in listed or tool == "export"
    assert HOLDS[tool] not in listed, "not in every page"
    part = browser.get(f"{TOOLS}{tool}?status=SHIPPED", headers={"HX-Request": "true"}).text
    assert HOLDS[tool] in part and "<html" not in part and "SHIPPED" in part
    page = browser.get(f"{TOOLS}{tool}?status=SHIPPED").text
    assert HOLDS[tool] in page and "<h1>" in page and f'href="{LIST}?status=SHIPPED"' in page


def test_a_tool_is_for_those_who_see_the_list(as_, alice, bob, charlie):
    assert as_(alice).get(TOOLS + "nothing").status_code == 404
    assert as_(bob).get(TOOLS + "filters").status_code == 403, "a lister sees no orders"
    assert as_(charlie).get(TOOLS + "filters").status_code == 404


def test_the_link_of_a_row_is_a_plain_link_that_says_it_opens_in_the_drawer(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(1)])
    page = as_(alice).get(LIST).text
    assert " data-drawer><bdi>302-" in page and "hx-get" not in page.partition("<tbody")[2].partition("</tbody>")[0]


def test_a_count_at_its_limit_is_said_again_for_a_minute_and_a_smaller_one_never(portal, clock):
    asked: list[int] = []

    def counting(found: int):
        return lambda: asked.append(found) or found

    assert [many.count("a", 5, counting(5)), many.count("a", 5, counting(3))] == [5, 5]
    assert [many.count("b", 5, counting(4)), many.count("b", 5, counting(2))] == [4, 2]
    clock.move(minutes=1, seconds=1)
    assert many.count("a", 5, counting(3)) == 3 and asked == [5, 4, 2, 3]


def test_a_notice_that_rests_is_looked_for_again_after_a_minute_and_told_as_long_as_it_is_true(portal, clock):
    reach = SimpleNamespace(team_id=1, permissions=frozenset(["orders.view"]))
    other = SimpleNamespace(team_id=2, permissions=frozenset(["orders.view"]))
    resting = Notice(lambda reach: "query", lambda found: ("bad", found), rests=True)
    assert (resting.asked(reach), resting.told(reach, None)) == ("query", None)
    assert (resting.asked(reach), resting.asked(other)) == (None, "query")
    clock.move(minutes=1, seconds=1)
    for _ in range(2):
        assert (resting.asked(reach), resting.told(reach, 7)) == ("query", ("bad", 7))
