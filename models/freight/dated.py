"""What holds from a day to a day, beside price sheets: rows that are never changed, only followed, replaced or withdrawn.

A span without an end ends by itself on the eve of the next one. Every other meeting of two is refused, or replaced when asked:
then what is left of the old one stays as rows of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Self

import peewee

from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.fields import UidField, UtcField
from models.support.record import TeamRecord, created_at
from models.support.words import Words, say

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included; without a last day it goes on."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def meets(self, other: Span) -> bool:
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)

    def without(self, other: Span) -> list[Span]:
        """What is left of it beside the other."""
        left = [Span(self.first, other.first - DAY)] if self.first < other.first else []
        if other.last is not None and (self.last is None or other.last < self.last):
            left.append(Span(max(self.first, other.last + DAY), self.last))
        return left

    @property
    def words(self) -> Words:
        if self.last is None:
            return say("from %(first)s on", first=self.first)
        return say("%(first)s to %(last)s", first=self.first, last=self.last)


@dataclass(frozen=True)
class Held:
    """A row with the days it really holds: an open one ends before the next."""

    row: Any
    span: Span


def held(rows: Iterable[Any]) -> list[Held]:
    """Rows (anything with `first` and `last`) in order, with the days they really hold."""
    ordered = sorted(rows, key=lambda row: row.first)
    nexts: list[date | None] = [*(row.first for row in ordered), None]
    return [
        Held(row, Span(row.first, row.last if row.last or following is None else following - DAY))
        for row, following in zip(ordered, nexts[1:], strict=True)
    ]


def in_the_way(rows: Iterable[Any], new: Span) -> list[Held]:
    """The rows that claim a day of the new span. One without an end gives way to a later one without an end."""
    return [
        one
        for one in held(rows)
        if one.span.meets(new)
        and not (one.row.last is None and new.last is None and one.row.first < new.first)
        and not (new.last is None and one.row.first > new.first)
    ]


def gaps(rows: Iterable[Any]) -> list[Span]:
    """Days between the first and the last row that none holds."""
    found, spans = [], [one.span for one in held(rows)]
    for before, after in pairwise(spans):
        if before.last is not None and before.last + DAY < after.first:
            found.append(Span(before.last + DAY, after.first - DAY))
    return found


class Overlap(FieldRefused):
    """Another row claims the same days."""

    @classmethod
    def with_(cls, met: Held) -> Overlap:
        words = say("%(days)s has %(what)s already. Choose other days, or tick that this one takes its place.",
                    days=met.span.words, what=met.row.what)  # fmt: skip
        return cls("first", words)


class DatedRecord(TeamRecord):
    """The base of such tables. Subclasses name the columns that tell one series from another in `series`."""

    series: tuple[str, ...] = ()

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    first = peewee.DateField()
    last = peewee.DateField(null=True)
    source = peewee.CharField(max_length=200, default="")
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="+")
    created_at: UtcField = created_at()
    withdrawn_at = UtcField(null=True)
    withdrawn_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="+")
    replaced_by = peewee.ForeignKeyField("self", null=True, on_delete="SET NULL", backref="+")

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None

    def mates(self) -> list[Any]:
        """The standing rows of the same series."""
        values = {getattr(type(self), name): self.__data__.get(name) for name in self.series}
        same = [column.is_null() if value is None else column == value for column, value in values.items()]
        query = type(self).select().where(type(self).withdrawn_at.is_null(), *same)
        return list(query.order_by(type(self).first))

    def place(self, *, replaces: bool, by: Any) -> Self:
        """Keeps a new row among the standing ones of its series. Raises Overlap. Call it inside the series' lock."""
        met = in_the_way(self.mates(), self.span)
        if met and not replaces:
            raise Overlap.with_(met[0])
        self.made_by = by
        for one in met:
            one.row.give_way(by=by)
        self.save(force_insert=True)
        for one in met:
            one.row.change(replaced_by=self)
            for left in one.span.without(self.span):
                one.row.rest(left).save(force_insert=True)
        return self

    def give_way(self, *, by: Any) -> None:
        """Ends what it says, whoever asked first."""
        changed = (
            type(self)
            .update(withdrawn_at=clock.now(), withdrawn_by=by)
            .where(type(self).id == self.id, type(self).withdrawn_at.is_null())
        )
        with write_txn():
            if not changed.execute():
                raise AlreadyDecided()
        self.withdrawn_at, self.withdrawn_by = clock.now(), by

    def rest(self, span: Span) -> Self:
        """A row with the same terms for some of its days; who said them stays."""
        kept = {
            name: self.__data__[name]
            for name in self._meta.fields
            if name not in ("id", "uid", "first", "last", "withdrawn_at", "withdrawn_by", "replaced_by")
        }
        return type(self)(**kept, first=span.first, last=span.last)
