"""What a batch keeps while it works and shows when it is done: packed answers, bundle by bundle, and the cells it could not read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import peewee

from models.freight.batch.record import QuoteBatch
from models.imports.importer import CellError
from models.support.bulk import insert_rows
from models.support.paging import Order, Page, page_of
from models.support.record import About, Record
from models.support.words import Words


class QuoteBatchPart(Record):
    """The answers to one bundle of parcels, packed; no address stands in them."""

    id = peewee.BigAutoField()
    batch = peewee.ForeignKeyField(QuoteBatch, on_delete="CASCADE", index=False, backref="parts")
    number = peewee.IntegerField()
    content = peewee.BlobField()

    about = About(
        why="a killed batch goes on where it was", keep="until its sheets are written", plain="id batch number content"
    )

    class Meta:
        indexes = ((("batch", "number"), True),)

    @classmethod
    def keep(cls, batch: QuoteBatch, number: int, answers: Sequence[Any]) -> None:
        text = json.dumps(answers, ensure_ascii=False, separators=(",", ":"))
        cls.create(batch=batch, number=number, content=zlib.compress(text.encode(), 3))

    @classmethod
    def count_of(cls, batch: QuoteBatch) -> int:
        return cls.select().where(cls.batch == batch).count()

    @classmethod
    def of(cls, batch: QuoteBatch, number: int) -> list[Any]:
        part = cls.select(cls.content).where(cls.batch == batch, cls.number == number).get()
        return json.loads(zlib.decompress(bytes(part.content)))


class QuoteBatchError(Record):
    """A cell of the file that could not be read."""

    id = peewee.BigAutoField()
    batch = peewee.ForeignKeyField(QuoteBatch, on_delete="CASCADE", index=False, backref="errors")
    row = peewee.IntegerField()
    column = peewee.CharField(max_length=120)
    value = peewee.CharField(max_length=80, default="")
    words = peewee.TextField()

    about = About(why="the rows a person has to mend", keep="with its batch", plain="id batch row column value words")

    class Meta:
        indexes = ((("batch", "row", "id"), False),)

    @property
    def sentence(self) -> Words:
        return Words.from_json(self.words)

    @classmethod
    def add(cls, batch: QuoteBatch, errors: Iterable[CellError]) -> None:
        headings = dict(zip(batch.mapping, batch.headings, strict=False))
        rows = [
            (
                batch.id,
                error.row,
                (headings.get(error.column) or error.column)[:120],
                error.value[:80],
                error.words.to_json(),
            )
            for error in errors
        ]
        insert_rows(cls, ("batch", "row", "column", "value", "words"), rows)

    @classmethod
    def page(cls, batch: QuoteBatch, *, after: str = "", before: str = "", size: int = 50) -> Page:
        found = cls.select().where(cls.batch == batch)
        return page_of(found, Order((cls.row, cls.id), descending=False), after=after, before=before, size=size)

    @classmethod
    def every(cls, batch: QuoteBatch) -> Iterator[QuoteBatchError]:
        """All of them in the order of the file, read as they are needed."""
        key: str | None = ""
        while key is not None:
            page = cls.page(batch, after=key, size=500)
            yield from page
            key = page.next_key
