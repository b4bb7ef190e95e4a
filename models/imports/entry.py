"""What a dry run found: an entry for each record of the file, and an error for each wrong cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import peewee

from models.imports.importer import CellError, Planned
from models.imports.record import Import
from models.support.bulk import insert_rows, raw_rows
from models.support.fields import JsonField, StatusField
from models.support.paging import Order, Page, page_of
from models.support.record import About, Record
from models.support.words import Words

MOST_SHOWN = 300
DONE = ("created", "changed", "unchanged", "refused", "held")


class ImportEntry(Record):
    """A record of the file: what it would do, and once applied what came of it. `held` waits for another look."""

    id = peewee.BigAutoField()
    batch = peewee.ForeignKeyField(Import, on_delete="CASCADE", backref="entries")
    key = peewee.CharField(max_length=200)
    row = peewee.IntegerField()
    verb = StatusField("new", "changed", "unchanged", "refused")
    differences = JsonField(default=list)
    digest = peewee.CharField(max_length=32)
    outcome = StatusField("", *DONE, default="")

    about = About(why="what a dry run found and what came of it", keep="90 days",
                  plain="id batch key row verb differences digest outcome")  # fmt: skip

    class Meta:
        indexes = ((("batch", "verb", "id"), False), (("batch", "outcome", "id"), False))

    @classmethod
    def add(cls, batch: Import, plans: Iterable[Planned]) -> None:
        importer = batch.importer
        names = ("batch", "key", "row", "verb", "differences", "digest", "outcome")
        rows = [
            (batch.id, plan.record.key[:200], plan.record.rows[0].number, plan.verb,
             shown(importer, plan.differences) if plan.verb == "changed" else [], plan.digest, "")
            for plan in plans
        ]  # fmt: skip
        insert_rows(cls, names, rows)

    @classmethod
    def left_of(cls, batch: Import) -> dict[str, tuple[int, str]]:
        """Records that are still to be applied: key → (id, digest of what was seen)."""
        left = cls.select(cls.key, cls.id, cls.digest).where(
            cls.batch == batch, cls.outcome == "", cls.verb.in_(("new", "changed"))
        )
        return {key: (number, digest) for key, number, digest in raw_rows(left)}

    @classmethod
    def counted(cls, batch: Import, column: Any) -> dict[str, int]:
        count = peewee.fn.COUNT(peewee.SQL("1"))
        query = cls.select(column, count).where(cls.batch == batch).group_by(column)
        return {word: number for word, number in raw_rows(query) if word}

    @classmethod
    def page(cls, batch: Import, outcome: str = "", *, after: str = "", before: str = "", size: int = 50) -> Page:
        """Records that would change (or that came out so), in the order of the file."""
        wanted = cls.outcome == outcome if outcome else cls.verb == "changed"
        found = cls.select().where(cls.batch == batch, wanted)
        return page_of(found, Order((cls.id,), descending=False), after=after, before=before, size=size)

    @classmethod
    def all_changed(cls, batch: Import) -> Iterator[ImportEntry]:
        """Every record that would change, read as they are needed."""
        return paged(lambda key: cls.page(batch, after=key, size=500))


class ImportRowError(Record):
    """A wrong cell: where it stands in the file, what it says, and what is wrong with it."""

    id = peewee.BigAutoField()
    batch = peewee.ForeignKeyField(Import, on_delete="CASCADE", backref="row_errors")
    row = peewee.IntegerField()
    column = peewee.CharField(max_length=120)
    value = peewee.TextField(default="")
    words = peewee.TextField()

    about = About(why="the rows a person has to mend", keep="90 days", plain="id batch row column value words")

    class Meta:
        indexes = ((("batch", "row", "id"), False),)

    @property
    def sentence(self) -> Words:
        return Words.from_json(self.words)

    @classmethod
    def add(cls, batch: Import, errors: Iterable[CellError]) -> None:
        rows = [
            (batch.id, e.row, batch.heading_of(e.column)[:120], e.value[:80], e.words.to_json()) for e in errors
        ]  # fmt: skip
        insert_rows(cls, ("batch", "row", "column", "value", "words"), rows)

    @classmethod
    def page(cls, batch: Import, *, after: str = "", before: str = "", size: int = 50) -> Page:
        found = cls.select().where(cls.batch == batch)
        return page_of(found, Order((cls.row, cls.id), descending=False), after=after, before=before, size=size)

    @classmethod
    def of(cls, batch: Import) -> Iterator[ImportRowError]:
        """All of them in the order of the file, read as they are needed."""
        return paged(lambda key: cls.page(batch, after=key, size=500))

    @classmethod
    def rows_of(cls, batch: Import) -> int:
        """How many rows are wrong."""
        return cls.select(peewee.fn.COUNT(peewee.fn.DISTINCT(cls.row))).where(cls.batch == batch).scalar() or 0


def paged(page_after: Callable[[str], Page]) -> Iterator[Any]:
    """The rows of one page after the other."""
    key: str | None = ""
    while key is not None:
        page = page_after(key)
        yield from page
        key = page.next_key


def shown(importer: Any, differences: dict[str, tuple[Any, Any]]) -> list[list[str]]:
    """Old and new in words that fit a table: [name, old, new]."""
    return [
        [name[:120], *(importer.shown(name, value)[:MOST_SHOWN] for value in pair)]
        for name, pair in differences.items()
    ]
