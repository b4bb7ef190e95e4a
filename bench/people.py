"""The work `people`: pages over the events of a year, 10,000 a day: the event log and the board of everybody's work, against
the bare query that finds the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from bench import ground, postgres
from bench.data import SEED
from bench.ground import Ground
from bench.lists import portal
from bench.measure import Measurement, at_most, quantiles
from bench.serving import get
from jobs.schedule import SCHEDULE
from models.audit.chain import SealHead, seal_events
from models.audit.event import Event
from models.compliance.watch import AlarmWatch
from models.people.employees import invite
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import db, write_txn
from models.support.job_run import JobRun
from models.support.sqlite import SqliteDatabase
from models.workload.count import rebuild

PEOPLE, CHUNK = 30, 20_000
MOST_SECONDS = 180
MOST_MS = {"log": 50, "board": 100}
KINDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("product_changed", "product", {"fields": ["title"], "version": 3}), ("listing_overridden", "listing", {"fields": ["price_minor"]}),
    ("buyer_revealed", "order", {"reason": "packing"}), ("publications_asked", "", {"count": 4, "stores": ["Lotus"]}),
    ("list_exported", "export", {"number": 1, "rows": 40, "format": "xlsx"}), ("preferences_changed", "person", {}),
)  # fmt: skip
FIELDS = ("at", "name", "actor_kind", "actor_id", "actor_label", "team_id", "store_id", "object_kind", "object_id", "object_label",
          "details", "address", "request_id")  # fmt: skip


@dataclass(frozen=True)
class Size:
    events: int
    samples: int


@dataclass(frozen=True)
class Page:
    """A page, and the bare query that finds what it shows."""

    name: str
    path: str
    sql: str
    values: tuple[Any, ...]


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    """Counting and every page, on both databases."""
    yield from measured(size, tell, "sqlite", "")
    programs = postgres.binaries()
    if programs is None:
        tell("people: PostgreSQL is not installed (apt-get install postgresql), so SQLite alone was measured")
        return
    with postgres.cluster(programs) as port:
        yield from measured(size, tell, "postgresql", postgres.create(port, "people"))


def measured(size: Size, tell: Callable[[str], None], kind: str, database: str) -> Iterator[Measurement]:
    with ExitStack() as stack:
        tell(f"people: making {size.events:,} events of a year on {kind}")
        place = stack.enter_context(ground.fresh(database=database))
        with place.stood_on():
            people, seconds = fill(place, size.events, tell)
            ground._tidy(place.settings)
            asked = pages(place, people)
            bare = {page.name: [look(page) for _ in range(size.samples)] for page in asked}
        rate = {"per_second": round(size.events / seconds)}
        yield Measurement("people", "counting anew", kind, size.events, rate, {}, **at_most(seconds, MOST_SECONDS))
        port, cookie = stack.enter_context(portal(place)), f"sid={place.token}"
        for page in asked:
            get(port, page.path, cookie)
            mine = quantiles([get(port, page.path, cookie)[0] for _ in range(size.samples)])
            theirs = quantiles(bare[page.name])
            ratio = round(mine["p50_ms"] / max(theirs["p50_ms"], 0.01), 1)
            yield Measurement(
                "people", page.name, kind, size.events, mine, theirs, **at_most(mine["p95_ms"], MOST_MS[page.name.partition(":")[0]]),
                more={"ratio_to_bare_query": ratio},
            )  # fmt: skip


def fill(place: Ground, count: int, tell: Callable[[str], None]) -> tuple[list[int], float]:
    """Events of 30 people in the year up to now, sealed and counted by the portal's own code. Returns the people, and in how
    many seconds they were counted."""
    team = Team.get_by_id(place.team_id)
    people = [
        invite(team, f"mei.l{chr(97 + n % 26)}{'x' * (n // 26)}", f"Mei {n}", role="lister")[0] for n in range(PEOPLE)
    ]
    Person.update(state="active").where(Person.id.in_([person.id for person in people])).execute()
    ids, rng = [person.id for person in people], Random(SEED)
    start, step = clock.now() - timedelta(days=365), timedelta(days=365) / max(count, 1)
    with ground._in_bulk(Event):
        for first in range(0, count, CHUNK):
            rows = [
                _event(rng, place, ids, start + step * number, number)
                for number in range(first, min(first + CHUNK, count))
            ]
            with write_txn():
                insert_rows(Event, FIELDS, rows)
    _sync("OFF")
    tell("people: sealing and counting them")
    while seal_events(CHUNK, from_start=False):
        pass
    began = time.perf_counter()
    rebuild()
    seconds = time.perf_counter() - began
    _settle()
    _sync("FULL")
    return ids, seconds


def _settle() -> None:
    """A portal of a year has looked at its events already: its alarm rules stand at the end of the chain, and the nightly check
    of the whole chain is not due."""
    head = SealHead.get()
    AlarmWatch.insert(id=1, seq=head.seq).on_conflict(
        conflict_target=[AlarmWatch.id], update={AlarmWatch.seq: head.seq}
    ).execute()
    now = clock.now()
    for job in (one for one in SCHEDULE if one.name == "compliance.audit"):
        JobRun.create(job=job.name, slot=job.slot(now), state="done", lease_until=now, started_at=now, finished_at=now)


def _sync(how: str) -> None:
    if isinstance(db.obj, SqliteDatabase):
        db.execute_sql(f"PRAGMA synchronous = {how}")


def _event(rng: Random, place: Ground, people: list[int], at: Any, number: int) -> tuple:
    name, kind, details = rng.choice(KINDS)
    thing = rng.randrange(1, 50_000)
    return (at, name, "person", rng.choice(people), "", place.team_id, rng.choice((None, place.store_id)), kind, thing, f"P{thing:06d}",
            details, f"10.0.0.{rng.randrange(1, 40)}", f"{number:032x}")  # fmt: skip


def pages(place: Ground, people: list[int]) -> list[Page]:
    log, board = f"{place.path}/audit/", f"{place.path}/workload/"
    walk = "SELECT * FROM event WHERE {} ORDER BY at DESC, id DESC LIMIT 51"
    team, person = place.team_id, people[0]
    among = ", ".join(map(str, people))
    sums = (f"SELECT person_id, measure, SUM(count) FROM work_count WHERE team_id = ? AND person_id IN ({among}) "  # noqa: S608 (ids)
            "AND grain = 'day' AND start >= ? GROUP BY person_id, measure")  # fmt: skip
    month = place.today - timedelta(days=30)
    return [
        Page("log: first", log, walk.format("team_id = ?"), (team,)),
        Page("log: person", f"{log}?who={person}", walk.format("actor_id = ?"), (person,)),
        Page("log: kind", f"{log}?name=buyer_revealed", walk.format("team_id = ? AND name = ?"), (team, "buyer_revealed")),
        Page("log: person and kind", f"{log}?who={person}&name=list_exported", walk.format("actor_id = ? AND name = ?"),
             (person, "list_exported")),
        Page("log: object", f"{log}?label=P000123", walk.format("team_id = ? AND object_label = ?"), (team, "P000123")),
        Page("log: days long ago", f"{log}?at_from={(place.today - timedelta(days=200)).date()}&at_to={(place.today - timedelta(days=199)).date()}",
             walk.format("team_id = ? AND at < ?"), (team, (place.today - timedelta(days=198)).isoformat(" "))),
        Page("board: today", board, sums, (team, place.today.isoformat(" "))),
        Page("board: 30 days", f"{board}?period=30", sums, (team, month.isoformat(" "))),
    ]  # fmt: skip


def look(page: Page) -> float:
    began = time.perf_counter()
    sql = page.sql if isinstance(db.obj, SqliteDatabase) else page.sql.replace("?", "%s")
    db.execute_sql(sql, page.values).fetchall()
    return time.perf_counter() - began
