"""A parcel in whole numbers, for the quick way: millionths of a kilogram, thousandths of a centimetre.

What is finer, or larger than any parcel of this trade, is `OutOfMeasure`: then the exact way answers. The bounds keep every number
that `lane` and `board` make of it below 2**62.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from models.freight.engine.parcel import MOST_BOXES, Box

MICRO, MILLI = 10**6, 10**3
IN_MICRO, IN_MILLI = Decimal(MICRO), Decimal(MILLI)
LARGEST = 2**62
MOST_WEIGHT, MOST_VOLUME, MOST_SIDE = 2_000 * MICRO, 20 * MICRO * MILLI**3, 1_000 * MILLI  # 2 t, 20 m³, 10 m.

# A measure holds sums over a parcel's boxes (weight, volume, how many, how many without sizes), then the largest of any box, in
# the order of the limits they are held against; what may not be too small stands there below zero.
Measure = tuple[int, ...]
WEIGHT, VOLUME, QUANTITY, UNSIZED, LARGESTS, LONGEST = 0, 1, 2, 3, 4, 5
LIMITS = (
    "max_actual_kg", "max_longest_cm", "max_second_cm", "max_third_cm", "max_girth_cm", "max_sum_cm", "min_longest_cm",
    "min_second_cm", "max_boxes",
)  # fmt: skip


class OutOfMeasure(Exception):
    """A number with too many decimals, or too large."""


def whole(number: Decimal) -> int:
    """A number that is whole and not below zero, as one. Raises OutOfMeasure."""
    found = int(number)
    if found != number or not 0 <= found < LARGEST:
        raise OutOfMeasure
    return found


def fit(number: int) -> int:
    """A number that an array can hold. Raises OutOfMeasure."""
    if number >= LARGEST:
        raise OutOfMeasure
    return number


def measure(boxes: Sequence[Box], ceil_sides: bool) -> Measure:
    """The measure of a parcel. Raises OutOfMeasure."""
    found = _of_box(boxes[0], ceil_sides)
    if len(boxes) > 1:
        each = list(zip(found, *(_of_box(box, ceil_sides) for box in boxes[1:]), strict=True))
        found = (*map(sum, each[:LARGESTS]), *map(max, each[LARGESTS:-1]), sum(each[-1]))
    if (
        found[WEIGHT] > MOST_WEIGHT
        or found[VOLUME] > MOST_VOLUME
        or found[QUANTITY] > MOST_BOXES
        or found[LONGEST] > MOST_SIDE
    ):
        raise OutOfMeasure
    return found


def box_measures(boxes: Sequence[Box], ceil_sides: bool) -> list[tuple[int, int, int, int]]:
    """Weight, volume and longest side of each box, and how many there are of it."""
    found = (_of_box(box, ceil_sides) for box in boxes)
    return [(each[LARGESTS], each[VOLUME] // each[QUANTITY], each[LONGEST], each[QUANTITY]) for each in found]


def numbers(boxes: Iterable[Box]) -> list[int]:
    """Weight, sides as they come and quantity of each box, one after the other. Written out in full, in plain numbers that need no
    collecting: a batch asks for some thousands of them."""
    found: list[int] = []
    for box in boxes:
        kg, (one, two, three) = box.kg * IN_MICRO, box.sides
        one, two, three = one * IN_MILLI, two * IN_MILLI, three * IN_MILLI
        weight, length, width, height = int(kg), int(one), int(two), int(three)
        if (
            weight + length + width + height != kg + one + two + three
        ):  # None is below zero, so what was cut off adds up.
            raise OutOfMeasure
        found += (weight, length, width, height, box.quantity)
    return found


def _of_box(box: Box, ceil_sides: bool) -> Measure:
    weight, length, width, height, quantity = numbers((box,))
    third, second, longest = sorted((length, width, height))
    return measure_of(weight, third, second, longest, quantity, ceil_sides)


def measure_of(weight: Any, third: Any, second: Any, longest: Any, quantity: Any, ceil_sides: bool) -> tuple[Any, ...]:
    """The measure of a box by its numbers, or of many by arrays of them. Sides nobody gave are not too small."""
    if ceil_sides:
        third, second, longest = (-(-side // MILLI) * MILLI for side in (third, second, longest))
    volume, across, unknown = longest * second * third, second + third, (longest == 0) * LARGEST
    return (
        weight * quantity, volume * quantity, quantity, (volume == 0) * quantity,
        weight, longest, second, third, longest + 2 * across, longest + across, -longest - unknown, -second - unknown, quantity,
    )  # fmt: skip
