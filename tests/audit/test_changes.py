"""What an event tells of a change: fields old and new, short, in values every reader understands."""

from __future__ import annotations

from models.audit.changes import MOST_FIELDS, MOST_TEXT, changes_of
from models.audit.event import track
from models.people.role import Grant, Role
from models.support.db import write_txn
from tests.orders.conftest import make_store


def test_only_what_differs_is_told_and_of_mappings_their_keys():
    told = changes_of([
        ("brand", "A", "A"), ("title", "old", "new"), ("attributes", {"x": 1, "y": "same"}, {"y": "same", "z": ["a", "b"]}),
    ])  # fmt: skip
    assert told == [["title", "old", "new"], ["attributes: x", 1, None], ["attributes: z", None, "a · b"]]


def test_long_texts_and_many_fields_are_cut():
    assert changes_of([("text", None, "word " * 500)])[0][2].endswith("…")
    assert len(changes_of([("text", None, "x" * 5000)])[0][2]) == MOST_TEXT
    assert len(changes_of((f"f{n}", 0, n + 1) for n in range(500))) == MOST_FIELDS


def test_the_drawer_shows_old_and_new_and_hostile_text_stays_text(as_, alice, lotus):
    told = changes_of([("title", "Lamp", "<b>Lamp</b>")])
    with write_txn():
        event = track("product_changed", by=alice, team=lotus, fields=["title"], version=2, changes=told)
    page = as_(alice).get(f"/t/lotus/audit/{event.id}").text
    assert "&lt;b&gt;Lamp&lt;/b&gt;" in page and "<b>Lamp" not in page and "→" in page


def test_a_grant_tells_for_which_stores_it_was_and_is(lotus, alice, bob, last_event):
    store = make_store(lotus)
    grant = Grant.give(bob, lotus, Role.built_in("manager"), stores=None)
    grant.reach_stores([store.id], by=alice)
    (name, old, new), *rest = last_event().details["changes"]
    assert (name, old, rest) == ("scope", "all stores", []) and new == "1 stores"
