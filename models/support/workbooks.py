"""Tables as an Excel workbook, written row by row in constant memory. Text is stored as text whatever it begins with, and what
begins like a formula also carries Excel's own mark for text, so that editing the cell does not turn it into one."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from xlsxwriter import Workbook

from models.support.sheets import Sheet, begins_like_formula

MOST_ROWS = 1_048_576  # Of a sheet; what is more goes on the next one.
MOST_TEXT = 32_767
MOST_DIGITS = 15  # Excel rounds longer numbers.
SAMPLED = 200
NARROWEST, WIDEST = 8, 60
SAFE = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True,
    "use_zip64": True,
}  # fmt: skip


def write_xlsx(target: str | IO[bytes], sheet: Sheet, records: Iterable[Any], *, scratch: Path | None = None) -> int:
    """Writes the workbook and returns its number of rows. What it needs on disk meanwhile lies in `scratch`; without one
    everything stays in memory, as personal data must."""
    return write_workbook(target, [(sheet, records)], scratch=scratch)


def write_workbook(
    target: str | IO[bytes], parts: Sequence[tuple[Sheet, Iterable[Any]]], *, scratch: Path | None = None
) -> int:
    """Writes several tables into one workbook, each on a sheet of its own. Returns the number of rows of all."""
    with tempfile.TemporaryDirectory(dir=scratch) if scratch else nullcontext() as folder:
        options = {"constant_memory": True, "tmpdir": folder} if folder else {"in_memory": True}
        book = Workbook(target, SAFE | options)
        try:
            rows = sum(_Writer(book, sheet).write(records) for sheet, records in parts)
            book.close()
            return rows
        finally:
            book.fileclosed = 1  # Half a workbook must not be finished when its object goes.


class _Writer:
    def __init__(self, book: Workbook, sheet: Sheet):
        self.book, self.sheet = book, sheet
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.quoted = book.add_format({"quote_prefix": True})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.heads = sheet.heads()
        self.widths = [_width(head) for head in self.heads]
        self.sheet_count = 0
        self.top = len(sheet.remarks)

    def write(self, records: Iterable[Any]) -> int:
        self.book.set_properties({
            "title": self.sheet.title, "author": self.sheet.author, "comments": "\n".join(self.sheet.remarks),
            "created": self.sheet.made_at,
        })  # fmt: skip
        count, row = 0, self._begin()
        for record in records:
            if row == MOST_ROWS:
                self._end(row)
                row = self._begin()
            cells = self.sheet.cells(record)
            if count < SAMPLED:
                self.widths = [max(width, _width(cell)) for width, cell in zip(self.widths, cells, strict=True)]
            self._row(row, cells)
            row, count = row + 1, count + 1
        self._end(row)
        return count

    def _begin(self) -> int:
        """Starts a sheet: remarks, then the head, which stays in sight. Returns the first free row."""
        self.sheet_count += 1
        self.page = self.book.add_worksheet(_tab(self.sheet.title, self.sheet_count))
        for place, remark in enumerate(self.sheet.remarks):
            self.page.write_string(place, 0, remark[:MOST_TEXT])
        for place, head in enumerate(self.heads):
            self.page.write_string(self.top, place, head, self.bold)
        self.page.freeze_panes(self.top + 1, 0)
        return self.top + 1

    def _end(self, row: int) -> None:
        for place, width in enumerate(self.widths):
            self.page.set_column(place, place, min(max(width + 2, NARROWEST), WIDEST))
        if row > self.top + 1:
            self.page.autofilter(self.top, 0, row - 1, len(self.heads) - 1)

    def _row(self, row: int, cells: Sequence[Any]) -> None:
        page = self.page
        for place, cell in enumerate(cells):
            if type(cell) is str:
                if cell:
                    page.write_string(row, place, _fitting(cell), self.quoted if begins_like_formula(cell) else None)
            elif cell is None:
                continue
            elif isinstance(cell, datetime):
                page.write_datetime(row, place, cell, self.moment)
            elif isinstance(cell, date):
                page.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), self.day)
            elif _is_exact(cell):
                page.write_number(row, place, cell)
            else:
                page.write_string(row, place, format(cell, "f") if isinstance(cell, Decimal) else str(cell))


def _fitting(text: str) -> str:
    text = text.encode("utf-8", "replace").decode() if not text.isascii() else text
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _is_exact(cell: Any) -> bool:
    """Can Excel keep the number to its last digit?"""
    if isinstance(cell, Decimal):
        return cell.is_finite() and len(cell.as_tuple().digits) <= MOST_DIGITS and abs(cell.adjusted()) <= MOST_DIGITS
    return isinstance(cell, int) and abs(cell) < 10**MOST_DIGITS


def _width(cell: Any) -> int:
    """How many characters wide it is; Chinese ones take two."""
    if isinstance(cell, datetime):
        return 19
    text = "" if cell is None else str(cell)[:WIDEST]
    return len(text) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in text if sign > "\u1100")


def _tab(title: str, number: int) -> str:
    name = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", title).strip()[:25] or "Sheet"
    return name if number == 1 else f"{name} {number}"
