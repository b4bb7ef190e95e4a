"""Price sheets as files: workbooks and archives made of rows, for those who bring them in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook

from tests.freight.sheets import LINE

Rows = Sequence[Sequence[Any]]


def rows(text: str) -> list[list[str]]:
    return [row.split(",") for row in text.split(";")]


def workbook(sheets: Mapping[str, str | Rows], then: Callable[[Workbook], None] | None = None) -> bytes:
    """An .xlsx of these sheets; text is parted as in `sheets.py`. `then` may add what rows cannot say."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, lines in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows(lines) if isinstance(lines, str) else lines):
                page.write_row(number, 0, row)
        if then:
            then(book)
    return out.getvalue()


def archive(sheets: Mapping[str, str], encoding: str = "utf-8", folder: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in sheets.items():
            packed.writestr(f"{folder}{name}.csv", text.replace(";", "\r\n").encode(encoding))
    return out.getvalue()


def line(**changes: str) -> dict[str, str]:
    return {**LINE, **changes}
