"""Parts of a list page are remembered, and nobody ever sees a part of somebody else's page."""

from __future__ import annotations

from views.support.stills import filled

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
