"""A database that is busy, deadlocked or full: what is tried again, and what is said."""

from __future__ import annotations

import sqlite3
import threading
import time

import peewee
import psycopg
import pytest

from models.people.team import Team
from models.support.db import db, is_disk_full, is_retryable, retrying, write_txn


@pytest.fixture
def foreign(portal):
    """A connection that knows nothing of our lock, like a person with the sqlite3 shell."""
    connection = sqlite3.connect(db.path, isolation_level=None, check_same_thread=False)
    yield connection
    connection.close()


@pytest.mark.sqlite
def test_a_writer_waits_for_a_foreign_one(foreign):
    foreign.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, foreign.rollback).start()
    with write_txn():
        Team.create(slug="after", name="After")
    assert Team.select().count() == 1


@pytest.mark.sqlite
def test_a_foreign_writer_that_never_ends_is_a_busy_error_and_not_a_hang(foreign):
    db.execute_sql("PRAGMA busy_timeout = 100")
    foreign.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(peewee.OperationalError) as caught, write_txn():
        pass
    assert is_retryable(caught.value)
    assert time.monotonic() - began < 3
    foreign.rollback()
    with write_txn():  # The lock of ours was given back.
        Team.create(slug="after", name="After")


@pytest.mark.sqlite
def test_a_verb_that_met_a_busy_database_succeeds_when_tried_again(foreign):
    db.execute_sql("PRAGMA busy_timeout = 20")
    foreign.execute("BEGIN IMMEDIATE")
    threading.Timer(0.15, foreign.rollback).start()

    @retrying
    def verb():
        with write_txn():
            Team.create(slug="after", name="After")

    verb()
    assert Team.select().count() == 1


@pytest.mark.sqlite
@pytest.mark.parametrize("nested", [False, True])
def test_a_full_disk_is_recognised_loses_nothing_and_heals(portal, nested):
    with write_txn():
        Team.create(slug="before", name="Before")
    pages = db.execute_sql("PRAGMA page_count").fetchone()[0]
    db.execute_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(peewee.OperationalError) as caught, write_txn():
        if nested:
            with write_txn():
                fill()
        else:
            fill()
    assert is_disk_full(caught.value)
    assert not is_retryable(caught.value)
    assert [team.slug for team in Team.select()] == ["before"]
    db.execute_sql("PRAGMA max_page_count = 1000000")
    with write_txn():
        fill()
    assert db.execute_sql("PRAGMA integrity_check").fetchone() == ("ok",)


def fill() -> None:
    for number in range(200):
        Team.create(slug=f"team-{number}", name="x" * 2000)


@pytest.mark.postgres
def test_a_deadlock_on_postgresql_is_told_and_tried_again(portal, in_parallel):
    first, second = (Team.create(slug=slug, name=slug) for slug in ("one", "two"))
    meet = threading.Barrier(2, timeout=5)
    tries = []

    @retrying
    def verb(number: int) -> None:
        tries.append(number)
        with write_txn():
            mine, other = (first, second) if number else (second, first)
            Team.update(name=f"by {number}").where(Team.id == mine.id).execute()
            if len(tries) <= 2:
                meet.wait()
            Team.update(name=f"by {number}").where(Team.id == other.id).execute()

    assert in_parallel(2, verb).errors == []
    assert len(tries) == 3, "one of the two was the victim and tried again"
    assert len({team.name for team in Team.select()}) == 1


@pytest.mark.postgres
def test_a_connection_that_ended_in_the_pool_is_not_handed_out(portal):
    before = db.connection()
    db.close()
    db.connect()
    assert db.connection() is before, "one that is well is used again"
    pid = before.info.backend_pid
    db.close()
    with psycopg.connect(portal.database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    db.connect()
    assert db.connection() is not before
    assert db.execute_sql("SELECT 1").fetchone() == (1,)


@pytest.mark.postgres
def test_a_writer_does_not_wait_for_ever_on_postgresql(portal, in_parallel):
    """`lock_timeout` ends the wait for a stuck session with an error of its own."""
    team = Team.create(slug="one", name="One")
    holding, done = threading.Event(), threading.Event()

    def verb(number: int) -> None:
        if number == 0:
            with write_txn():
                Team.update(name="held").where(Team.id == team.id).execute()
                holding.set()
                done.wait(10)
            return
        holding.wait(5)
        db.execute_sql("SET lock_timeout = '200ms'")
        try:
            with write_txn():
                Team.update(name="late").where(Team.id == team.id).execute()
        finally:
            done.set()

    outcomes = in_parallel(2, verb)
    assert len(outcomes.errors_of(peewee.OperationalError)) == 1
    assert team.reload().name == "held"
