"""Which places of a carrier's list are remote, packed so tightly that lists of a hundred thousand rows may lie in memory.

The rows of a list are text, a line each: country, kind, low, high, level. Asked, a list answers as a price sheet's own remote
places do (models/freight/engine/areas.py): the strictest level that holds there. Kind is prefix, range, city, or empty for a whole
country. A price asks for a postcode alone, so cities answer only who asks for a city.
"""

from __future__ import annotations

import unicodedata
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from models.freight.engine.areas import Area
from models.freight.engine.card import REMOTE_LEVELS

STRICT_FIRST = tuple(reversed(REMOTE_LEVELS))
LAST_SIGN = "\uffff"
Row = tuple[str, str, str, str, str]  # Country, kind, low, high, level.


def packed(rows: Iterable[Row]) -> bytes:
    """Rows as text, in order and each once. The same places always give the same bytes."""
    return zlib.compress("\n".join(sorted({"\t".join(row) for row in rows})).encode(), 6)


def lines_of(content: bytes) -> list[str]:
    text = zlib.decompress(bytes(content)).decode()
    return text.split("\n") if text else []


def row_of(line: str) -> Row:
    country, kind, low, high, level = line.split("\t")
    return country, kind, low, high, level


def plain_city(name: str) -> str:
    """A city's name as it is compared: without case, accents and signs."""
    text = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in text if sign.isalnum())


def fits(row: Row, postcode: str, city: str = "") -> bool:
    """Does a row hold a place? Both are plain already."""
    _country, kind, low, high, _level = row
    if kind == "prefix":
        return bool(low) and postcode.startswith(low)
    if kind == "range":
        return Area("", "range", low, high).ranges_over(postcode)
    return bool(city) and plain_city(low) == city if kind == "city" else True


class Prefixes:
    """Prefixes of one length, one after the other in one string."""

    def __init__(self, length: int, prefixes: Iterable[str]):
        self._length, ordered = length, sorted(prefixes)
        self._text, self._count = "".join(ordered), len(ordered)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: int) -> str:
        return self._text[at * self._length : (at + 1) * self._length]

    def hold(self, postcode: str) -> bool:
        if len(postcode) < self._length:
            return False
        wanted = postcode[: self._length]
        at = bisect_left(self, wanted)  # type: ignore[type-var]
        return at < self._count and self[at] == wanted


class Stretches:
    """Ranges that were joined where they meet, so that one look finds whether any holds a text."""

    def __init__(self, ranges: Iterable[tuple[str, str]]):
        self._lows: list[str] = []
        self._highs: list[str] = []
        for low, high in sorted(ranges):
            if self._highs and low <= self._highs[-1]:
                self._highs[-1] = max(self._highs[-1], high)
            else:
                self._lows.append(low)
                self._highs.append(high)

    def hold(self, text: str) -> bool:
        at = bisect_right(self._lows, text) - 1
        return at >= 0 and text <= self._highs[at]


@dataclass
class Level:
    """What one level holds of a country. Digits compare as numbers of the same length, other signs as text."""

    whole: bool = False
    prefixes: dict[int, Prefixes] = field(default_factory=dict)
    numbers: dict[int, Stretches] = field(default_factory=dict)
    texts: Stretches = field(default_factory=lambda: Stretches(()))
    any_texts: Stretches = field(default_factory=lambda: Stretches(()))
    cities: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Level:
        made = cls()
        prefixes: dict[int, list[str]] = {}
        numbers: dict[int, list[tuple[str, str]]] = {}
        texts: list[tuple[str, str]] = []
        digits: list[tuple[str, str]] = []
        cities: set[str] = set()
        for _country, kind, low, high, _level in rows:
            if kind == "prefix" and low:
                prefixes.setdefault(len(low), []).append(low)
            elif kind == "range" and low.isdigit() and high.isdigit():
                if len(low) == len(high):
                    numbers.setdefault(len(low), []).append((low, high))
                digits.append((low, high + LAST_SIGN))
            elif kind == "range":
                texts.append((low, high + LAST_SIGN))
            elif kind == "city":
                cities.add(plain_city(low))
            elif not kind:
                made.whole = True
        made.prefixes = {length: Prefixes(length, its) for length, its in sorted(prefixes.items(), reverse=True)}
        made.numbers = {length: Stretches(its) for length, its in numbers.items()}
        made.texts, made.any_texts = Stretches(texts), Stretches([*texts, *digits])
        made.cities = frozenset(cities)
        return made

    def holds(self, postcode: str, city: str) -> bool:
        if self.whole or any(each.hold(postcode) for each in self.prefixes.values()):
            return True
        if city and city in self.cities:
            return True
        if not postcode.isdigit():
            return bool(postcode) and self.any_texts.hold(postcode)
        numbers = self.numbers.get(len(postcode))
        return (numbers is not None and numbers.hold(postcode)) or self.texts.hold(postcode)


class FarCountry:
    """The remote places of one country, from strict to mild."""

    def __init__(self, levels: dict[str, Level]):
        self._levels = levels

    def said_of(self, postcode: str, city: str = "") -> Iterator[str]:
        for name, level in self._levels.items():
            if level.holds(postcode, city):
                yield name


class FarPlaces:
    """A whole list, ready to be asked by country."""

    def __init__(self, content: bytes):
        by_country: dict[str, dict[str, list[Row]]] = {}
        for line in lines_of(content):
            row = row_of(line)
            by_country.setdefault(row[0], {}).setdefault(row[4], []).append(row)
        self.countries = {
            country: FarCountry({name: Level.of(levels[name]) for name in STRICT_FIRST if name in levels})
            for country, levels in by_country.items()
        }

    def level(self, country: str, postcode: str, city: str = "") -> str:
        """The strictest level that holds at a place; both plain. Empty for an ordinary one."""
        found = self.countries.get(country)
        return next(found.said_of(postcode, city), "") if found else ""
