"""What a currency was worth in CNY on a day. A team's own word stands before the portal's, one given by hand before the bank's.

A day without a rate (a Sunday, a holiday) takes the last one before it, at most ten days old.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import peewee

from models.people.person import Person
from models.people.team import Team
from models.support.fields import ExactDecimalField, StatusField, UidField, UtcField
from models.support.record import About, Record, created_at

HOME = "CNY"
OLDEST = timedelta(days=10)
HAND = "hand"


class DayRate(Record):
    """`cny` is CNY for one unit. A row without a team is the portal's. Rows are never changed: the newest of a day counts."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, null=True, on_delete="CASCADE")
    currency = peewee.CharField(max_length=3)
    day = peewee.DateField()
    cny = ExactDecimalField()
    source = StatusField("bank", "history", HAND)
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    created_at: UtcField = created_at()

    about = About(
        why="what foreign prices are worth in CNY", keep="10 years, as the amounts reckoned with them",
        plain="id uid team currency day cny source created_at", staff="made_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("currency", "day"), False),)


def rates_on(team_id: int | None, day: date, currencies: Iterable[str] = ()) -> dict[str, Decimal]:
    """CNY for one unit of each currency known on a day (of those named, or of all)."""
    wanted = [currency for currency in currencies if currency != HOME]
    query = DayRate.select().where(
        DayRate.day.between(day - OLDEST, day), DayRate.team.is_null() | (DayRate.team == team_id)
    )
    best: dict[str, Any] = {}
    for row in query.where(DayRate.currency.in_(wanted)) if wanted else query:
        if row.currency not in best or _weight(row) > _weight(best[row.currency]):
            best[row.currency] = row
    return {HOME: Decimal(1)} | {currency: row.cny for currency, row in best.items()}


def _weight(row: Any) -> tuple[Any, ...]:
    return (row.team_id is not None, row.day, row.source == HAND, row.id)
