"""A parcel in whole numbers, for the quick way: millionths of a kilogram, thousandths of a centimetre.

What is finer, or larger than any parcel of this trade, is `OutOfMeasure`: then the exact way answers. The bounds keep every number
that `lane` and `board` make of it below 2**62.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from models.freight.parcel import MOST_BOXES, Box

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
    for box in boxes[1:]:
        more = _of_box(box, ceil_sides)
        found = (
            *map(sum, zip(found[:LARGESTS], more[:LARGESTS], strict=True)),
            *map(max, found[LARGESTS:], more[LARGESTS:]),
        )
    if (
        found[WEIGHT] > MOST_WEIGHT
        or found[VOLUME] > MOST_VOLUME
        or found[QUANTITY] > MOST_BOXES
        or found[LONGEST] > MOST_SIDE
    ):
        raise OutOfMeasure
    return (*found, found[QUANTITY])


def box_measures(boxes: Sequence[Box], ceil_sides: bool) -> list[tuple[int, int, int, int]]:
    """Weight, volume and longest side of each box, and how many there are of it."""
    found = (_of_box(box, ceil_sides) for box in boxes)
    return [(each[LARGESTS], each[VOLUME] // each[QUANTITY], each[LONGEST], each[QUANTITY]) for each in found]


def _of_box(box: Box, ceil_sides: bool) -> Measure:
    """The measure of a box, without its last. Written out in full: a batch asks for it some thousand times."""
    kg, (one, two, three), quantity = box.kg * IN_MICRO, box.sides, box.quantity
    one, two, three = one * IN_MILLI, two * IN_MILLI, three * IN_MILLI
    weight, longest, second, third = int(kg), int(one), int(two), int(three)
    if weight != kg or longest != one or second != two or third != three:
        raise OutOfMeasure
    third, second, longest = sorted((longest, second, third))
    if ceil_sides:
        third, second, longest = (-(-side // MILLI) * MILLI for side in (third, second, longest))
    volume, across = longest * second * third, second + third
    shortest, narrowest = (-longest, -second) if longest else (-LARGEST, -LARGEST)  # Sides nobody gave are not small.
    return (
        weight * quantity, volume * quantity, quantity, 0 if volume else quantity,
        weight, longest, second, third, longest + 2 * across, longest + across, shortest, narrowest,
    )  # fmt: skip
