"""Bringing a database to this version: one process at a time, whole or not at all, after a copy was made."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from config.settings import PROJECT, Settings
from models import database
from models.database import NotReady, back_up, close_databases, migrate, open_databases, schema_problem
from models.people.role import Role
from models.people.team import Team
from models.support.db import PostgresDatabase, db
from models.vault import key_file

pytestmark = pytest.mark.both


@pytest.fixture
def empty(settings: Settings, tmp_path, database, request):
    """Settings over an empty database, with a key file."""
    folder = tmp_path / "empty"
    key_file.create(tmp_path / "empty.key")
    server = request.getfixturevalue("postgres") if database == "postgres" else None
    fresh = replace(settings, data=folder, database=server.url(server.create()) if server else "")
    open_databases(fresh)
    yield fresh
    close_databases()
    if server is not None:
        db.obj.close_all()
        server.drop(fresh.database.rpartition("/")[2])


@pytest.fixture
def migrations(tmp_path, monkeypatch):
    """A folder of migrations of our own: `migrations("0002_more", "up(db)")` adds one."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in database.MIGRATIONS.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(database, "MIGRATIONS", folder)

    def add(name: str, body: str) -> None:
        (folder / f"{name}.py").write_text(f"def up(migrator, db):\n    {body}\n")

    return add


def test_an_empty_database_is_pending_and_then_fits(empty):
    assert "are pending" in (schema_problem() or "")
    applied = migrate(empty)
    assert applied[0] == "0001_ground"
    assert schema_problem() is None
    assert migrate(empty) == []
    assert Role.built_in("boss")


def test_nothing_is_copied_before_the_first_migration(empty):
    migrate(empty)
    assert not (empty.data / "backups").exists()


def test_a_copy_is_made_before_an_existing_database_is_changed(portal, lotus, migrations):
    migrations("9001_more", "db.execute_sql('CREATE TABLE more (id integer)')")
    assert "9001_more" in (schema_problem() or "")
    assert migrate(portal) == ["9001_more"]
    copies = list((portal.data / "backups").glob("*.db"))
    if portal.database:
        assert copies == [], "PostgreSQL has its own means"
        return
    (copy,) = copies
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as old:
        assert old.execute("SELECT slug FROM team ORDER BY id").fetchall()[1] == ("lotus",)
        assert old.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)
    old.close()


def test_a_migration_that_fails_leaves_nothing_behind(portal, migrations):
    migrations(
        "9001_half",
        "db.execute_sql('CREATE TABLE half (id integer)'); db.execute_sql('CREATE TABLE half (id integer)')",
    )
    with pytest.raises(Exception, match="half"):
        migrate(portal)
    assert "half" not in db.get_tables()
    assert "9001_half" in (schema_problem() or "")
    migrations("9001_half", "db.execute_sql('CREATE TABLE half (id integer)')")
    assert migrate(portal) == ["9001_half"]


def test_a_database_of_a_newer_version_is_refused(portal, migrations):
    migrations("9001_future", "db.execute_sql('CREATE TABLE future (id integer)')")
    migrate(portal)
    (database.MIGRATIONS / "9001_future.py").unlink()
    assert "newer version of Portolan (9001_future)" in (schema_problem() or "")
    with pytest.raises(NotReady, match="newer version"):
        migrate(portal)


SCRIPT = """
import sys
from pathlib import Path
from config.settings import Settings
from models.database import migrate, open_databases
settings = Settings(data=Path(sys.argv[1]), key_file=Path(sys.argv[2]), database=sys.argv[3], mode="test")
open_databases(settings)
print("ready", flush=True)
sys.stdin.readline()
print(len(migrate(settings)), flush=True)
"""


def test_several_who_migrate_at_once_take_turns(empty, tmp_path):
    """On SQLite over one folder; on PostgreSQL from folders of their own, like several machines."""
    count = len(list(database.MIGRATIONS.glob("[0-9]*.py")))
    close_databases()
    folders = [tmp_path / f"host-{number}" if empty.database else empty.data for number in range(3)]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(folder), str(empty.key_path), empty.database], cwd=PROJECT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for folder in folders
    ]  # fmt: skip
    for run in runs:
        assert run.stdout and run.stdout.readline() == "ready\n", run.stderr.read() if run.stderr else ""
    for run in runs:
        assert run.stdin
        run.stdin.write("go\n")
        run.stdin.flush()
    applied = []
    for run in runs:
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
        applied.append(int(out))
    assert sorted(applied) == [0, 0, count]
    open_databases(empty)
    assert schema_problem() is None
    assert Role.select().where(Role.key == "boss").count() == 1


def test_migrating_leaves_the_connection_as_it_was(portal):
    """On PostgreSQL the lock and the missing timeouts end with the migration."""
    migrate(portal)
    if isinstance(db.obj, PostgresDatabase):
        assert db.execute_sql("SHOW lock_timeout").fetchone() == ("5s",)
        assert db.execute_sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)
    assert Team.select().count() == 0


@pytest.mark.sqlite
def test_a_copy_made_while_others_write_is_whole(portal, in_parallel):
    def verb(number: int):
        if number == 0:
            return back_up(portal)
        for turn in range(15):
            Team.create_team(f"t-{number}-{turn}", "T")

    outcomes = in_parallel(4, verb)
    assert outcomes.errors == []
    path = next(result for result in outcomes.results if result)
    with sqlite3.connect(path) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        teams, events = (copy.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("team", "event"))  # noqa: S608
        assert teams == events, "each team with its event, as they were committed"
    copy.close()


# Opening


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_said_to_be_none(settings):
    (settings.data / "portolan.db").write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(NotReady, match="cannot be opened"):
        open_databases(settings)


@pytest.mark.sqlite
def test_a_folder_that_cannot_be_used_is_said(settings):
    (settings.data / "portolan.db").unlink()
    (settings.data / "portolan.db").mkdir()
    with pytest.raises(NotReady, match="cannot be opened"):
        open_databases(settings)


@pytest.mark.sqlite
def test_a_database_server_that_does_not_answer_is_said_without_its_password(settings):
    unreachable = replace(settings, database="postgresql://portolan:canary-4711@127.0.0.1:9/portolan?connect_timeout=2")
    with pytest.raises(NotReady, match="cannot be opened") as caught:
        open_databases(unreachable)
    assert "canary" not in str(caught.value)


@pytest.mark.sqlite
def test_a_new_folder_is_private(settings, tmp_path):
    fresh = replace(settings, data=tmp_path / "fresh", key_file=settings.key_path)
    os.umask(os.umask(0o022))
    open_databases(fresh)
    assert fresh.data.stat().st_mode & 0o007 == 0
