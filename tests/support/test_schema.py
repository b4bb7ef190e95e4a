"""The migrated schema is the schema the models mean: columns, keys, checks, indexes, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import peewee
import pytest

from models.catalog import finding as _products  # noqa: F401 (declares what is searched)
from models.orders import finding as _orders  # noqa: F401
from models.support import search
from models.support.db import PostgresDatabase, db
from models.support.sqlite import SqliteDatabase
from models.tables import TABLES

pytestmark = pytest.mark.both
NAMES = sorted(model._meta.table_name for model in TABLES)


@pytest.fixture
def from_models(portal, postgres_if_needed, tmp_path):
    """A database made from the models alone."""
    migrated = db.obj
    server = postgres_if_needed
    if server is None:
        other: peewee.Database = SqliteDatabase(tmp_path / "models.db")
    else:
        other = PostgresDatabase(server.url(server.create()))
    db.initialize(other)
    db.create_tables(TABLES, safe=False)
    yield other
    other.close_all() if server else other.close()
    db.initialize(migrated)
    if server is not None:
        server.drop(other.database)


@pytest.fixture
def postgres_if_needed(request, database):
    return request.getfixturevalue("postgres") if database == "postgres" else None


def schema_of(database) -> dict[str, dict]:
    read = read_sqlite if isinstance(database, peewee.SqliteDatabase) else read_postgres
    return {name: read(database, name) for name in NAMES}


def normal(sql: str | None) -> str:
    return re.sub(r"[\s\"]+|::[a-z ]+(\[\])?", "", sql or "").replace("(", "").replace(")", "").lower()


def read_sqlite(database, table: str) -> dict:
    def rows(sql: str, *params: str) -> list[tuple]:
        return database.execute_sql(sql, params).fetchall()

    made = rows("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", table)[0][0]
    partial = dict(rows("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", table))
    indexes = set()
    for _seq, name, unique, origin, _partial in rows("SELECT * FROM pragma_index_list(?)", table):
        columns = tuple((c[2], c[3]) for c in rows("SELECT * FROM pragma_index_xinfo(?)", name) if c[5])
        condition = (partial.get(name) or "").partition(" WHERE ")[2]
        indexes.add((name if origin == "c" else origin, bool(unique), columns, normal(condition)))
    return {
        "columns": {c[1]: c[2:6] for c in rows("SELECT * FROM pragma_table_xinfo(?)", table)},
        "keys": {c[2:7] for c in rows("SELECT * FROM pragma_foreign_key_list(?)", table)},
        "checks": sorted(normal(check) for check in checks_of(made)),
        "indexes": indexes,
    }


def checks_of(sql: str) -> list[str]:
    found = []
    for start in (match.end() for match in re.finditer(r"CHECK \(", sql)):
        depth, end = 1, start
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        found.append(sql[start : end - 1])
    return found


def read_postgres(database, table: str) -> dict:
    def rows(sql: str) -> list[tuple]:
        return database.execute_sql(sql, [table]).fetchall()

    columns = rows(
        "SELECT column_name, data_type, character_maximum_length, numeric_precision, is_nullable,"
        " regexp_replace(column_default, '.*nextval.*', 'serial') FROM information_schema.columns WHERE table_name = %s"
    )
    constraints = rows(
        "SELECT contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n'"
    )
    indexes = rows("SELECT indexdef FROM pg_indexes WHERE tablename = %s")
    return {
        "columns": {row[0]: row[1:] for row in columns},
        "keys": {row for row in constraints if row[0] in ("f", "p")},
        "checks": sorted(normal(row[1]) for row in constraints if row[0] == "c"),
        "indexes": {row[0] for row in indexes},
    }


def test_the_migrated_schema_is_the_one_the_models_mean(portal, from_models):
    meant = schema_of(from_models)
    from models.support.db import make_database

    migrated = schema_of(make_database(portal.database, portal.data / "portolan.db"))
    for table in NAMES:
        assert migrated[table] == meant[table], f"the migrations and the model of {table} differ"


def test_there_are_no_tables_that_no_model_knows(portal):
    assert set(db.get_tables()) - set(NAMES) == {"schema_migration", *search.tables()}


def test_every_state_is_guarded_by_the_database(portal):
    """Not only by the field: a check that the migration forgot would be missed by nobody but a bad row."""
    from models.support.fields import StatusField

    schema = schema_of(db.obj)
    for model in TABLES:
        for field in model._meta.sorted_fields:
            if isinstance(field, StatusField):
                checks = " ".join(schema[model._meta.table_name]["checks"])
                words = [f"'{word}'".casefold() for word in field.allowed]
                assert all(word in checks.casefold() for word in words), f"{model.__name__}.{field.name}"


def test_append_only_tables_have_their_triggers(portal):
    if isinstance(db.obj, peewee.SqliteDatabase):
        found = {row[0] for row in db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()}
        wanted = {
            f"{t}_no_{verb}" for t in ("event", "event_seal", "checkpoint") for verb in ("update", "delete", "replace")
        }
    else:
        found = {row[0] for row in db.execute_sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()}
        wanted = {
            f"{t}_{kind}" for t in ("event", "event_seal", "checkpoint") for kind in ("append_only", "no_truncate")
        }
    assert wanted <= found


def test_a_key_of_another_record_cannot_dangle(portal, alice):
    from models.people.session import Session

    with pytest.raises(peewee.IntegrityError):
        Session.create(person=10**6, token_hash="x", epoch=1, idle_minutes=1)


@pytest.mark.sqlite
def test_every_connection_has_the_pragmas_that_keep_what_was_committed(portal, in_parallel):
    def pragmas() -> tuple:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "recursive_triggers", "trusted_schema")
        return tuple(db.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in names)

    assert {pragmas(), *in_parallel(3, pragmas).results} == {("wal", 2, 1, 1, 1, 0)}


def test_a_migration_has_its_sql_for_both_databases():
    folder = Path(__file__).parents[2] / "models" / "migrations"
    numbered = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    for stem in numbered:
        for dialect in ("sqlite", "postgres"):
            assert (folder / f"{stem}.{dialect}.sql").exists(), f"{stem} has no SQL for {dialect}"
    assert [name[:4] for name in numbered] == [f"{number:04}" for number in range(1, len(numbered) + 1)]
