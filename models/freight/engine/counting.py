"""How a lane counts weight (docs/freight.md, step 6), in whole numbers.

Parts make a weight and a volume one thing: `per` thousandths³ of a cubic centimetre weigh a millionth of a kilogram. Rounding up
turns parts into units, of which every step of the card is a multiple.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd

from models.freight.engine.card import EVERY_ZONE, ZERO, Card, Row
from models.freight.engine.measure import LARGEST, MICRO, MILLI, MOST_VOLUME, MOST_WEIGHT, OutOfMeasure, fit, whole
from models.freight.engine.parcel import MOST_BOXES

MOST_UNITS = 2**48  # So that thousands of lanes find room in one row (`board`).


@dataclass(frozen=True)
class Rule:
    """Weights below so many parts are rounded up to steps of `step` parts, each of `units`."""

    below: int = LARGEST
    step: int = 1
    units: int = 1


@dataclass(frozen=True)
class Counting:
    """A weight counts `kept` times, what a volume exceeds it `over` times; `side` and `ratio` say when a volume counts at all."""

    per: int = 1
    kept: int = 1
    over: int = 0
    side: int = 0
    ratio: tuple[int, int] = (0, 1)
    is_by_box: bool = False
    box_least: int = 0
    box_step: int = 1
    least: int = 0
    rules: tuple[Rule, ...] = (Rule(),)
    unit: int = 1  # In millionths of a kilogram.
    most: int = MOST_WEIGHT + 1  # Units of the largest parcel.


def counting_of(card: Card, zone: str, rows: Sequence[Row]) -> Counting:
    """Raises OutOfMeasure for numbers that are too fine, too large, or lead to a weight that is not rounded."""
    per, kept, over = _exchange(card)
    parts, rounds = per * kept, _rounds(card)
    unit, longest_step = gcd(*(step for _below, step in rounds), *_steps(rows)), max(step for _below, step in rounds)
    is_by_box, is_rounded = card.pieces_mode != "SUM_THEN_COMPARE", card.pieces_mode == "COMPARE_ROUND_THEN_SUM"
    box_least = whole(card.box_least * MICRO) * parts if is_by_box else 0
    box_step = whole(card.box_step * MICRO) * parts if is_rounded else 0
    least = whole(card.leasts.get(zone, card.leasts.get(EVERY_ZONE, ZERO)) * MICRO) * parts
    largest = MOST_WEIGHT * parts + MOST_VOLUME * over + MOST_BOXES * (box_least + box_step) + least
    fit(largest + 2 * longest_step * parts)
    most = (largest // parts + longest_step) // unit + 1
    if most > MOST_UNITS:
        raise OutOfMeasure
    rules = (
        Rule(below if below == LARGEST else fit(below * parts), step * parts, step // unit) for below, step in rounds
    )
    return Counting(
        per,
        kept,
        over,
        _side(card),
        _ratio(card, per),
        is_by_box,
        box_least,
        box_step or 1,
        least,
        tuple(rules),
        unit,
        most,
    )


def _exchange(card: Card) -> tuple[int, int, int]:
    """How many volumes weigh a millionth of a kilogram, and how often a weight and what a volume exceeds it count."""
    if card.volume_mode == "NONE":
        return 1, 1, 0
    share = Fraction(card.share) if card.volume_mode == "SHARE" else Fraction(1)
    return whole(card.divisor * MILLI**3 / MICRO), share.denominator, share.numerator


def _rounds(card: Card) -> list[tuple[int, int]]:
    """Below which weight which step, in millionths; the first that fits counts, and one must."""
    found = []
    for rule in card.rounds:
        found.append((LARGEST if rule.below is None else whole(rule.below * MICRO), whole(rule.step * MICRO)))
        if rule.below is None:
            break
    if not found or found[-1][0] != LARGEST or not all(step for _below, step in found):
        raise OutOfMeasure
    return found


def _steps(rows: Sequence[Row]) -> list[int]:
    """First weights and steps of the rows, in millionths."""
    stepped = [row for row in rows if row.type == "FIRST_STEP"]
    if not all(row.step for row in stepped):
        raise OutOfMeasure
    return [whole(weight * MICRO) for row in stepped for weight in (row.first, row.step)]


def _side(card: Card) -> int:
    """From which longest side on a volume counts."""
    return ceil(card.side * MILLI) if card.volume_mode == "MAX_IF_SIDE" else 0


def _ratio(card: Card, per: int) -> tuple[int, int]:
    """How many times the weight a volume must exceed, as a fraction."""
    if card.volume_mode != "MAX_IF_RATIO":
        return 0, 1
    ratio, times = card.ratio.as_integer_ratio()
    fit(MOST_WEIGHT * per * ratio)
    fit(MOST_VOLUME * times)
    return ratio, times
