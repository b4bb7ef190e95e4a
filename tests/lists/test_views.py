"""Saved views and layouts: kept per person, shared in a team, never seen by another team."""

from __future__ import annotations

import html
import re

from models.audit.event import Event
from models.lists.layout import ListLayout, pixels_of
from models.lists.list_of import LISTS
from models.lists.saved_view import MOST_VIEWS, SavedView

LIST, VIEWS = "/t/lotus/catalog/products/", "/t/lotus/lists/products/views"


def tabs(page: str) -> dict[str, str]:
    found = re.findall(
        r'<a href="([^"]+)"( aria-current="page")?><bdi>([^<]+?)</bdi>', page.partition('class="tabs"')[2]
    )
    return {label.strip(): html.unescape(url) for url, _current, label in found}


def save(browser, name="Only lamps", query="find=Lamp&sort=title", **more):
    return browser.post(VIEWS, data={"name": name, "query": query, **more})


def test_a_saved_view_is_a_tab_that_shows_what_was_asked_for(as_, alice, library):
    library(3)
    answer = save(as_(alice))
    assert answer.status_code == 303 and "find=Lamp&sort=title" in answer.location and "view=" in answer.location
    page = as_(alice).get(answer.location).text
    assert 'aria-current="page"><bdi>Only lamps' in page
    assert as_(alice).get(tabs(as_(alice).get(LIST).text)["Only lamps"]).status_code == 200


def test_what_is_not_on_offer_is_not_kept(as_, alice, library):
    save(as_(alice), query="find=Lamp&state=nonsense&type=NONE&x=1&sort=id;drop")
    assert SavedView.get().query == "find=Lamp"


def test_no_query_however_odd_breaks_what_keeps_it(as_, alice, library):
    made = library(1)
    for number, query in enumerate(
        ("&".join(f"x{n}=1" for n in range(500)), "%F0%9F&=&&", "find=%00", "find=" + "台" * 900, "type=" * 99)
    ):
        assert save(as_(alice), name=f"Odd {number}", query=query).status_code == 303, query[:30]
        sent = {"bulk": "archive", "selected": str(made[0].uid), "query": query}
        assert as_(alice).post("/t/lotus/lists/products/bulk", data=sent).status_code == 303
        made[0].reload().restore(by=alice)


def test_an_amount_is_what_a_person_writes_and_no_more(as_, alice, store_with_an_order_and_a_listing):
    page = "/t/lotus/orders/?total_in=EUR&total_least="
    for text in ("9e999999999", "1e9", "NaN", "inf", "-1", "１２", "1" * 400, "0x10", "1_000"):
        assert "order-" in as_(alice).get(page + text).text, text
    assert "No order matches" in as_(alice).get(page + "999999999999.99").text


def test_a_view_that_shows_something_else_now_offers_to_keep_it(as_, alice, library):
    library(2)
    save(as_(alice))
    view = SavedView.get()
    page = as_(alice).get(f"{LIST}?view={view.uid}&find=Lamp&sort=-title").text
    assert "Save changes" in page and "Show this in “Only lamps” from now on" in page
    as_(alice).post(f"{VIEWS}/{view.uid}/query", data={"query": "find=Lamp&sort=-title"})
    assert view.reload().query == "find=Lamp&sort=-title"


def test_only_shared_views_are_seen_by_the_team_and_only_their_owner_changes_them(as_, alice, bob, charlie, library):
    save(as_(alice))
    view = SavedView.get()
    change = f"{VIEWS}/{view.uid}"
    assert "Only lamps" not in as_(bob).get(LIST).text
    assert as_(bob).post(f"{change}/name", data={"name": "x"}).status_code == 404
    as_(alice).post(f"{change}/sharing")
    assert "Only lamps" in as_(bob).get(LIST).text and Event.select().where(Event.name == "view_shared").count() == 1
    assert as_(bob).post(f"{change}/deletion").status_code == 409 and SavedView.select().count() == 1
    as_(bob).post(f"{change}/copies")
    assert [one.name for one in SavedView.select().order_by(SavedView.id)] == ["Only lamps", "Only lamps 2"]
    assert "Only lamps" not in as_(charlie).get("/t/comet/catalog/products/").text
    assert as_(charlie).post(change.replace("lotus", "comet") + "/deletion").status_code == 404
    as_(alice).post(f"{change}/deletion")
    assert [one.person_id for one in SavedView.select()] == [bob.id]


def test_names_are_given_once_and_say_so_beside_the_field(as_, alice, library):
    save(as_(alice)), save(as_(alice), name="Other")
    other = SavedView.get(SavedView.name == "Other")
    answer = as_(alice).post(f"{VIEWS}/{other.uid}/name", data={"name": "ONLY LAMPS"})
    assert answer.status_code == 422 and "There is a view of this name already." in answer.text
    for name in ("", "   ", "only lamps", "x" * 61):
        assert save(as_(alice), name=name).status_code == 409, name
    as_(alice).post(f"{VIEWS}/{other.uid}/name", data={"name": "<b>Third</b>"})
    assert "&lt;b&gt;Third&lt;/b&gt;" in as_(alice).get(LIST).text


def test_a_name_is_one_line_without_signs_that_nobody_sees(as_, alice, library):
    for number, odd in enumerate(("a\0b", "a\u202eb", "\u2066a b\u2069", " a\n\tb ", "a\x1bb")):
        assert save(as_(alice), name=f"{odd} {number}").status_code == 303, repr(odd)
    assert [re.sub(r"\d", "", view.name).strip() for view in SavedView.select()] == ["a b", "ab", "a b", "a b", "a b"]
    for nothing in ("\0", "\u202e\u202c", "\u2066"):
        assert save(as_(alice), name=nothing).status_code == 409
    assert save(as_(alice), name="👨‍👩‍👧 ‏مرحبا").status_code == 303


def test_there_is_an_end_to_views(as_, alice, library):
    for number in range(MOST_VIEWS):
        save(as_(alice), name=f"View {number}")
    assert save(as_(alice), name="One more").status_code == 409 and SavedView.select().count() == MOST_VIEWS


def test_a_list_opens_with_the_view_a_person_chose(as_, alice, bob, library):
    library(2)
    save(as_(alice))
    view = SavedView.get()
    as_(alice).post(f"{VIEWS}/first", data={"view": str(view.uid)})
    answer = as_(alice).get(LIST)
    assert answer.status_code == 302 and f"view={view.uid}&find=Lamp&sort=title" in answer.location
    assert as_(alice).get(answer.location).status_code == 200
    assert as_(alice).get(LIST + "?view=library").status_code == 200, "the others are still a click away"
    assert as_(bob).get(LIST).status_code == 200
    assert as_(alice).post(f"{VIEWS}/first", data={"view": "nonsense"}).status_code == 404
    as_(alice).post(f"{VIEWS}/{view.uid}/deletion")
    assert as_(alice).get(LIST).status_code == 200, "a view that is gone opens nothing"


# Layout


def heads(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", head).strip() for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page, re.S)]


def lay_out(browser, **data):
    return browser.post("/t/lotus/lists/products/layout", data=data)


def test_a_person_chooses_columns_order_width_and_density(as_, alice, bob, library):
    library(2)
    names = [column.name for column in LISTS["products"].columns]
    before = heads(as_(alice).get(LIST).text)
    lay_out(
        as_(alice),
        order=names,
        columns=["brand", "code", "changed"],
        move="up:brand",
        compact="1",
        **{"width-brand": "184"},
    )
    page = as_(alice).get(LIST).text
    shown = [head for head in heads(page) if head]
    assert shown[-4:] == ["Product", "Code", "Brand", "Last changed"] and "table-compact" in page
    widths = re.findall(r'<col width="(\d+)">', page)
    assert widths == ["320", "144", "184", "144"] and "table-sized" in page, "those without a width get what is usual"
    assert heads(as_(bob).get(LIST).text) != heads(page)
    assert lay_out(as_(alice), reset="1").status_code == 303 and heads(as_(alice).get(LIST).text) == before


def test_the_first_column_stays_and_nonsense_is_left_out(as_, alice, library):
    library(1)
    lay_out(
        as_(alice),
        order=["nonsense", "code", "product"],
        columns=["nonsense"],
        move="up:nonsense",
        **{"width-code": "9999px"},
    )
    layout = ListLayout.get()
    assert layout.columns == [["code", False, None], ["product", False, None]]
    placed = layout.placed(LISTS["products"])
    assert placed[0].column.name == "product" and placed[0].is_shown
    assert len(placed) == len(LISTS["products"].columns), "a column that came later is shown where it was declared"


def test_a_width_is_pixels_within_bounds_and_older_names_still_count():
    assert [pixels_of(width) for width in ("", None, "wide", "7", 7, "99999", "-8", "1e3", "１６０", "<b>", "9" * 50)] == [
        None, None, 320, 48, 48, 800, None, None, None, None, None,
    ]  # fmt: skip


def test_every_column_has_a_cell_in_its_rows(as_, alice, library, store_with_an_order_and_a_listing):
    for name, path in (("products", LIST), ("orders", "/t/lotus/orders/"), ("listings", "/t/lotus/catalog/listings/")):
        a_list = LISTS[name]
        names = [column.name for column in a_list.columns]
        as_(alice).post(f"/t/lotus/lists/{name}/layout", data={"order": names, "columns": names})
        row = re.search(r"<tr id=.*?</tr>", as_(alice).get(path).text, re.S).group(0)
        cells = len(re.findall(r"<t[hd][ >]", row)) - (1 if a_list.bulk else 0)
        assert cells == len(names), name


def test_who_may_not_see_a_list_may_not_lay_it_out(as_, charlie, library):
    assert as_(charlie).post("/t/lotus/lists/products/layout", data={"reset": "1"}).status_code == 404
    assert as_(charlie).post("/t/comet/lists/nothing/layout", data={"reset": "1"}).status_code == 404
