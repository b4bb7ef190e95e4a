"""A small sheet of fuel rates, pasted or uploaded: read with the reader of price sheets, shown before anything is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Between, Fuel
from models.freight.fuel_rate import FuelRate, Planned
from models.freight.workbook.extras import read_fuels
from models.freight.workbook.problem import WARNING, Problem, Problems
from models.freight.workbook.table import Table
from models.imports.originals import shown_name
from models.imports.reading import Numbered, Shape, csv_shape, format_of, rows
from models.support.errors import Refused
from models.support.words import say

MOST_ROWS = 500


@dataclass
class ReadSheet:
    """`planned` says for each readable row what would become of it."""

    text: str
    source: str
    planned: list[tuple[int, Planned]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return bool(self.planned) and not self.problems

    @property
    def fuels(self) -> list[Fuel]:
        return [
            Fuel(Between(one.span.first, one.span.last), one.percent)
            for _row, one in self.planned
            if one.span is not None
        ]

    @property
    def replaces(self) -> bool:
        """Would a rate take the place of another?"""
        return any(one.met for _row, one in self.planned)


def text_of_file(path: Path, name: str) -> str:
    """The rows of a CSV file or workbook as text, a cell parted from the next by a tab. Raises Refused."""
    shape = csv_shape(path) if format_of(path, name) == "csv" else Shape("xlsx")
    found = list(islice(rows(path, shape), MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
    return "\n".join("\t".join(" ".join(cell.split()) for cell in cells) for _number, cells in found)


def read_text(text: str, carrier: Carrier, channel: Channel | None, *, source: str = "") -> ReadSheet:
    """What pasted rows say, and what would become of them. Raises Refused."""
    numbered = _cells(text)
    if len(numbered) > MOST_ROWS:
        raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
    table = Table.read("fuel", "fuel", numbered)
    if not {"from", "pct", "pct_fraction"} & set(table.columns.values()):
        raise Refused("The first row has to name the columns: from, to, pct.")
    made = ReadSheet(text, shown_name(source) if source else "")
    fuels, numbers = [], []
    for number, cells in table.rows:
        problems = Problems()
        found = read_fuels(Table("fuel", "fuel", table.columns, [(number, cells)]), problems)
        made.problems += [one for one in problems.found if one.grade != WARNING]
        fuels += found
        numbers += [number] * len(found)
    made.planned = list(zip(numbers, FuelRate.plan(carrier, channel, fuels), strict=True))
    made.problems += _without_first_day(made.planned)
    return made


def _cells(text: str) -> list[Numbered]:
    """Rows of text: parted by tabs as spreadsheets copy them, else by commas or semicolons."""
    delimiter = max("\t", ";", ",", key=text.count) if "\t" not in text else "\t"
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise Refused("The file cannot be read as CSV (%(problem)s).", problem=error) from None
    return [(number, cells) for number, cells in enumerate(found, 1) if any(cell.strip() for cell in cells)]


def _without_first_day(planned: Sequence[tuple[int, Planned]]) -> list[Problem]:
    return [
        Problem("fuel", number, "from", "MISSING", "", say("Say from which day on."))
        for number, one in planned if one.span is None
    ]  # fmt: skip
