"""Finding by a text: what is found, by whom, that it stays true with every change, and that no text can hurt it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import peewee
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import data
from integrations.amazon.mapping import orders as mapping
from models.catalog.finding import PRODUCTS
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.orders.finding import ITEMS
from models.orders.ingest import keep
from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.sold_item import SoldItem
from models.stores.store import Store
from models.support import lately, search
from models.support.bulk import insert_rows
from models.support.db import db, is_sqlite, write_txn
from models.support.fields import SealedField
from models.support.search import SEARCHED, Part, found
from models.support.search_sql import statements
from tests.orders.conftest import later, make_store, payload, snapshot

pytestmark = pytest.mark.both
HOSTILE = (
    '"', "'", "''", '" OR 1=1 --', "AND", "a AND", "NEAR(", "* *", "lamp*", "-lamp", "^lamp", "words:lamp", "(", ")", "{}", "%", "%%%",
    "___", "\\", "\\%", "\0", "la\0mp", "\ud800", "x" * 10_000, "a " * 5_000, "手" * 10_000, "NOT lamp", "lamp OR lamp", "💡", "\t\n", " ",
    "%s", "%(a)s", "?", "$1", "::", "{", "}", "[%]", "\u202e", "İ", "ß", "ǅ", "\U0010ffff",
)  # fmt: skip


@pytest.fixture(autouse=True)
def all_is_much(monkeypatch):
    """Whatever is found is kept for a moment, as only long answers are: every change has to be found all the same."""
    monkeypatch.setattr(lately, "MANY", 1)


@pytest.fixture
def store(lotus, alice) -> Store:
    return make_store(lotus)


@pytest.fixture
def product_of(lotus, store) -> Callable[..., Product]:
    """`product_of("P-1", "Travel Mug", sku="MUG-1", asin="B0…")`: a product with one variant and one listing."""

    def made(code: str, title: str, *, sku: str, asin: str = "", gtin: str = "", **more: Any) -> Product:
        with write_txn():
            product = Product.create(team=more.pop("team", lotus), code=code, title=title, **more)
            variant = Variant.create(team=product.team, product=product, sku=sku, gtin=gtin)
            Listing.create(
                team=product.team, store=store, marketplace_id="DE", variant=variant, product=product, asin=asin
            )
        return product

    return made


@pytest.fixture
def mug(product_of) -> Product:
    return product_of(
        "MUG", "Travel Mug 旅行保温杯", sku="TM-350-NAVY", asin="B0CUP00001", gtin="4006381333931", brand="Thermo"
    )


@pytest.mark.parametrize(
    "text",
    ["travel", "MUG", "Travel mug", "mug travel", "avel", "旅行保温杯", "保温", "杯", "thermo", "TM-350-NAVY", "350-nav", "tm",
     "b0cup00001", "B0CUP", "4006381333931", "thermo navy 保温", "mug 350 b0"],
)  # fmt: skip
def test_a_product_is_found_by_any_part_of_its_words(lotus, mug, text):
    assert found(Product, lotus.id, text) == [mug.id]


@pytest.mark.parametrize("text", ["", "  ", "kettle", "travel kettle", "温保", "B0CUP00002", "tm-360"])
def test_what_does_not_stand_there_finds_nothing(lotus, mug, text):
    assert found(Product, lotus.id, text) == []


def test_what_a_rival_has_is_never_found(lotus, comet, mug):
    for text in ("travel", "保温", "tm", "B0CUP00001"):
        assert found(Product, comet.id, text) == []
    assert found(Product, lotus.id, "travel") == [mug.id]


def test_the_newest_come_first_and_no_more_than_asked_for(lotus, product_of):
    ids = [product_of(f"P{n}", "Quiet lamp", sku=f"L-{n}").id for n in range(5)]
    assert found(Product, lotus.id, "lamp") == ids[::-1]
    assert found(Product, lotus.id, "lamp", limit=2) == found(Product, lotus.id, "la", limit=2) == ids[:2:-1]


def test_a_change_is_found_in_its_own_transaction_and_gone_with_it(lotus, mug, product_of):
    mug.change(title="Garden gloves")
    assert found(Product, lotus.id, "gloves") == [mug.id] and found(Product, lotus.id, "travel") == []
    Variant.get(Variant.product == mug).change(sku="GG-1")
    assert found(Product, lotus.id, "gg-1") == [mug.id] and found(Product, lotus.id, "350") == []
    Listing.get(Listing.product == mug).change(asin="B0GLOVE001")
    assert found(Product, lotus.id, "B0GLOVE001") == [mug.id] and found(Product, lotus.id, "B0CUP00001") == []
    with pytest.raises(ZeroDivisionError), write_txn():
        mug.change(title="Never said")
        raise ZeroDivisionError
    assert found(Product, lotus.id, "never") == [] and found(Product, lotus.id, "gloves") == [mug.id]
    with write_txn():
        Listing.delete().execute()
        Variant.delete().execute()
        assert Product.delete().execute() == 1
    assert found(Product, lotus.id, "gloves") == []


@pytest.mark.sqlite
def test_much_that_was_found_is_found_again_without_looking_until_a_word_changes(
    lotus, comet, mug, product_of, monkeypatch, clock
):
    looked: list[list[str]] = []
    find = search._FINDERS[Product]
    monkeypatch.setitem(
        search._FINDERS, Product, lambda team, words, most: looked.append(words) or find(team, words, most)
    )
    for _ in range(3):
        found(Product, lotus.id, "mug").append(7)  # Whoever changes what they got changes nothing for others.
    assert found(Product, lotus.id, " mug ") == [mug.id] and len(looked) == 1
    assert (
        found(Product, lotus.id, "mug", limit=5) == [mug.id]
        and found(Product, comet.id, "mug") == []
        and len(looked) == 3
    )
    another = product_of("M2", "Second mug", sku="M-2")
    assert found(Product, lotus.id, "mug") == [another.id, mug.id] and len(looked) == 4
    another.change(title="Kettle")
    assert found(Product, lotus.id, "mug") == [mug.id] and len(looked) == 5
    clock.move(seconds=11)
    assert found(Product, lotus.id, "mug") == [mug.id] and len(looked) == 6


def test_rows_written_in_bulk_are_found_and_the_index_says_what_the_tables_say(lotus, store):
    rows = list(data.products(300, lotus.id, store.id, datetime(2026, 11, 21)))
    with write_txn():
        insert_rows(Product, data.PRODUCT, [product for product, _variants, _listings in rows])
        insert_rows(Variant, data.VARIANT, [one for _product, variants, _listings in rows for one in variants])
        insert_rows(Listing, data.LISTING, [one for _product, _variants, listings in rows for one in listings])
    title, place = data.PRODUCT.index("title"), data.PRODUCT.index("id")
    for text in ("desk lamp", "台灯", "coral,"):
        wanted = [row[place] for row, *_ in rows if all(word in row[title].lower() for word in text.split())]
        assert found(Product, lotus.id, text) == wanted[::-1] and wanted
    assert kept("product") == told("product") and len(kept("product")) == 300


def told(name: str) -> dict[int, tuple]:
    return {row[0]: row[1:] for row in db.execute_sql(f'SELECT id, team_id, words FROM "{name}_words"').fetchall()}  # noqa: S608


def kept(name: str) -> dict[int, tuple]:
    key = "rowid" if is_sqlite() else "id"
    return {row[0]: row[1:] for row in db.execute_sql(f'SELECT {key}, team_id, words FROM "{name}_search"').fetchall()}  # noqa: S608


def test_two_who_change_parts_of_one_product_lose_nothing(lotus, product_of, in_parallel):
    product = product_of("P", "Lamp", sku="S-0")

    def add(number: int) -> None:
        with write_txn():
            Variant.create(team=lotus, product=product, sku=f"SIDE-{number}")

    assert in_parallel(6, add).errors == []
    for number in range(6):
        assert found(Product, lotus.id, f"side-{number}") == [product.id]
    assert kept("product") == told("product")


# Orders


@pytest.fixture
def orders(store) -> list[Order]:
    told_ = [
        payload(1, skus=("CUP-1",), package="SHIPPED"),
        payload(2, skus=("CUP-2", "台灯-7"), gift="For Liesel"),
        payload(3, skus=("CUP-1",)),
    ]
    keep(store, [mapping.order(one) for one in told_])
    return list(Order.select().order_by(Order.id))


def test_an_order_is_found_by_its_id_its_parcel_and_what_was_sold(lotus, orders):
    first, second, third = (order.id for order in orders)
    assert found(Order, lotus.id, "302-0000002-7654321") == [second]
    assert found(Order, lotus.id, "302-0000") == [third, second, first]
    assert found(Order, lotus.id, "00340434123456") == found(Order, lotus.id, "0034 0434 1234 56") == [first]
    assert found(Order, lotus.id, "cup-1") == [third, first]
    assert found(Order, lotus.id, "up cup-2") == found(Order, lotus.id, "台灯") == [second]
    assert found(Order, lotus.id, "B0TEST0001") == [third, second, first]


def test_a_buyer_is_never_found(lotus, orders):
    for text in (
        "Katharina",
        "Musterfrau",
        "Lange",
        "Hamburg",
        "90210",
        "5550123",
        "k7m2p9",
        "Liesel",
        "+49 40 5550123",
    ):
        assert found(Order, lotus.id, text) == []


def test_orders_of_a_rival_are_never_found(lotus, comet, alice, store, orders):
    rival = make_store(comet, "Comet EU")
    keep(rival, [snapshot(2, skus=("CUP-1",), package="SHIPPED")])
    theirs = Order.get(Order.store == rival).id
    for text in ("302-0000002-7654321", "302-0", "00340434123456", "cup-1", "B0TEST0001"):
        assert found(Order, comet.id, text) == [theirs], text
        assert theirs not in found(Order, lotus.id, text), text


def test_an_item_with_a_new_title_is_found_by_it(lotus, store):
    told_ = payload(1)
    keep(store, [mapping.order(told_)])
    after = later(told_)
    after["orderItems"][0]["product"]["title"] = "Renamed beaker"
    keep(store, [mapping.order(after)])
    assert found(Order, lotus.id, "beaker") == [Order.get().id]


def test_what_is_sold_often_is_listed_once(lotus, store):
    keep(store, [snapshot(n, skus=("CUP-1",)) for n in range(40)])
    assert OrderLine.select().count() == 40
    assert [(item.sku, item.title) for item in SoldItem.select()] == [("CUP-1", "Cup CUP-1")]


def test_of_very_many_the_newest_are_found(lotus, store, monkeypatch):
    keep(store, [snapshot(n, skus=("CUP-1",) if n % 2 else ("CUP-1", "MUG-2")) for n in range(30)])
    monkeypatch.setattr("models.orders.finding.MANY", 5)
    newest = [order.id for order in Order.select().order_by(Order.id.desc())]
    assert found(Order, lotus.id, "cup", limit=10) == newest[:10]
    assert found(Order, lotus.id, "Cup", limit=100) == newest


# Hostile texts, and what may not be searched


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:20])
def test_no_text_is_an_error_or_finds_what_it_should_not(lotus, mug, orders, text):
    assert found(Product, lotus.id, text) in ([], [mug.id])
    found(Order, lotus.id, text)
    assert found(Product, lotus.id, "nosuchword " + text) == []


def test_wildcards_and_operators_are_signs_like_others(lotus, mug, product_of):
    cup = product_of("P-9", 'Cup "50% off" AND more_', sku="A_B")
    for text in ("50%", '"50%', "AND", "a_b", 'off" AND', "more_"):
        assert found(Product, lotus.id, text) == [cup.id], text
    assert found(Product, lotus.id, "tra%") == found(Product, lotus.id, "tra*") == found(Product, lotus.id, "m_g") == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_a_title_is_found_by_any_of_its_words(lotus, store, title):
    with write_txn():
        product = Product.create(team=lotus, code="X", title=title.replace("\0", "").encode("utf-8", "ignore").decode())
    try:
        for word in search.words_of(product.title):
            if word.isascii():
                assert found(Product, lotus.id, word) == [product.id], word
    finally:
        with write_txn():
            product.delete_instance()


@pytest.mark.sqlite
def test_nothing_personal_and_nothing_secret_is_searched():
    """A column that holds a buyer, a person or a credential cannot be declared; those declared are plain and readable."""
    from models.orders.buyer import Buyer
    from models.people.person import Person

    assert {Product, SoldItem} <= set(SEARCHED)
    for searched in SEARCHED.values():
        for model, columns in (
            (searched.model, searched.columns),
            *((part.model, part.columns) for part in searched.parts),
        ):
            for column in columns:
                assert model.about.kinds[column] == "plain"
                assert not isinstance(model._meta.fields[column], SealedField)
    for model, column in ((Person, "name"), (OrderLine, "gift_message"), (Buyer, "name"), (Product, "no_such")):
        with pytest.raises(ValueError, match="nothing personal"):
            Part(model, "order", (column,))
        with pytest.raises(ValueError, match="nothing personal"):
            search.Searched(model, (column,))


@pytest.mark.sqlite
@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_the_migration_keeps_what_is_declared(dialect):
    folder = Path(__file__).parents[2] / "models" / "migrations"
    made = " ".join(file.read_text("utf-8") for file in sorted(folder.glob(f"*.{dialect}.sql")))
    for searched in (PRODUCTS, ITEMS):
        for statement in statements(searched, dialect):
            assert statement in made, "declare it anew in a migration of its own"


def test_the_index_leads(lotus, mug, orders):
    """FTS5's own index, or GIN: never every record, where a word has three signs."""
    sql, values = (search._in_sqlite if is_sqlite() else search._in_postgres)("product", "id", lotus.id, ["travel"])
    if is_sqlite():
        plan = " ".join(str(row[-1]) for row in db.execute_sql("EXPLAIN QUERY PLAN " + sql, [*values, 10]).fetchall())
        assert re.search(r"VIRTUAL TABLE INDEX \d+:M", plan), plan
        return
    with write_txn():
        db.execute_sql("SET LOCAL enable_seqscan = off")
        plan = " ".join(row[0] for row in db.execute_sql("EXPLAIN " + sql, [*values, 10]).fetchall())
    assert "product_search_grams" in plan or "product_search_pkey" in plan, plan


@pytest.mark.sqlite
def test_what_another_program_changed_is_caught_up(lotus, mug):
    db.execute_sql("UPDATE product SET title = 'Beaker' WHERE id = ?", [mug.id])
    with write_txn():
        pass
    assert found(Product, lotus.id, "beaker") == [mug.id]
    with pytest.raises(peewee.OperationalError):
        db.execute_sql("SELECT no_such FROM search_due")
