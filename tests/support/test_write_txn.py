"""`write_txn()`: the only way to write."""

from __future__ import annotations

import time

import peewee
import pytest

from models.people.team import Team
from models.support.db import after_commit, db, in_write_txn, require_no_txn, retrying, write_txn

pytestmark = pytest.mark.both


def slugs() -> set[str]:
    return {team.slug for team in Team.select()}


def add(slug: str) -> Team:
    return Team.create(slug=slug, name=slug)


def test_a_verb_inside_a_verb_joins_the_outer_transaction(portal):
    with pytest.raises(KeyError), write_txn():
        add("one")
        with write_txn():
            add("two")
        raise KeyError("the outer verb fails after the inner one ended")
    assert slugs() == set()
    with write_txn():
        add("one")
        with write_txn():
            add("two")
    assert slugs() == {"one", "two"}


def test_a_refusal_inside_leaves_nothing_behind(portal):
    with pytest.raises(ValueError), write_txn():
        add("one")
        raise ValueError
    assert slugs() == set()
    assert not in_write_txn()
    with write_txn():
        add("two")
    assert slugs() == {"two"}


def test_a_verb_that_catches_the_refusal_of_another_keeps_its_own_work(portal):
    with write_txn():
        add("one")
        with pytest.raises(ValueError), write_txn():
            raise ValueError
        add("two")
    assert slugs() == {"one", "two"}


def test_it_refuses_to_begin_inside_a_plain_atomic(portal):
    with db.atomic(), pytest.raises(RuntimeError, match="plain atomic"), write_txn():
        pass
    with write_txn():
        add("after")
    assert slugs() == {"after"}


def test_what_waits_for_the_commit_runs_after_it_and_in_order(portal):
    seen = []
    with write_txn():
        add("one")
        after_commit(lambda: seen.append(("first", in_write_txn(), slugs())))
        with write_txn():
            after_commit(lambda: seen.append(("second", in_write_txn(), slugs())))
        assert seen == []
    assert seen == [("first", False, {"one"}), ("second", False, {"one"})]


def test_what_waits_for_the_commit_never_runs_after_a_rollback(portal):
    seen = []
    with pytest.raises(ValueError), write_txn():
        after_commit(lambda: seen.append("told"))
        raise ValueError
    with write_txn():
        pass
    assert seen == []


def test_only_a_transaction_can_be_waited_for(portal):
    with pytest.raises(RuntimeError):
        after_commit(lambda: None)


def test_what_waits_for_the_commit_may_write_itself(portal):
    with write_txn():
        add("one")
        after_commit(lambda: Team.create_team("two", "Two"))
    assert slugs() == {"one", "two"}


def test_a_call_to_the_outside_is_refused_while_a_transaction_is_open(portal):
    require_no_txn("A call")
    with write_txn(), pytest.raises(RuntimeError, match="A call inside a transaction"):
        require_no_txn("A call")
    with db.atomic(), pytest.raises(RuntimeError, match="A call"):
        require_no_txn("A call")


def deadlock() -> peewee.OperationalError:
    """What the database at hand says when a whole transaction should be tried again."""
    error = peewee.OperationalError("database is locked")
    cause: Exception
    if isinstance(db.obj, peewee.SqliteDatabase):
        import sqlite3

        cause = sqlite3.OperationalError("database is locked")
    else:
        import psycopg

        cause = psycopg.errors.DeadlockDetected("deadlock detected")
    error.__cause__ = cause
    return error


def test_a_verb_is_repeated_whole_when_the_database_asks_for_it(portal):
    tries = []

    @retrying
    def verb():
        with write_txn():
            add(f"try-{len(tries)}")
            tries.append(1)
            if len(tries) < 3:
                raise deadlock()

    verb()
    assert len(tries) == 3
    assert slugs() == {"try-2"}


def test_a_verb_is_repeated_five_times_at_most(portal):
    tries = []

    @retrying
    def verb():
        tries.append(1)
        raise deadlock()

    with pytest.raises(peewee.OperationalError):
        verb()
    assert len(tries) == 5


def test_only_the_outermost_verb_is_repeated(portal):
    inner_tries, outer_tries = [], []

    @retrying
    def inner():
        inner_tries.append(1)
        raise deadlock()

    @retrying
    def outer():
        outer_tries.append(1)
        with write_txn():
            inner()

    with pytest.raises(peewee.OperationalError):
        outer()
    assert (len(outer_tries), len(inner_tries)) == (5, 5)


def test_a_mistake_is_not_repeated(portal):
    tries = []

    @retrying
    def verb():
        tries.append(1)
        with write_txn():
            add("one")
            add("one")

    with pytest.raises(peewee.IntegrityError):
        verb()
    assert len(tries) == 1
    assert slugs() == set()


def test_a_refused_verb_inside_leaves_nothing_of_its_own_behind(portal):
    """The outer verb may go on after a refusal; half of the refused verb's work must not be committed with it."""
    told = []
    with write_txn():
        add("one")
        with pytest.raises(ValueError), write_txn():
            add("half")
            after_commit(lambda: told.append("half"))
            raise ValueError
        add("two")
    assert slugs() == {"one", "two"}
    assert told == []


def test_the_outer_verb_survives_an_integrity_error_inside(portal):
    with write_txn():
        add("one")
        with pytest.raises(peewee.IntegrityError), write_txn():
            add("one")
        add("two")
    assert slugs() == {"one", "two"}


def test_writers_at_once_all_get_through(portal, in_parallel):
    def verb(number: int) -> None:
        for turn in range(10):
            with write_txn():
                add(f"w{number}-{turn}")

    outcomes = in_parallel(8, verb)
    assert outcomes.errors == []
    assert len(slugs()) == 80


def test_a_transaction_of_one_thread_is_not_joined_by_another(portal, in_parallel):
    def verb(number: int) -> None:
        with write_txn():
            add(f"t{number}")
            if number % 2:
                raise ValueError("this thread's own work goes")

    outcomes = in_parallel(6, verb)
    assert len(outcomes.errors_of(ValueError)) == 3
    assert slugs() == {"t0", "t2", "t4"}


def test_who_writes_the_same_waits_for_its_turn_before_beginning(portal, in_parallel):
    """On SQLite everybody waits for everybody."""
    inside, seen = set(), []

    def write(number: int) -> None:
        with write_txn(turn="same"):
            inside.add(number)
            time.sleep(0.02)
            seen.append(set(inside))
            inside.discard(number)

    assert in_parallel(4, write).errors == []
    assert [len(found) for found in seen] == [1] * 4
