"""Keyset paging: walking the pages, either way, gives every row once."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta

import peewee
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from models.support.db import db
from models.support.fields import UtcField
from models.support.paging import Order, capped_count, make_key, page_of
from models.support.record import Record

pytestmark = pytest.mark.both
START = datetime(2026, 1, 1)


class Crate(Record):
    """A table with many ties."""

    weight = peewee.IntegerField()
    packed_at = UtcField()
    mark = peewee.CharField()


BY_WEIGHT = Order((Crate.weight, Crate.id))
BY_TIME = Order((Crate.packed_at, Crate.id), descending=False)
BY_MARK = Order((Crate.mark, Crate.weight, Crate.id))


@pytest.fixture
def crates(portal):
    db.create_tables([Crate])
    return Crate


def fill(values) -> None:
    Crate.delete().execute()
    if values:
        Crate.insert_many(
            [
                {"weight": w, "packed_at": START + timedelta(microseconds=m * 250_001), "mark": mark}
                for w, m, mark in values
            ]
        ).execute()


def expected(order: Order) -> list[int]:
    direction = [column.desc() if order.descending else column.asc() for column in order.columns]
    return [row.id for row in Crate.select().order_by(*direction)]


def forwards(order: Order, size: int) -> list[list[int]]:
    pages, key = [], ""
    while True:
        page = page_of(Crate.select(), order, after=key, size=size)
        pages.append([row.id for row in page])
        assert (page.previous_key is None) == (len(pages) == 1)
        if page.next_key is None:
            return pages
        key = page.next_key


def backwards(order: Order, size: int, first: list[int]) -> list[list[int]]:
    """From behind the last row back to the top."""
    last = page_of(Crate.select().where(Crate.id == first[-1]), order)
    pages, key = [], make_key(last.rows[0], order)
    while True:
        page = page_of(Crate.select(), order, before=key, size=size)
        pages.append([row.id for row in page])
        if page.previous_key is None:
            return pages
        key = page.previous_key


ROWS = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(0, 4), st.sampled_from(["", "a", "b", "é", "中"])), max_size=30
)


@given(rows=ROWS, size=st.integers(1, 8), order=st.sampled_from([BY_WEIGHT, BY_TIME, BY_MARK]))
@rules(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_walking_the_pages_gives_every_row_once_and_in_order(crates, rows, size, order):
    fill(rows)
    pages = forwards(order, size)
    assert [row for page in pages for row in page] == expected(order)
    assert all(len(page) == size for page in pages[:-1])


@given(rows=ROWS.filter(bool), size=st.integers(1, 8), order=st.sampled_from([BY_WEIGHT, BY_TIME, BY_MARK]))
@rules(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_walking_backwards_gives_every_row_before_the_last_once(crates, rows, size, order):
    fill(rows)
    wanted = expected(order)
    pages = backwards(order, size, wanted)
    if len(wanted) == 1:  # Nothing stands before the only row, so the page begins at the top.
        assert pages == [wanted]
        return
    assert [row for page in reversed(pages) for row in page] == wanted[:-1]


def test_a_row_that_arrives_while_somebody_pages_neither_doubles_nor_hides_another(crates):
    fill([(weight, 0, "") for weight in range(6)])
    first = page_of(Crate.select(), BY_WEIGHT, size=3)
    Crate.create(weight=99, packed_at=START, mark="")
    second = page_of(Crate.select(), BY_WEIGHT, after=first.next_key or "", size=3)
    assert [row.weight for row in first] + [row.weight for row in second] == [5, 4, 3, 2, 1, 0]


def test_the_previous_page_is_the_one_before(crates):
    fill([(weight, 0, "") for weight in range(9)])
    first = page_of(Crate.select(), BY_WEIGHT, size=3)
    second = page_of(Crate.select(), BY_WEIGHT, after=first.next_key or "", size=3)
    back = page_of(Crate.select(), BY_WEIGHT, before=second.previous_key or "", size=3)
    assert back.rows == first.rows
    assert (back.previous_key, back.next_key) == (None, first.next_key)


def test_a_page_whose_rows_are_gone_begins_at_the_top(crates):
    fill([(weight, 0, "") for weight in range(4)])
    first = page_of(Crate.select(), BY_WEIGHT, size=2)
    Crate.delete().where(Crate.weight < 2).execute()
    assert page_of(Crate.select(), BY_WEIGHT, after=first.next_key or "", size=2).rows == first.rows


def raw(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


BROKEN = {
    "nothing": "",
    "noise": "%%%",
    "not base64": "é",
    "not json": base64.urlsafe_b64encode(b"[1,").decode(),
    "a number": raw(5),
    "an object": raw({"a": 1, "b": 2}),
    "too few": raw([1]),
    "too many": raw([1, 2, 3]),
    "text for a number": raw(["1", 2]),
    "a moment for a number": raw([{"t": "2026-01-01T00:00:00"}, 1]),
    "a fraction": raw([1.5, 2]),
    "true": raw([True, 2]),
    "a huge number": raw([10**30, 1]),
    "nothing inside": raw([None, None]),
    "deep": raw(json.loads("[" * 250 + "]" * 250)),
    "endless": "W" * 5000,
}
OUTSIDE = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")


def test_a_broken_key_starts_from_the_top(crates):
    fill([(weight, 0, "") for weight in range(4)])
    top = page_of(Crate.select(), BY_WEIGHT, size=2)
    for name, key in BROKEN.items():
        assert page_of(Crate.select(), BY_WEIGHT, after=key, size=2) == top, name
        assert page_of(Crate.select(), BY_WEIGHT, before=key, size=2) == top, name


def test_a_broken_moment_starts_from_the_top(crates):
    fill([(0, minute, "") for minute in range(4)])
    top = page_of(Crate.select(), BY_TIME, size=2)
    for value in (1, "x", {"t": 5}, {"x": "2026-01-01"}, *({"t": far} for far in OUTSIDE)):
        assert page_of(Crate.select(), BY_TIME, after=raw([value, 1]), size=2) == top, value


def test_a_broken_text_starts_from_the_top(crates):
    fill([(0, 0, mark) for mark in "abcd"])
    top = page_of(Crate.select(), BY_MARK, size=2)
    for value in ("a\0b", "\ud800", 1, None, ["a"]):
        assert page_of(Crate.select(), BY_MARK, after=raw([value, 0, 1]), size=2) == top, repr(value)


def test_a_count_stops_at_its_limit(crates):
    fill([(weight, 0, "") for weight in range(12)])
    assert capped_count(Crate.select(), limit=5) == 5
    assert capped_count(Crate.select().order_by(Crate.weight)) == 12
    assert capped_count(Crate.select().where(Crate.weight > 100)) == 0
