"""Reading what was counted: sums by person and measure, hours, days and the last act, for a reader's stores alone.

Every question is a walk along one index for each person; none looks at an event but `recent()`, which reads a quarter of an
hour of them so that "now" waits for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any

import peewee

from models.audit.event import Event
from models.audit.measure import ACTS
from models.people.person import Person
from models.support import clock
from models.support.bulk import as_moment, raw_rows
from models.support.matching import beside_index
from models.workload.count import WorkCount, median_of, worth
from models.workload.spans import DAY, NOW, Split

Totals = dict[int, "Figures"]
Stores = Sequence[int] | None


@dataclass
class Figures:
    """What one person did in a span: by measure, and the median waiting time where one is kept."""

    counts: dict[str, int] = field(default_factory=dict)
    steps: dict[str, dict[int, int]] = field(default_factory=dict)

    def of(self, measure: str) -> int:
        return self.counts.get(measure, 0)

    def median(self, measure: str) -> int | None:
        return median_of(self.steps[measure]) if measure in self.steps else None

    def add(self, measure: str, count: int) -> None:
        key, _, step = measure.partition("~")
        if step:
            steps = self.steps.setdefault(key, {})
            steps[int(step)] = steps.get(int(step), 0) + count
        else:
            self.counts[key] = self.counts.get(key, 0) + count

    @classmethod
    def sum(cls, many: Iterable[Figures]) -> Figures:
        total = cls()
        for one in many:
            for measure, count in one.counts.items():
                total.add(measure, count)
            for measure, steps in one.steps.items():
                for step, count in steps.items():
                    total.add(f"{measure}~{step}", count)
        return total


def stores_of(reach: Any, permission: str = "work.view") -> Stores:
    """The stores whose work a person may see; None for all. Work that belongs to no store is everybody's to see."""
    granted = reach.by_permission.get(permission, frozenset())
    return None if granted is None else sorted(granted)


def totals(team_id: int, people: Sequence[int], since: datetime, stores: Stores = None) -> Totals:
    """By person, from the moment on."""
    split = Split.of(since)
    parts = [_of(team_id, people, "day", stores).where(WorkCount.start >= split.day)]
    if split.since < split.day:
        parts.append(
            _of(team_id, people, "quarter", stores).where(WorkCount.start >= split.since, WorkCount.start < split.day)
        )
    found: Totals = {person: Figures() for person in people}
    summed = [
        query.select(WorkCount.person_id, WorkCount.measure, peewee.fn.SUM(WorkCount.count)).group_by(
            WorkCount.person_id, WorkCount.measure
        )
        for query in parts
    ]
    for person, measure, count in raw_rows(reduce(peewee.Select.union_all, summed)) if people else ():
        found[person].add(measure, int(count))
    return found


def recent(team_id: int, stores: Stores = None) -> tuple[Totals, dict[int, datetime]]:
    """What was done in the last fifteen minutes, from the events themselves, and when each person acted last."""
    fields = (Event.actor_id, Event.name, Event.at, Event.details)
    query = Event.select(*fields).where(
        Event.at >= clock.now() - NOW, beside_index(Event.team_id) == team_id, Event.actor_id.is_null(False)
    )
    if stores is not None:
        query = query.where(Event.store_id.is_null() | Event.store_id.in_(stores))
    found: Totals = {}
    last: dict[int, datetime] = {}
    for person, name, at, details in raw_rows(query):
        for measure, count in worth(name, details):
            found.setdefault(person, Figures()).add(measure, count)
        moment = as_moment(at)
        assert moment is not None
        last[person] = max(last.get(person, moment), moment)
    return found, last


def last_acts(team_id: int, people: Sequence[int], stores: Stores = None) -> dict[int, datetime]:
    """When each person acted last, within the last 30 days: for each a walk back to the last day on which they did."""
    latest = (
        WorkCount.select(WorkCount.last_at)
        .where(
            WorkCount.team == team_id, WorkCount.person_id == Person.id, WorkCount.grain == "day", WorkCount.measure == ACTS,
            WorkCount.start >= clock.floor(clock.now() - 30 * DAY, DAY), _within(stores),
        )
        .order_by(WorkCount.start.desc(), WorkCount.last_at.desc())
        .limit(1)
    )  # fmt: skip
    query = Person.select(Person.id, latest.alias("last_at")).where(Person.id.in_(list(people) or [0]))
    return {person: moment for person, at in raw_rows(query) if (moment := as_moment(at))}


def others_at_work(team_id: int, people: Sequence[int], since: datetime, stores: Stores = None) -> list[Person]:
    """Who did something in the team since that day and is none of these people, by name."""
    work = WorkCount.select(peewee.SQL("1")).where(
        WorkCount.team == team_id, WorkCount.person_id == Person.id, WorkCount.grain == "day",
        WorkCount.start >= clock.floor(since, DAY), _within(stores),
    )  # fmt: skip
    others = Person.select().where(Person.id.not_in(list(people) or [0]), peewee.fn.EXISTS(work))
    return list(others.order_by(Person.name, Person.id))


def by_quarter(
    team_id: int, people: Sequence[int], since: datetime, stores: Stores = None, measures: Sequence[str] = (ACTS,)
) -> dict[tuple[int, str], list[tuple[datetime, int]]]:
    """(beginning, count) of each quarter of an hour in which anything was done, by person and measure."""
    found: dict[tuple[int, str], list[tuple[datetime, int]]] = {}
    if not people:
        return found
    query = (
        _of(team_id, people, "quarter", stores)
        .where(WorkCount.start >= since, WorkCount.measure.in_(measures))
        .select(WorkCount.person_id, WorkCount.measure, WorkCount.start, peewee.fn.SUM(WorkCount.count))
        .group_by(WorkCount.person_id, WorkCount.start, WorkCount.measure)
    )
    for person, measure, at, count in raw_rows(query):
        moment = as_moment(at)
        assert moment is not None
        found.setdefault((person, measure), []).append((moment, int(count)))
    return found


def _of(team_id: int, people: Sequence[int], grain: str, stores: Stores) -> Any:
    return WorkCount.select().where(
        WorkCount.team == team_id,
        WorkCount.person_id.in_(list(people) or [0]),
        WorkCount.grain == grain,
        _within(stores),
    )


def _within(stores: Stores) -> Any:
    return peewee.SQL("1 = 1") if stores is None else WorkCount.store_id.in_([0, *stores])
