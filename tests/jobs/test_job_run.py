"""One run of a job: claimed once, leased, fenced, cancelled, given up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.support import job_run
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.job_run import LEASE, MOST_ATTEMPTS, Cancelled, Fenced, Interrupted, JobRun, JobWake, wake
from models.support.words import say

pytestmark = pytest.mark.both
SLOT = datetime(2026, 1, 1, 12)


def claim(slot: datetime = SLOT, scope: str = "", job: str = "work") -> JobRun | None:
    return JobRun.claim(job, scope, slot)


def test_a_slot_is_claimed_by_one_of_many(portal, in_parallel):
    outcomes = in_parallel(8, claim)
    assert outcomes.errors == []
    assert len([run for run in outcomes.results if run]) == 1


def test_a_slot_runs_once_however_often_it_ticks(portal):
    run = claim()
    run.finish("done")
    assert claim() is None
    assert claim(SLOT + timedelta(minutes=1)) is not None


def test_a_failed_slot_is_over_too(portal):
    claim().finish("failed", say("It broke"))
    assert claim() is None


def test_two_runs_of_a_job_and_scope_are_never_under_way_together(portal, in_parallel):
    outcomes = in_parallel(8, lambda number: claim(SLOT + timedelta(minutes=number)))
    assert outcomes.errors == []
    assert len([run for run in outcomes.results if run]) == 1
    assert claim(scope="another store") is not None


def test_a_run_whose_owner_died_is_taken_over_by_one(portal, clock, in_parallel):
    dead = claim()
    clock.move(to=clock.now() + LEASE - timedelta(seconds=1))
    assert claim() is None
    clock.move(seconds=2)
    outcomes = in_parallel(6, claim)
    taken = [run for run in outcomes.results if run]
    assert len(taken) == 1
    assert (taken[0].id, taken[0].token, taken[0].attempt) == (dead.id, dead.token + 1, 2)


def test_an_old_owner_can_do_nothing_any_more(portal, clock):
    old = claim()
    clock.move(to=clock.now() + LEASE * 2)
    new = claim()
    with pytest.raises(Fenced):
        old.progress(add=1)
    old.beat()
    old.hand_back()
    assert old.finish("done") is False
    fresh = new.reload()
    assert (fresh.state, fresh.done, fresh.token) == ("running", 0, new.token)
    new.progress(add=2)
    assert new.finish("done") is True


def test_what_a_fenced_owner_wrote_is_rolled_back(portal, clock):
    old = claim()
    clock.move(to=clock.now() + LEASE * 2)
    claim()
    with pytest.raises(Fenced), write_txn():
        wake("written too late")
        old.fence()
    assert not JobWake.select().exists()


def test_a_beat_and_every_step_keep_the_lease(portal, clock):
    run = claim()
    for keep in (run.beat, lambda: run.progress(add=1)):
        for _ in range(4):
            clock.move(to=clock.now() + LEASE * 0.8)
            keep()
            assert claim() is None
    clock.move(to=clock.now() + LEASE * 1.1)
    assert claim() is not None


def test_a_lease_given_by_a_clock_that_was_wrong_does_not_hold_for_ever(portal, clock):
    """The clock was an hour ahead when the owner died; set right, its lease would end in an hour."""
    clock.move(hours=1)
    claim()
    clock.reset()
    taken = claim()
    assert taken is not None and taken.token == 2


def test_a_fence_needs_the_transaction_it_protects(portal):
    with pytest.raises(RuntimeError, match="belongs inside"):
        claim().fence()


def test_progress_is_done_of_total_with_a_guess_of_what_is_left(portal, clock):
    clock.move(to=SLOT)
    run = claim()
    assert run.seconds_left is None
    run.progress(total=10)
    clock.move(seconds=6)
    run.progress(add=3)
    fresh = run.reload()
    assert (fresh.done, fresh.total, fresh.seconds_left) == (3, 10, 14)
    run.progress(done=10)
    run.finish("done")
    assert (run.reload().done, run.reload().seconds_left, run.reload().seconds_text) == (10, None, "6.0")


def test_a_cancelled_run_stops_at_its_next_step(portal):
    run = claim()
    run.progress(add=1)
    run.cancel()
    with pytest.raises(Cancelled), write_txn():
        wake("not any more")
        run.fence(add=1)
    assert not JobWake.select().exists()
    assert run.reload().done == 1
    run.finish("cancelled")
    with pytest.raises(Refused, match="ended already"):
        run.cancel()


def test_a_stopping_process_interrupts_its_runs_and_hands_them_back(portal):
    run = claim()
    job_run.stop_runs()
    with pytest.raises(Interrupted):
        run.progress(add=1)
    job_run.stop_runs(False)
    run.hand_back()
    again = claim()
    assert (again.id, again.token, again.attempt) == (run.id, 2, 1), "it goes on at once, and no attempt is counted"


def test_a_run_that_keeps_dying_is_given_up_after_five_attempts(portal, clock):
    run = claim()
    for attempt in range(2, MOST_ATTEMPTS + 1):
        clock.move(to=clock.now() + LEASE * 2)
        assert claim().attempt == attempt
    clock.move(to=clock.now() + LEASE * 2)
    assert claim() is None
    fresh = run.reload()
    assert (fresh.state, str(fresh.error_words)) == ("failed", "It stopped 5 times without an end.")
    assert claim() is None, "this slot is over"
    assert claim(SLOT + timedelta(minutes=1)) is not None, "the next is not"


def test_a_run_that_nobody_asks_for_any_more_is_closed_after_a_day(portal, clock):
    run = claim(scope="a store that is gone")
    clock.move(hours=23)
    JobRun.forget_old()
    assert run.reload().state == "running"
    clock.move(hours=2)
    JobRun.forget_old()
    assert run.reload().state == "failed"


def test_history_keeps_what_did_something_for_two_weeks(portal, clock):
    quiet, busy, failed = claim(job="quiet"), claim(job="busy"), claim(job="failed")
    quiet.finish("done")
    busy.progress(add=1)
    busy.finish("done")
    failed.finish("failed", say("x"))
    alive = claim(job="alive")
    clock.move(hours=2)
    alive.beat()
    assert JobRun.forget_old() == 1
    assert {run.job for run in JobRun.select()} == {"busy", "failed", "alive"}
    clock.move(days=14)
    alive.beat()
    JobRun.forget_old()
    assert {run.job for run in JobRun.select()} == {"alive"}


def test_the_board_finds_the_last_run_and_what_is_under_way(portal):
    for minute in range(3):
        claim(SLOT + timedelta(minutes=minute)).finish("done")
    running = claim(SLOT + timedelta(hours=1))
    assert [run.id for run in JobRun.under_way(["work", "other"])] == [running.id]
    assert JobRun.last_of(["work", "other"])["work"].slot == SLOT + timedelta(minutes=2)
    assert [run.slot.minute for run in JobRun.latest("work", limit=2)] == [0, 2]
    assert JobRun.latest("work", scope="elsewhere") == []


# Wakes


def test_a_wake_goes_with_its_transaction(portal):
    told = []
    job_run.WAKE_LISTENERS.append(lambda: told.append(JobWake.select().count()))
    with pytest.raises(ValueError), write_txn():
        wake("work")
        raise ValueError
    assert (JobWake.select().count(), told) == (0, [])
    with write_txn():
        wake("work")
        assert told == []
    assert told == [1], "listeners are told when it can be seen"


def test_many_wakes_are_one(portal, in_parallel):
    assert in_parallel(6, lambda: wake("work", "store")).errors == []
    assert [(w.job, w.scope) for w in JobWake.waiting()] == [("work", "store")]


def test_a_wake_asked_again_meanwhile_stays(portal, clock):
    wake("work")
    wish = JobWake.waiting()[0]
    clock.move(seconds=1)
    wake("work")
    wish.answered()
    assert JobWake.select().count() == 1
    JobWake.waiting()[0].answered()
    assert JobWake.select().count() == 0
