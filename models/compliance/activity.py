"""How often a person did what leaves no event: was refused, opened an order. Counted by the hour or the minute, so that a
thousand refusals are a few rows and not a thousand."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Any

import peewee

from models.people.person import Person
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.fields import StatusField, UtcField
from models.support.record import About, Record

REFUSED, ORDERS = "refused", "orders"
SLOT = {REFUSED: timedelta(minutes=1), ORDERS: timedelta(hours=1)}
USUAL_DAYS, LEAST_DAYS = 14, 5
KEPT = timedelta(days=30)


class ActivityCount(Record):
    """`team_id` is 0 for what happened outside a team's pages."""

    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    team_id = peewee.IntegerField(default=0)
    kind = StatusField(REFUSED, ORDERS)
    slot = UtcField()
    count = peewee.IntegerField(default=0)

    about = About(why="notices unusual use of an account", keep="30 days", plain="id person team_id kind slot count")

    class Meta:
        indexes = ((("person", "team_id", "kind", "slot"), True), (("kind", "slot"), False))

    @classmethod
    @retrying
    def add(cls, person_id: int, team_id: int, kind: str, count: int = 1, at: datetime | None = None) -> None:
        slot = clock.floor(at or clock.now(), SLOT[kind])
        with write_txn():
            cls.insert(person=person_id, team_id=team_id, kind=kind, slot=slot, count=count).on_conflict(
                conflict_target=[cls.person, cls.team_id, cls.kind, cls.slot],
                update={cls.count: cls.count + count},
            ).execute()

    @classmethod
    def lately(cls, kind: str, since: datetime) -> list[ActivityCount]:
        """Counts of slots that touch the time since then, oldest first, with their people."""
        query = cls.select(cls, Person).join(Person).where(cls.kind == kind, cls.slot > since - SLOT[kind])
        return list(query.order_by(cls.slot, cls.id))

    @classmethod
    def usual_day(cls, person_id: int, kind: str, before: datetime) -> int | None:
        """The median of the person's own days in the two weeks before; None while too few are known."""
        since = before - timedelta(days=USUAL_DAYS)
        days: dict[Any, int] = {}
        for row in cls.select().where(cls.person == person_id, cls.kind == kind, cls.slot >= since, cls.slot < before):
            days[row.slot.date()] = days.get(row.slot.date(), 0) + row.count
        return round(median(days.values())) if len(days) >= LEAST_DAYS else None

    @classmethod
    def between(cls, person_id: int, kind: str, since: datetime, until: datetime) -> int:
        query = cls.select(peewee.fn.SUM(cls.count)).where(
            cls.person == person_id, cls.kind == kind, cls.slot >= since, cls.slot <= until
        )
        return query.scalar() or 0

    @classmethod
    def forget_old(cls) -> int:
        with write_txn():
            return cls.delete().where(cls.slot < clock.now() - KEPT).execute()
