"""Places by postcode: areas as a sheet names them, and the areas of one country ready to be asked.

The most particular comes first: the longest prefix, then ranges in the sheet's order, then the whole country. What an answer
costs does not grow with the number of prefixes and ranges.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, TypeVar

What = TypeVar("What")


@dataclass(frozen=True)
class Area:
    """Postcodes of a country: those that begin with `low` (prefix), or from `low` to `high` (range); neither: all of it."""

    country: str
    kind: str = ""
    low: str = ""
    high: str = ""

    @property
    def is_of_digits(self) -> bool:
        return self.low.isdigit() and self.high.isdigit()

    def ranges_over(self, postcode: str) -> bool:
        """Digits compare as numbers of the same length, other signs as text."""
        if self.is_of_digits and postcode.isdigit():
            return len(self.low) == len(postcode) == len(self.high) and self.low <= postcode <= self.high
        return bool(postcode) and self.low <= postcode[: len(self.low)] and postcode[: len(self.high)] <= self.high


class Places(Generic[What]):
    """What is said of the areas of one country."""

    def __init__(self, said: Iterable[tuple[Area, What]]):
        self._prefixes: dict[str, list[What]] = {}
        self._ranges: list[tuple[Area, What]] = []
        self._whole: list[What] = []
        for area, what in said:
            if area.kind == "range":
                self._ranges.append((area, what))
            elif area.kind != "prefix":
                self._whole.append(what)
            elif area.low:
                self._prefixes.setdefault(area.low, []).append(what)
        self._lengths = sorted({len(prefix) for prefix in self._prefixes}, reverse=True)
        self._numbers = _Numbers((at, area) for at, (area, _what) in enumerate(self._ranges) if area.is_of_digits)
        self._texts = [at for at, (area, _what) in enumerate(self._ranges) if not area.is_of_digits]

    def said_of(self, postcode: str) -> Iterator[What]:
        """Everything that holds for a postcode in capitals and digits, the most particular first."""
        for length in self._lengths:
            if len(postcode) >= length:
                yield from self._prefixes.get(postcode[:length], ())
        for at in self._ranging_over(postcode):
            yield self._ranges[at][1]
        yield from self._whole

    def _ranging_over(self, postcode: str) -> list[int]:
        if not postcode.isdigit():
            return [at for at, (area, _what) in enumerate(self._ranges) if area.ranges_over(postcode)]
        texts = [at for at in self._texts if self._ranges[at][0].ranges_over(postcode)]
        return sorted([*texts, *self._numbers.over(postcode)])


class _Numbers:
    """Ranges of digits, by length and in order, so that those over a number lie side by side."""

    def __init__(self, areas: Iterable[tuple[int, Area]]):
        by_length: dict[int, list[tuple[str, str, int]]] = {}
        for at, area in areas:
            if len(area.low) == len(area.high):
                by_length.setdefault(len(area.low), []).append((area.low, area.high, at))
        self._by_length = {length: sorted(ranges) for length, ranges in by_length.items()}
        self._reaches = {
            length: list(accumulate((high for _low, high, _at in ranges), max))
            for length, ranges in self._by_length.items()
        }

    def over(self, number: str) -> Iterator[int]:
        """Back from the last that begins early enough, as long as any before it reaches so far."""
        ranges, reaches = self._by_length.get(len(number), []), self._reaches.get(len(number), [])
        at = bisect_right(ranges, number, key=lambda each: each[0]) - 1
        while at >= 0 and reaches[at] >= number:
            if ranges[at][1] >= number:
                yield ranges[at][2]
            at -= 1
