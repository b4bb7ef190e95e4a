"""Everybody's work beside each other: now, today or lately, by hour, against targets, and what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.audit.measure import ACTS, MEASURES, Measure
from models.people.employees import employees_of
from models.people.person import Person
from models.support import clock
from models.workload import spans
from models.workload.count import WorkPulse, behind
from models.workload.figures import Figures, by_quarter, last_acts, others_at_work, recent, stores_of, totals
from models.workload.queues import Queue, waiting_for
from models.workload.spans import NOW, Bins
from models.workload.target import WorkTarget, targets_on

FAR_BEHIND = 1_000  # So many links not counted yet, and the page says so.


@dataclass(frozen=True)
class Progress:
    """A target, and how much of it is done today or this week."""

    target: WorkTarget
    done: int

    @property
    def is_met(self) -> bool:
        return self.done >= self.target.amount

    @property
    def share(self) -> int:
        """In per cent, at most 100."""
        return min(100, self.done * 100 // self.target.amount)


@dataclass
class Row:
    """One person. `last_at` is when they did anything last, within 30 days; `is_gone`: they have no role here any more."""

    person: Person
    figures: Figures
    now: Figures
    last_at: datetime | None
    hours: list[int]
    queues: list[tuple[Queue, int]] = field(default_factory=list)
    targets: list[Progress] = field(default_factory=list)
    is_gone: bool = False

    @property
    def is_busy(self) -> bool:
        """Did they do anything in the last fifteen minutes?"""
        return self.last_at is not None and self.last_at >= clock.now() - NOW

    @property
    def waiting(self) -> int:
        return sum(count for _queue, count in self.queues)

    @property
    def target_share(self) -> int:
        """How far the targets are met on the whole, in per cent; -1 without any."""
        return sum(one.share for one in self.targets) // len(self.targets) if self.targets else -1


SORTS = ("name", "last", "waits", "target", ACTS)


@dataclass
class Board:
    """`hours` are those of today on the reader's clock."""

    period: str
    sort: str
    hours: Bins
    rows: list[Row]
    behind: int

    @property
    def measures(self) -> list[Measure]:
        """Those of which anybody did anything in the period, is meant to, or by which it is sorted; no empty columns."""
        aimed = {one.target.measure for row in self.rows for one in row.targets}
        shown = {self.sort.lstrip("-"), *aimed, *self.total.counts}
        return [one for one in MEASURES.values() if one.key in shown]

    @property
    def total(self) -> Figures:
        return Figures.sum(row.figures for row in self.rows)

    @property
    def all_hours(self) -> list[int]:
        return [sum(counts) for counts in zip(*(row.hours for row in self.rows), strict=True)]

    @property
    def busy(self) -> int:
        return sum(row.is_busy for row in self.rows)

    @property
    def is_far_behind(self) -> bool:
        return self.behind > FAR_BEHIND

    @classmethod
    def of(cls, reach: Any, zone: str, period: str, sort: str = "") -> Board:
        """The board as this person may see it: of granted stores alone, and of what belongs to no store."""
        people = [one.person for one in employees_of(reach.team) if one.person.state != "invited"]
        day = spans.today(zone)
        hours = spans.hours_of(day, zone)
        stores, since = stores_of(reach), spans.since(period, zone)
        gone = others_at_work(reach.team_id, [person.id for person in people], since, stores)
        rows = rows_of(reach.team_id, [*people, *gone], zone, period, hours, stores)
        for row in rows[len(people) :]:
            row.is_gone = True
        rows = [row for row in rows if not row.is_gone or row.figures.of(ACTS)]
        return cls(period, sort, hours, sorted_by(rows, sort), behind())


def rows_of(
    team_id: int, people: Sequence[Person], zone: str, period: str, hours: Bins, stores: Sequence[int] | None
) -> list[Row]:
    """The rows of these people, by name: as many questions for thirty as for one."""
    ids = [person.id for person in people]
    now, acted = recent(team_id, stores)
    last = last_acts(team_id, ids, stores)
    figures = now if period == "now" else totals(team_id, ids, spans.since(period, zone), stores)
    counted = by_quarter(team_id, ids, hours.starts[0], stores)
    queues = waiting_for(team_id, ids)
    targets = progress_of(team_id, ids, zone)
    return [
        Row(
            person, figures.get(person.id, Figures()), now.get(person.id, Figures()),
            max((at for at in (last.get(person.id), acted.get(person.id)) if at), default=None),
            hours.sums(counted.get((person.id, ACTS), [])), queues.get(person.id, []), targets.get(person.id, []),
        )
        for person in people
    ]  # fmt: skip


def progress_of(team_id: int, ids: Sequence[int], zone: str) -> dict[int, list[Progress]]:
    """How far each person's targets are met: work of every store counts for them."""
    day = spans.today(zone)
    found = targets_on(team_id, ids, day)
    starts = {"day": spans.since("today", zone), "week": spans.midnight(spans.monday(day), zone)}
    done = {
        every: totals(team_id, sorted(found), start)
        for every, start in starts.items()
        if any(target.every == every for mine in found.values() for target in mine.values())
    }
    return {
        person: [
            Progress(one, done[one.every][person].of(measure)) for measure, one in mine.items() if measure in MEASURES
        ]
        for person, mine in found.items()
    }


def sorted_by(rows: list[Row], sort: str) -> list[Row]:
    """`-acts`: most first. What cannot be sorted by is left by name."""
    name = sort.lstrip("-")
    keys: dict[str, Any] = {
        "last": lambda row: row.last_at or datetime.min, "waits": lambda row: row.waiting, "target": lambda row: row.target_share,
        "name": lambda row: row.person.name.casefold(),
    }  # fmt: skip
    if name in (*MEASURES, ACTS):
        keys[name] = lambda row: row.figures.of(name)
    return sorted(rows, key=keys[name], reverse=sort.startswith("-")) if name in keys else rows


def pulse(team_id: int) -> int:
    """Moves whenever something of a team was counted (one look by key)."""
    row = WorkPulse.select(WorkPulse.seq).where(WorkPulse.team == team_id).tuples().first()
    return row[0] if row else 0
