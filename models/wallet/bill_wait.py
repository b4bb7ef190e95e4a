"""An agreed difference of a bill that no wallet took yet, and why. The row is gone as soon as it was posted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.freight.bills.line import BillLine
from models.support.bulk import among
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record, created_at
from models.support.words import Words


class BillWait(Record):
    line: Any = peewee.ForeignKeyField(BillLine, unique=True, on_delete="CASCADE", backref="waits")
    reason = peewee.TextField()
    since: UtcField = created_at()

    about = About(
        why="why a bill's difference is in no wallet yet", keep="until it was posted", plain="id line reason since"
    )

    @classmethod
    def note(cls, line: BillLine, why: Words) -> None:
        """What is written down already is left as it is."""
        text = why.to_json()
        with write_txn():
            known = cls.get_or_none(cls.line == line)
            if known is None:
                cls.insert(line=line, reason=text).on_conflict_ignore().execute()
            elif known.reason != text:
                known.change(reason=text)

    @classmethod
    def forget(cls, line: BillLine) -> None:
        cls.delete().where(cls.line == line).execute()

    @classmethod
    def why(cls, lines: Iterable[Any]) -> dict[int, Words]:
        """By the line's id."""
        found = cls.select().where(among(cls.line, [line.id for line in lines]))
        return {one.line_id: Words.from_json(one.reason) for one in found}
