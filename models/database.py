"""Opening what the models stand on: the database, the vault's own database, and the migrations of both.

Migrations go forward only, are numbered, run under a lock, and are preceded by a backup.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from playhouse.migrations import Runner

from config.settings import Settings
from models.mailbox import seeing_to  # noqa: F401 (it hears of mails that came)
from models.mailbox import story as mailbox_story  # noqa: F401 (it adds to the story of orders)
from models.people import choosing, factors, lockout, password, two_people
from models.shipping import confirmation, follow, story, waybill_moments  # noqa: F401 (they listen to what happens to parcels)
from models.shipping.alerts import alert  # noqa: F401 (and this)
from models.support import clock
from models.support.db import PostgresDatabase, db, make_database
from models.support.search import catch_up
from models.support.sqlite import BEFORE_COMMIT, SqliteDatabase
from models.vault import key_file
from models.vault.data_key import keys_db, open_vault
from models.wallet import billing, parcels  # noqa: F401 (they move wallets by what happens to parcels and bills)

MIGRATIONS = Path(__file__).parent / "migrations"
MAIN_FILE, KEYS_FILE = "portolan.db", "keys.db"
MIGRATION_LOCK = 7_682_765_826  # Any number, so long as it is ours: "PORTOLAN" on a telephone.


class NotReady(Exception):
    """The data cannot be used as it is; the message says what to do."""


def open_databases(settings: Settings) -> None:
    """Binds the models to the databases of these settings. Raises BadKeyFile or NotReady."""
    root = key_file.load(settings.key_path)
    settings.data.mkdir(mode=0o750, parents=True, exist_ok=True)
    db.initialize(make_database(settings.database, settings.data / MAIN_FILE))
    BEFORE_COMMIT.add(catch_up)
    try:
        db.connect(reuse_if_open=True)
        open_vault(root, make_database(settings.keys_database, settings.data / KEYS_FILE))
    except (peewee.OperationalError, peewee.DatabaseError) as error:
        raise NotReady(f"The database cannot be opened: {str(error).strip().splitlines()[0]}.") from error
    password.use_memory(settings.password_memory_mb)
    choosing.use_days(settings.password_days)
    lockout.use_mode(settings.lockout)
    two_people.use_mode(settings.two_person)
    factors.use_mode(settings.second_factor)


def close_databases() -> None:
    for database in (db, keys_db):
        if database.obj is not None and not database.is_closed():
            database.close()


@contextmanager
def connected() -> Iterator[None]:
    """Connections of this thread for a piece of work. SQLite's stay open with the thread; PostgreSQL's are given back."""
    for database in (db, keys_db):
        database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        for database in (db, keys_db):
            if not isinstance(database.obj, SqliteDatabase) and not database.is_closed():
                database.close()


def _runner() -> Runner:
    return Runner(db.obj, str(MIGRATIONS))


def schema_problem() -> str | None:
    """Why the schema does not fit this version, in one sentence; None when it does."""
    rows = _runner().status()
    if unknown := [row.name for row in rows if row.path is None]:
        return f"This data was migrated by a newer version of Portolan ({unknown[-1]}). Use that version."
    if pending := [row.name for row in rows if row.applied is None]:
        return f"{len(pending)} migrations are pending ({pending[0]} …). Run:  ./portolan migrate"
    return None


def migrate(settings: Settings) -> list[str]:
    """Applies what is pending, one process at a time, after a backup. Returns the names. Raises NotReady."""
    from models.people.role import Role

    with _alone(settings):
        runner = _runner()
        rows = runner.status()
        if any(row.path is None for row in rows):
            raise NotReady(schema_problem() or "")
        if any(row.applied for row in rows) and any(not row.applied for row in rows):
            back_up(settings)
        applied = runner.up()
        Role.install_defaults()
    return applied


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One at a time on this machine, and with PostgreSQL on all machines that share the database."""
    file = os.open(settings.data / ".migrate.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    is_shared = isinstance(db.obj, PostgresDatabase)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if is_shared:
            # Waiting here is meant, however long the other takes.
            db.execute_sql("SET lock_timeout = 0")
            db.execute_sql("SET statement_timeout = 0")
            db.execute_sql("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        yield
    finally:
        if is_shared:
            db.manual_close()  # The lock and the timeouts belong to the connection.
        os.close(file)


def back_up(settings: Settings) -> Path | None:
    """A consistent copy of the embedded database in `backups/`. PostgreSQL has its own means: None."""
    if not isinstance(db.obj, SqliteDatabase):
        return None
    folder = settings.data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{clock.now():%Y%m%dT%H%M%S}.db"
    with sqlite3.connect(target) as copy:
        db.connection().backup(copy)
    copy.close()
    target.chmod(0o600)
    return target
