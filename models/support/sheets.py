"""Tables that leave as files, safe to open: no cell ever becomes a formula, money is a number beside its currency, and the
head of a column of moments names their zone. CSV is here; the workbook is beside it (models/support/workbooks.py)."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from models.support.money import Money
from models.support.words import Words, say

BOM = "\ufeff".encode()
PIECE = 64 * 1024
FORMULA_SIGNS = (
    "=+-@\u2212"  # The last one is the true minus; the full-width forms become these when they are normalized.
)
PLAIN_NUMBER = re.compile(r"-?\d+([.,]\d+)?", re.ASCII)
KINDS = ("text", "number", "money", "moment")


@dataclass(frozen=True)
class SheetColumn:
    """One column of a file: its head, what kind of values it holds, and how a record gives one."""

    label: str
    value: Callable[[Any], Any]
    kind: str = "text"


@dataclass(frozen=True)
class Sheet:
    """What a file shows. `remarks` stand above the head; `zone` is that of the moments; the rest goes into a workbook's
    properties."""

    title: str
    columns: Sequence[SheetColumn]
    zone: str
    remarks: Sequence[str] = ()
    author: str = ""
    made_at: datetime = field(default_factory=lambda: datetime(2000, 1, 1))

    def heads(self) -> list[str]:
        """The heads of the cells; money takes two."""
        heads: list[str] = []
        for column in self.columns:
            if column.kind == "moment":
                heads.append(f"{column.label} ({self.zone})")
            else:
                heads.append(column.label)
            if column.kind == "money":
                heads.append(str(say("%(what)s (currency)", what=column.label)))
        return heads

    def cells(self, record: Any) -> list[Any]:
        """The cells of a record: text, int, Decimal, date, a moment on the zone's clock, or None."""
        cells: list[Any] = []
        for column in self.columns:
            value = column.value(record)
            kind = type(value)
            if column.kind == "money":
                cells += (value.amount, value.currency) if kind is Money else (plain(value), None)
            elif kind is str or kind is int or value is None:
                cells.append(value)
            elif kind is datetime:
                cells.append(on_clock(value, self.zone))
            else:
                cells.append(plain(value))
        return cells


def plain(value: Any) -> Any:
    """A value as a cell can hold it."""
    if value is None or isinstance(value, (str, Decimal, date)):
        return value
    if isinstance(value, bool):
        return str(say("Yes") if value else say("No"))
    if isinstance(value, int):
        return value
    if isinstance(value, Money):
        return f"{value.text()} {value.currency}".strip()
    if isinstance(value, (list, tuple)):
        return ", ".join(str(plain(one)) for one in value)
    return str(value)


@lru_cache(maxsize=10_000)
def offset_of(day: date, zone: str) -> timedelta | None:
    """How far the clock of a zone is ahead of UTC all through a day of UTC; None on a day on which it is turned."""
    midnight = datetime(day.year, day.month, day.day)
    first, last = (_ahead(moment, zone) for moment in (midnight, midnight + timedelta(days=1)))
    return first if first == last else None


def _ahead(moment: datetime, zone: str) -> timedelta:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def on_clock(moment: datetime, zone: str) -> datetime:
    """A moment (naive UTC) on the clock of a zone, to the second. The moments of a day share an offset, so it is looked up."""
    offset = offset_of(moment.date(), zone)
    if moment.microsecond:
        moment = moment.replace(microsecond=0)
    return moment + (_ahead(moment, zone) if offset is None else offset)


# Cells that begin like a formula


def begins_like_formula(text: str) -> bool:
    """Would a spreadsheet take the text for a formula? Blanks and invisible signs before it deceive nobody."""
    if not text or text[0].isalnum():
        return False
    if PLAIN_NUMBER.fullmatch(text):
        return False
    for sign in text:
        if sign in "\t\r\n":
            return True
        if not (sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf")):
            return unicodedata.normalize("NFKC", sign)[:1] in FORMULA_SIGNS
    return False


def neutral(text: str) -> str:
    """The text as it may stand in a CSV: an apostrophe before what begins like a formula, unless it is a plain number."""
    return "'" + text if begins_like_formula(text) else text


# CSV


def write_csv(sheet: Sheet, records: Iterable[Any]) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with a byte order mark, every cell quoted, lines ended as Excel wants them."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    write = writer.writerow
    for remark in sheet.remarks:
        write([neutral(f"# {remark}")])
    write([neutral(head) for head in sheet.heads()])
    yield BOM
    for record in records:
        write([_written(cell) for cell in sheet.cells(record)])
        if buffer.tell() >= PIECE:
            yield _emptied(buffer)
    if buffer.tell():
        yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return piece


def _written(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell if cell[:1].isalnum() else neutral(cell)  # Most text begins with a letter: the short way.
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell)


def kind_of(values: Iterable[Any]) -> str:
    """Of which kind a column is, told by its first values."""
    for value in values:
        if isinstance(value, Money):
            return "money"
        if isinstance(value, datetime):
            return "moment"
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return "number"
        if isinstance(value, (str, Words)) and value != "":
            return "text"
    return "text"
