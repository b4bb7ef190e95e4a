"""Leaving an event: inside the change's own transaction, with declared details and nothing else."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

import pytest

from models.audit.event import KINDS, Event, declare, events_about, track
from models.audit.origin import Origin, acting, current_origin
from models.people.team import Team
from models.support.db import write_txn
from models.support.words import say


@pytest.fixture(autouse=True)
def _crate_opened():
    declare("crate_opened", say("%(actor)s opened %(object)s: %(reason)s"), "reason", "count", "seen")
    yield
    del KINDS["crate_opened"]


@pytest.mark.both
def test_an_event_says_who_what_when_and_from_where(lotus, alice, clock, last_event):
    clock.move(to=datetime(2026, 5, 1, 12))
    with acting(Origin("person", person_id=alice.id, address="203.0.113.9", request_id="r1")), write_txn():
        track("crate_opened", lotus, reason="to count", count=3)
    event = last_event()
    assert (event.actor_kind, event.actor_id, event.address, event.request_id) == (
        "person",
        alice.id,
        "203.0.113.9",
        "r1",
    )
    assert (event.object_kind, event.object_id, event.object_label, event.team_id) == (
        "team",
        lotus.id,
        "Lotus Trading",
        lotus.id,
    )
    assert (event.at, event.details) == (datetime(2026, 5, 1, 12), {"reason": "to count", "count": 3})
    assert str(event.words("Alice")) == "Alice opened Lotus Trading: to count"


def test_an_event_needs_the_transaction_of_its_change(portal):
    with pytest.raises(RuntimeError, match="inside write_txn"):
        track("crate_opened", reason="x")
    assert Event.select().count() == 0


@pytest.mark.both
def test_an_event_goes_with_its_change(portal):
    with pytest.raises(ValueError), write_txn():
        Team.create_team("lotus", "Lotus")
        raise ValueError
    assert (Team.select().count(), Event.select().count()) == (0, 0)
    Team.create_team("lotus", "Lotus")
    assert (Team.select().count(), Event.select().count()) == (1, 1)


@pytest.mark.both
def test_a_change_goes_with_its_event(portal):
    """When the event cannot be written, the change is not made either."""
    with pytest.raises(ValueError), write_txn():
        Team.create(slug="lotus", name="Lotus")
        track("crate_opened", buyer="Jane")
    assert (Team.select().count(), Event.select().count()) == (0, 0)


def test_a_detail_that_was_not_declared_is_refused_by_name(portal):
    with write_txn(), pytest.raises(ValueError, match="address"):
        track("crate_opened", reason="x", address="1 Main Street")
    assert Event.select().count() == 0


def test_a_kind_that_was_not_declared_is_refused(portal):
    with write_txn(), pytest.raises(KeyError):
        track("crate_closed")


def test_a_kind_is_declared_once_with_one_sentence():
    declare("crate_opened", say("%(actor)s opened %(object)s: %(reason)s"), "reason", "count", "seen")
    with pytest.raises(ValueError, match="twice"):
        declare("crate_opened", say("another sentence"))


def test_details_are_kept_as_text_numbers_and_lists(portal, last_event):
    uid = uuid.uuid4()
    with write_txn():
        track("crate_opened", reason=Decimal("1.50"), count=True, seen=[uid, datetime(2026, 1, 1), None, ("a", 2)])
    assert last_event().details == {
        "reason": "1.50", "count": True, "seen": [str(uid), "2026-01-01T00:00:00Z", None, ["a", 2]],
    }  # fmt: skip


@pytest.mark.parametrize("value", [1.5, {"a": 1}, b"x", object()], ids=lambda v: type(v).__name__)
def test_a_detail_of_another_kind_is_refused(portal, value):
    with write_txn(), pytest.raises(TypeError, match="cannot carry"):
        track("crate_opened", reason=value)


def test_long_details_are_cut(portal, last_event):
    with write_txn():
        track("crate_opened", reason="x" * 5000, seen=list(range(500)), label="y" * 500)
    assert len(last_event().details["reason"]) == 500
    assert len(last_event().details["seen"]) == 50
    assert len(last_event().object_label) == 120


def test_who_acts_is_whoever_the_door_let_in(portal, lotus, alice, bob, last_event):
    def actor(origin: Origin | None = None, **by) -> tuple:
        with acting(origin or current_origin()), write_txn():
            track("crate_opened", lotus, reason="x", **by)
        event = last_event()
        return event.actor_kind, event.actor_id, event.actor_label

    assert actor() == ("system", None, "")
    assert actor(Origin("job", "orders.poll")) == ("job", None, "orders.poll")
    assert actor(Origin("command", "root")) == ("command", None, "root")
    assert actor(Origin("person", person_id=alice.id)) == ("person", alice.id, "")
    assert actor(Origin("person", person_id=alice.id), by=bob) == ("person", bob.id, "")
    assert current_origin() == Origin()


def test_the_origin_of_one_thread_is_not_that_of_another(portal, alice, in_parallel):
    with acting(Origin("person", person_id=alice.id)):
        assert {origin.person_id for origin in in_parallel(3, current_origin).results} == {None}


def test_the_history_of_a_record_is_newest_first_and_its_own(portal, lotus, comet):
    for team, reason in ((lotus, "one"), (comet, "other"), (lotus, "two")):
        with write_txn():
            track("crate_opened", team, reason=reason)
    assert [event.details.get("reason") for event in events_about(lotus, limit=2)] == ["two", "one"]
