"""The files an import gives back: the empty one to fill in, and the wrong rows with what is wrong beside them.

Both are safe to open (models/support/sheets.py) and can be imported again as they are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

from models.imports.cells import clean
from models.imports.entry import ImportRowError
from models.imports.fields import field_of
from models.imports.importer import Importer
from models.imports.reading import rows
from models.imports.record import Import
from models.support.sheets import BOM, Sheet, SheetColumn, neutral, write_csv
from models.support.words import Words, say
from models.support.workbooks import SAFE, write_xlsx


def template_csv(importer: Importer, reach: Any) -> bytes:
    """The line of headings."""
    return BOM + (",".join(map(neutral, importer.columns(reach))) + "\r\n").encode()


def template_xlsx(importer: Importer, reach: Any) -> bytes:
    """The line of headings, cells as text so that codes keep their digits, and a sheet that says what each column is."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, SAFE | {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
        columns = list(importer.columns(reach))
        page = book.add_worksheet(str(importer.title)[:25] or "Sheet")
        page.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            page.set_column(place, place, max(12, len(column) + 2), text)
            page.write_string(0, place, column, bold)
        about = book.add_worksheet(str(say("What the columns are"))[:25])
        lines = [[str(word) for word in HEADINGS], *_explained(importer, columns)]
        for number, line in enumerate(lines):
            for place, cell in enumerate(line):
                about.write_string(number, place, cell, bold if number == 0 else None)
        about.set_column(0, 3, 30)
    return out.getvalue()


HEADINGS = (say("Column"), say("What it is"), say("Needed"), say("Other headings that are understood"))


def _explained(importer: Importer, columns: list[str]) -> Iterator[list[str]]:
    for column in columns:
        if (field := field_of(importer.fields, column)) is not None:
            needed = str(say("Yes")) if field.required else ""
            yield [column, field.label_of(column), needed, ", ".join(field.aliases)]


# The wrong rows


def errors_csv(batch: Import, folder: Path) -> Iterator[bytes]:
    return write_csv(_sheet(batch), _wrong_rows(batch, folder))


def errors_xlsx(batch: Import, folder: Path) -> bytes:
    out = io.BytesIO()
    write_xlsx(out, _sheet(batch), _wrong_rows(batch, folder), scratch=folder)
    return out.getvalue()


def _sheet(batch: Import) -> Sheet:
    def cell(place: int) -> SheetColumn:
        return SheetColumn(batch.headings[place], lambda record: record[2][place])

    extra = (
        SheetColumn(str(say("Row")), lambda record: record[0], "number"),
        SheetColumn(str(say("What is wrong")), lambda record: record[1]),
    )
    return Sheet(batch.name, [*extra, *map(cell, range(len(batch.headings)))], "UTC")


def _wrong_rows(batch: Import, folder: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Each wrong row with its sentences, in the order of the file; neither is ever held as a whole."""
    found = rows(batch.original(folder), batch.shape)
    for number, errors in groupby(ImportRowError.of(batch), key=lambda error: error.row):
        cells: list[str] = next((cells for row, cells in found if row == number), [])
        words = "; ".join(_worded(error.column, error.sentence) for error in errors)
        filled = [clean(cell) for cell in cells[: len(batch.headings)]]
        yield number, words, [cell or "" for cell, _ in zip_longest(filled, batch.headings)]


def _worded(column: str, sentence: Words) -> str:
    return f"{column}: {sentence}"
