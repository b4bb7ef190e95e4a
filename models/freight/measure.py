"""A parcel in whole numbers, for the quick way: weights in millionths of a kilogram, sides in millionths of a centimetre."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from models.freight.parcel import Box

MICRO = 10**6


def micro(number: Decimal) -> int:
    """A number of at most six decimals in millionths."""
    return int(number.scaleb(6))


class Measure:
    """What lanes ask of a parcel: its heaviest box, longest sides and so on, and every box as (weight, volume, times)."""

    __slots__ = (
        "actual",
        "boxes",
        "girth",
        "heaviest",
        "longest",
        "quantity",
        "second",
        "sides",
        "smallest",
        "third",
        "volume",
    )

    def __init__(self, boxes: Sequence[Box], ceil_sides: bool) -> None:
        self.heaviest = self.longest = self.second = self.third = self.girth = self.sides = 0
        self.actual = self.volume = self.quantity = 0
        self.smallest = True
        self.boxes: list[tuple[int, int, int]] = []
        for box in boxes:
            sides = [micro(side) for side in box.sides]
            if ceil_sides:
                sides = [-(-side // MICRO) * MICRO for side in sides]
            self._add(micro(box.kg), sorted(sides), box.quantity)

    def _add(self, weight: int, sides: list[int], times: int) -> None:
        third, second, longest = sides
        self.heaviest = max(self.heaviest, weight)
        self.longest = max(self.longest, longest)
        self.second = max(self.second, second)
        self.third = max(self.third, third)
        self.girth = max(self.girth, longest + 2 * (second + third))
        self.sides = max(self.sides, longest + second + third)
        volume = longest * second * third
        self.smallest = self.smallest and volume > 0
        self.actual += weight * times
        self.volume += volume * times
        self.quantity += times
        self.boxes.append((weight, volume, times))
