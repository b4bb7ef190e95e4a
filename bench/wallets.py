"""The work `wallets`: postings to one wallet by one writer and by 32 at once, against two bare legs and a conditional update of a
balance in the same database; and statements of 1, 10 and more pages: how long, and how much memory.

A posting here is an adjustment with its key, its transfer and its event. Both sides take turns, so that the machine's mood falls on
both alike; what was posted is added up afterwards.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import psycopg

from bench import ground, postgres, wallet_pages
from bench.ground import Ground
from bench.measure import Measurement, at_least, at_most, quantiles
from bench.papers import papers
from models.audit.origin import Origin, acting
from models.database import close_databases, connected
from models.people.team import Team
from models.support.sqlite import SQLITE_PRAGMAS
from models.wallet.mending import adjust, pay_in
from models.wallet.proof import prove
from models.wallet.wallet import Wallet

LEAST_RATIO, MOST_P99_MS, MOST_WAIT_MS = 1 / 3, 50, 250
WRITERS, SLICE, WARM, MUCH = 32, 50, 12, 10**12


@dataclass(frozen=True)
class Size:
    postings: int
    pages: tuple[int, ...]
    deductions: int = 0
    samples: int = 20


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    with ground.fresh() as place:
        yield from postings("sqlite", size, place, SqliteLimit(place), tell)
    programs = postgres.binaries()
    if programs is None:
        tell("wallets: PostgreSQL is not installed, so it was not measured")
    else:
        with ExitStack() as stack:
            port = stack.enter_context(postgres.cluster(programs))
            place = stack.enter_context(ground.fresh(database=postgres.create(port, "ours")))
            yield from postings("postgres", size, place, PostgresLimit(place), tell)
    if size.deductions:
        yield from wallet_pages.run(size.deductions, size.samples, tell)
    yield from papers(size.pages, tell)


def postings(
    database: str, size: Size, place: Ground, limit: Any, tell: Callable[[str], None]
) -> Iterator[Measurement]:
    tell(f"wallets: {size.postings:,} postings on {database}")
    with place.stood_on(), acting(Origin("job", "bench")), closing(limit):
        wallet = Wallet.open_for(Team.get_by_id(place.team_id), "CNY")
        pay_in(wallet, MUCH, key="much")
        mine, theirs = [], []
        for start in range(0, size.postings, SLICE):
            mine += _timed(lambda at: adjust(wallet, -1, key=f"one {at}"), range(start, start + SLICE))
            theirs += _timed(limit.post, range(start, start + SLICE))
        alone = len(mine) / sum(mine)
        bare = len(theirs) / sum(theirs)
        yield Measurement(
            "wallets", "postings, one writer", database, len(mine), {"per_second": round(alone), **quantiles(mine)},
            {"per_second": round(bare), **quantiles(theirs)}, **at_least(alone / bare, LEAST_RATIO),
        )  # fmt: skip
        waits, seconds = _crowd(wallet, size.postings)
        together = len(waits) / seconds
        worst = {"p99_ms": _p99(waits), "worst_ms": round(max(waits) * 1000, 1)}
        yield Measurement(
            "wallets", f"postings, {WRITERS} writers", database, len(waits), {"per_second": round(together), **worst},
            {"per_second": round(bare)}, **at_least(together / bare, LEAST_RATIO),
        )  # fmt: skip
        yield Measurement(
            "wallets",
            f"longest wait of {WRITERS}, ms",
            database,
            len(waits),
            worst,
            {},
            **at_most(worst["worst_ms"], MOST_WAIT_MS),
        )
        yield Measurement(
            "wallets", f"p99 of {WRITERS}, ms", database, len(waits), worst, {}, **at_most(worst["p99_ms"], MOST_P99_MS)
        )
        now = wallet.reload()
        if now.balance_minor != MUCH - len(mine) - len(waits) - WRITERS * WARM or prove(now):
            raise AssertionError("The wallet does not hold what was posted.")


def _timed(verb: Callable[[int], Any], numbers: range) -> list[float]:
    times = []
    for number in numbers:
        began = time.perf_counter()
        verb(number)
        times.append(time.perf_counter() - began)
    return times


def _crowd(wallet: Wallet, postings: int) -> tuple[list[float], float]:
    """Times of postings by many at once, and how long all took. Connections are those of a portal that has run a while: each has
    seen the statements before."""
    waits: list[float] = []
    gate = threading.Barrier(WRITERS + 1)

    def write(writer: int) -> None:
        with acting(Origin("job", "bench")), connected():
            _timed(lambda at: adjust(wallet, -1, key=f"warm {writer} {at}"), range(WARM))
            gate.wait()
            waits.extend(_timed(lambda at: adjust(wallet, -1, key=f"{writer} {at}"), range(postings // WRITERS)))
        close_databases()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return waits, time.perf_counter() - began


def _p99(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.99) - 1] * 1000, 1)


LEGS = "CREATE TABLE bench_leg (id {id} PRIMARY KEY, account INTEGER NOT NULL, amount BIGINT NOT NULL, ref TEXT, after BIGINT NOT NULL)"
BALANCES = "CREATE TABLE bench_balance (id INTEGER PRIMARY KEY, balance BIGINT NOT NULL)"
UNIQUE = "CREATE UNIQUE INDEX bench_leg_ref ON bench_leg (ref)"


class SqliteLimit:
    """Two legs and a balance by hand, as durable as the portal writes."""

    def __init__(self, place: Ground):
        self.connection = sqlite3.connect(place.settings.data / "bare.db", isolation_level=None)
        for name in ("journal_mode", "synchronous"):
            self.connection.execute(f"PRAGMA {name}={SQLITE_PRAGMAS[name]}")
        for statement in (LEGS.format(id="INTEGER"), BALANCES, UNIQUE):
            self.connection.execute(statement)
        self.connection.execute("INSERT INTO bench_balance VALUES (1, ?)", (MUCH,))

    def post(self, number: int) -> None:
        ask = self.connection.execute
        ask("BEGIN IMMEDIATE")
        update = "UPDATE bench_balance SET balance = balance - 1 WHERE id = 1 AND balance >= 1 RETURNING balance"
        (after,) = ask(update).fetchall()[0]
        ask("INSERT INTO bench_leg (account, amount, ref, after) VALUES (1, -1, ?, ?)", (f"r{number}", after))
        ask("INSERT INTO bench_leg (account, amount, after) VALUES (2, 1, ?)", (after,))
        ask("COMMIT")

    def close(self) -> None:
        self.connection.close()


class PostgresLimit:
    """The same in one statement."""

    POST = (
        "WITH moved AS (UPDATE bench_balance SET balance = balance - 1 WHERE id = 1 AND balance >= 1 RETURNING balance) "
        "INSERT INTO bench_leg (account, amount, ref, after) "
        "SELECT 1, -1, %s, balance FROM moved UNION ALL SELECT 2, 1, NULL, balance FROM moved"
    )

    def __init__(self, place: Ground):
        self.connection = psycopg.connect(place.settings.database, autocommit=True)
        for statement in (
            LEGS.format(id="BIGSERIAL"),
            BALANCES,
            UNIQUE,
        ):
            self.connection.execute(statement)
        self.connection.execute("INSERT INTO bench_balance VALUES (1, %s)", (MUCH,))

    def post(self, number: int) -> None:
        self.connection.execute(self.POST, (f"r{number}",))

    def close(self) -> None:
        self.connection.close()
