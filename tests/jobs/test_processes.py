"""Real processes on one database: each slot runs once, and whatever dies is carried on by another."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from config.settings import PROJECT, Settings
from models.support import clock
from models.support.db import db
from models.support.job_run import JobRun, JobWake, wake

pytestmark = [pytest.mark.both, pytest.mark.slow]
STEPS = 40


@pytest.fixture
def start(portal: Settings):
    """`start(lease)` starts a process that runs jobs; all are ended after the test."""
    db.execute_sql("CREATE TABLE trace (run_id integer, slot varchar(40), step integer, pid integer)")
    started: list[subprocess.Popen] = []

    def _start(lease: float = 20) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("worker_process.py")), str(portal.data), str(portal.key_path),
             portal.database, str(lease)],
            cwd=PROJECT, env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield _start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def is_ready(process: subprocess.Popen) -> None:
    assert process.stdout and "ready\n" in process.stdout  # Its first jobs may have told of themselves before.


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "It never came."
        time.sleep(0.05)


def trace(column: str, job: str) -> list:
    runs = [str(run.id) for run in JobRun.select(JobRun.id).where(JobRun.job == job)]
    rows = db.execute_sql(f"SELECT {column} FROM trace WHERE run_id IN ({', '.join(runs) or '0'})").fetchall()  # noqa: S608
    return [row[0] for row in rows]


def walk() -> JobRun:
    """The first: who looked just before it ended may begin another one."""
    return JobRun.select().where(JobRun.job == "walk").order_by(JobRun.id).get()


def steps() -> list[int]:
    sql = f"SELECT step FROM trace WHERE run_id = {walk().id}"  # noqa: S608
    return sorted(row[0] for row in db.execute_sql(sql).fetchall())


def test_two_processes_run_each_slot_once(start):
    processes = [start(), start()]
    for process in processes:
        is_ready(process)
    wait_for(lambda: len(trace("slot", "count")) >= 6)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(30) for process in processes] == [0, 0]
    slots = Counter(trace("slot", "count"))
    assert set(slots.values()) == {1}, "every slot was worked once"
    moments = [datetime.fromisoformat(slot) for slot in slots]
    assert all(moment.microsecond == 0 for moment in moments), "a slot is the due time, not the time of the tick"
    assert len(set(trace("pid", "count"))) >= 1
    assert not JobRun.select().where(JobRun.job == "count", JobRun.state == "running").exists()


def test_a_killed_job_is_carried_on_after_its_lease(start):
    wake("walk")
    first = start(2)
    wait_for(lambda: len(trace("step", "walk")) >= 5)
    first.kill()
    first.wait()
    reached = len(trace("step", "walk"))
    assert 5 <= reached < STEPS
    second = start(2)
    is_ready(second)
    wait_for(lambda: walk().state == "done")
    assert steps() == list(range(1, STEPS + 1)), "nothing is lost and nothing is doubled"
    assert len(set(trace("pid", "walk"))) == 2
    run = walk()
    assert (run.attempt, run.token, run.done) == (2, 2, STEPS)


def test_a_process_that_stood_still_is_fenced_off_when_it_wakes_up(start):
    """It sleeps through its lease in the middle of its work, like a laptop, and must not write any more."""
    wake("walk")
    first = start(2)
    wait_for(lambda: len(trace("step", "walk")) >= 5)
    first.send_signal(signal.SIGSTOP)
    time.sleep(0.2)
    let_out_of_its_transaction(first)
    second = start(2)
    is_ready(second)
    wait_for(lambda: walk().token == 2)
    first.send_signal(signal.SIGCONT)
    wait_for(lambda: walk().state == "done")
    time.sleep(0.3)
    assert steps() == list(range(1, STEPS + 1))
    assert walk().token == 2


def let_out_of_its_transaction(process: subprocess.Popen) -> None:
    """Stopped inside a transaction it holds a lock, and nobody can go on: let it step out of it first."""
    for _ in range(200):
        if not holds_a_lock():
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.05)
    pytest.fail("The process never left its transaction.")


def holds_a_lock() -> bool:
    """Is anybody else inside a transaction of the test's database?"""
    path = getattr(db.obj, "path", None)
    if path is None:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return bool(db.execute_sql(f"{others} AND state <> 'idle'").fetchone()[0])
    with open(path.with_name(path.name + ".lock"), "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_process_that_is_told_to_end_hands_its_work_back_at_once(start):
    """The lease is long here: without handing back nobody could go on within this test."""
    wake("walk")
    first = start(600)
    wait_for(lambda: len(trace("step", "walk")) >= 5)
    began = time.monotonic()
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    assert time.monotonic() - began < 10
    run = walk()
    assert run.state == "running" and run.attempt == 0, "an orderly end is no failed attempt"
    second = start(600)
    is_ready(second)
    wait_for(lambda: walk().state == "done")
    assert steps() == list(range(1, STEPS + 1))
    assert walk().attempt == 1


def test_no_wake_is_lost_between_processes(start):
    """Wakes come while a run is under way in another process: a run follows that began after the last of them."""
    processes = [start(), start()]
    for process in processes:
        is_ready(process)
    for _ in range(15):
        wake("walk")
        time.sleep(0.1)
    asked = clock.now()
    wake("walk")
    wait_for(lambda: not JobWake.select().where(JobWake.job == "walk").exists())
    runs = list(JobRun.select().where(JobRun.job == "walk").order_by(JobRun.id))
    assert len(runs) >= 2
    assert runs[-1].started_at >= asked
    for earlier, later in pairwise(runs):
        assert earlier.finished_at is not None and earlier.finished_at <= later.started_at, "never two at once"
