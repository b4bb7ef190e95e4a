"""Verbs that name a turn and wait one behind the other: SQLite commits them together, and each fails alone."""

from __future__ import annotations

import threading
import time

import peewee
import pytest

from models.database import close_databases, connected
from models.people.team import Team
from models.support import commit
from models.support.db import after_commit, db, is_disk_full, write_txn
from models.support.sqlite import BEFORE_COMMIT

pytestmark = pytest.mark.sqlite


@pytest.fixture
def queued(portal, monkeypatch):
    """`queued(verb, verb, …)` runs each in a thread of its own and a `write_txn()` with a turn, in this order and one behind the other:
    what they raised, what waited for their commit, and how often there was one."""
    monkeypatch.setattr(commit, "MOST_SECONDS", 60)

    def run(*verbs, turns=()):
        raised, told = [None] * len(verbs), []

        def one(number: int) -> None:
            with connected():
                try:
                    with write_txn(turn=turns[number] if turns else "same"):
                        after_commit(lambda: told.append(number if commits() > before else "too early"))
                        verbs[number]()
                except BaseException as error:
                    raised[number] = error
                close_databases()

        with write_txn():  # None of the threads has been the only one who writes.
            pass
        db.obj.writing.acquire()
        before = commits()
        threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(len(verbs))]
        for number, thread in enumerate(threads):
            thread.start()
            while len(db.obj.writing._waiting) <= number:
                time.sleep(0.001)
        db.obj.writing.release()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)
        return raised, sorted(told, key=str), commits() - before

    return run


def commits() -> int:
    """Frames of the log that end a transaction: they tell how large the database is then."""
    log = db.path.with_name(f"{db.path.name}-wal").read_bytes()
    frames = [log[start : start + 24] for start in range(32, len(log), 24 + 4096)]
    return sum(frame[8:16] == log[16:24] and frame[4:8] != bytes(4) for frame in frames)


def adding(slug: str):
    return lambda: Team.create(slug=slug, name=slug)


def failing(slug: str, error: Exception):
    def verb() -> None:
        Team.create(slug=slug, name=slug)
        raise error

    return verb


def slugs() -> set[str]:
    return {team.slug for team in Team.select()}


def test_those_who_wait_for_the_same_share_a_commit(queued):
    raised, told, times = queued(*(adding(slug) for slug in "abcde"))
    assert raised == [None] * 5
    assert slugs() == set("abcde")
    assert (told, times) == ([0, 1, 2, 3, 4], 1)


def test_one_that_fails_takes_nothing_from_the_others_wherever_it_stands(queued):
    error = KeyError("no")
    for at in range(3):
        verbs = [adding(f"{at}-{number}") for number in range(3)]
        verbs[at] = failing(f"{at}-{at}", error)
        raised, told, _times = queued(*verbs)
        assert raised == [error if number == at else None for number in range(3)]
        assert told == [number for number in range(3) if number != at]
        assert slugs() >= {f"{at}-{number}" for number in told}
        assert f"{at}-{at}" not in slugs()


def test_a_verb_sees_what_those_before_it_wrote_and_not_what_they_took_back(queued):
    seen = []

    def look() -> None:
        seen.append(slugs())

    queued(adding("first"), failing("second", KeyError()), look)
    assert seen == [{"first"}]


def test_when_the_commit_fails_all_have_failed_and_nothing_stands(queued):
    def break_a_promise() -> None:
        db.execute_sql("PRAGMA defer_foreign_keys = 1")
        db.execute_sql("INSERT INTO wallet_promise VALUES (404)")

    with write_txn():
        db.execute_sql("CREATE TABLE wallet_promise (team_id INTEGER REFERENCES team (id)) STRICT")
    raised, told, times = queued(adding("first"), break_a_promise, failing("third", KeyError()), adding("fourth"))
    assert all(isinstance(error, peewee.DatabaseError) for error in raised)
    assert all("FOREIGN KEY" in str(error) for error in raised)
    assert (told, times, slugs()) == ([], 0, set())
    queued(adding("after"))
    assert slugs() == {"after"}


def test_when_sqlite_takes_everything_back_all_have_failed(queued):
    """As it does by itself when the disk is full."""

    def undo_all() -> None:
        Team.create(slug="second", name="second")
        db.execute_sql("INSERT OR ROLLBACK INTO team SELECT * FROM team WHERE slug = 'first'")

    raised, told, _times = queued(adding("first"), undo_all, adding("third"))
    assert isinstance(raised[0], peewee.OperationalError)
    assert isinstance(raised[1], peewee.IntegrityError)
    assert raised[2] is None  # It began anew.
    assert (told, slugs()) == ([2], {"third"})


def test_what_all_failed_with_is_known_to_those_who_wait(portal):
    lost = commit.Commit(db.connection(), is_shared=True)
    lost.undo(peewee.OperationalError("database or disk is full"))
    lost.tell()
    with pytest.raises(peewee.OperationalError) as caught:
        lost.wait()
    assert is_disk_full(caught.value)


def test_what_is_brought_up_to_date_at_the_end_of_a_verb_belongs_to_it(queued):
    heard = []

    def catch_up() -> None:
        after_commit(lambda: heard.append(slugs()))

    BEFORE_COMMIT.add(catch_up)
    try:
        queued(adding("first"), failing("second", KeyError()), adding("third"))
    finally:
        BEFORE_COMMIT.remove(catch_up)
    assert heard[-2:] == [{"first", "third"}] * 2  # Before them stands what the test itself wrote: nothing.
    assert len(heard) == 3


def test_who_names_no_turn_has_a_commit_alone(queued):
    raised, told, times = queued(*(adding(slug) for slug in "abcd"), turns=("same", "same", None, "same"))
    assert raised == [None] * 4
    assert (told, times) == ([0, 1, 2, 3], 3)


def test_no_one_waits_long_for_others(queued, monkeypatch):
    monkeypatch.setattr(commit, "MOST_VERBS", 2)
    _raised, _told, times = queued(*(adding(slug) for slug in "abcde"))
    assert times == 3
    monkeypatch.setattr(commit, "MOST_SECONDS", 0)
    _raised, _told, times = queued(*(adding(slug) for slug in "fgh"))
    assert times == 3
