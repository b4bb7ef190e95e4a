"""The folder a work is done in: fresh, migrated, filled in bulk, removed afterwards. One team, person, session and store."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from bench import data
from bench.serving import BROWSER
from config.settings import PREFIX, Settings
from models.audit.origin import Origin, acting
from models.catalog import finding  # noqa: F401 (says what products are found by)
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.product_type import ProductType
from models.catalog.variant import Variant
from models.database import close_databases, migrate, open_databases
from models.orders.line import OrderLine
from models.orders.order import Order
from models.people.employees import invite
from models.people.session import Session
from models.people.team import Team
from models.stores.store import Store, StoreMarketplace
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import PostgresDatabase, db, write_txn
from models.support.search import SEARCHED
from models.support.sqlite import SqliteDatabase
from models.vault import key_file

SLUG = "lotus"


@dataclass(frozen=True)
class Ground:
    """A data folder with its settings; the databases are open while it is `stood_on()`."""

    settings: Settings
    today: datetime
    team_id: int
    store_id: int
    token: str  # Of the session: what the cookie holds.

    @property
    def path(self) -> str:
        """Where the team's pages begin."""
        return f"/t/{SLUG}"

    @contextmanager
    def stood_on(self) -> Iterator[None]:
        open_databases(self.settings)
        try:
            yield
        finally:
            leave()

    def environment(self) -> dict[str, str]:
        """The environment in which a child process finds this folder, and nothing of the caller's settings."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        database = {"PORTOLAN_DATABASE": self.settings.database} if self.settings.database else {}
        return (
            clean
            | {"PORTOLAN_DATA": str(self.settings.data), "PORTOLAN_MODE": "test", "PORTOLAN_SECOND_FACTOR": "offered"}
            | database
        )


@contextmanager
def fresh(*, database: str = "", products: int = 0, orders: int = 0) -> Iterator[Ground]:
    """A new folder with so many products and orders."""
    folder = Path(tempfile.mkdtemp(prefix="portolan-bench-"))
    try:
        settings = replace(Settings(data=folder / "data", mode="test", second_factor="offered"), database=database)
        key_file.create(settings.key_path)
        open_databases(settings)
        try:
            migrate(settings)
            ground = _seat(settings)
            _fill(ground, products, orders)
            _tidy(settings)
        finally:
            leave()
        yield ground
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def leave() -> None:
    close_databases()
    if isinstance(db.obj, PostgresDatabase):
        db.obj.close_all()


def _seat(settings: Settings) -> Ground:
    """The people and the store, through the verbs a portal uses. The store has no token, so no job calls anybody."""
    with acting(Origin("command", "bench")):
        team = Team.create_team(SLUG, "Lotus Trading")
        Team.create_team("harbor", "Harbor Lines", is_operator=True)  # Without an operator nothing is served.
        person, _link = invite(team, "bela", "Bela Bench", role="boss")
        person.change(state="active", last_seen_at=clock.now())
        store = Store.declare(team, "Lotus", "eu", by=person)
        _session, token = Session.open(person, address="127.0.0.1", device=BROWSER, proved_by="code")
    with write_txn():
        for marketplace_id, currency, _share in data.MARKETPLACES:
            StoreMarketplace.create(store=store, marketplace_id=marketplace_id, currency=currency)
            for name, _share in data.PRODUCT_TYPES:
                ProductType.create(
                    name=name,
                    marketplace_id=marketplace_id,
                    locale="en_US",
                    display_name=name.replace("_", " ").title(),
                )
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Ground(settings, today, team.id, store.id, token)


def _fill(ground: Ground, products: int, orders: int) -> None:
    place = (ground.team_id, ground.store_id, ground.today)
    with _in_bulk(Product, Variant, Listing):
        for chunk in data.chunks(data.products(products, *place)):
            with write_txn():
                insert_rows(Product, data.PRODUCT, [product for product, _variants, _listings in chunk])
                insert_rows(Variant, data.VARIANT, [row for _product, variants, _listings in chunk for row in variants])
                insert_rows(Listing, data.LISTING, [row for _product, _variants, listings in chunk for row in listings])
    with _in_bulk(Order, OrderLine):
        for chunk in data.chunks(data.orders(orders, *place)):
            with write_txn():
                insert_rows(Order, data.ORDER, [order for order, _lines in chunk])
                insert_rows(OrderLine, data.LINE, [row for _order, lines in chunk for row in lines])


def _tidy(settings: Settings) -> None:
    """On PostgreSQL: ids go on where the filling ended, and what its own cleaner would have done by tomorrow."""
    if settings.database:
        for model in (Product, Variant, Listing, Order):
            table = f'"{model._meta.table_name}"'
            db.execute_sql(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {table}", (table,))  # noqa: S608
        with psycopg.connect(settings.database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


@contextmanager
def _in_bulk(*models: Any) -> Iterator[None]:
    """On SQLite: no waiting for the disk, and indexes made once at the end instead of row by row – but for those by which the
    search finds the parts of a record whose words it takes in. Guards that look whether a row is there already would look through
    the whole table without its index, at every row: they stand aside, too."""
    if not isinstance(db.obj, SqliteDatabase):
        yield
        return
    names = [model._meta.table_name for model in models]
    made_here = db.execute_sql("SELECT tbl_name, type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    found = [
        (kind, name, sql) for table, kind, name, sql in made_here
        if table in names and (kind == "index" or (kind == "trigger" and " BEFORE INSERT " in sql))
    ]  # fmt: skip
    needed = {(part.name, part.owner) for searched in SEARCHED.values() for part in searched.parts}
    found = [part for part in found if not any(f'"{table}" ("{owner}"' in part[2] for table, owner in needed)]
    db.execute_sql("PRAGMA synchronous = OFF")
    for kind, name, _sql in found:
        db.execute_sql(f'DROP {kind.upper()} "{name}"')
    try:
        yield
    finally:
        for _kind, _name, sql in found:
            db.execute_sql(sql)
        db.obj.checkpoint()
        db.execute_sql("PRAGMA synchronous = FULL")
