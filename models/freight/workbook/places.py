"""The sheets `zones` and `remote`: which postcodes of which country are which zone, and which are hard to reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import islice

from babel import Locale

from models.freight.engine.card import REMOTE_LEVELS, Area, RemoteArea, ZoneArea
from models.freight.engine.places import is_stretch, plain_postcode
from models.freight.workbook.problem import CellProblem, Problems
from models.freight.workbook.table import NOT_OFFERED, Line, Table
from models.support.words import say

MOST_PREFIXES, MOST_AREAS = 1000, 100_000
Eta = tuple[int, int]


def read_zones(table: Table, problems: Problems) -> tuple[list[ZoneArea], dict[str, Decimal], dict[str, Eta]]:
    """Areas of zones, least chargeable weights and days by zone."""
    areas: list[ZoneArea] = []
    leasts: dict[str, Decimal] = {}
    etas: dict[str, Eta] = {}
    for line in table.lines(problems, carried=("zone", "country", "country_code")):
        try:
            country = country_of(line)
            zone = line.name_of("zone") or country
            areas += [ZoneArea(zone, area) for area in islice(_areas(line, country), MOST_AREAS + 1 - len(areas))]
            if len(areas) > MOST_AREAS:
                words = say("The sheet names more than %(most)s postcodes.", most=MOST_AREAS)
                raise line.refuse("postcodes", "TOO_MANY", words)
            if least := line.number_of("min_kg", Decimal(0)):
                leasts[zone] = least
            if eta := eta_of(line):
                etas[zone] = eta
        except CellProblem as wrong:
            problems.add(wrong.cell, wrong.code, wrong.words)
    return areas, leasts, etas


def country_of(line: Line) -> str:
    """Two letters, also when the country's name stands around them (`美国 US`) or alone (`美国`, `United States`)."""
    column = "country_code" if line.text("country_code") else "country"
    text = line.text(column).upper()
    found = re.findall(r"(?<![A-Z])[A-Z]{2}(?![A-Z])", text)
    code = found[0] if len(found) == 1 else countries().get(text, "")
    if not code:
        raise line.refuse(column, "COUNTRY", say("Write the country's two letters."))
    return {"UK": "GB"}.get(code, code)


@cache
def countries() -> dict[str, str]:
    """The two letters of countries by their Chinese and English names, and by names of their own on price sheets."""
    known = {"香港": "HK", "中国香港": "HK", "澳门": "MO", "中国澳门": "MO", "台湾": "TW", "中国台湾": "TW", "阿联酋": "AE", "沙特": "SA",
             "USA": "US", "波黑": "BA", "马其顿": "MK"}  # fmt: skip
    for language in ("en", "zh_Hans"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "EZ", "UN", "XA", "XB"):
                known.setdefault(name.upper(), code)
    return known


ETA = re.compile(
    r"(?:约|预计)?(\d{1,3})(?:\s*[-~–—至]\s*(\d{1,3}))?\s*(?:个?(?:工作|自然)?[日天]|(?:working |business |natural )?days?)?"
)


def eta_of(line: Line) -> Eta | None:
    """`6-12`, `6~12天`, `8-15 working days`, `10`."""
    text = line.text("eta")
    if text in NOT_OFFERED:
        return None
    found = ETA.fullmatch(text.casefold())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise line.refuse("eta", "ETA", say("Write days like 6-12."))
    return first, last


def _areas(line: Line, country: str) -> Iterator[Area]:
    parts = [part.strip() for part in re.split(r"[;,、\n]+", line.text("postcodes")) if part.strip()]
    if not parts or parts == ["*"]:
        yield Area(country)
    for part in parts:
        low, dots, high = part.partition("..")
        if dots:
            yield _range(line, country, plain_postcode(low), plain_postcode(high))
        elif found := re.fullmatch(r"(\d+)\s*[-~–]\s*(\d+)", part):
            yield from _prefixes(line, country, found[1], found[2])
        else:
            yield _prefix(line, country, part)


def _range(line: Line, country: str, low: str, high: str) -> Area:
    if not low or not high or high < low or (low.isdigit() and high.isdigit() and len(low) != len(high)):
        raise line.refuse("postcodes", "POSTCODES", say("Write a range of postcodes like 2000..2599."))
    return Area(country, "range", low, high)


def _prefixes(line: Line, country: str, low: str, high: str) -> Iterator[Area]:
    """`995-999`: every prefix from one to the other."""
    if len(low) != len(high) or len(low) > 10 or not 0 <= int(high) - int(low) <= MOST_PREFIXES:
        raise line.refuse("postcodes", "POSTCODES", say("Write prefixes like 967;968;995-999."))
    for number in range(int(low), int(high) + 1):
        yield Area(country, "prefix", str(number).zfill(len(low)))


def _prefix(line: Line, country: str, text: str) -> Area:
    if not plain_postcode(text) or is_stretch(text):
        raise line.refuse("postcodes", "POSTCODES", say("Write prefixes like 967;968;995-999."))
    return Area(country, "prefix", plain_postcode(text))


def read_remotes(table: Table, problems: Problems) -> list[RemoteArea]:
    found = []
    for line in table.lines(problems, carried=("country", "country_code")):
        try:
            country = country_of(line)
            level = line.one_of("level", REMOTE_LEVELS, default="REMOTE")
            kind = line.one_of("kind", ("prefix", "range"), default="range" if line.text("b") else "prefix")
            low, high = plain_postcode(line.text("a")), plain_postcode(line.text("b"))
            if not high and is_stretch(line.text("a")):
                raise line.refuse(
                    "a", "POSTCODES", say("Write the first postcode of a range in column a and the last in b.")
                )
            if kind == "range":
                area = _range(line, country, low, high)
            else:
                area = Area(country, "prefix", low) if low else Area(country)
            found.append(RemoteArea(level, area))
        except CellProblem as wrong:
            problems.add(wrong.cell, wrong.code, wrong.words)
    return found
