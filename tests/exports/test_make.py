"""Making large files: by a job that may be killed, cancelled or run out of disk anywhere, and leaves a whole file or none."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.settings import PROJECT
from models.audit.event import Event
from models.exports import making
from models.exports.export import AT_ONCE, KEPT
from models.exports.files import LEAST_FREE, Folder
from models.exports.making import expire
from models.people.role import Grant
from models.support.db import write_txn
from models.support.job_run import JobRun, stop_runs
from tests.exports.conftest import book_of, rows_of

MANY = AT_ONCE + 200


@pytest.fixture
def many(many_orders):
    many_orders(MANY)


def content(export, folder: Folder) -> bytes:
    return (folder.path / export.file_name).read_bytes()


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_large_export_becomes_a_whole_file_nobody_else_may_read(ask, make, many, folder, file_format):
    export = make(ask(file_format=file_format))
    assert (export.state, export.row_count, export.done) == ("ready", MANY, MANY)
    file = folder.path / export.file_name
    assert file.stat().st_mode & 0o777 == 0o600 and folder.path.stat().st_mode & 0o777 == 0o700
    assert export.size_bytes == file.stat().st_size
    read = rows_of(file.read_bytes()) if file_format == "csv" else book_of(file.read_bytes())
    assert len(read) == MANY + 1 and len({row[0] for row in read}) == MANY + 1
    assert [entry.name for entry in folder.path.iterdir()] == [export.file_name]


def test_what_is_made_leaves_its_event_when_it_is_whole(ask, make, many):
    export = make(ask())
    events = list(Event.select().where(Event.name == "list_exported"))
    assert len(events) == 1 and events[0].details["rows"] == MANY and events[0].details["number"] == export.number


def test_what_was_made_is_not_made_again(ask, make, many, folder):
    first = make(ask())
    assert make(first).file_name == first.file_name
    assert Event.select().where(Event.name == "list_exported").count() == 1


def test_the_job_writes_in_the_language_of_who_asked(app, ask, make, many, folder, alice):
    alice.change(language="zh_Hans")
    head, first, *_rest = rows_of(content(make(ask(columns=("order", "status"))), folder))
    assert head[0] == "订单" and not first[1].isascii()


def test_who_lost_the_right_gets_no_file(ask, make, many, alice, folder):
    export = ask()
    Grant.delete().where(Grant.person == alice).execute()
    export = make(export)
    assert export.state == "failed" and "may not export" in str(export.problem_words)
    assert list(folder.path.iterdir()) == []


def test_a_full_disk_says_so_and_keeps_nothing(ask, make, many, folder, monkeypatch):
    """The limit is moved above what any disk has."""
    free = shutil.disk_usage(folder.path).free
    monkeypatch.setattr("models.exports.files.LEAST_FREE", free * 2)
    export = make(ask())
    assert export.state == "failed" and "disk is full" in str(export.problem_words)
    assert list(folder.path.iterdir()) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # The unfinished archive says so, too.
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_disk_that_fills_up_on_the_way_says_so_too(ask, make, many, folder, monkeypatch, file_format):
    """The file lies on a device that is always full."""
    monkeypatch.setattr(Folder, "create", lambda self, name: open("/dev/full", "w+b"))  # noqa: SIM115
    export = make(ask(file_format=file_format))
    assert export.state == "failed" and "disk is full" in str(export.problem_words)
    assert list(folder.path.iterdir()) == []


def test_stopping_the_server_hands_the_work_back(ask, make, many, folder):
    export = ask()
    stop_runs()
    export = make(export)
    assert (export.state, export.attempts) in (("running", 0), ("waiting", 0))
    assert [entry for entry in folder.path.iterdir() if entry.name == export.file_name] == []
    stop_runs(False)
    assert make(export).state == "ready"


def test_deleting_while_it_is_made_stops_it(ask, many, alice, runner, folder, monkeypatch):
    export = ask()
    monkeypatch.setattr(making, "STEP_SECONDS", 0)
    told = making._Counted._tell

    def delete_then_tell(self) -> None:
        with write_txn():
            type(export).update(state="deleted").where(type(export).id == export.id).execute()
        told(self)

    monkeypatch.setattr(making._Counted, "_tell", delete_then_tell)
    assert runner.run("exports.make", str(export.uid)).state == "cancelled"
    assert export.reload().state == "deleted" and list(folder.path.iterdir()) == []


def test_what_is_interrupted_again_and_again_is_given_up(ask, make, many):
    export = ask().change(attempts=3, state="running")
    export = make(export)
    assert export.state == "failed" and "interrupted 3 times" in str(export.problem_words)


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_killed_in_the_middle_it_begins_again_and_is_whole(ask, make, many_orders, portal, folder, clock, file_format):
    many_orders(12_000)
    export = ask(file_format=file_format, columns=("order", "ordered", "status", "items", "total", "ship_to", "store"))
    child = subprocess.Popen(
        [sys.executable, "-m", "commands", "job", "run", "exports.make"], cwd=PROJECT,
        env={**os.environ, "PORTOLAN_DATA": str(portal.data), "PORTOLAN_MODE": "test"},
    )  # fmt: skip
    _wait(lambda: export.reload().state == "running" and any(_sizes(folder.path)))
    child.send_signal(signal.SIGKILL)
    child.wait()
    half = export.reload()
    assert half.state == "running"
    clock.move(seconds=60)
    whole = make(export)
    assert whole.state == "ready" and whole.attempts == 2 and whole.file_name != half.file_name
    data = content(whole, folder)
    read = rows_of(data) if file_format == "csv" else book_of(data)
    assert len(read) == 12_001 and len({row[0] for row in read}) == 12_001
    assert Event.select().where(Event.name == "list_exported").count() == 1
    for entry in folder.path.iterdir():
        os.utime(entry, (0, 0))
    expire(folder)
    assert [entry.name for entry in folder.path.iterdir()] == [whole.file_name]


def _sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.rglob("*") if path.is_file()]


def _wait(is_so) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_after_a_day_file_and_row_have_ended(ask, make, many, folder, clock):
    export = make(ask())
    clock.move(hours=23)
    assert expire(folder) == 0 and export.reload().is_ready
    clock.move(hours=2)
    assert expire(folder) == 1
    assert export.reload().state == "expired" and list(folder.path.iterdir()) == []
    assert KEPT.total_seconds() == 24 * 3600 and LEAST_FREE > 0


def test_progress_is_told_while_it_is_made(ask, many, runner, monkeypatch):
    monkeypatch.setattr(making, "STEP_SECONDS", 0)
    export = ask()
    seen: list[tuple[int, int | None]] = []
    told = making._Counted._tell

    def tell_and_look(self) -> None:
        told(self)
        run = JobRun.get(JobRun.scope == str(export.uid))
        seen.append((export.reload().done, run.total))

    monkeypatch.setattr(making._Counted, "_tell", tell_and_look)
    runner.run("exports.make", str(export.uid))
    assert len(seen) > 10 and seen[0][0] < seen[-1][0] <= MANY and seen[0][1] == MANY
