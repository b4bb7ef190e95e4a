"""Events, their seals and checkpoints are only ever added: the database itself refuses anything else."""

# ruff: noqa: S608 (the statements are the attack)

from __future__ import annotations

import peewee
import pytest

from models.audit.chain import EventSeal, seal_events
from models.audit.checkpoint import Checkpoint, make_checkpoint
from models.audit.event import Event
from models.people.team import Team
from models.support.db import db, write_txn

pytestmark = pytest.mark.both
TABLES = ("event", "event_seal", "checkpoint")


@pytest.fixture
def history(portal):
    for slug in ("one", "two", "three"):
        Team.create_team(slug, slug)
    seal_events()
    make_checkpoint()
    return everything()


def everything() -> list:
    return [list(model.select().order_by(model._meta.primary_key).tuples()) for model in (Event, EventSeal, Checkpoint)]


def refused(sql: str, *params) -> None:
    with pytest.raises((peewee.DatabaseError,)) as caught, write_txn():
        db.execute_sql(sql, params)
    assert "append-only" in str(caught.value), f"{sql}: {caught.value}"


def test_nothing_is_changed(history):
    for table, column in (("event", "name"), ("event_seal", "hash"), ("checkpoint", "hash")):
        refused(f"UPDATE {table} SET {column} = 'forged'")
    refused("UPDATE event SET details = '{}' WHERE id = (SELECT max(id) FROM event)")
    assert everything() == history


def test_nothing_is_deleted(history):
    for table in TABLES:
        refused(f"DELETE FROM {table}")
    with pytest.raises(peewee.DatabaseError), write_txn():
        Event.get().delete_instance()
    assert everything() == history


def test_nothing_is_truncated(history):
    if isinstance(db.obj, peewee.PostgresqlDatabase):
        for table in TABLES:
            refused(f"TRUNCATE {table}")
            refused(f"TRUNCATE {table} CASCADE")
    assert everything() == history


def columns(model) -> str:
    return ", ".join(f'"{field.column_name}"' for field in model._meta.sorted_fields)


def test_nothing_is_replaced(history):
    """`INSERT OR REPLACE` walks past a DELETE trigger; on PostgreSQL its place is taken by ON CONFLICT DO UPDATE."""
    for model, key in (
        (Event, "id"),
        (EventSeal, "seq"),
        (EventSeal, "event_id"),
        (EventSeal, "hash"),
        (Checkpoint, "seq"),
    ):
        table, names = model._meta.table_name, columns(model)
        if isinstance(db.obj, peewee.SqliteDatabase):
            refused(f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table}")
            refused(f"REPLACE INTO {table} ({names}) SELECT {names} FROM {table}")
            refused(f"UPDATE OR REPLACE {table} SET {key} = {key}")
        upsert = f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE true"
        refused(f"{upsert} ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}")
    assert everything() == history


@pytest.mark.sqlite
def test_a_seal_is_not_replaced_by_way_of_any_of_its_unique_columns(history):
    """A forged row that shares only one unique value with a true one would push the true one out."""
    first = EventSeal.get()
    forged = [
        (first.seq, 9001, "p", "h1"), (9002, first.event_id, "p", "h2"), (9003, 9003, "p", first.hash),
    ]  # fmt: skip
    for row in forged:
        refused("INSERT OR REPLACE INTO event_seal (seq, event_id, previous, hash) VALUES (?, ?, ?, ?)", *row)
    check = Checkpoint.get()
    for row in ((check.id, 9001), (9002, check.seq)):
        refused(
            "INSERT OR REPLACE INTO checkpoint (id, seq, hash, at, root_version, signature) VALUES (?, ?, 'h', 'a', 1, 's')",
            *row,
        )
    assert everything() == history


@pytest.mark.sqlite
def test_a_connection_that_set_nothing_is_refused_too(history, portal):
    """The guard is in the triggers, not in our pragmas: a plain sqlite3 shell meets it as well."""
    import sqlite3

    with sqlite3.connect(db.path) as shell:
        for sql in (
            "UPDATE event SET name = 'forged'", "DELETE FROM event",
            f"INSERT OR REPLACE INTO event ({columns(Event)}) SELECT {columns(Event)} FROM event",
        ):  # fmt: skip
            with pytest.raises(sqlite3.DatabaseError, match="append-only"):
                shell.execute(sql)
    shell.close()
    assert everything() == history


def test_adding_still_works(history):
    Team.create_team("four", "four")
    assert seal_events() == 1
    assert Event.select().count() == len(history[0]) + 1
