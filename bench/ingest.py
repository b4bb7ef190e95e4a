"""The work `ingest`: orders as Amazon tells them, from JSON text to sealed rows, 1 000 at once; against bare upserts of 1 000 a
transaction. Both take turns, so that the machine's mood falls on both alike. Then fewer of them page by page, as the job gets
them from Amazon: a commit of both databases for every 100, against the same limit.

Some orders are there before, so that nobody's plans are those for empty tables."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import data, ground, postgres
from bench.ground import Ground
from bench.measure import Measurement, at_least
from bench.upserts import TABLES, PostgresLimit, SqliteLimit
from integrations.amazon.mapping.orders import orders_page
from models.audit.origin import Origin, acting
from models.orders.ingest import keep
from models.stores.store import Store
from models.support.db import db

LEAST_RATIO = {"sqlite": 1 / 2, "postgres": 1 / 3}
LEAST_AGAIN = 1.0
SLICE = 10  # Pages of 100 in one turn: a transaction of the limit.
COMPARED = (
    "order_id, ordered_at, updated_at, status, ship_by, deliver_by_from, total_minor, currency, unit_count, line_count, ship_country,"
    " first_sku, shipped_at, buyer_state"
)


@dataclass(frozen=True)
class Size:
    """How many orders at once, how many page by page, and how many are there before."""

    orders: int
    by_pages: int
    there: int = 5_000


@dataclass
class Clock:
    """The time one side has taken so far, on the wall and on the processor."""

    wall: float = 0.0
    processor: float = 0.0
    orders: int = field(default=0)

    def time(self, work: Callable[[], None], orders: int) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        work()
        self.wall += time.perf_counter() - wall
        self.processor += time.process_time() - processor
        self.orders += orders

    def rate(self) -> dict[str, Any]:
        return {"per_second": round(self.orders / self.wall), "cpu_us": round(self.processor / self.orders * 1e6, 1)}


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    """On SQLite, and on PostgreSQL where its programs are installed."""
    for orders, by_pages in ((size.orders, False), (size.by_pages, True)):
        with ground.fresh(orders=size.there) as place, ground.fresh(orders=size.there) as bare:
            yield from both_sides("sqlite", orders, place, SqliteLimit(bare), tell, by_pages=by_pages)
    programs = postgres.binaries()
    if programs is None:
        tell("ingest: PostgreSQL is not installed, so it was not measured")
        return
    with ExitStack() as stack:
        port = stack.enter_context(postgres.cluster(programs))
        for orders, by_pages in ((size.orders, False), (size.by_pages, True)):
            names = [f"{side}_{by_pages:d}" for side in ("ours", "bare")]
            place, bare = (
                stack.enter_context(ground.fresh(database=postgres.create(port, name), orders=size.there))
                for name in names
            )
            yield from both_sides("postgres", orders, place, PostgresLimit(bare), tell, by_pages=by_pages)


def both_sides(
    database: str, orders: int, place: Ground, limit: Any, tell: Callable[[str], None], *, by_pages: bool
) -> Iterator[Measurement]:
    """The same orders for the first time, then as they have become since, then once more without any news."""
    keep_all, how = (keep_pages, ", by pages") if by_pages else (keep_at_once, "")
    tell(f"ingest: {orders:,} orders on {database}{how}")
    clocks: dict[str, tuple[Clock, Clock]] = {}
    with place.stood_on(), acting(Origin("job", "bench")):
        store = Store.get_by_id(place.store_id)
        for name, later in (("new orders", False), ("changed orders", True), ("the same again", True)):
            mine, theirs = clocks[name] = Clock(), Clock()
            for texts in data.chunks(data.page_texts(orders, place.today, later=later), SLICE):
                count = sum(text.count('"createdTime"') for text in texts)
                mine.time(lambda texts=texts: keep_all(store, texts), count)  # type: ignore[misc]
                theirs.time(lambda texts=texts: limit.keep(texts), count)  # type: ignore[misc]
            require_equal(limit)
        require_sealed(place)
    limit.close()
    for name, (mine, theirs) in clocks.items():
        ours, bare_rate = mine.rate(), theirs.rate()
        yield Measurement(
            "ingest", name + how, database, orders, ours, bare_rate,
            **at_least(ours["per_second"] / bare_rate["per_second"], LEAST_RATIO[database]),
        )  # fmt: skip
    new, changed = (clocks[name][0].rate() for name in ("new orders", "changed orders"))
    yield Measurement(
        "ingest", "changed to new" + how, database, orders, changed, new,
        **at_least(changed["per_second"] / new["per_second"], LEAST_AGAIN),
    )  # fmt: skip


def keep_at_once(store: Store, texts: Sequence[str]) -> None:
    keep(store, [order for text in texts for order in orders_page(json.loads(text)).orders])


def keep_pages(store: Store, texts: Sequence[str]) -> None:
    for text in texts:
        keep(store, orders_page(json.loads(text)).orders)


# Proofs


def require_equal(limit: Any) -> None:
    """Raises AssertionError unless both sides hold the same orders and equally many rows of each table."""
    for name in (*TABLES, "sold_item", "sold_item_search"):
        sql = f'SELECT COUNT(*) FROM "{name}"'  # noqa: S608 (our own names)
        mine, theirs = db.execute_sql(sql).fetchone()[0], limit.connection.execute(sql).fetchone()[0]
        if mine != theirs:
            raise AssertionError(f"{name}: the portal holds {mine} rows, the limit {theirs}.")
    sql = f'SELECT {COMPARED} FROM "order" ORDER BY order_id'  # noqa: S608 (our own names)
    kept = db.execute_sql(sql).fetchall()
    if kept != limit.connection.execute(sql).fetchall():
        raise AssertionError("The portal and the limit do not hold the same orders.")


def require_sealed(place: Ground) -> None:
    """Raises AssertionError when anything personal can be found in clear, in any byte the database keeps."""
    canary = data.CANARY
    if place.settings.database:
        for name in db.get_tables():
            sql = f"SELECT COUNT(*) FROM \"{name}\" AS t WHERE t::text LIKE '%%{canary}%%' OR t::text LIKE '%%{canary.encode().hex()}%%'"  # noqa: S608
            if db.execute_sql(sql).fetchone()[0]:
                raise AssertionError(f"Personal data stands in clear in {name}.")
    for file in place.settings.data.rglob("*"):
        if file.is_file() and canary.encode() in file.read_bytes():
            raise AssertionError(f"Personal data stands in clear in {Path(file).name}.")
