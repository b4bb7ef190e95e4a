"""The list of products: what is found, in which order, and that an index leads everywhere."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from bench import data
from models.catalog.listing import Listing
from models.catalog.lists import PRODUCTS
from models.catalog.product import Product
from models.catalog.product_type import ProductType
from models.catalog.queries import refused_count, types_to_filter
from models.catalog.variant import Variant
from models.lists.viewer import Viewer
from models.stores.store import Store
from models.support.bulk import insert_rows
from models.support.db import db, write_txn

TODAY = datetime(2026, 11, 21)
OFFERED = [
    "&".join(part for part in (state, product_type, changed, sort) if part)
    for state in ("", "state=archived")
    for product_type in ("", "type=LAMP")
    for changed in ("", "changed=30")
    for sort in ("", "sort=changed", "sort=title", "sort=-title")
]


def products(reach: Any, query: str = "", **more: Any) -> Any:
    viewer = Viewer(reach)
    return PRODUCTS.find(viewer, PRODUCTS.asked(query, viewer), **more)


@pytest.fixture
def reach(lotus, alice) -> Any:
    return SimpleNamespace(team_id=lotus.id, team=lotus, store_ids=None, by_permission={"products.view": None})


@pytest.fixture
def library(lotus, comet, alice) -> list[Any]:
    """600 made-up products with variants and listings, and one of a rival with the same words."""
    store = Store.declare(lotus, "Lotus", "eu", by=alice)
    rows = list(data.products(600, lotus.id, store.id, TODAY))
    with write_txn():
        insert_rows(Product, data.PRODUCT, [product for product, _variants, _listings in rows])
        insert_rows(Variant, data.VARIANT, [variant for _product, variants, _listings in rows for variant in variants])
        insert_rows(Listing, data.LISTING, [listing for _product, _variants, listings in rows for listing in listings])
        Product.create(id=9000, team=comet, code="P000001", title="Quiet Desk Lamp, Coral", product_type="RIVAL")
    return [product for product, _variants, _listings in rows]


def of(name: str, row: tuple) -> Any:
    return row[data.PRODUCT.index(name)]


def found_by(reach: Any, text: str) -> list[int]:
    return [row.id for row in products(reach, urlencode({"find": text})).page]


def test_a_product_is_found_by_title_code_and_sku(library, reach):
    active = [row for row in library if of("state", row) == "active"]
    lamps = [of("id", row) for row in active if "Desk Lamp, Coral" in of("title", row)]
    assert sorted(found_by(reach, "desk lamp, coral")) == sorted(lamps) and lamps
    one = next(row for row in active if of("variant_count", row) == 3)
    assert found_by(reach, of("code", one)) == found_by(reach, of("code", one).lower()) == [of("id", one)]
    assert found_by(reach, of("code", one) + "-3") == [of("id", one)], "any of its SKUs, not the first alone"
    assert found_by(reach, "nothing like it") == [] and found_by(reach, "100%_") == []


def test_chinese_words_of_two_signs_are_found(library, reach):
    wanted = [of("id", row) for row in library if "台灯" in of("title", row) and of("state", row) == "active"]
    assert wanted and products(reach, "find=台灯").count == len(wanted)


def test_a_search_keeps_state_and_type(library, reach):
    for state in ("active", "archived"):
        rows = [
            row
            for row in library
            if of("state", row) == state and of("product_type", row) == "HOME" and "lamp" in of("title", row).lower()
        ]
        assert products(reach, f"find=lamp&state={state}&type=HOME").count == len(rows)


@pytest.mark.both
@pytest.mark.parametrize("sort", ["", "changed", "title", "-title"])
def test_pages_of_a_search_hold_every_match_once(library, reach, sort):
    wanted = {of("id", row) for row in library if "Pack of" in of("title", row) and of("state", row) == "active"}
    seen: list[int] = []
    after = ""
    while True:
        page = products(reach, f"find=Pack of&sort={sort}", after=after).page
        seen += [row.id for row in page]
        if not page.next_key:
            break
        after = page.next_key
    assert len(seen) == len(set(seen)) and set(seen) == wanted and len(wanted) > 50


def test_the_filter_offers_the_types_of_this_state_with_their_titles(library, reach):
    with write_txn():
        for place in ("DE", "US"):
            ProductType.create(name="LAMP", marketplace_id=place, locale="en_US", display_name="Light")
    offered = types_to_filter(reach.team_id, "active", "en_US")
    assert {name for name, _title in offered} == {name for name, _share in data.PRODUCT_TYPES}
    assert ("LAMP", "Light (LAMP)") in offered and ("HOME", "HOME") in offered, "the name where no title is known"
    assert [title.casefold() for _name, title in offered] == sorted(title.casefold() for _name, title in offered)
    assert types_to_filter(-1, "active", "en_US") == []


def test_refused_and_suppressed_listings_are_counted_once(library, reach, lotus):
    wanted = [
        row for row in Listing.select() if row.publication_state in ("refused", "failed") or row.state == "suppressed"
    ]
    assert refused_count(reach) == len(wanted) > 0
    Listing.update(state="suppressed", publication_state="refused").where(Listing.id == wanted[0].id).execute()
    assert refused_count(reach) == len(wanted)
    store = wanted[0].store_id
    assert refused_count(SimpleNamespace(team_id=lotus.id, store_ids=(store,))) == len(wanted)
    assert refused_count(SimpleNamespace(team_id=lotus.id, store_ids=())) == 0


# Plans


def plans_of(work: Any) -> list[tuple[str, list[str]]]:
    seen: list[tuple[str, list[str]]] = []
    true = db.obj.execute_sql

    def watched(sql: str, params: Any = None, *rest: Any) -> Any:
        if "EXPLAIN" not in sql:
            seen.append((sql, [row[3] for row in true("EXPLAIN QUERY PLAN " + sql, params).fetchall()]))
        return true(sql, params, *rest)

    db.obj.execute_sql = watched
    try:
        work()
    finally:
        del db.obj.execute_sql
    return seen


@pytest.mark.sqlite
@pytest.mark.parametrize("asked", OFFERED)
def test_every_list_on_offer_walks_an_index_and_sorts_nothing(library, reach, asked):
    top = products(reach, asked)
    for work in (lambda: products(reach, asked), lambda: products(reach, asked, after=top.page.next_key or "")):
        for sql, steps in plans_of(work):
            if (
                "GROUP BY" in sql or "product_type" in sql.partition("FROM")[0]
            ):  # The listings of the fifty rows; types.
                continue
            assert not [step for step in steps if "TEMP B-TREE" in step], (sql, steps)
            assert not [step for step in steps if step.startswith("SCAN") and "counted" not in step], (sql, steps)


@pytest.mark.sqlite
def test_what_the_navigation_asks_uses_indexes(library, reach):
    for sql, steps in plans_of(lambda: (refused_count(reach), types_to_filter(reach.team_id, "active", "en_US"))):
        scanned = [step for step in steps if step.startswith("SCAN")]
        assert all(step.split()[1] in ("CONSTANT", "names", "refused") for step in scanned), (sql, steps)
