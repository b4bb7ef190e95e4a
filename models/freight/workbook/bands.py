"""Weight bands as people write them: `0.2＜W≤1`, `W≤0.5`, `W>30`, `0.001 - 0.22`, `21KG+` (docs/freight.md, bands)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

N = r"(\d{1,7}(?:\.\d{1,6})?)"
BETWEEN = re.compile(rf"{N}(<|<=)w(<|<=){N}")
UP_TO = re.compile(rf"w<=?{N}")
ABOVE = re.compile(rf"w(>=?){N}")
FROM_TO = re.compile(rf"{N}(?:-|~|–|—|至){N}")
FROM = re.compile(rf"{N}\+|{N}以上")


@dataclass(frozen=True)
class Band:
    """`low` counts as above it, or from it (`is_from`) or as written in a list of ranges (`is_listed`). `high` None is open."""

    low: Decimal
    high: Decimal | None
    is_from: bool = False
    is_listed: bool = False


def read_band(text: str) -> Band | None:
    """The band a cell means; None when it means none."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = plain.replace("≤", "<=").replace("≥", ">=").replace("公斤", "").replace("kg", "").replace("重量", "w")
    plain = re.sub(r"\s+", "", plain)
    if found := BETWEEN.fullmatch(plain):
        low, opens, closes, high = found.groups()
        return _band(Decimal(low), Decimal(high), is_from=opens == "<=") if closes == "<=" or opens == "<" else None
    if found := UP_TO.fullmatch(plain):
        return _band(Decimal(0), Decimal(found[1]))
    if found := ABOVE.fullmatch(plain):
        return Band(Decimal(found[2]), None, is_from=found[1] == ">=")
    if found := FROM_TO.fullmatch(plain):
        return _band(Decimal(found[1]), Decimal(found[2]), is_listed=True)
    if found := FROM.fullmatch(plain):
        return Band(Decimal(found[1] or found[2]), None, is_from=True)
    return None


def _band(low: Decimal, high: Decimal, **how: bool) -> Band | None:
    return Band(low, high, **how) if low < high else None
