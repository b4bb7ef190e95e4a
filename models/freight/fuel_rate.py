"""Fuel percentages of a carrier, or of one of its channels alone, by date. A channel's own stand instead of its carrier's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import peewee

from models.audit.event import declare, track
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.dated import DatedRecord, Held, Overlap, Span, held, in_the_way
from models.freight.engine.card import Between, Fuel
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import ExactDecimalField
from models.support.record import About
from models.support.words import Words, say

MOST_PERCENT = Decimal(200)
WARNS_DAYS = 7  # So many days before a table ends without a next rate, people are told.

declare("fuel_rate_given", say("%(actor)s gave %(object)s the fuel rate of %(percent)s per cent from %(first)s"),
        "percent", "first", "last", "replaced", "source")  # fmt: skip
declare("fuel_rate_withdrawn", say("%(actor)s withdrew the fuel rate of %(percent)s per cent from %(first)s of %(object)s"),
        "percent", "first", "last")  # fmt: skip


class FuelRate(DatedRecord):
    """`percent` is per hundred of what fuel is charged on. Without a channel it is the carrier's."""

    series = ("carrier", "channel")

    carrier = peewee.ForeignKeyField(Carrier, on_delete="RESTRICT")
    channel = peewee.ForeignKeyField(Channel, null=True, on_delete="RESTRICT")
    percent = ExactDecimalField()

    about = About(
        why="what carriers charge for fuel, by date", keep="10 years: quotes and deductions were reckoned with it",
        plain="id uid team carrier channel first last percent source created_at withdrawn_at replaced_by",
        staff="made_by withdrawn_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("carrier", "channel", "withdrawn_at"), False),)

    @property
    def label(self) -> str:
        return self.channel.code if self.channel else self.carrier.code

    @property
    def what(self) -> Words:
        return say("%(percent)s %%", percent=shown(self.percent))

    @classmethod
    def give(
        cls, carrier: Carrier, channel: Channel | None, span: Span, percent: Decimal, *, replaces: bool = False,
        source: str = "", by: Any = None,
    ) -> FuelRate:  # fmt: skip
        """A new rate. Raises FieldRefused, Overlap."""
        require_span(span)
        if not 0 <= percent <= MOST_PERCENT:
            raise FieldRefused("percent", "Between %(least)s and %(most)s.", least=0, most=MOST_PERCENT)
        made = cls(team=carrier.team_id, carrier=carrier, channel=channel, first=span.first, last=span.last,
                   percent=percent, source=source[:200])  # fmt: skip
        with write_txn():
            _wait_for(carrier)
            made.place(replaces=replaces, by=by)
            track("fuel_rate_given", made, by=by, percent=shown(percent), first=span.first, last=span.last or "",
                  replaced=replaces, source=made.source)  # fmt: skip
        return made

    def withdraw(self, *, by: Any = None) -> None:
        """Takes a rate back; quotes made with it stay as they are. Raises AlreadyDecided."""
        with write_txn():
            self.give_way(by=by)
            track(
                "fuel_rate_withdrawn", self, by=by, percent=shown(self.percent), first=self.first, last=self.last or ""
            )

    # Many at once

    @classmethod
    def plan(cls, carrier: Carrier, channel: Channel | None, wanted: Sequence[Fuel]) -> list[Planned]:
        """What would become of each rate of a sheet, in its order."""
        standing: list[Any] = cls(carrier=carrier, channel=channel).mates()
        planned = []
        for fuel in wanted:
            one = _plan(fuel, standing)
            planned.append(one)
            if one.span is not None and not one.is_there:
                gone = {id(each.row) for each in one.met}
                standing = [row for row in standing if id(row) not in gone] + [
                    _Wanted(part.first, part.last, each.row.percent)
                    for each in one.met for part in each.span.without(one.span)
                ] + [_Wanted(one.span.first, one.span.last, fuel.percent)]  # fmt: skip
        return planned

    @classmethod
    def take_in(
        cls, carrier: Carrier, channel: Channel | None, wanted: Sequence[Fuel], *, replaces: bool, source: str, by: Any
    ) -> int:
        """Gives every rate of a sheet, or none of them. How many were new. Raises Refused, Overlap."""
        with write_txn():
            _wait_for(carrier)
            planned = cls.plan(carrier, channel, wanted)
            for one in planned:
                if one.span is None:
                    raise Refused("Say from which day on.")
                if one.met and not one.is_there and not replaces:
                    raise Overlap.with_(one.met[0])
            fresh = [one for one in planned if not one.is_there]
            for one in fresh:
                cls.give(carrier, channel, one.span, one.percent, replaces=True, source=source, by=by)  # type: ignore[arg-type]
        return len(fresh)

    # Asking

    @classmethod
    def standing(cls, carrier_ids: Iterable[int]) -> list[FuelRate]:
        """Every rate that stands, of these carriers and their channels."""
        query = cls.select().where(cls.carrier.in_(list(carrier_ids)), cls.withdrawn_at.is_null())
        return list(query.order_by(cls.first))

    @classmethod
    def history(cls, carrier: Carrier, channel: Channel | None, most: int = 200) -> list[FuelRate]:
        """All that was ever said of a series, the newest days first."""
        of = cls.channel.is_null() if channel is None else cls.channel == channel
        query = cls.select().where(cls.carrier == carrier, of).order_by(cls.first.desc(), cls.id.desc())
        return list(query.limit(most))


@dataclass(frozen=True)
class _Wanted:
    """A rate that is not kept yet, beside those that stand."""

    first: date
    last: date | None
    percent: Decimal

    @property
    def what(self) -> Words:
        return say("%(percent)s %%", percent=shown(self.percent))


@dataclass(frozen=True)
class Planned:
    """A rate of a sheet: `span` is None without a first day; `met` are those whose place it would take."""

    span: Span | None
    percent: Decimal
    met: tuple[Held, ...] = ()
    is_there: bool = False


def _plan(fuel: Fuel, standing: Sequence[Any]) -> Planned:
    if fuel.dates.first is None:
        return Planned(None, fuel.percent)
    span = Span(fuel.dates.first, fuel.dates.last)
    same = any((row.first, row.last, row.percent) == (span.first, span.last, fuel.percent) for row in standing)
    return Planned(span, fuel.percent, () if same else tuple(in_the_way(standing, span)), same)


def table_of(rows: Iterable[Any]) -> tuple[Fuel, ...]:
    """What the engine reads: each rate with the days it really holds."""
    return tuple(Fuel(Between(one.span.first, one.span.last), one.row.percent) for one in held(rows))


def require_span(span: Span) -> None:
    """Raises FieldRefused for dates nobody means."""
    for name, day in (("first", span.first), ("last", span.last)):
        if day is not None and not 2000 <= day.year <= 2100:
            raise FieldRefused(name, "Write a date between 2000 and 2100.")
    if span.last is not None and span.last < span.first:
        raise FieldRefused("last", "The last day lies before the first.")


def shown(number: Decimal) -> str:
    """A number as short as it is: 18.5, 20."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _wait_for(carrier: Carrier) -> None:
    """Two who change one carrier's rates at once: the second waits here."""
    Carrier.update(is_active=Carrier.is_active).where(Carrier.id == carrier.id).execute()
