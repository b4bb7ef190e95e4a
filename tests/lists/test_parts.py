"""Parts of a list page are remembered, and nobody ever sees a part of somebody else's page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from markupsafe import Markup

from models.orders.ingest import keep
from tests.orders.conftest import make_store, snapshot
from views.support.stills import Given, filled

T = "/t/lotus/orders/"
HOSTILE = '"><script>alert(1)</script>'


def test_a_part_made_for_one_team_never_stands_on_the_page_of_another(as_, alice, charlie):
    as_(alice).get(T)
    page = as_(charlie).get("/t/comet/orders/").text
    assert "/t/comet/lists/orders" in page and "/t/lotus/" not in page


def test_a_part_made_in_one_language_is_made_anew_in_another(as_, alice):
    assert "Columns shown" in as_(alice).get(T).text
    alice.change(language="zh_Hans")
    page = as_(alice).get(T).text
    assert "Columns shown" not in page and "显示的列" in page


def test_what_fills_a_hole_is_escaped_and_stays_on_its_page(as_, alice):
    browser = as_(alice)
    page = browser.get(T, query_string={"q": HOSTILE, "units_least": "3"}).text
    assert HOSTILE not in page and "<script>alert" not in page and "script&gt;alert(1)" in page
    assert "script&gt;alert(1)" not in browser.get(T).text
    assert "<script>" not in filled(["", "query", ""], {"query": HOSTILE})


@pytest.mark.parametrize(
    "other",
    [1, "True", False, None, [True], (True, True), {"a": True}, Markup("True"), SimpleNamespace(a=True)],
    ids=repr,
)
def test_two_parts_are_the_same_only_where_all_they_are_given_is(other):
    assert Given({"shown": True}) == Given({"shown": True}) != Given({"shown": other})
    assert Given({"shown": Markup("&")}) == Given({"shown": Markup("&")}) != Given({"shown": "&"})


def test_what_could_change_unseen_is_no_part_of_a_page():
    with pytest.raises(TypeError, match="Part"):
        Given({"shown": [Part()]})


def test_rows_written_for_one_reader_are_written_anew_in_another_language_and_on_another_clock(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(1, age_days=1)])
    browser = as_(alice)
    english = _body(browser.get(T).text)
    assert "Shanghai" in english and _body(browser.get(T).text) == english
    alice.change(language="zh_Hans")
    chinese = _body(browser.get(T).text)
    assert chinese != english and "Unshipped" in english and "Unshipped" not in chinese
    alice.change(language="en", timezone="America/New_York")
    assert "New York" in (there := _body(browser.get(T).text)) and "Shanghai" not in there
    alice.change(timezone="Asia/Shanghai")
    assert _body(browser.get(T).text) == english


class Part:
    """Nothing plain."""


def _body(page: str) -> str:
    return page.partition("<tbody")[2].partition("</tbody>")[0]
