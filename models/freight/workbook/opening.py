"""The sheets of a price sheet: an .xlsx workbook, a ZIP archive of CSV files, or a folder of them. Formulas are read as values."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath

from models.imports.archive import require_harmless_archive
from models.imports.reading import Numbered, Shape, csv_shape, format_of, rows, sheet_names
from models.support.errors import Refused

MOST_BYTES, MOST_SHEETS, MOST_ROWS = 2 * 1024 * 1024, 20, 20_000

Sheets = list[tuple[str, list[Numbered]]]


def sheets_of(path: Path) -> Sheets:
    """Every sheet's name and its rows. Raises Refused for what is no price sheet, or is too large or harmful."""
    if not path.exists():
        raise Refused("There is no file %(name)s.", name=path.name)
    if path.is_dir():
        return _of_folder(path)
    if path.stat().st_size > MOST_BYTES:
        raise Refused("The file has more than %(most)s MB.", most=MOST_BYTES // 1024**2)
    if _is_archive_of_csv(path):
        with _unpacked(path) as folder:
            return _of_folder(folder)
    if format_of(path, path.name) == "csv":
        raise Refused("A price sheet has several sheets: use a workbook (.xlsx) or a ZIP archive of CSV files.")
    return _within((name, rows(path, Shape("xlsx", sheet=name))) for name in sheet_names(path))


def _of_folder(folder: Path) -> Sheets:
    files = sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".csv")
    if not files:
        raise Refused("There is no CSV file in %(name)s.", name=folder.name)
    return _within((path.stem, rows(path, csv_shape(path))) for path in files if path.stat().st_size)


def _within(found: Iterator[tuple[str, Iterator[Numbered]]]) -> Sheets:
    sheets, left = [], MOST_ROWS
    for name, lines in found:
        taken = list(islice(lines, left + 1))
        left -= len(taken)
        if left < 0:
            raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
        sheets.append((name, taken))
        if len(sheets) > MOST_SHEETS:
            raise Refused("The file has more than %(most)s sheets. Split it.", most=MOST_SHEETS)
    return sheets


def _is_archive_of_csv(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return "[Content_Types].xml" not in names and any(name.casefold().endswith(".csv") for name in names)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """The CSV files of an archive, in a folder of their own for as long as they are read."""
    require_harmless_archive(path)
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(path) as archive:
        folder = Path(name)
        for member in archive.infolist():
            inside = PurePosixPath(member.filename)
            if inside.suffix.casefold() == ".csv":
                (folder / f"{inside.stem[:60]}.csv").write_bytes(archive.read(member))
        yield folder
