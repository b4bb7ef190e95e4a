"""On SQLite threads that write in turn hand one connection on; nobody notices."""

from __future__ import annotations

import os
import sqlite3
import threading

import peewee
import pytest

from models.database import connected
from models.people.team import Team
from models.support.db import after_commit, db, write_txn

pytestmark = pytest.mark.sqlite


def add(slug: str) -> None:
    with write_txn():
        Team.create(slug=slug, name=slug)


def elsewhere(verb) -> None:
    """In a thread of its own, so that the next writer here is not the only one."""

    def run() -> None:
        with connected():
            verb()
            db.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)


@pytest.fixture
def in_turn(portal):
    """Somebody else has just written."""
    add("here")
    elsewhere(lambda: add("there"))
    return db.connection()


def slugs() -> set[str]:
    return {team.slug for team in Team.select()}


def test_what_is_read_inside_is_what_was_written_and_afterwards_the_threads_own_connection_is_back(in_turn):
    heard = []
    with write_txn():
        Team.create(slug="new", name="New")
        assert db.connection() is not in_turn
        assert slugs() == {"here", "there", "new"}
        with write_txn():
            assert slugs() == {"here", "there", "new"}
        after_commit(lambda: heard.append(db.connection() is in_turn))
    assert db.connection() is in_turn
    assert heard == [True]
    assert slugs() == {"here", "there", "new"}


def test_an_error_gives_the_connection_back_and_leaves_nothing(in_turn):
    with pytest.raises(KeyError), write_txn():
        Team.create(slug="new", name="New")
        raise KeyError
    assert db.connection() is in_turn
    assert slugs() == {"here", "there"}
    [(_process, writer)] = db.obj._writers
    assert not writer.in_transaction


def test_a_loop_that_still_reads_does_not_hide_what_was_written_in_it(in_turn):
    add_more = iter(["one", "two", "three"])
    for team in Team.select().order_by(Team.id).iterator():
        slug = next(add_more)
        elsewhere(lambda: add(f"{slug}-beside"))  # noqa: B023 (it has ended when the loop goes on)
        add(slug)
        assert {slug, f"{slug}-beside"} <= slugs(), f"hidden while {team.slug} was looked at"
    assert "two" in slugs()


def test_a_writer_that_cannot_begin_is_not_handed_on(in_turn):
    foreign = sqlite3.connect(db.path, isolation_level=None)
    with write_txn():
        db.execute_sql("PRAGMA busy_timeout = 20")
    elsewhere(lambda: None)
    foreign.execute("BEGIN IMMEDIATE")
    with pytest.raises(peewee.OperationalError), write_txn():
        pass
    assert db.obj._writers == []
    assert db.connection() is in_turn
    foreign.rollback()
    foreign.close()
    add("after")
    assert "after" in slugs()


def test_a_child_of_a_fork_neither_uses_nor_closes_its_parents(in_turn):
    add("mine")
    [(process, writer)] = db.obj._writers
    assert process == os.getpid()
    db.obj._writers[:] = [(process + 1, writer)]
    assert db.obj._taken_writer() is None
    assert writer.execute("SELECT 1").fetchone() == (1,)
    assert db.obj._parents == [writer]


def test_the_last_one_to_close_leaves_no_log_behind(in_turn):
    add("mine")
    assert db.obj._writers
    db.close()
    assert not db.path.with_name(f"{db.path.name}-wal").exists()
