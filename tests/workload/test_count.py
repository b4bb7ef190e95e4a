"""Counting: the figures are the events, whatever order they came in, whoever was killed, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from config.settings import PROJECT
from models.audit.chain import seal_events
from models.audit.event import Event
from models.audit.measure import ACTS, MEASURES, fingerprint, measure
from models.support import clock
from models.support.db import write_txn
from models.support.words import say
from models.workload.count import (
    WorkCount,
    WorkMark,
    behind,
    count_events,
    forget_old,
    is_behind,
    median_of,
    rebuild,
    worth,
)
from models.workload.figures import totals
from models.workload.spans import DAY, QUARTER

pytestmark = pytest.mark.both
THEN = clock.now().replace(hour=9, minute=7) - 9 * DAY
KINDS = (
    ("listing_overridden", {"fields": ["title"]}), ("product_changed", {"fields": [], "version": 2}),
    ("publications_asked", {"count": 7, "stores": []}), ("products_imported", {"file": "a", "created": 3, "changed": 4, "bad": 1}),
    ("preferences_changed", {}), ("publications_asked", {"count": "many"}), ("product_archived", {}),
)  # fmt: skip


def figures() -> dict[tuple, int]:
    return {
        (row.team_id, row.person_id, row.store_id, row.measure, row.grain, row.start): row.count
        for row in WorkCount.select()
    }


def expected() -> dict[tuple, int]:
    """The same, told from the events alone."""
    found: Counter[tuple] = Counter()
    own = {
        "listing_overridden": "listings_edited",
        "product_changed": "products_edited",
        "product_archived": "products_edited",
    }
    for event in Event.select().where(Event.team_id.is_null(False), Event.actor_id.is_null(False)):
        adds = [(ACTS, 1)]
        if event.name in own:
            adds.append((own[event.name], 1))
        if event.name == "publications_asked" and isinstance(event.details["count"], int):
            adds.append(("listings_published", event.details["count"]))
        if event.name == "products_imported":
            adds += [("imports_applied", 1), ("rows_imported", event.details["created"] + event.details["changed"])]
        for name, count in adds:
            for grain, period in (("quarter", QUARTER), ("day", DAY)):
                start = clock.floor(event.at, period)
                found[event.team_id, event.actor_id, event.store_id or 0, name, grain, start] += count
    return dict(found)


@pytest.mark.parametrize("seed", range(4))
def test_the_figures_are_the_events(act, settle, lotus, comet, alice, bob, charlie, seed):
    """Random acts of several people, teams and stores, sealed and counted in random steps, some of which are killed."""
    rng = Random(seed)
    for _ in range(120):
        name, details = rng.choice(KINDS)
        person, team = rng.choice(
            [(alice, lotus), (bob, lotus), (charlie, comet), (None, lotus), (bob, None), (bob, comet)]
        )
        act(
            person, team, name, THEN + timedelta(minutes=rng.randrange(4000)), store=rng.choice([None, 1, 2]), **details
        )
        if rng.random() < 0.1:
            seal_events(rng.randrange(1, 40))
        if rng.random() < 0.15:
            count_or_die(rng)
    settle()
    assert figures() == expected() and not is_behind() and behind() == 0
    before = figures()
    rebuild()
    assert figures() == before


def count_or_die(rng: Random) -> None:
    class Killed(Exception):
        pass

    try:
        with write_txn():
            count_events(rng.randrange(1, 30))
            if rng.random() < 0.5:
                raise Killed
    except Killed:
        pass


def test_an_event_that_becomes_visible_late_is_counted(act, settle, lotus, bob):
    """PostgreSQL gives ids before it commits: a later id may be counted before an earlier one is to be seen."""
    act(bob, lotus, "listing_overridden", THEN, fields=[])
    settle()
    late = Event.select().order_by(Event.id).get().id - 1
    with write_txn():
        Event.insert(
            id=late, name="listing_overridden", at=THEN, actor_kind="person", actor_id=bob.id, team_id=lotus.id
        ).execute()
    settle()
    assert figures() == expected()


def test_two_who_count_at_once_count_once(act, settle, lotus, bob, in_parallel):
    for minute in range(60):
        act(bob, lotus, "listing_overridden", THEN + timedelta(minutes=minute), fields=[])
    seal_events()
    outcomes = in_parallel(4, lambda: count_events(25))
    assert outcomes.errors == []
    settle()
    assert figures() == expected()


def test_what_has_new_measures_is_counted_from_the_start(act, settle, lotus, bob):
    act(bob, lotus, "listing_overridden", THEN, fields=[])
    settle()
    WorkMark.update(measures="of an older version").execute()
    WorkCount.update(count=99).execute()
    assert is_behind()
    settle()
    assert figures() == expected()


def test_every_process_knows_the_same_measures(portal):
    """A command that never saw a page counts what the server counts."""
    code = "import models.workload.count; from models.audit.measure import fingerprint; print(fingerprint())"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    import app  # noqa: F401

    assert done.stdout.strip() == fingerprint()


def test_figures_go_with_their_events(act, settle, lotus, bob):
    act(bob, lotus, "listing_overridden", clock.now() - 401 * DAY, fields=[])
    act(bob, lotus, "listing_overridden", clock.now(), fields=[])
    settle()
    assert forget_old(400) == 2
    assert totals(lotus.id, [bob.id], clock.now() - 500 * DAY)[bob.id].counts == {ACTS: 1, "listings_edited": 1}


def test_quarters_of_an_hour_are_kept_as_long_as_a_page_asks_for_them(act, settle, lotus, bob):
    for age in (41, 39):
        act(bob, lotus, "preferences_changed", clock.now() - age * DAY)
    settle()
    grains = [(row.grain, (clock.now() - row.start).days) for row in WorkCount.select().order_by(WorkCount.start)]
    assert [grain for grain, _age in grains] == ["day", "day", "quarter"]
    clock.move(days=3)
    assert forget_old(400) == 1
    before = figures()
    rebuild()
    assert figures() == before and {key[4] for key in before} == {"day"}


@pytest.mark.sqlite
def test_a_room_adds_its_work_in_a_line_with_a_median_of_the_waiting(portal):
    measure("trials_answered", say("Trials"), "trial_answered", seconds="waited")
    try:
        steps: Counter[int] = Counter()
        for waited in [30, 600, 700, 800, 90_000]:
            found: dict[str, Any] = dict(worth("trial_answered", f'{{"waited": {waited}}}'))
            assert found.pop(ACTS) == found.pop("trials_answered") == 1
            steps.update({int(key.partition("~")[2]): count for key, count in found.items()})
        assert median_of(steps) == pytest.approx(700, rel=0.05)
        assert median_of({}) is None
        with pytest.raises(ValueError, match="twice"):
            measure("trials_answered", say("Other trials"), "trial_answered")
    finally:
        from models.audit import measure as register

        register._BY_KIND.pop("trial_answered")
        MEASURES.pop("trials_answered")
