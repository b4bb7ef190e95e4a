"""A price sheet changed by hand, cell by cell. What was typed goes through the same readers as a file, so that there is one truth
about what a cell may say; a wrong cell is named where it stands, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.freight.engine.card import (
    BASES,
    CARGO,
    MEASURES,
    PIECES_MODES,
    REMOTE_LEVELS,
    ROW_TYPES,
    TRIGGERS,
    VOLUME_MODES,
    Card,
)
from models.freight.workbook.problem import ERROR, Problem
from models.freight.workbook.rates import PRICED_BY
from models.freight.workbook.reading import price_sheet_of
from models.freight.workbook.table import NOT_OFFERED
from models.freight.workbook.writing import COLUMNS, Cells, as_sheets, rows_of, sheet_rows
from models.support.errors import Refused
from models.support.words import Words, say

MOST_ROWS = 20_000
KINDS = tuple(COLUMNS)
YES_OR_NO = ("no", "yes")
# Cells that are chosen, not typed; an empty first choice may be left empty.
CHOICES: dict[tuple[str, str], Sequence[str]] = {
    ("rates", "type"): ROW_TYPES,
    ("surcharges", "when"): TRIGGERS,
    ("surcharges", "level"): ("", *REMOTE_LEVELS[:-1]),
    ("surcharges", "cargo"): ("", *CARGO),
    ("surcharges", "measure"): ("", *MEASURES),
    ("surcharges", "basis"): BASES,
    ("surcharges", "combine"): ("STACK", "MAX"),
    ("surcharges", "fuelable"): YES_OR_NO,
    ("remote", "kind"): ("", "prefix", "range"),
    ("remote", "level"): REMOTE_LEVELS,
    ("card", "uom"): ("KG", "CBM"),
    ("card", "vol_mode"): VOLUME_MODES,
    ("card", "pieces_mode"): PIECES_MODES,
    ("card", "dim_round"): ("none", "ceil_cm"),
    ("card", "fuel_on_handling"): YES_OR_NO,
}
Name = str  # Of a row on the screen: its number in the sheet, or "new0", "new1" … for what is added.


@dataclass
class Edited:
    """What came of it: the card, or what is wrong by row and column (`cells`) and elsewhere in the sheet (`elsewhere`)."""

    card: Card
    cells: dict[tuple[Name, str], Words] = field(default_factory=dict)
    elsewhere: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.cells and not self.elsewhere


def edited(
    card: Card, kind: str, changed: Mapping[int, Cells], deleted: Iterable[int] = (), added: Sequence[Cells] = ()
) -> Edited:
    """The card with rows of one sheet changed, deleted and added. Rows are numbered from 0 as `sheet_rows` gives them."""
    sheets = sheet_rows(card)
    gone = set(deleted)
    lines: list[tuple[Name, Cells]] = [
        (str(number), cells | changed.get(number, {})) for number, cells in enumerate(sheets[kind]) if number not in gone
    ]  # fmt: skip
    for number, cells in enumerate(added):
        if any(value.strip() for value in cells.values()):
            lines.insert(_place(lines, kind, cells), (f"new{number}", cells))
    if len(lines) > MOST_ROWS:
        raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
    sheets[kind] = [cells for _name, cells in lines]
    read = price_sheet_of(as_sheets(sheets))
    made = Edited(read.card)
    for problem in [*_not_priced(kind, sheets[kind]), *read.problems]:
        _note(made, problem, kind, [name for name, _cells in lines])
    return made


def settings_changed(card: Card, values: Mapping[str, str]) -> Edited:
    """The card with other settings, by their keys. What is wrong stands under the key and an empty column."""
    rows = rows_of(card, "card")
    numbers = {cells["key"]: number for number, cells in enumerate(rows)}
    changed = {numbers[key]: {"value": value} for key, value in values.items() if key in numbers}
    made = edited(card, "card", changed)
    made.cells = {(rows[int(name)]["key"] if name.isdigit() else column, ""): words
                  for (name, column), words in made.cells.items()}  # fmt: skip
    return made


def _place(lines: Sequence[tuple[Name, Cells]], kind: str, cells: Cells) -> int:
    """Rows of a zone or country stay together; the order of surcharges and fuel is theirs."""
    first = COLUMNS[kind][0]
    if kind in ("surcharges", "fuel"):
        return len(lines)
    alike = [at for at, (_name, other) in enumerate(lines) if other.get(first) == cells.get(first)]
    return alike[-1] + 1 if alike else len(lines)


def _not_priced(kind: str, lines: Sequence[Cells]) -> Iterable[Problem]:
    """A file leaves out what is not offered; a row on the screen is deleted for that."""
    for number, cells in enumerate(lines, 2):
        column = {"rates": PRICED_BY.get(cells.get("type", ""), "rate"), "surcharges": "amount"}.get(kind)
        if column and cells.get(column, "").strip() in NOT_OFFERED:
            yield Problem(kind, number, column, "MISSING", "", say("Write a price, or delete the row."))


def _note(made: Edited, problem: Problem, kind: str, names: Sequence[Name]) -> None:
    """What the checks say of the whole (gaps, overlaps) may wait: the draft is not approved before it is mended."""
    if problem.grade != ERROR:
        return
    if problem.sheet == kind and problem.row > 1:
        made.cells.setdefault((names[problem.row - 2], problem.column), problem.words)
    elif problem.sheet == "card" == kind:
        made.cells.setdefault(("", problem.column), problem.words)
    elif problem.row:
        made.elsewhere.append(problem)
