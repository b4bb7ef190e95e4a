"""A list of remote places out of a file: every row read, every wrong one named, and the differences to the list before.

Columns: country, kind (prefix, range, city), a, b, level; headings in English or Chinese. A single column of postcodes such as
`99501`, `995-999` or `2000..2599` is understood too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from models.freight.engine.card import REMOTE_LEVELS
from models.freight.engine.places import is_stretch, plain_postcode
from models.freight.far_places import Row, lines_of, packed, plain_city
from models.freight.remote_list import MOST_ROWS, MOST_SHOWN, RemoteList
from models.freight.workbook.places import country_of
from models.freight.workbook.problem import CellProblem, Problem, Problems
from models.freight.workbook.table import HEADINGS_WITHIN, Line, Table
from models.imports.reading import Numbered, Shape, csv_shape, rows
from models.support import clock
from models.support.errors import Refused
from models.support.words import say

KINDS = ("prefix", "range", "city")
SAMPLE, STEP = 20, 10_000


@dataclass
class Read:
    """What a file says. `repeated` counts rows that say nothing new."""

    rows: set[Row] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    error_count: int = 0
    repeated: int = 0


def read(made: RemoteList, folder: Path, beat: Callable[[int], None]) -> None:
    """Reads a waiting list's file and keeps what was found. `beat(rows)` is called on the way. Raises Refused."""
    path = made.original(folder)
    shape = csv_shape(path) if made.format == "csv" else Shape("xlsx")
    found = read_rows(rows(path, shape), beat)
    content = packed(found.rows)
    before = RemoteList.in_force([made.carrier_id], clock.local(clock.now(), "Asia/Shanghai").date()).get(
        made.carrier_id
    )
    made.move(
        "waiting", "read", content=content, digest=hashlib.sha256(content).hexdigest(), row_count=len(found.rows),
        error_count=found.error_count, outcome=_outcome(found, content, before),
    )  # fmt: skip


def read_rows(numbered: Iterable[Numbered], beat: Callable[[int], None]) -> Read:
    """The rows of a sheet, one after the other."""
    source = iter(numbered)
    head = list(islice(source, HEADINGS_WITHIN))
    table = Table.read("remote", "remote", head)
    if not {"a", "country", "country_code"} & set(table.columns.values()):
        raise Refused("The first row has to name the columns: country, kind, a, b, level.")
    found, problems = Read(), Problems()
    table.rows = chain(table.rows, source)  # type: ignore[assignment]
    for count, line in enumerate(table.lines(problems, carried=("country", "country_code")), start=1):
        if count > MOST_ROWS:
            raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
        if count % STEP == 0:
            beat(count)
        try:
            for row in rows_of(line):
                if row in found.rows:
                    found.repeated += 1
                found.rows.add(row)
        except CellProblem as wrong:
            found.error_count += 1
            if len(problems.found) < MOST_SHOWN:
                problems.add(wrong.cell, wrong.code, wrong.words)
        if len(found.rows) > MOST_ROWS:
            raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
    found.problems = problems.found
    return found


def rows_of(line: Line) -> Iterator[Row]:
    """The places one row names. Raises CellProblem."""
    country, low, high = country_of(line), line.text("a"), line.text("b")
    level = line.one_of("level", REMOTE_LEVELS, default="REMOTE")
    kind = line.one_of("kind", KINDS, default="range" if high or ".." in low else "prefix")
    if not low and not high and kind == "prefix":
        yield country, "", "", "", level
    elif kind == "city":
        if not plain_city(low) or len(low) > 80:
            raise line.refuse("a", "CITY", say("Write the city's name."))
        yield country, "city", " ".join(low.split()), "", level
    elif kind == "range":
        yield country, "range", *_range(line, low, high), level
    else:
        yield country, "prefix", _prefix(line, low), "", level


def _range(line: Line, low: str, high: str) -> tuple[str, str]:
    if not high:
        low, _dots, high = low.partition("..")
    first, last = plain_postcode(low), plain_postcode(high)
    uneven = first.isdigit() and last.isdigit() and len(first) != len(last)
    if not first or not last or last < first or uneven or len(first) > 12 or len(last) > 12:
        raise line.refuse("a", "POSTCODES", say("Write a range of postcodes like 2000..2599."))
    return first, last


def _prefix(line: Line, text: str) -> str:
    if is_stretch(text):
        raise line.refuse("a", "POSTCODES", say("Write the first postcode of a range in column a and the last in b."))
    plain = plain_postcode(text)
    if not plain or len(plain) > 12:
        raise line.refuse("a", "POSTCODES", say("Write prefixes like 967;968;995-999."))
    return plain


def _outcome(found: Read, content: bytes, before: RemoteList | None) -> dict[str, Any]:
    now = set(lines_of(content))
    then = set(before.lines()) if before else set()
    added, removed = now - then, then - now
    return {
        "repeated": found.repeated,
        "cities": sum(row[1] == "city" for row in found.rows),
        "levels": {level: sum(row[4] == level for row in found.rows) for level in REMOTE_LEVELS},
        "before": before.version if before else None,
        "added": len(added), "removed": len(removed),
        "added_sample": sorted(added)[:SAMPLE], "removed_sample": sorted(removed)[:SAMPLE],
        "errors": [
            {"row": one.row, "column": one.column, "value": one.value, "words": one.words.to_json()} for one in found.problems
        ],
    }  # fmt: skip
