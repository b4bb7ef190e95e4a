"""Searching the event log: what is found is exactly what matches, on every page, and an index leads to all of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from models.audit import search as searching
from models.audit.event import Event
from models.audit.search import Wanted, count, every, search
from models.support.bulk import insert_rows
from models.support.db import db, write_txn
from models.support.paging import AtLeast

THEN = datetime(2026, 5, 1)
FIELDS = ("at", "name", "actor_kind", "actor_id", "actor_label", "team_id", "store_id", "object_kind", "object_id", "object_label",
          "details", "address", "request_id")  # fmt: skip
KINDS, OBJECTS = ("product_changed", "listing_overridden", "person_signed_in"), ("product", "listing", "")


@pytest.fixture
def history(portal: Any) -> list[Any]:
    """250 events of two teams and of the portal, several at one moment."""
    rng = Random(7)
    rows = [
        (THEN + timedelta(minutes=rng.randrange(300)), rng.choice(KINDS), "person", rng.choice([1, 2, 3, None]), "",
         rng.choice([1, 1, 1, 2, None]), rng.choice([None, 10, 11]), rng.choice(OBJECTS), rng.choice([5, 6]), rng.choice(["A-1", "B-2"]),
         {}, rng.choice(["10.0.0.1", "10.0.0.2"]), rng.choice(["aaaa", "bbbb"]))
        for _ in range(250)
    ]  # fmt: skip
    with write_txn():
        insert_rows(Event, FIELDS, rows)
    return list(Event.select())


ALL = [
    Wanted(1, with_portal=with_portal, **who, **what, **where, **when)  # type: ignore[arg-type]
    for with_portal, who, what, where, when in product(
        (False, True),
        ({}, {"people": [2]}, {"people": [1, 3]}),
        (
            {},
            {"kinds": ["product_changed"]},
            {"kinds": KINDS[:2]},
            {"objects": ["product"], "object_id": 5},
            {"label": "A-1"},
        ),
        (
            {},
            {"stores": [10]},
            {"reached": [11]},
            {"reached": [11], "unseen": ["product"]},
            {"address": "10.0.0.2"},
            {"request_id": "aaaa"},
        ),
        ({}, {"since": THEN + timedelta(minutes=60), "until": THEN + timedelta(minutes=200)}),
    )
]


WANTED = Random(3).sample(ALL, 36)


def matches(wanted: Wanted, event: Any) -> bool:
    return all((
        event.team_id in wanted.teams, not wanted.people or event.actor_id in wanted.people,
        not wanted.kinds or event.name in wanted.kinds, not wanted.objects or event.object_kind in wanted.objects,
        wanted.object_id is None or event.object_id == wanted.object_id, not wanted.label or event.object_label == wanted.label,
        not wanted.stores or event.store_id in wanted.stores,
        wanted.reached is None or event.store_id is None or event.store_id in wanted.reached,
        event.store_id is not None or event.object_kind not in wanted.unseen,
        not wanted.address or event.address == wanted.address, not wanted.request_id or event.request_id == wanted.request_id,
        not wanted.since or event.at >= wanted.since, not wanted.until or event.at < wanted.until,
    ))  # fmt: skip


@pytest.mark.both
def test_what_is_found_is_what_matches_on_every_page_both_ways(history, monkeypatch):
    monkeypatch.setattr(searching, "MOST_WALKED", 70)  # So that walks end before their page is full.
    for wanted in WANTED:
        right = [
            event.id
            for event in sorted(history, key=lambda one: (one.at, one.id), reverse=True)
            if matches(wanted, event)
        ]
        assert [event.id for event in every(wanted, 30)] == right, wanted
        there, keys = [], [""]
        while True:
            page = search(wanted, after=keys[-1], size=30)
            there.append([event.id for event in page])
            if not page.next_key:
                break
            keys.append(page.next_key)
        assert [number for page in there for number in page] == right, wanted
        back: list[int] = []
        page = search(wanted, after=keys[-1], size=30)
        while page.previous_key:
            page = search(wanted, before=page.previous_key, size=30)
            back = [event.id for event in page if event.id not in back] + back  # Above the top is the top.
        assert back == right[: len(right) - len(there[-1])], wanted


def test_a_rare_combination_says_how_far_back_it_was_looked(history, monkeypatch):
    monkeypatch.setattr(searching, "MOST_WALKED", 20)
    with write_txn():
        insert_rows(
            Event, FIELDS, [(THEN - timedelta(days=1), "rare", "person", 2, "", 1, None, "", None, "", {}, "", "")]
        )
    wanted = Wanted(1, people=[2], kinds=["rare"])
    page = search(wanted)
    assert not page.rows and page.looked_until and page.next_key
    assert (count(wanted), type(count(wanted))) == (0, AtLeast), "nothing so far is not nothing"
    assert type(count(Wanted(1, kinds=["rare"]))) is int, "one index knows them all"
    while page.next_key:
        page = search(wanted, after=page.next_key)
    assert [event.name for event in page] == ["rare"] and page.looked_until is None


def test_a_key_that_nobody_made_begins_at_the_top(history):
    top = [event.id for event in search(Wanted(1))]
    for key in ("x", "W10", "eyJ0IjoiMjAyNiJ9", "é" * 50):
        assert (
            [event.id for event in search(Wanted(1), after=key)]
            == [event.id for event in search(Wanted(1), before=key)]
            == top
        )


# Plans


def plans_of(work: Any) -> list[tuple[str, list[str]]]:
    seen: list[tuple[str, list[str]]] = []
    true = db.obj.execute_sql
    is_sqlite = not hasattr(db.obj, "close_all")

    def watched(sql: str, params: Any = None, *rest: Any) -> Any:
        if not sql.startswith(("EXPLAIN", "SET", "BEGIN")):
            rows = true(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + sql, params).fetchall()
            seen.append((sql, [str(row[3] if is_sqlite else row[0]) for row in rows]))
        return true(sql, params, *rest)

    db.obj.execute_sql = watched
    try:
        work()
    finally:
        del db.obj.execute_sql
    return seen


@pytest.mark.both
def test_every_combination_on_offer_walks_an_index_and_sorts_nothing(history, database):
    if database == "postgres":  # Small tables are scanned; a big one would not be.
        db.execute_sql("SET enable_seqscan = off")
        db.execute_sql("SET enable_sort = off")
        db.execute_sql("SET enable_incremental_sort = off")
        db.execute_sql("SET enable_bitmapscan = off")
    for wanted in WANTED:
        for sql, steps in plans_of(lambda: _look(wanted)):  # noqa: B023 (called at once)
            bad = [one for one in steps if "TEMP B-TREE" in one or "Seq Scan on event" in one or "Sort" in one]
            bad += [step for step in steps if step.startswith(("SCAN event", "SCAN t"))]
            assert not bad, (wanted, sql, steps)


def _look(wanted: Wanted) -> None:
    top = search(wanted, size=20)
    search(wanted, after=top.next_key or "", size=20)
    search(wanted, before=top.next_key or "", size=20)
    count(wanted)


# The page


@pytest.fixture
def found(as_, alice, lotus):
    def _found(query: str = "") -> Any:
        return as_(alice).get(f"/t/lotus/audit/?{query}")

    return _found


def test_a_page_shows_what_was_asked_for_and_nothing_of_others(found, as_, alice, bob, charlie, lotus, comet):
    from models.catalog import saving
    from tests.stores.selling import draft

    mine, theirs = saving.create(lotus, draft(1), by=bob), saving.create(comet, draft(2), by=charlie)
    for query in (
        "",
        f"who={bob.id}",
        "name=product_created",
        f"label={mine.code}",
        f"object=product&object_id={mine.id}",
        "at=today",
    ):
        page = found(query).text
        assert f"Bob Stein entered the product {mine.code}" in page and "Charlie Roux" not in page, query
    assert "Bob Stein entered" not in found(f"who={alice.id}").text
    event = Event.get(Event.name == "product_created", Event.team_id == comet.id)
    assert event.object_id == theirs.id and as_(alice).get(f"/t/lotus/audit/{event.id}").status_code == 404


def test_an_event_opens_with_all_its_fields_and_its_place_in_the_chain(as_, alice, bob, lotus):
    from models.audit.chain import seal_events
    from models.catalog import saving
    from tests.stores.selling import draft

    product = saving.create(lotus, draft(1), by=bob)
    event = Event.get(Event.name == "product_created")
    url, drawer = f"/t/lotus/audit/{event.id}", {"HX-Request": "true", "HX-Target": "drawer-content"}
    assert "Not sealed yet" in as_(alice).get(url).text
    while seal_events():
        pass
    for headers in ({}, drawer):
        page = as_(alice).get(url, headers=headers).text
        assert "product_created" in page and "Sealed" in page and "audit verify" in page
        assert f"/t/lotus/catalog/products/{product.uid}" in page and "Variants" in page
    for nonsense in ("0", "-1", "9" * 40, "x", "７"):
        assert as_(alice).get(f"/t/lotus/audit/{nonsense}").status_code == 404


def test_address_and_request_are_searched_by_those_who_look_after_security(as_, alice, bob, lotus):
    from models.lists.viewer import Viewer
    from models.workload.log import EVENTS, wanted_of

    for may in (True, False):
        reach = SimpleNamespace(
            team_id=lotus.id, team=lotus, by_permission={"audit.view": None}, may=lambda name, may=may: may
        )
        viewer = Viewer(reach)
        wanted = wanted_of(viewer, EVENTS.asked("address=10.0.0.1&request=abcdef12", viewer))
        assert (wanted.address, wanted.request_id) == (("10.0.0.1", "abcdef12") if may else ("", ""))


def test_the_log_is_exported_as_it_is_shown_and_leaves_an_event(as_, alice, bob, lotus, last_event):
    from models.catalog import saving
    from tests.stores.selling import draft

    saving.create(lotus, draft(1), by=bob)
    form = {"list": "events", "query": f"who={bob.id}", "columns": ["at", "event", "who"], "format": "csv"}
    answer = as_(alice).post("/t/lotus/exports/", data=form)
    assert answer.status_code == 200 and "Bob Stein entered the product" in answer.text and "Alice" not in answer.text
    assert last_event().name == "list_exported"


def test_granted_stores_bound_what_is_seen(history):
    for event in every(Wanted(1, reached=[10])):
        assert event.store_id in (None, 10)
