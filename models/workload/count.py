"""Counting work. A job follows the hash chain and adds what each event is worth to the figures of its person.

The chain is the one order in which events are visible for good: an event that PostgreSQL commits late gets a late link, so
a mark at the last link counted can never pass one by. The figures and the mark move in one transaction: killed anywhere,
every event is counted once. Counted anew, the same events give the same figures. Quarters of an hour are kept as long as any
page looks at them, days as long as events.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from math import exp, log
from typing import Any

import peewee

from models.audit.chain import EventSeal, SealHead
from models.audit.event import Event
from models.audit.measure import ACTS, added, fingerprint, needs_details, whole
from models.people.team import Team
from models.support import clock
from models.support.bulk import LATER, SUM, as_moment, raw_rows, upsert_rows
from models.support.db import is_sqlite, retrying, write_txn
from models.support.fields import StatusField, UtcField
from models.support.prepared import Prepared
from models.support.record import About, Record, TeamRecord
from models.workload.rooms import ROOMS
from models.workload.spans import DAY, QUARTER

assert ROOMS  # Every measure is declared now.
BATCH = 2_000
QUARTERS_KEPT = 40 * DAY  # More than the 30 days whose hours and edges a page asks for.
KEY = ("team", "person_id", "grain", "start", "measure", "store_id")
STEP = log(1.1)  # Waiting times are kept in steps of a tenth: a median is right within five per cent.


class WorkCount(TeamRecord):
    """How much of one measure a person did in a quarter of an hour or in a day (UTC). Store 0: it belongs to none.

    On SQLite the rows lie in the order of their key (WITHOUT ROWID, migration 0015): what a page sums stands together."""

    store_column = "store_id"

    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    person_id = peewee.IntegerField()
    store_id = peewee.IntegerField(default=0)
    measure = peewee.CharField(max_length=60)
    grain = StatusField("quarter", "day")
    start = UtcField()
    count = peewee.BigIntegerField()
    last_at = UtcField()

    about = About(
        why="the workload of employees, counted from events", keep="as the events: 400 days, at least 365",
        plain="team person_id store_id measure grain start count last_at",
    )  # fmt: skip

    class Meta:
        primary_key = peewee.CompositeKey(*KEY)
        indexes = ((("start",), False),)


class WorkMark(Record):
    """One row: how far the chain was counted, and by which measures."""

    id = peewee.IntegerField(primary_key=True)
    seq = peewee.BigIntegerField(default=0)
    measures = peewee.CharField(max_length=64, default="")

    about = About(why="how far events were counted", keep="for ever", plain="id seq measures")


class WorkPulse(TeamRecord):
    """The last link of a team that was counted: while it stands still, so does the team's board."""

    team = peewee.ForeignKeyField(Team, primary_key=True, on_delete="CASCADE")
    seq = peewee.BigIntegerField()

    about = About(why="tells a page that nothing changed", keep="while the team is here", plain="team seq")


Key = tuple[int, int, str, datetime, str, int]  # The columns of KEY.
Sums = dict[Key, tuple[int, datetime]]


def is_behind() -> bool:
    """Is there anything to count?"""
    head, seq, measures = _STANDS.first(1) or (0, 0, "")
    return (head or 0) > (seq or 0) or (bool(head) and measures != fingerprint())


def behind() -> int:
    """How many links are not counted yet."""
    head, seq, _measures = _STANDS.first(1) or (0, 0, "")
    return max(0, (head or 0) - (seq or 0))


@retrying
def count_events(limit: int = BATCH) -> int:
    """Counts the next links of the chain; returns how many. New measures begin at the start of the chain."""
    with write_txn():
        mark = _locked_mark()
        if mark.measures != fingerprint():
            WorkCount.delete().execute()
            mark.seq, mark.measures = 0, fingerprint()
        rows = _next_events(mark.seq, limit)
        if rows:
            _add(_summed(rows))
            _tell_teams(rows)
            mark.seq = rows[-1][0]
        WorkMark.update(seq=mark.seq, measures=mark.measures).where(WorkMark.id == 1).execute()
    return len(rows)


def rebuild(tell: Any = lambda done: None) -> int:
    """Counts everything anew, in steps that others can write between. Returns how many events were counted."""
    with write_txn():
        _locked_mark()
        WorkMark.update(seq=0, measures="").where(WorkMark.id == 1).execute()
    done = 0
    while counted := count_events(10 * BATCH):
        done += counted
        tell(done)
    return done


def forget_old(days: int) -> int:
    """Figures go when the events behind them do, quarters of an hour before. Returns how many rows."""
    old = (WorkCount.grain == "quarter") & (WorkCount.start < _first_quarter())
    with write_txn():
        return WorkCount.delete().where(old | (WorkCount.start < clock.now() - days * DAY)).execute()


def _first_quarter() -> datetime:
    return clock.floor(clock.now() - QUARTERS_KEPT, DAY)


def _locked_mark() -> WorkMark:
    WorkMark.insert(id=1, seq=0, measures="").on_conflict_ignore().execute()
    query = WorkMark.select().where(WorkMark.id == 1)
    return (query if is_sqlite() else query.for_update()).get()


def _next_events(seq: int, limit: int) -> list[tuple]:
    """seq, team, person, store, name, at and details of the next links."""
    query = (
        EventSeal.select(EventSeal.seq, Event.team_id, Event.actor_id, Event.store_id, Event.name, Event.at, Event.details)
        .join(Event, on=(Event.id == EventSeal.event_id))
        .where(EventSeal.seq > seq)
        .order_by(EventSeal.seq)
        .limit(limit)
    )  # fmt: skip
    return raw_rows(query)


def _summed(rows: Iterable[tuple]) -> Sums:
    sums: Sums = {}
    plain: dict[str, list[tuple[str, int]]] = {}
    first = _first_quarter()
    for _seq, team, person, store, name, at, details in rows:
        if team is None or person is None:
            continue
        moment = as_moment(at)
        assert moment is not None
        adds = (
            worth(name, details) if needs_details(name) else plain.get(name) or plain.setdefault(name, worth(name, ""))
        )
        for grain, start in _starts(moment.replace(second=0, microsecond=0), first):
            for measure, count in adds:
                key = (team, person, grain, start, measure, store or 0)
                before = sums.get(key)
                sums[key] = (before[0] + count, max(before[1], moment)) if before else (count, moment)
    return sums


@lru_cache(maxsize=10_000)
def _starts(minute: datetime, first: datetime) -> tuple[tuple[str, datetime], ...]:
    """The spans into which a minute falls; no quarter of an hour before the first that is kept."""
    day = ("day", clock.floor(minute, DAY))
    return (day, ("quarter", clock.floor(minute, QUARTER))) if minute >= first else (day,)


def worth(name: str, details: str | None) -> list[tuple[str, int]]:
    """What an event adds: one act, its measures, and for each waiting time the step it falls into."""
    found = [(ACTS, 1)]
    told = json.loads(details or "{}") if needs_details(name) else {}
    for measure, count in added(name, told):
        found.append((measure.key, count))
        if measure.seconds and (seconds := whole(told.get(measure.seconds))) > 0:
            found.append((f"{measure.key}~{round(log(seconds) / STEP)}", 1))
    return found


def median_of(steps: dict[int, int]) -> int | None:
    """The median waiting time in seconds of how many fell into which step."""
    half, seen = (sum(steps.values()) + 1) // 2, 0
    for step in sorted(steps):
        seen += steps[step]
        if seen >= half > 0:
            return round(exp(step * STEP))
    return None


def _add(sums: Sums) -> None:
    rows = [(*key, *sum_) for key, sum_ in sorted(sums.items())]
    upsert_rows(WorkCount, (*KEY, "count", "last_at"), rows, key=KEY, merged={"count": SUM, "last_at": LATER})


def _tell_teams(rows: Iterable[tuple]) -> None:
    last = {team: seq for seq, team, *_rest in rows if team is not None}
    if last:
        WorkPulse.insert_many(sorted(last.items()), fields=[WorkPulse.team, WorkPulse.seq]).on_conflict(
            conflict_target=[WorkPulse.team], update={WorkPulse.seq: peewee.EXCLUDED.seq}
        ).execute()


_STANDS = Prepared(
    lambda one: (
        SealHead.select(SealHead.seq, WorkMark.seq, WorkMark.measures)
        .join(WorkMark, peewee.JOIN.LEFT_OUTER, on=(WorkMark.id == SealHead.id))
        .where(SealHead.id == one)
        .tuples()
    )
)
