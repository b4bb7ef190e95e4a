"""Code 128 of a tracking number as bars to be drawn. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from barcode.codex import Code128

from models.support.errors import Refused
from models.support.words import say

QUIET = 10  # Modules that stay white on both sides.
LINE_MM, LEAST_MM, USUAL_MM = 88, 0.19, 0.5  # Scanners read no narrower module; a wider one gains nothing.
DRAWABLE = re.compile(r"[ -~]+")


class NoBarcode(Refused):
    """The number cannot be a barcode on a label."""


@dataclass(frozen=True)
class Bars:
    """Modules from the left: the width of all, quiet zones included, and each bar as (from, width). `mm` is how wide it is drawn."""

    width: int
    bars: tuple[tuple[int, int], ...]
    mm: float

    @property
    def path(self) -> str:
        """All bars as one shape of height 1: a hundred shapes on a label would take ten times as long to draw."""
        return "".join(f"M{start} 0h{width}v1h-{width}z" for start, width in self.bars)


def bars_of(text: str) -> Bars:
    """Raises NoBarcode for letters that Code 128 does not have, and for more than fit on a label."""
    if not DRAWABLE.fullmatch(text):
        raise NoBarcode(say("Its number has letters that no barcode knows."))
    (modules,) = Code128(text).build()
    width = len(modules) + 2 * QUIET
    if width * LEAST_MM > LINE_MM:
        raise NoBarcode(say("Its number is too long for a barcode on a label."))
    found, place = [], QUIET
    for sign, run in groupby(modules):
        count = len(list(run))
        if sign == "1":
            found.append((place, count))
        place += count
    return Bars(width, tuple(found), round(min(LINE_MM, width * USUAL_MM), 2))
