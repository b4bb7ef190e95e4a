"""A program of its own that prints every sheet of a workbook as JSON lines, started by models/freight/workbook/opening.py.

It prints what a person sees: merged cells count for every row they cover, and a formula without a value, or with an error for a
value, is printed as such instead of as an empty cell. Like models/imports/workbook_reader.py it has limits and may break.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from xml.parsers import expat

MEMORY, SECONDS, MOST_PART = 1024 * 1024 * 1024, 60, 100 * 1024 * 1024
MOST_COLUMNS, MOST_TEXT = 500, 32_767  # A spreadsheet's own limit of a cell.
PASSWORD, DAMAGED, NO_SHEET, TOO_LARGE = 3, 4, 5, 6
MARKED = re.compile(rb"""<(\w+:)?f[\s/>]|\st=["']e["']""")
Marks = dict[int, dict[int, str]]


def main(path: str) -> int:
    """For each sheet a line {"sheet": its name, "hidden": whether}, then [number, texts] for each row that holds anything."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        found = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
        if not any(one.visible == calamine.SheetVisibleEnum.Visible for one in found):
            return NO_SHEET
        with zipfile.ZipFile(path) as archive:
            parts = parts_of(archive)
            for one in found:
                is_hidden = one.visible != calamine.SheetVisibleEnum.Visible
                put({"sheet": one.name, "hidden": is_hidden})
                if not is_hidden:
                    show(book.get_sheet_by_name(one.name), marks_of(archive, parts.get(one.name, "")))
    except calamine.PasswordError:
        return PASSWORD
    except MemoryError:
        return TOO_LARGE
    except BrokenPipeError:
        return 0
    except BaseException:  # Whatever the reader stumbles over, in its own words or as a panic.
        return DAMAGED
    return 0


def show(sheet, marks: Marks) -> None:
    first = sheet.start[1] if sheet.start else 0  # Rows begin with the first column that holds anything.
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top:
            merged.setdefault(top, []).append((left, bottom))
    going_on: dict[int, tuple[int, str]] = {}
    for at, row in enumerate(sheet.iter_rows()):
        if not (going_on or at in marks or at in merged or any(cell != "" for cell in row)):
            continue
        if first + len(row) > MOST_COLUMNS:
            row = row[: max(0, last_filled(row) + 1)]
        cells = [""] * min(first, MOST_COLUMNS + 1) + [text(cell) for cell in row[: MOST_COLUMNS + 1]]
        if first + len(row) > MOST_COLUMNS:  # Whoever reads this refuses so many.
            cells = ["…"] * (MOST_COLUMNS + 1)
        mend(cells, marks.get(at, {}))
        for column, (bottom, value) in list(going_on.items()):
            if at > bottom:
                del going_on[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = value
        for left, bottom in merged.get(at, ()):
            if left < len(cells) and cells[left]:
                going_on[left] = (bottom, cells[left])
        if any(cells):
            put([at + 1, cells])


def last_filled(row: list) -> int:
    return max((at for at, cell in enumerate(row) if cell != ""), default=-1)


def mend(cells: list[str], marks: dict[int, str]) -> None:
    """Puts marks where nothing else stands."""
    for column, mark in marks.items():
        if column <= MOST_COLUMNS and not (column < len(cells) and cells[column]):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = mark


def parts_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → its part of the archive."""
    targets = {
        one["Id"]: one.get("Target", "")
        for name, one in elements(archive, "xl/_rels/workbook.xml.rels")
        if name == "Relationship" and "Id" in one
    }
    found = {}
    for name, one in elements(archive, "xl/workbook.xml"):
        if name == "sheet":
            target = targets.get(next((value for key, value in one.items() if key.endswith(":id")), ""), "")
            found[one.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    if part in archive.namelist():
        parser = careful_parser()
        parser.StartElementHandler = lambda name, values: found.append((name.rpartition(":")[2], values))
        parser.Parse(content(archive, part), True)
    return found


def marks_of(archive: zipfile.ZipFile, part: str) -> Marks:
    """Cells by row and column whose formula has no value (as `=formula`) or an error for a value (as `#REF!`)."""
    if part not in archive.namelist():
        return {}
    data = content(archive, part)
    if not MARKED.search(data):
        return {}
    return _Marks().read(data)


class _Marks:
    def __init__(self) -> None:
        self.found: Marks = {}
        self.row, self.column, self.is_error, self.value, self.inside = -1, -1, False, "", ""
        self.formula: str | None = None

    def read(self, data: bytes) -> Marks:
        parser = careful_parser()
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.said
        parser.Parse(data, True)
        return self.found

    def start(self, name: str, values: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self.inside = name
        if name == "row":
            self.row = int(values["r"]) - 1 if "r" in values else self.row + 1
            self.column = -1
        elif name == "c":
            self.column = column_of(values["r"]) if "r" in values else self.column + 1
            self.is_error, self.formula, self.value = values.get("t") == "e", None, ""
        elif name == "f":
            self.formula = ""

    def said(self, text: str) -> None:
        if self.inside == "f":
            self.formula = ((self.formula or "") + text)[:80]
        elif self.inside in ("v", "t"):
            self.value = (self.value + text)[:80]

    def end(self, name: str) -> None:
        self.inside = ""
        if name.rpartition(":")[2] == "c":
            if self.is_error:
                self.found.setdefault(self.row, {})[self.column] = self.value or "#VALUE!"
            elif self.formula is not None and not self.value:
                self.found.setdefault(self.row, {})[self.column] = "=" + self.formula


def column_of(place: str) -> int:
    """`B3` is in column 1."""
    number = 0
    for sign in place:
        if not sign.isalpha():
            break
        number = number * 26 + ord(sign.upper()) - 64
    return number - 1


def content(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as file:
        data = file.read(MOST_PART + 1)
    if len(data) > MOST_PART:
        raise MemoryError
    return data


def careful_parser():
    """A parser that stops at a DOCTYPE, which no spreadsheet program writes and every XML bomb needs."""

    def refuse(*_: object) -> None:
        raise ValueError("DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


def put(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def text(cell: object) -> str:
    """A cell as a person sees it: whole numbers without a point, fifteen digits, days as 2026-11-30."""
    if isinstance(cell, str):
        return cell[:MOST_TEXT]
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        number = format(Decimal(f"{cell:.15g}"), "f")
        return number.rstrip("0").rstrip(".") if "." in number else number
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
