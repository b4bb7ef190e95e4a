"""A sheet with its headings understood: Chinese or English, full or half width, with or without units in brackets.

Headings may fill two rows and come again further down. A column that is not read is named, and so are notes among the rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from models.freight.workbook.headings import (
    CORE,
    CURRENCIES,
    PRICES,
    SHARED_SIGNS,
    SIGNS,
    are_headings,
    columns_of,
    currencies_in,
    folded,
    joined,
    known_headings,
)
from models.freight.workbook.problem import WARNING, Cell, CellProblem, Problems
from models.imports.cells import bare, clean
from models.support.words import say

AMOUNT = re.compile(
    rf"({SIGNS})?(\d{{1,12}}(?:\.\d{{1,10}})?|\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,10}})?)({SIGNS})?(?:/?(?:kg|公斤|cbm|票|件|cm|天))?(%)?"
)
SHARES = {"vol_share", "discount"}  # Fractions of one, in which 50% is 0.5.
PERCENTS = {"pct", "amount", *SHARES}
LAST_DAYS = {"to", "effective_to"}
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00:00)?")
NOT_OFFERED = {"", "/", "-", "–", "—"}
MOST = Decimal(10**9)
HEADINGS_WITHIN = 20
MOST_NAME = 80


@dataclass(frozen=True)
class Line:
    """A row of a table, read cell by cell. A wrong cell stops the row."""

    sheet: str
    number: int
    cells: dict[str, str]
    currency: str = ""

    def cell(self, column: str) -> Cell:
        return Cell(self.sheet, self.number, column, self.text(column))

    def text(self, column: str) -> str:
        """What the cell says, without signs nobody sees and the apostrophe that keeps our own files from being run."""
        return bare(plain(self.cells.get(column, "")))

    def name_of(self, column: str) -> str:
        text = self.text(column)
        if len(text) > MOST_NAME:
            raise self.refuse(column, "TOO_LONG", say("At most %(most)s characters.", most=MOST_NAME))
        return text

    def refuse(self, column: str, code: str, words) -> CellProblem:
        return CellProblem(self.cell(column), code, words)

    def number_of(self, column: str, default: Decimal | None = None) -> Decimal:
        """A number; what is not offered (“/”, “-”, empty) gives the default, or is refused without one."""
        text = self.text(column)
        if text in NOT_OFFERED:
            if default is None:
                raise self.refuse(column, "MISSING", say("A number is missing."))
            return default
        if text.isascii() and text.isdigit() and len(text) < 9:
            return Decimal(text)
        return self._amount(column, text)

    def _amount(self, column: str, text: str) -> Decimal:
        if text.startswith("="):
            words = say("This formula has no value yet. Open the workbook in a spreadsheet program and save it.")
            raise self.refuse(column, "FORMULA", words)
        found = AMOUNT.fullmatch(re.sub(r"\s+", "", text).casefold())
        if found is None or (number := Decimal(found[2].replace(",", ""))) > MOST:
            raise self.refuse(column, "NOT_A_NUMBER", say("Write a number like 12.5."))
        for sign in (found[1], found[3]):
            if sign and self.currency and self.currency not in SHARED_SIGNS.get(sign, {CURRENCIES.get(sign)}):
                raise self.refuse(
                    column, "CURRENCY", say("The sheet's prices are in %(currency)s.", currency=self.currency)
                )
        if found[4] and column not in PERCENTS:
            raise self.refuse(column, "NOT_A_NUMBER", say("Write a number like 12.5."))
        return number / 100 if found[4] and column in SHARES else number

    def day(self, column: str) -> date | None:
        """A day; none where the cell is empty, and where it is the day in the year 9999 by which sheets mean “without an end”."""
        text = self.text(column)
        if text in NOT_OFFERED or (text.startswith("9999") and column in LAST_DAYS):
            return None
        found = DAY.fullmatch(text)
        try:
            day = date(int(found[1]), int(found[2]), int(found[3])) if found else self._no_day(column)
        except ValueError:
            return self._no_day(column)
        if not 2000 <= day.year <= 2100:
            raise self.refuse(column, "NOT_A_DATE", say("Write a date between 2000 and 2100."))
        return day

    def _no_day(self, column: str) -> date:
        raise self.refuse(column, "NOT_A_DATE", say("Write a date like 2026-03-01.")) from None

    def one_of(self, column: str, offered: Sequence[str], default: str = "") -> str:
        text = self.text(column)
        found = {each.casefold(): each for each in offered}.get(text.casefold())
        if found is None and (text not in NOT_OFFERED or not default):
            raise self.refuse(column, "NOT_OFFERED", say("Choose one of: %(offered)s.", offered=", ".join(offered)))
        return found or default

    def is_yes(self, column: str) -> bool:
        text = self.text(column).casefold()
        if text in {"yes", "y", "true", "1", "是"}:
            return True
        if text in NOT_OFFERED | {"no", "n", "false", "0", "否"}:
            return False
        raise self.refuse(column, "NOT_YES_OR_NO", say("Write yes or no."))


def plain(cell: str) -> str:
    """A cell in half width, without what nobody sees."""
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    return unicodedata.normalize("NFKC", clean(cell)).strip()


@dataclass
class Table:
    """The rows of one sheet below its headings; a value of merged cells counts for the rows below it too. `headings` are the
    cells of the row of headings, `at` is its number."""

    sheet: str
    kind: str
    columns: dict[int, str] = field(default_factory=dict)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    at: int = 0
    currency: str = ""

    @classmethod
    def read(cls, sheet: str, kind: str, rows: Iterable[tuple[int, list[str]]], currency: str = "") -> Table:
        """Finds the headings among the first rows: the row in which most of them are known, and a second one below it."""
        rows = list(rows)
        known = known_headings(kind)
        best = max(
            range(min(len(rows), HEADINGS_WITHIN)), key=lambda at: len(columns_of(rows[at][1], known)), default=None
        )
        if best is None:
            return cls(sheet, kind)
        cells, end = rows[best][1], best + 1
        if end < len(rows) and are_headings(rows[end][1], known):
            cells, end = joined(cells, rows[end][1], known), end + 1
        return cls(sheet, kind, columns_of(cells, known), rows[end:], cells, rows[best][0], currency)

    def lines(self, problems: Problems, carried: Sequence[str] = ()) -> Iterator[Line]:
        """`carried` columns take an empty cell from the row above, as merged cells arrive."""
        self._tell_headings(problems)
        before: dict[str, str] = {}
        known, notes = known_headings(self.kind), []
        for number, cells in self.rows:
            values = {name: cells[at] if at < len(cells) else "" for at, name in self.columns.items()}
            if not any(value.strip() for value in values.values()):
                continue
            line = Line(self.sheet, number, values, self.currency)
            if self._is_note(line):
                notes.append((number, next((text for cell in cells if (text := plain(cell))), "")))
                continue
            if not any(sign.isdigit() for value in values.values() for sign in value) and are_headings(cells, known):
                continue
            for name in carried:
                if name in values and not values[name].strip():
                    values[name] = before.get(name, "")
            before = values
            yield line
        if notes:
            words = say("%(count)s rows without a band and a price were passed over, from this one to row %(last)s.",
                        count=len(notes), last=notes[-1][0])  # fmt: skip
            problems.add(Cell(self.sheet, notes[0][0], "", notes[0][1]), "NOTES", words, WARNING)

    def _is_note(self, line: Line) -> bool:
        core = CORE.get(self.kind, ())
        return bool(core) and not any(line.text(name) for name in core)

    def _tell_headings(self, problems: Problems) -> None:
        """Names the columns that are not read though they hold something, and prices in another currency."""
        known = known_headings(self.kind)
        if self.rows and not self.columns:
            words = say("None of the first rows holds headings that are known, so nothing was read from this sheet.")
            problems.add(Cell(self.sheet, 0, "", ""), "NO_HEADINGS", words, WARNING)
        for at, heading in enumerate(self.headings if self.columns else ()):
            cell, name = Cell(self.sheet, self.at, plain(heading)[:40], plain(heading)), known.get(folded(heading))
            if at in self.columns:
                others = self.columns[at] in PRICES and currencies_in(heading) - {self.currency}
                if others and self.currency:
                    words = say("The sheet's prices are in %(currency)s.", currency=self.currency)
                    problems.add(cell, "CURRENCY", words)
            elif not heading.strip() or not self._holds_anything(at):
                continue
            elif name in (*PRICES, "band"):
                problems.add(cell, "TWICE", say("Another column means the same. Leave one of them."))
            else:
                problems.add(cell, "UNREAD", say("This column is not read."), WARNING)

    def _holds_anything(self, at: int) -> bool:
        return any(at < len(cells) and cells[at].strip() for _number, cells in self.rows)
