"""What the reading of a price sheet found: what is wrong or doubtful in its cells, and which prices it would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import peewee

from models.freight.comparing import CHANGED, NEW, REMOVED, PriceChange
from models.freight.sheet_import import SheetImport
from models.freight.workbook.problem import ERROR, WARNING, Problem
from models.imports.entry import paged
from models.support.bulk import insert_rows
from models.support.fields import ExactDecimalField, StatusField
from models.support.paging import Order, Page, page_of
from models.support.record import About, Record
from models.support.words import Words

MOST_SIGNS = 40  # Of a number, as ExactDecimalField keeps it.


class SheetProblem(Record):
    """A cell that is wrong (error) or doubtful (warning). Row 0 means the whole sheet."""

    id = peewee.BigAutoField()
    batch = peewee.ForeignKeyField(SheetImport, on_delete="CASCADE", backref="problems")
    grade = StatusField(ERROR, WARNING)
    sheet = peewee.CharField(max_length=100)
    row = peewee.IntegerField()
    column = peewee.CharField(max_length=80)
    code = peewee.CharField(max_length=40)
    value = peewee.TextField(default="")
    words = peewee.TextField()

    about = About(why="the cells a person has to mend", keep="90 days",
                  plain="id batch grade sheet row column code value words")  # fmt: skip

    class Meta:
        indexes = ((("batch", "grade", "id"), False),)

    @property
    def sentence(self) -> Words:
        return Words.from_json(self.words)

    @classmethod
    def add(cls, batch: SheetImport, problems: Iterable[Problem]) -> None:
        rows = [
            (batch.id, one.grade, one.sheet[:100], one.row, one.column[:80], one.code, one.value[:80], one.words.to_json())
            for one in problems
        ]  # fmt: skip
        insert_rows(cls, ("batch", "grade", "sheet", "row", "column", "code", "value", "words"), rows)

    @classmethod
    def page(cls, batch: SheetImport, grade: str, *, after: str = "", before: str = "", size: int = 50) -> Page:
        found = cls.select().where(cls.batch == batch, cls.grade == grade)
        return page_of(found, Order((cls.id,), descending=False), after=after, before=before, size=size)

    @classmethod
    def of(cls, batch: SheetImport) -> Iterator[SheetProblem]:
        """All of them, errors first, read as they are needed."""
        yield from paged(lambda key: cls.page(batch, ERROR, after=key, size=500))
        yield from paged(lambda key: cls.page(batch, WARNING, after=key, size=500))


class SheetChange(Record):
    """A price that would change, kept in the order in which people look at them: the steepest first."""

    id = peewee.BigAutoField()
    batch = peewee.ForeignKeyField(SheetImport, on_delete="CASCADE", backref="changes")
    zone = peewee.CharField(max_length=80)
    band = peewee.CharField(max_length=60)
    what = peewee.CharField(max_length=40)
    kind = StatusField(CHANGED, NEW, REMOVED)
    old = ExactDecimalField(null=True)
    new = ExactDecimalField(null=True)
    percent = ExactDecimalField(null=True)
    is_steep = peewee.BooleanField()

    about = About(why="what a new price sheet would change", keep="90 days",
                  plain="id batch zone band what kind old new percent is_steep")  # fmt: skip

    class Meta:
        indexes = ((("batch", "id"), False),)

    @property
    def share(self) -> Decimal | None:
        """The change as a part of one."""
        return None if self.percent is None else self.percent / 100

    @classmethod
    def add(cls, batch: SheetImport, changes: Iterable[PriceChange]) -> None:
        rows = [
            (batch.id, one.zone[:80], one.band[:60], one.what[:40], one.kind, _text(one.old), _text(one.new),
             _text(one.percent), one.is_steep)
            for one in sorted(changes, key=_steepness)
        ]  # fmt: skip
        insert_rows(cls, ("batch", "zone", "band", "what", "kind", "old", "new", "percent", "is_steep"), rows)

    @classmethod
    def page(cls, batch: SheetImport, *, after: str = "", before: str = "", size: int = 50) -> Page:
        found = cls.select().where(cls.batch == batch)
        return page_of(found, Order((cls.id,), descending=False), after=after, before=before, size=size)

    @classmethod
    def of(cls, batch: SheetImport) -> Iterator[SheetChange]:
        return paged(lambda key: cls.page(batch, after=key, size=500))


def forget(batch: SheetImport) -> None:
    """Takes away what an earlier reading found."""
    for table in (SheetProblem, SheetChange):
        table.delete().where(table.batch == batch).execute()


def _steepness(change: PriceChange) -> tuple[Any, ...]:
    return not change.is_steep, -abs(change.percent if change.percent is not None else Decimal(0))


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")[:MOST_SIGNS]
