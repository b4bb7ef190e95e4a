"""What a currency was worth in CNY on a day. A team's own word stands before the portal's, one given by hand before the bank's.

A day without a rate (a Sunday, a holiday) takes the last one before it, at most ten days old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import peewee

from models.audit.event import declare, track
from models.freight.bank_days import bank_days_between, newest_published
from models.freight.origin import today
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.fields import ExactDecimalField, StatusField, UidField, UtcField, uid_in_order
from models.support.prepared import Prepared
from models.support.record import About, Record, created_at
from models.support.words import grouped, say

HOME = "CNY"
OLDEST = timedelta(days=10)
HAND = "hand"
LEAST, MOST = Decimal("0.000001"), Decimal(1_000_000)
KEPT = ("team", "currency", "day", "cny", "source")

declare(
    "day_rate_given",
    say("%(actor)s gave the rate of %(currency)s on %(day)s: %(cny)s CNY"),
    "currency",
    "day",
    "cny",
    "for_all",
)
declare("day_rate_withdrawn", say("%(actor)s withdrew the rate of %(currency)s on %(day)s: %(cny)s CNY"),
        "currency", "day", "cny", "for_all")  # fmt: skip


class DayRate(Record):
    """`cny` is CNY for one unit. A row without a team is the portal's. Rows are never changed: the newest of a day counts,
    unless it was withdrawn."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, null=True, on_delete="CASCADE")
    currency = peewee.CharField(max_length=3)
    day = peewee.DateField()
    cny = ExactDecimalField()
    source = StatusField("bank", "history", HAND)
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    created_at: UtcField = created_at()
    withdrawn_at = UtcField(null=True)
    withdrawn_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="+")

    about = About(
        why="what foreign prices are worth in CNY", keep="10 years, as the amounts reckoned with them",
        plain="id uid team currency day cny source created_at withdrawn_at", staff="made_by withdrawn_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("currency", "day"), False), (("day", "currency"), False))

    @property
    def label(self) -> str:
        return self.currency

    # Giving one by hand

    @classmethod
    def give(
        cls, team: Team, currency: str, day: date, cny: Decimal, *, for_all: bool = False, by: Any = None
    ) -> DayRate:
        """A team's own rate of a day, or (`for_all`, the operator's) everybody's. Raises FieldRefused."""
        _require(currency, day, cny)
        if for_all and not team.is_operator:
            raise FieldRefused("for_all", "Only the operator gives rates for every team.")
        with write_txn():
            made = cls.create(
                team=None if for_all else team, currency=currency, day=day, cny=cny, source=HAND, made_by=by
            )
            track("day_rate_given", made, by=by, team=team, currency=currency, day=day, cny=cny, for_all=for_all)
        return made

    def withdraw(self, team: Team, *, by: Any = None) -> None:
        """Takes a rate by hand back: what was there before it counts again. Raises AlreadyDecided."""
        with write_txn():
            standing = (DayRate.id == self.id) & DayRate.withdrawn_at.is_null() & (DayRate.source == HAND)
            if not DayRate.update(withdrawn_at=clock.now(), withdrawn_by=by).where(standing).execute():
                raise AlreadyDecided()
            track("day_rate_withdrawn", self, by=by, team=team, currency=self.currency, day=self.day, cny=self.cny,
                  for_all=self.team_id is None)  # fmt: skip

    @classmethod
    def by_hand_of(cls, team: Team, uid: Any) -> DayRate | None:
        """A rate by hand this team may take back: its own, and the operator's the portal's too."""
        mine = (cls.team == team) | (cls.team.is_null() if team.is_operator else cls.team == team)
        return cls.get_or_none(cls.uid == uid, cls.source == HAND, mine)

    # From the bank

    @classmethod
    def keep(cls, source: str, days: Mapping[date, Mapping[str, Decimal]]) -> int:
        """Keeps the bank's rates that are not known yet, or that it has corrected. How many."""
        if not days:
            return 0
        with write_txn():
            known = cls._known(min(days), max(days))
            fresh = [
                (uid_in_order(clock.now()), None, currency, day, format(cny, "f"), source, None, clock.now())
                for day, rates in sorted(days.items())
                for currency, cny in sorted(rates.items())
                if known.get((currency, day)) != cny
            ]
            insert_rows(cls, ("uid", "team", "currency", "day", "cny", "source", "made_by", "created_at"), fresh)
        return len(fresh)

    @classmethod
    def _known(cls, first: date, last: date) -> dict[tuple[str, date], Decimal]:
        rows: Any = cls.select(cls.currency, cls.day, cls.cny).where(
            cls.day.between(first, last), cls.team.is_null(), cls.source != HAND
        )
        return {(currency, day): cny for currency, day, cny in rows.order_by(cls.id).tuples()}

    @classmethod
    def newest_of_bank(cls) -> date | None:
        query = cls.select(cls.day).where(cls.source != HAND).order_by(cls.day.desc(), cls.currency.desc())
        return query.limit(1).scalar()

    @classmethod
    def days_behind(cls) -> int | None:
        """How many of the bank's days are out and not here; None when there is no rate at all."""
        newest = cls.newest_of_bank()
        return None if newest is None else bank_days_between(newest, newest_published(clock.now()))

    # Showing

    @classmethod
    def course(cls, team_id: int, currency: str, first: date, last: date) -> list[DayRate]:
        """Everything said of a currency in some days, withdrawn rates too; the newest first."""
        query = (
            cls.select(cls, Person)
            .join(Person, peewee.JOIN.LEFT_OUTER, on=(cls.made_by == Person.id))
            .where(cls.currency == currency, cls.day.between(first, last), cls.team.is_null() | (cls.team == team_id))
        )
        return list(query.order_by(cls.day.desc(), cls.id.desc()))


@dataclass(frozen=True)
class Rate:
    """The rate that counts on a day, and where it comes from: the day it was given for may lie before."""

    currency: str
    cny: Decimal
    day: date
    source: str
    is_own: bool


def rates_on(team_id: int | None, day: date, currencies: Iterable[str] = ()) -> dict[str, Decimal]:
    """CNY for one unit of each currency known on a day (of those named, or of all)."""
    wanted = {currency for currency in currencies if currency != HOME}
    found = counting(team_id, day)
    return {HOME: Decimal(1)} | {
        currency: rate.cny for currency, rate in found.items() if not wanted or currency in wanted
    }


def counting(team_id: int | None, day: date) -> dict[str, Rate]:
    """The rate that counts for each currency on a day."""
    best: dict[str, tuple[Any, ...]] = {}
    for currency, of, source, number, cny, team in _NEAR.all(day - OLDEST, day, team_id or 0):
        weight = (team is not None, of, source == HAND, number)
        if currency not in best or weight > best[currency][:4]:
            best[currency] = (*weight, cny, source)
    return {
        currency: Rate(currency, cny, of, source, own)
        for currency, (own, of, _hand, _number, cny, source) in sorted(best.items())
    }


# Ten days of an index over (day, currency), however many years are kept.
_NEAR = Prepared(
    lambda first, last, team: (
        DayRate.select(DayRate.currency, DayRate.day, DayRate.source, DayRate.id, DayRate.cny, DayRate.team)
        .where(
            DayRate.day >= first,
            DayRate.day <= last,
            DayRate.withdrawn_at.is_null(),
            peewee.fn.COALESCE(DayRate.team, 0).in_(
                (0, team)
            ),  # An expression, so that no index of teams leads astray.
        )
        .tuples()
    )
)


def _require(currency: str, day: date, cny: Decimal) -> None:
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha() or not currency.isupper():
        raise FieldRefused("currency", "Write the currency's three letters.")
    if currency == HOME:
        raise FieldRefused("currency", "CNY is what the others are counted in.")
    if not LEAST <= cny <= MOST:
        raise FieldRefused("cny", "Between %(least)s and %(most)s.", least=LEAST, most=grouped(MOST))
    if day.year < 2000 or day > today() + timedelta(days=366):
        raise FieldRefused("day", "A rate is given for a day from 2000 on, at most a year ahead.")
