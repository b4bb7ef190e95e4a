"""One person's work: days and hours, targets and what was done, for themselves and for who may see it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from models.audit.feed import Line, lines_of
from models.audit.measure import ACTS
from models.audit.search import Found, Wanted, search
from models.people.employees import colleague_of
from models.people.person import Person
from models.people.reach import OutOfReach
from models.workload import spans
from models.workload.count import WorkCount
from models.workload.figures import by_quarter
from models.workload.spans import Bins

SHOWN_DAYS = 30


@dataclass(frozen=True)
class Course:
    """How much of a measure was done on each of the last days, and in each hour of one of them."""

    days: list[date]
    by_day: list[int]
    day: date
    hours: Bins
    by_hour: list[int]


def worker_of(reach: Any, uid: uuid.UUID) -> tuple[Person, bool]:
    """A person of the team, or one who worked in it and has no role there any more: then True. Raises OutOfReach."""
    try:
        return colleague_of(reach, uid), False
    except OutOfReach:
        work = WorkCount.select().where(WorkCount.team == reach.team_id, WorkCount.person_id == Person.id)
        person = Person.select().where(Person.uid == uid, peewee.fn.EXISTS(work)).first()
        if person is None:
            raise
        return person, True


def course(
    team_id: int,
    person_id: int,
    zone: str,
    *,
    measure: str = ACTS,
    day: date | None = None,
    stores: Sequence[int] | None = None,
) -> Course:
    """The last 30 days, and the hours of the given one or today's (one question)."""
    today = spans.today(zone)
    days, bins = spans.days_until(today, SHOWN_DAYS, zone)
    shown = day if day in days else today
    hours = spans.hours_of(shown, zone)
    counted = by_quarter(team_id, [person_id], bins.starts[0], stores, (measure,)).get((person_id, measure), [])
    return Course(days, bins.sums(counted), shown, hours, hours.sums(counted))


def done_by(
    team_id: int,
    person_id: int,
    *,
    stores: Sequence[int] | None = None,
    unseen: Sequence[str] = (),
    after: str = "",
    before: str = "",
) -> tuple[Found, list[Line]]:
    """What a person did in a team, newest first."""
    wanted = Wanted(team_id, people=(person_id,), reached=stores, unseen=unseen)
    page = search(wanted, after=after, before=before)
    return page, lines_of(page)
