"""The fair lock in front of SQLite: writers come in turn, in one process and across several."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from config.settings import PROJECT
from models.database import close_databases, connected
from models.people.team import Team
from models.support.db import db, write_txn
from models.support.fair_lock import FairLock

pytestmark = pytest.mark.sqlite


def test_those_who_wait_come_in_the_order_they_came(tmp_path):
    lock = FairLock(tmp_path / "lock")
    order: list[int] = []

    def one(number: int) -> None:
        with lock:
            order.append(number)

    lock.acquire()
    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        while len(lock._waiting) <= number:
            time.sleep(0.001)
    lock.release()
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_who_is_interrupted_while_it_waits_leaves_the_line():
    lock, main = FairLock(), threading.get_ident()

    def interrupt() -> None:
        while not lock._waiting:
            time.sleep(0.001)
        signal.pthread_kill(main, signal.SIGINT)

    lock.acquire()
    thread = threading.Thread(target=interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # What runs in the background may ignore it.
    try:
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            lock.acquire()
        thread.join(10)
    finally:
        signal.signal(signal.SIGINT, before)
    lock.release()
    assert not lock.is_held()


def test_a_read_that_decides_a_write_sees_what_the_others_wrote(portal, in_parallel):
    """Counting by reading and writing back loses counts unless the transaction begins as a writer."""
    team = Team.create(slug="count", name="0")

    def verb() -> None:
        for _ in range(5):
            with write_txn():
                fresh = team.reload()
                Team.update(name=str(int(fresh.name) + 1)).where(Team.id == team.id).execute()

    assert in_parallel(6, verb).errors == []
    assert team.reload().name == "30"


@pytest.mark.alone
def test_a_greedy_thread_does_not_starve_the_others(portal):
    stop, turns = threading.Event(), [0]

    def greedy() -> None:
        with connected():
            while not stop.is_set():
                with write_txn():
                    turns[0] += 1
                    time.sleep(0.005)
            close_databases()

    thread = threading.Thread(target=greedy)
    thread.start()
    while not turns[0]:
        time.sleep(0.001)
    before = turns[0]
    for number in range(20):
        with write_txn():
            Team.create(slug=f"team-{number}", name="X")
    taken = turns[0] - before
    stop.set()
    thread.join(10)
    assert taken <= 30, f"The greedy thread had {taken} turns while the other had 20."


GREEDY = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from models.support.fair_lock import FairLock
    lock = FairLock(Path(sys.argv[1]))
    print("ready", flush=True)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with lock:
            time.sleep(0.01)
    """
)


@pytest.mark.alone
def test_greedy_processes_do_not_starve_another(portal):
    """Each of two greedy processes holds the lock 10 ms a turn and asks again at once."""
    path = db.obj.writing.path
    others = [
        subprocess.Popen([sys.executable, "-c", GREEDY, str(path)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        for other in others:
            assert other.stdout and other.stdout.readline() == "ready\n"
        waits = []
        for number in range(30):
            began = time.monotonic()
            with write_txn():
                waits.append(time.monotonic() - began)
                Team.create(slug=f"team-{number}", name="X")
        assert max(waits) < 0.5, f"A writer waited {max(waits):.2f} s for its turn."
        assert sum(waits) < 3, f"30 turns took {sum(waits):.2f} s of waiting."
    finally:
        for other in others:
            other.kill()
            other.wait()
            other.stdout.close()


def test_the_lock_of_a_killed_process_is_free(portal):
    holder = subprocess.Popen(
        [sys.executable, "-c", GREEDY.replace("0.01", "60"), str(db.obj.writing.path)],
        cwd=PROJECT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout and holder.stdout.readline() == "ready\n"
    time.sleep(0.1)
    threading.Timer(0.3, holder.kill).start()
    began = time.monotonic()
    with write_txn():
        Team.create(slug="after", name="After")
    assert 0.1 < time.monotonic() - began < 5
    holder.wait()
    holder.stdout.close()


def test_an_error_while_waiting_gives_the_turn_on(tmp_path):
    lock = FairLock(tmp_path / "missing" / "lock")
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            lock.acquire()
    (tmp_path / "missing").mkdir()
    with lock:
        pass
