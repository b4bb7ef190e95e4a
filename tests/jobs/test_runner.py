"""The runner: what a job did is what its run says, and nothing it does breaks the next."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from datetime import time as of_day

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import amazon as jobs_amazon
from jobs.job import Job
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.origin import current_origin
from models.support import job_run
from models.support.errors import Refused
from models.support.job_run import Fenced, JobRun, JobWake, wake
from models.support.words import say


@pytest.fixture
def runner(portal):
    """`runner(work, **more)` is a runner with one job, "work"; it is stopped after the test."""
    made: list[Runner] = []

    def make(work, every: timedelta = timedelta(hours=1), **more) -> Runner:
        made.append(Runner((Job("work", say("Work"), work, every, **more),), portal))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_a_run_that_ends_is_done_with_its_progress(runner):
    run = runner(lambda run: run.progress(add=3, total=3)).run("work")
    assert (run.state, run.done, run.total, run.error) == ("done", 3, 3, "")


def test_a_job_acts_as_itself(runner):
    seen = []
    runner(lambda run: seen.append(current_origin())).run("work")
    assert (seen[0].kind, seen[0].label) == ("job", "work")
    assert current_origin().kind == "system"


def test_a_refusal_is_the_sentence_of_the_run(runner):
    def work(run: JobRun) -> None:
        raise Refused("The store has to be authorized again.")

    run = runner(work).run("work")
    assert (run.state, str(run.error_words)) == ("failed", "The store has to be authorized again.")


def test_a_mistake_is_told_by_its_kind_and_not_by_its_text(runner):
    def work(run: JobRun) -> None:
        raise KeyError("Jane Doe, 1 Main Street")

    run = runner(work).run("work")
    assert run.state == "failed"
    assert "KeyError" in str(run.error_words) and "Jane" not in run.error


def test_a_cancelled_run_says_so(runner):
    def work(run: JobRun) -> None:
        run.cancel()
        run.progress(add=1)
        raise AssertionError("it went on")

    assert runner(work).run("work").state == "cancelled"


def test_an_interrupted_run_is_handed_back_and_goes_on(runner):
    turns = []

    def work(run: JobRun) -> None:
        turns.append(run.attempt)
        job_run.stop_runs(len(turns) == 1)
        run.progress(add=1)

    one = runner(work)
    first = one.run("work")
    assert (first.state, first.attempt) == ("running", 0)
    job_run.stop_runs(False)
    second = one.run("work")
    assert (second.id, second.state, second.done) == (first.id, "done", 1)


def test_ctrl_c_hands_the_run_back(runner):
    def work(run: JobRun) -> None:
        raise KeyboardInterrupt

    one = runner(work)
    with pytest.raises(KeyboardInterrupt):
        one.run("work")
    assert JobRun.get().lease_until < datetime.now(UTC).replace(tzinfo=None)


def test_an_owner_that_was_fenced_off_leaves_the_run_to_the_new_one(runner):
    def work(run: JobRun) -> None:
        JobRun.update(token=JobRun.token + 1).execute()
        with pytest.raises(Fenced):
            run.progress(add=1)
        raise Fenced

    run = runner(work).run("work")
    assert run.state == "running"


def test_a_slot_that_was_run_is_not_run_again(runner):
    one = runner(lambda run: None)
    slot = datetime(2026, 1, 1)
    assert one.run("work", slot=slot) is not None
    assert one.run("work", slot=slot) is None


def test_a_run_of_a_command_keeps_its_lease(runner, monkeypatch):
    """There is no scheduler in a command; a long call to the outside must not lose the run to the server."""
    monkeypatch.setattr(job_run, "LEASE", timedelta(seconds=0.6))
    monkeypatch.setattr(job_run, "BEAT_SECONDS", 0.1)
    rivals = []

    def work(run: JobRun) -> None:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            time.sleep(0.1)
            rivals.append(JobRun.claim("work", "", datetime(2030, 1, 1)))

    assert runner(work).run("work").state == "done"
    assert set(rivals) == {None}


def test_a_wake_is_answered_by_a_run_that_began_after_it(runner):
    went = threading.Event()
    one = runner(lambda run: went.set(), due=lambda: False)
    one.start()
    wake("work")
    assert went.wait(10)
    one.stop()
    assert not JobWake.select().exists()


def test_a_wake_during_a_run_is_followed_by_another_run(runner):
    begun, go_on = threading.Event(), threading.Event()
    turns = []

    def work(run: JobRun) -> None:
        turns.append(run.slot)
        begun.set()
        go_on.wait(10)

    one = runner(work, due=lambda: False)
    one.start()
    wake("work")
    assert begun.wait(10)
    time.sleep(0.05)
    wake("work")
    go_on.set()
    until = time.monotonic() + 10
    while len(turns) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    one.stop()
    assert len(turns) == 2 and turns[0] < turns[1]


def test_a_wake_for_a_job_that_is_gone_is_dropped(runner):
    one = runner(lambda run: None)
    wake("a job of an older version")
    one._answer_wakes()
    assert not JobWake.select().exists()


def test_a_job_that_is_due_runs_by_itself_and_one_that_is_not_does_not(runner):
    for due in (True, False):
        went = threading.Event()
        one = runner(lambda run, went=went: went.set(), every=timedelta(seconds=1), due=lambda due=due: due)
        one.start()
        assert went.wait(5 if due else 1.2) is due
        one.stop()


def test_a_job_runs_for_each_of_its_scopes(runner):
    seen = set()
    one = runner(lambda run: seen.add(run.scope), scopes=lambda: ("a", "b", "c"), at_start=True)
    one.start()
    until = time.monotonic() + 10
    while seen != {"a", "b", "c"} and time.monotonic() < until:
        time.sleep(0.05)
    one.stop()
    assert seen == {"a", "b", "c"}


def test_one_broken_tick_does_not_stop_the_others(runner):
    turns = []

    def due() -> bool:
        turns.append(1)
        if len(turns) == 1:
            raise RuntimeError("the database went away")
        return True

    went = threading.Event()
    one = runner(lambda run: went.set(), every=timedelta(seconds=1), due=due)
    one.start()
    assert went.wait(10)
    one.stop()


def test_stopping_waits_for_what_runs_and_starts_nothing_new(runner):
    begun, ended = threading.Event(), threading.Event()

    def work(run: JobRun) -> None:
        begun.set()
        for _ in range(200):
            time.sleep(0.05)
            run.progress(add=1)
        ended.set()

    one = runner(work, at_start=True)
    one.start()
    assert begun.wait(10)
    began = time.monotonic()
    one.stop()
    assert time.monotonic() - began < 5
    assert not ended.is_set()
    run = JobRun.get(JobRun.job == "work")
    assert (run.state, run.attempt) == ("running", 0)
    one._submit(one.jobs["work"], "", datetime(2030, 1, 1))
    assert one._under_way == {}


MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1))


def nothing(run: JobRun) -> None:
    pass


@given(MOMENTS, st.integers(1, 86_400))
def test_a_slot_is_the_due_time_before_the_moment(moment, seconds):
    job = Job("x", say("X"), nothing, timedelta(seconds=seconds))
    assert job.slot(moment) <= moment < job.next_slot(moment)
    assert job.slot(job.slot(moment)) == job.slot(moment)


@given(MOMENTS, st.times())
def test_a_daily_job_is_due_at_its_time(moment, at):
    at = of_day(at.hour, at.minute)
    job = Job("x", say("X"), nothing, timedelta(days=1), at=at)
    slot = job.slot(moment)
    assert slot <= moment < slot + timedelta(days=1)
    assert slot.time() == at
    assert job.next_slot(moment) == slot + timedelta(days=1)


def test_the_schedule_names_each_job_once_and_in_words():
    names = [job.name for job in SCHEDULE]
    assert len(names) == len(set(names))
    for job in SCHEDULE:
        assert len(job.name) <= 60 and str(job.title)[0].isupper()
        assert job.every >= timedelta(seconds=1)


@pytest.mark.both
def test_every_job_of_the_schedule_runs_on_an_empty_portal(portal, harbor):
    """With nothing to do each ends well; none breaks over a portal where nothing has happened yet."""
    jobs_amazon.use_settings(portal)
    one = Runner(SCHEDULE, portal)
    for job in SCHEDULE:
        for scope in job.scopes():
            assert one.run(job.name, scope).state == "done", job.name
        assert job.due is None or job.due() in (True, False)
