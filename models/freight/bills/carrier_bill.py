"""A carrier's bill, by its number. Its lines come by one file or several; nothing of it is ever edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from models.freight.carrier import Carrier
from models.imports.record import Import
from models.people.person import Person
from models.people.team import Team
from models.support.db import db, write_txn
from models.support.errors import FieldRefused
from models.support.fields import UidField, UtcField
from models.support.money import Money
from models.support.paging import Order, Page, page_of
from models.support.record import About, Record, TeamRecord, created_at

CURRENCIES = ("CNY", "USD", "HKD", "EUR", "GBP", "JPY", "CAD", "AUD")
MOST_DAYS = 400


@dataclass(frozen=True)
class Totals:
    """Of a bill, in its currency: what was billed and quoted, the difference, and what became of that."""

    billed: Money
    quoted: Money
    difference: Money
    open: Money
    settled: Money
    disputed: Money
    lines: int
    open_count: int


class CarrierBill(TeamRecord):
    """`first_day` to `last_day` is the period it is for, as somebody said or its lines tell."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    carrier = peewee.ForeignKeyField(Carrier, on_delete="RESTRICT")
    number = peewee.CharField(max_length=60)
    currency = peewee.CharField(max_length=3)
    first_day = peewee.DateField(null=True)
    last_day = peewee.DateField(null=True)
    is_period_told = peewee.BooleanField(default=False)
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    created_at: UtcField = created_at()

    about = About(
        why="what carriers billed, compared with what was quoted", keep="10 years: the wallet's transfers point at it",
        plain="id uid team carrier number currency first_day last_day is_period_told created_at", staff="made_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "carrier", "number"), True), (("team", "created_at", "id"), False))

    @property
    def label(self) -> str:
        return self.number

    @classmethod
    def of(
        cls, carrier: Carrier, number: str, *, currency: str, first_day: date | None = None, last_day: date | None = None,
        by: Any = None,
    ) -> CarrierBill:  # fmt: skip
        """The bill of this number, made where there is none: another file adds to it. Raises FieldRefused."""
        number = cls.check(number, currency, first_day, last_day)
        with write_txn():
            try:
                with db.atomic():
                    return cls.create(
                        team=carrier.team_id, carrier=carrier, number=number, currency=currency, first_day=first_day,
                        last_day=last_day, is_period_told=first_day is not None, made_by=by,
                    )  # fmt: skip
            except peewee.IntegrityError:
                found = cls.get(cls.team == carrier.team_id, cls.carrier == carrier, cls.number == number)
        if not found.lines.exists():  # Nothing came of an earlier file: what is said now counts.
            told = first_day is not None
            return found.change(currency=currency, first_day=first_day, last_day=last_day, is_period_told=told)
        if found.currency != currency:
            raise FieldRefused("currency", "This bill is in %(currency)s.", currency=found.currency)
        return found

    @classmethod
    def check(cls, number: str, currency: str, first_day: date | None, last_day: date | None) -> str:
        """The bill's number as it is kept. Raises FieldRefused for what a bill cannot be."""
        number = " ".join(number.split())
        if not number or len(number) > 60:
            raise FieldRefused("number", "Write the bill's number, at most 60 characters.")
        if currency not in CURRENCIES:
            raise FieldRefused("currency", "Choose from the list.")
        if (first_day is None) != (last_day is None):
            raise FieldRefused("last_day", "Give both days of the period, or none.")
        if first_day and last_day and not 0 <= (last_day - first_day).days <= MOST_DAYS:
            raise FieldRefused(
                "last_day", "The period ends before it begins, or is longer than %(most)s days.", most=MOST_DAYS
            )
        return number

    @classmethod
    def page(cls, reach: Any, *, after: str = "", before: str = "", size: int = 30) -> Page:
        """The team's bills that have lines, with their carriers, newest first."""
        line = cls.lines.rel_model
        has_lines = peewee.fn.EXISTS(line.select(peewee.SQL("1")).where(line.bill == cls.id))
        query = cls.select(cls, Carrier).join(Carrier).where(cls.team == reach.team_id, has_lines)
        return page_of(query, Order((cls.created_at, cls.id)), after=after, before=before, size=size)

    def span(self, first: date | None, last: date | None) -> None:
        """Takes the period from the days of its lines, where nobody said it."""
        if not self.is_period_told and first and last and (first, last) != (self.first_day, self.last_day):
            self.change(first_day=first, last_day=last)


class BillFile(Record):
    """Which bill a file brings lines of."""

    bill = peewee.ForeignKeyField(CarrierBill, on_delete="CASCADE", backref="files")
    batch = peewee.ForeignKeyField(Import, on_delete="CASCADE", unique=True)

    about = About(why="which bill an imported file belongs to", keep="with the import", plain="id bill batch")

    @classmethod
    def of(cls, bill: CarrierBill, batch: Import) -> None:
        """Ties a file that was just taken in to its bill; a file that is looked at again may be tied to another."""
        with write_txn():
            cls.delete().where(cls.batch == batch).execute()
            cls.create(bill=bill, batch=batch)

    @classmethod
    def bill_of(cls, batch: Import) -> CarrierBill | None:
        found = cls.select(cls, CarrierBill, Carrier).join(CarrierBill).join(Carrier).where(cls.batch == batch).first()
        return found.bill if found else None
