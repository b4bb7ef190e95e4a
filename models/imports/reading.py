"""Reading a sheet: which columns it has, how many rows, and the rows one after the other, never all at once.

Rows are counted as a spreadsheet counts them. A file that is no sheet is refused in a sentence before anything is parsed.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from models.imports import workbook_reader as program
from models.imports.archive import ARCHIVES, DAMAGED, require_harmless_workbook
from models.imports.cells import clean
from models.imports.encodings import ENCODINGS, encoding_of
from models.imports.fields import Field, guess
from models.support.errors import Refused
from models.support.words import say

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 20 * 1024 * 1024, 50_000, 500
HEADER_WITHIN, SAMPLE_ROWS = 10, 3
DELIMITERS = {",": ",", ";": ";", "\t": "tab"}
PROBLEMS = {
    program.PASSWORD: say("The workbook is protected by a password. Save it without one."),
    program.DAMAGED: DAMAGED,
    program.NO_SHEET: say("The workbook has no such visible sheet."),
}
TOO_MUCH = say("The workbook takes too much memory or time to read. Split it.")
_readers = threading.BoundedSemaphore(2)  # Each may use a gigabyte while it reads.
csv.field_size_limit(MOST_BYTES)  # A long cell is a wrong cell, not a wrong file.

Numbered = tuple[int, list[str]]


@dataclass(frozen=True)
class Shape:
    """How a file is read. `header_row` counts from 1."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 0


@dataclass
class Survey:
    """What is in a file: how it is read, its headings, the first rows below them, and how many there are."""

    shape: Shape
    sheets: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    sample: list[list[str]] = field(default_factory=list)
    row_count: int = 0


def format_of(path: Path, name: str) -> str:
    """ "csv" or "xlsx", by what the file holds and not by what it is called. Raises Refused for anything else."""
    ending = name.casefold().rpartition(".")[2]
    with path.open("rb") as file:
        head = file.read(8)
        if not head:
            raise Refused("The file is empty.")
        if head[:4] == b"\xd0\xcf\x11\xe0":
            rest = file.read()
            if "EncryptedPackage".encode("utf-16-le") in rest:
                raise Refused("The workbook is protected by a password. Save it without one.")
            raise Refused("This is an old Excel workbook (.xls). Save it as .xlsx.")
    if ending in ("xlsm", "xltm", "xlam", "xlsb"):
        raise Refused("The workbook may hold macros (.%(ending)s). Save it as .xlsx.", ending=ending)
    if head[:4] == b"PK\x03\x04":
        require_harmless_workbook(path)
        return "xlsx"
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", *ARCHIVES)):
        raise Refused("This is no sheet. Import a CSV file or an Excel workbook (.xlsx).")
    return "csv"


def survey(path: Path, shape: Shape, fields: Sequence[Field]) -> Survey:
    """Looks through the whole file once. What the shape leaves open is found out."""
    if shape.format == "csv":
        shape = replace(shape, encoding=shape.encoding or encoding_of(path))
        shape = replace(shape, delimiter=shape.delimiter or _delimiter_of(path, shape.encoding))
    made = Survey(shape)
    first: list[Numbered] = []
    filled = 0
    with closing(_all_rows(path, shape, made)) as rows:
        for number, cells in rows:
            if len(cells) > MOST_COLUMNS:
                raise Refused("The file has more than %(most)s columns.", most=MOST_COLUMNS)
            filled += 1
            if number <= HEADER_WITHIN + SAMPLE_ROWS or len(first) <= SAMPLE_ROWS:
                first.append((number, [clean(cell[:500]) for cell in cells]))
            if filled > MOST_ROWS + HEADER_WITHIN:
                break
    return _headed(made, first, filled, fields)


def _headed(made: Survey, first: list[Numbered], filled: int, fields: Sequence[Field]) -> Survey:
    """Finds the row of headings: the one given, else that of the first ten in which most headings are known."""
    if not first:
        raise Refused("The file has no rows.")
    wanted = made.shape.header_row
    near = [row for row in first if row[0] <= HEADER_WITHIN] or first[:1]
    number, headings = max(
        near, key=lambda row: (row[0] == wanted, sum(map(bool, guess(fields, row[1]))), -row[0])
    )  # fmt: skip
    while headings and not headings[-1]:
        headings.pop()
    above = sum(row[0] <= number for row in first)
    made.shape = replace(made.shape, header_row=number)
    made.headings = [heading[:120] for heading in headings]
    made.sample = [[cell[:60] for cell in cells] for row, cells in first if row > number][:SAMPLE_ROWS]
    made.row_count = filled - above
    if made.row_count > MOST_ROWS:
        raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
    return made


def rows(path: Path, shape: Shape) -> Generator[Numbered]:
    """The rows below the headings that hold anything, with their numbers."""
    with closing(_all_rows(path, shape, Survey(shape))) as found:
        for number, cells in found:
            if number > shape.header_row:
                yield number, cells


def csv_shape(path: Path) -> Shape:
    """How a CSV file is read, with its first row counted as any other."""
    encoding = encoding_of(path)
    return Shape("csv", encoding, _delimiter_of(path, encoding))


def _all_rows(path: Path, shape: Shape, made: Survey) -> Generator[Numbered]:
    source = _csv_rows(path, shape) if shape.format == "csv" else _workbook_rows(path, shape, made)
    with closing(source) as found:
        for number, cells in enumerate(found, start=1):
            if any(cell and not cell.isspace() for cell in cells):
                yield number, cells


def _csv_rows(path: Path, shape: Shape) -> Generator[list[str]]:
    if shape.encoding not in ENCODINGS or shape.delimiter not in DELIMITERS:
        raise Refused("Choose from the list.")
    try:
        with path.open(encoding=shape.encoding, newline="") as file:
            yield from csv.reader(file, delimiter=shape.delimiter)
    except UnicodeError:
        raise Refused("The file cannot be read as %(encoding)s.", encoding=ENCODINGS[shape.encoding]) from None
    except csv.Error as error:
        raise Refused("The file cannot be read as CSV (%(problem)s).", problem=error) from None


def _delimiter_of(path: Path, encoding: str) -> str:
    """What stands most often in the first lines."""
    with path.open(encoding=encoding, newline="") as file:
        head = "".join(line for line, _ in zip((file.readline(20_000) for _ in range(100)), range(10), strict=False))
    return max(DELIMITERS, key=head.count)


def _workbook_rows(path: Path, shape: Shape, made: Survey) -> Generator[list[str]]:
    """Rows as the reading program prints them. Raises Refused when it ends badly."""
    with closing(printed_by(program, str(path), shape.sheet)) as printed:
        for head in printed:
            made.sheets = [name[:100] for name in head["sheets"]]
            made.shape = replace(made.shape, sheet=head["sheet"])
            break
        yield from printed


def printed_by(reader: ModuleType, *arguments: str) -> Generator[Any]:
    """The JSON lines that a reading program prints about a workbook. Raises Refused when it ends badly."""
    with _readers:
        command = [sys.executable, "-I", str(reader.__file__), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        assert process.stdout is not None
        try:
            for line in process.stdout:
                yield json.loads(line)
            code = process.wait()
        except ValueError:  # It broke in the middle of a line.
            code = program.TOO_LARGE
        finally:
            process.kill()
            process.stdout.close()
            process.wait()
    if code:
        raise Refused(PROBLEMS.get(code, TOO_MUCH))
