"""What a person is meant to do of one measure, by day or by week. A target is never changed: a new row holds from its day on,
so that last month is still measured by last month's target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import MEASURES
from models.audit.telling import tell
from models.people.person import Person
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

MOST = 1_000_000
EVERY: dict[str, Words] = {"day": say("a day"), "week": say("a week")}

declare("target_set", say("%(actor)s set the target of %(object)s for %(measure)s: %(before)s → %(amount)s"),
        "measure", "before", "amount", "since")  # fmt: skip
for _detail in ("before", "amount"):
    tell(f"target_set.{_detail}", lambda kept, beside: _told(kept))


class WorkTarget(TeamRecord):
    """`amount` 0: from that day on there is none."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, index=False, on_delete="CASCADE")
    measure = peewee.CharField(max_length=60)
    every = StatusField(*EVERY)
    amount = peewee.IntegerField()
    since = peewee.DateField()
    set_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="targets_set")
    created_at: UtcField = created_at()

    about = About(
        why="what employees are meant to do", keep="while employed, then 400 days",
        plain="id uid team person measure every amount since created_at", staff="set_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "person", "measure", "since", "id"), False),)

    @property
    def words(self) -> Words:
        return _words(self.amount, self.every)

    @property
    def measure_words(self) -> Any:
        return MEASURES[self.measure].words if self.measure in MEASURES else self.measure

    @classmethod
    def set(
        cls, person: Person, team: Team, measure: str, every: str, amount: int, *, since: date, by: Any
    ) -> WorkTarget:
        """A target from a day on; 0 ends it. Raises FieldRefused."""
        if measure not in MEASURES:
            raise FieldRefused("measure", "There is no such measure.")
        if every not in EVERY:
            raise FieldRefused("every", "A target is for a day or for a week.")
        if not 0 <= amount <= MOST:
            raise FieldRefused("amount", "A target is a number from 0 to %(most)s.", most=f"{MOST:,}")
        with write_txn():
            before = targets_on(team.id, [person.id], since).get(person.id, {}).get(measure)
            target = cls.create(
                team=team, person=person, measure=measure, every=every, amount=amount, since=since,
                set_by=by.id if by is not None else None,
            )  # fmt: skip
            track("target_set", person, by=by, team=team, measure=measure, before=said(before), amount=said(target),
                  since=since.isoformat())  # fmt: skip
        return target

    @classmethod
    def history(cls, team_id: int, person_id: int) -> list[WorkTarget]:
        """Every target a person ever had in a team, the newest first."""
        mine = cls.select(cls, Person).join(Person, peewee.JOIN.LEFT_OUTER, on=cls.set_by)
        mine = mine.where(cls.team == team_id, cls.person == person_id)
        return list(mine.order_by(cls.since.desc(), cls.id.desc()).limit(100))


def _words(amount: int, every: str) -> Words:
    return say("%(amount)s %(every)s", amount=f"{amount:,}", every=EVERY[every]) if amount else say("none")


def _told(kept: str) -> Words | None:
    """What `said()` kept, in words."""
    amount, _slash, every = kept.partition("/")
    return _words(int(amount), every) if amount.isdigit() and (every in EVERY or amount == "0") else None


def said(target: WorkTarget | None) -> str:
    """For an event: plain, in no language."""
    return f"{target.amount}/{target.every}" if target is not None and target.amount else "0"


def targets_on(team_id: int, people: Sequence[int], day: date) -> dict[int, dict[str, WorkTarget]]:
    """The targets that hold on a day, by person and measure (one query)."""
    if not people:
        return {}
    rows = WorkTarget.select().where(
        WorkTarget.team == team_id, WorkTarget.person.in_(list(people)), WorkTarget.since <= day
    )
    return _latest(rows.order_by(WorkTarget.since, WorkTarget.id))


def _latest(rows: Iterable[WorkTarget]) -> dict[int, dict[str, WorkTarget]]:
    found: dict[int, dict[str, WorkTarget]] = {}
    for row in rows:
        found.setdefault(row.person_id, {})[row.measure] = row
    return {person: kept for person, mine in found.items() if (kept := {k: t for k, t in mine.items() if t.amount})}
