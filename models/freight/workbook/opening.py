"""The sheets of a price sheet: an .xlsx workbook, a ZIP archive of CSV files, or a folder of them. Formulas are read as values."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath

from models.freight.workbook import program
from models.freight.workbook.headings import ALIASES
from models.freight.workbook.sheet_kinds import kind_of
from models.freight.workbook.table import HEADINGS_WITHIN, Table
from models.imports.archive import DAMAGED, require_harmless_archive, require_harmless_workbook
from models.imports.reading import TOO_MUCH, Numbered, csv_shape, format_of, printed_by, rows
from models.support.errors import Refused

MOST_BYTES, MOST_SHEETS, MOST_ROWS = 2 * 1024 * 1024, 20, 20_000
MOST_LINES = 3 * MOST_ROWS  # Of all sheets together, whatever they are.
MOST_COLUMNS, MOST_SIGNS, MOST_CSV = (
    500,
    30_000_000,
    8 * 1024 * 1024,
)  # Of a row, of all cells, of a CSV file in an archive.

Sheets = list[tuple[str, list[Numbered]]]


class Opened(Sheets):
    """The sheets of a file, and the names of those that are hidden and were not read."""

    hidden: tuple[str, ...] = ()


def form_of(path: Path, name: str) -> str:
    """ "xlsx" or "zip", by what the file holds. Raises Refused for what is neither, is too large, or may harm."""
    if path.stat().st_size > MOST_BYTES:
        raise Refused("The file has more than %(most)s MB.", most=MOST_BYTES // 1024**2)
    if _is_archive_of_csv(path):
        require_harmless_archive(path)
        return "zip"
    if format_of(path, name) == "csv":
        raise Refused("A price sheet has several sheets: use a workbook (.xlsx) or a ZIP archive of CSV files.")
    return "xlsx"


def sheets_of(path: Path) -> Opened:
    """Every sheet's name and its rows. Raises Refused for what is no price sheet, or is too large or harmful."""
    if not path.exists():
        raise Refused("There is no file %(name)s.", name=path.name)
    if path.is_dir():
        return _of_folder(path)
    if form_of(path, path.name) == "xlsx":
        return _of_workbook(path)
    with _unpacked(path) as folder:
        return _of_folder(folder)


def _of_workbook(path: Path) -> Opened:
    require_harmless_workbook(path)
    sheets, hidden, lines, budget = Opened(), [], 0, _Budget()
    with closing(printed_by(program, str(path))) as printed:
        for value in printed:
            if isinstance(value, dict):
                if value["hidden"]:
                    hidden.append(value["sheet"])
                else:
                    sheets.append((value["sheet"], []))
                    _require_few(sheets)
                continue
            lines += 1
            if lines > MOST_LINES:
                raise _too_long()
            sheets[-1][1].append((value[0], budget.taken(value[1])))
            if len(sheets[-1][1]) > MOST_ROWS + HEADINGS_WITHIN:
                raise _too_long()
    sheets.hidden = tuple(hidden)
    return _counted(sheets)


def _of_folder(folder: Path) -> Opened:
    files = sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".csv")
    if not files:
        raise Refused("There is no CSV file in %(name)s.", name=folder.name)
    sheets, left, budget = Opened(), MOST_LINES, _Budget()
    for path in files:
        lines = _lines(path, min(left, MOST_ROWS + HEADINGS_WITHIN) + 1)
        left -= len(lines)
        if left < 0:
            raise _too_long()
        sheets.append((path.stem, [(number, budget.taken(cells)) for number, cells in lines]))
        _require_few(sheets)
    return _counted(sheets)


def _lines(path: Path, most: int) -> list[Numbered]:
    """The rows of a CSV file. One that is no part of a price sheet may be written as it likes."""
    try:
        return list(islice(rows(path, csv_shape(path)), most)) if path.stat().st_size else []
    except Refused:
        if kind_of(path.stem) is None:
            return []
        raise


class _Budget:
    """How much text a file may hold: a small archive can name one long text in many cells."""

    def __init__(self) -> None:
        self.left = MOST_SIGNS

    def taken(self, cells: list[str]) -> list[str]:
        while cells and not cells[-1]:
            cells.pop()
        self.left -= sum(map(len, cells))
        if len(cells) > MOST_COLUMNS:
            raise Refused("The file has more than %(most)s columns.", most=MOST_COLUMNS)
        if self.left < 0:
            raise Refused(TOO_MUCH)
        return cells


def _require_few(sheets: Sheets) -> None:
    if len(sheets) > MOST_SHEETS:
        raise Refused("The file has more than %(most)s sheets. Split it.", most=MOST_SHEETS)


def _counted(sheets: Opened) -> Opened:
    """Refuses a sheet with more rows below its headings than a price sheet may have."""
    for name, lines in sheets:
        if len(lines) > MOST_ROWS:
            kind = kind_of(name)
            table = Table.read(name, kind, lines) if kind in ALIASES else None
            if len(table.rows if table and table.columns else lines) > MOST_ROWS:
                raise _too_long()
    return sheets


def _too_long() -> Refused:
    return Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)


def _is_archive_of_csv(path: Path) -> bool:
    try:
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
        raise Refused(DAMAGED) from None
    return "[Content_Types].xml" not in names and any(name.casefold().endswith(".csv") for name in names)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """The CSV files of an archive, in a folder of their own for as long as they are read."""
    require_harmless_archive(path)
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(path) as archive:
        folder = Path(name)
        for stem, member in _members(archive.infolist()):
            (folder / f"{stem}.csv").write_bytes(_content(archive, member))
        yield folder


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > MOST_CSV:
        raise Refused("A CSV file of the archive has more than %(most)s MB.", most=MOST_CSV // 1024**2)
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise Refused(DAMAGED) from None


def _members(infos: Iterable[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The CSV files by name, without what other programs hide beside them. Two of one name are refused."""
    seen: set[str] = set()
    for member in infos:
        inside = PurePosixPath(_named(member))
        if inside.suffix.casefold() != ".csv" or inside.name.startswith(".") or "__MACOSX" in inside.parts:
            continue
        stem = inside.stem[:60]
        if stem.casefold() in seen:
            raise Refused("Two files of the archive are called %(name)s.", name=inside.name)
        if len(seen) == MOST_SHEETS:
            raise Refused("The file has more than %(most)s sheets. Split it.", most=MOST_SHEETS)
        seen.add(stem.casefold())
        yield stem, member


def _named(member: zipfile.ZipInfo) -> str:
    """A member's name; those that Chinese Windows packed are GB18030 without saying so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
