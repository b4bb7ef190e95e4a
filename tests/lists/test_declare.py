"""Adding a list takes what docs/lists.md says it takes: its example is run as it stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template
from jinja2 import ChoiceLoader, DictLoader

from config.settings import PROJECT
from models.catalog.product import Product
from models.lists.filters import Choices, Days
from models.lists.list_of import LISTS, Bulk, Column, ListOf, News, View, both, declare
from models.lists.saved_view import SavedView
from models.support.words import say
from views.support.access import requires
from views.support.lists import INDEXES, ListPage, list_page, shows

SHELF, LIST = "/t/lotus/shelf/", "/t/lotus/lists/shelf"
KNOWN = (
    Product, Choices, Days, Bulk, Column, ListOf, News, View, both, declare, say, requires, ListPage, list_page, shows, render_template,
)  # fmt: skip


def example() -> tuple[str, str, str]:
    """The declaration, the view and the page."""
    text = (PROJECT / "docs" / "lists.md").read_text("utf-8")
    declaration, view = re.findall(r"```python\n(.*?)```", text, re.S)
    (page,) = re.findall(r"```jinja\n(.*?)```", text, re.S)
    return declaration, view, page


@pytest.fixture
def shelf(app: Flask) -> Iterator[None]:
    declaration, view, page = example()
    names: dict[str, Any] = {one.__name__: one for one in KNOWN} | {"bp": Blueprint("shelf", __name__)}
    exec(declaration + view, names)
    app.register_blueprint(names["bp"])
    app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader, DictLoader({"shelf/index.html": page})])
    yield
    del LISTS["shelf"], INDEXES["shelf"]


def test_the_example_is_about_thirty_lines_and_a_row():
    declaration, view, page = (len(part.splitlines()) for part in example())
    assert declaration <= 30 and view <= 8 and page <= 20


def test_the_example_is_a_whole_list(app, shelf, as_, alice, bob, charlie, library):
    made = library(3)
    made[0].archive(by=alice)
    browser = as_(alice)
    page = browser.get(SHELF + "?view=all").text
    assert [code for code in ("P-0", "P-1", "P-2") if code in page] == ["P-0", "P-1", "P-2"] and "RIVAL" not in page
    assert "P-0" not in browser.get(SHELF + "?state=active").text
    by_code = browser.get(SHELF + "?sort=code").text
    assert by_code.index("P-1") < by_code.index("P-2") and 'aria-sort="ascending"' in by_code
    assert browser.post(LIST + "/views", data={"name": "Mine", "query": "state=active"}).status_code == 303
    counts = dict(
        re.findall(r'id="count-([^"]+)" hx-swap-oob="true">([^<]*)<', browser.get(LIST + "/counts", fragment=True).text)
    )
    assert counts == {"all": "3", "archived": "1", str(SavedView.get().uid): "2"}
    browser.post(
        LIST + "/layout", data={"order": ["code", "title", "changed"], "columns": ["title"], "width-title": "240"}
    )
    assert 'width="240"' in browser.get(SHELF + "?view=all").text
    sent = {"bulk": "archive", "selected": [str(one.uid) for one in made[1:]], "query": ""}
    assert (
        browser.post(LIST + "/bulk", data=sent).status_code == 303 and Product.get_by_id(made[1].id).state == "archived"
    )
    news = re.search(r'hx-get="([^"]+)" hx-trigger="look"', browser.get(SHELF + "?view=all").text)[1].replace(
        "&amp;", "&"
    )
    assert browser.get(news, fragment=True).status_code == 204
    made[2].reload().restore(by=alice)
    assert "1 product came or was changed" in browser.get(news, fragment=True).text
    exported = browser.post(
        "/t/lotus/exports/", data={"list": "shelf", "format": "csv", "columns": ["code"], "query": "sort=code"}
    )
    assert exported.status_code == 200 and exported.text.index("P-0") < exported.text.index("P-1")
    assert as_(bob).get(SHELF).status_code == 200 and as_(charlie).get(SHELF).status_code == 404
