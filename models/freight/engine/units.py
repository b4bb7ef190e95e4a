"""What parcels weigh on many lanes at once, in each lane's units (`counting`). A row is a parcel, a column a lane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from models.freight.engine.counting import Counting
from models.freight.engine.measure import (
    LONGEST,
    MOST_BOXES,
    MOST_SIDE,
    MOST_VOLUME,
    MOST_WEIGHT,
    QUANTITY,
    VOLUME,
    WEIGHT,
    OutOfMeasure,
    box_measures,
    measure,
    measure_of,
    numbers,
)
from models.freight.engine.parcel import Parcel

MANY = 20
Array = Any  # Of int64: numpy's own types say no more.


def column(numbers: Iterable[int]) -> Array:
    return np.array(list(numbers), dtype=np.int64)


def unless(nothing: int, numbers: Iterable[int]) -> Array | None:
    """A column; None when every number is the one that changes nothing, so that its step can be left out."""
    found = list(numbers)
    return None if all(number == nothing for number in found) else column(found)


def measures(parcels: Sequence[Parcel], ceil_sides: bool) -> Array:
    """The measure of each parcel; many of one box are reckoned at once. Raises OutOfMeasure."""
    boxes = [box for parcel in parcels for box in parcel.boxes]
    if len(parcels) < MANY or len(boxes) > len(parcels):
        return np.array([measure(parcel.boxes, ceil_sides) for parcel in parcels], dtype=np.int64)
    found = np.array(numbers(boxes), dtype=np.int64).reshape(-1, 5).T
    weight, (third, second, longest), quantity = found[0], np.sort(found[1:4], axis=0), found[4]
    most = int(quantity.max())
    if most > MOST_BOXES or int(weight.max()) * most > MOST_WEIGHT or longest.max() > MOST_SIDE:
        raise OutOfMeasure
    if int((longest * second * third).max()) * most > MOST_VOLUME:
        raise OutOfMeasure
    return np.stack(measure_of(weight, third, second, longest, quantity, ceil_sides), axis=1)


class Units:
    """The countings of lanes. `variants` says for each lane by which of `ceils` it measures sides."""

    def __init__(self, countings: Sequence[Counting], variants: Sequence[int], ceils: Sequence[bool]):
        ways = list(dict.fromkeys(zip(countings, variants, strict=True)))  # Channels count in few ways.
        self._of_lane = column(ways.index(way) for way in zip(countings, variants, strict=True))
        countings, variants = zip(*ways, strict=True)
        self._ceils, self._variants = ceils, unless(0, variants)
        self._per = column(each.per for each in countings)
        self._kept, self._over = (
            unless(1, numbers) for numbers in zip(*((c.kept, c.over) for c in countings), strict=True)
        )
        self._side = unless(0, (each.side for each in countings))
        self._ratio = unless(0, (each.ratio[0] for each in countings))
        self._ratio_of = column(each.ratio[1] for each in countings)
        self._least = unless(0, (each.least for each in countings))
        self._is_by_box = unless(0, (each.is_by_box for each in countings))
        self._box_least = column(each.box_least for each in countings)
        self._box_step = unless(1, (each.box_step for each in countings))
        self._rules = list(_rules(countings))

    def of(self, parcels: Sequence[Parcel], measures: Sequence[Array]) -> Array:
        """`measures` are the parcels' in each variant."""
        parts = self._parts(*(self._spread([each[:, at] for each in measures]) for at in (WEIGHT, VOLUME, LONGEST)))
        if self._is_by_box is not None:
            if measures[0][:, QUANTITY].max() == 1:
                parts = self._boxed(parts)
            else:
                parts = np.where(self._is_by_box, self._by_box(parcels), parts)
        if self._least is not None:
            parts = np.maximum(parts, self._least)
        return self._rounded(parts)[:, self._of_lane]

    def _spread(self, numbers: Sequence[Array]) -> Array:
        """A number of each parcel, to every way in its own variant."""
        if self._variants is None:
            return numbers[0][:, None]
        return np.stack(numbers, axis=1)[:, self._variants]

    def _parts(self, weight: Array, volume: Array, longest: Array) -> Array:
        heavy = weight * self._per
        over = np.maximum(volume - heavy, 0)
        if self._side is not None:
            over *= longest >= self._side
        if self._ratio is not None:
            over *= volume * self._ratio_of > heavy * self._ratio
        if self._over is not None:
            over *= self._over
        return (heavy if self._kept is None else heavy * self._kept) + over

    def _boxed(self, parts: Array) -> Array:
        """What boxes count: not less than the least, in whole steps."""
        parts = np.maximum(parts, self._box_least)
        if self._box_step is not None:
            parts = (parts + (self._box_step - 1)) // self._box_step * self._box_step
        return parts

    def _by_box(self, parcels: Sequence[Parcel]) -> Array:
        """What boxes count one by one, summed up for each parcel."""
        boxes = [
            np.array([box for parcel in parcels for box in box_measures(parcel.boxes, ceil)], dtype=np.int64)
            for ceil in self._ceils
        ]
        starts = [0, *accumulate(len(parcel.boxes) for parcel in parcels)][:-1]
        parts = self._boxed(self._parts(*(self._spread([each[:, at] for each in boxes]) for at in range(3))))
        return np.add.reduceat(parts * boxes[0][:, 3:], starts, axis=0)

    def _rounded(self, parts: Array) -> Array:
        _below, step, units = self._rules[0]
        for below, other_step, other_units in self._rules[1:]:
            fits = parts < below
            step, units = np.where(fits, other_step, step), np.where(fits, other_units, units)
        parts = parts + (step - 1)
        parts //= step
        parts *= units
        return parts


def _rules(countings: Sequence[Counting]) -> Iterable[tuple[Array, Array, Array]]:
    """From the last to the first: the first that fits is laid over the others. Each says below what, steps and units."""
    for at in reversed(range(max(len(each.rules) for each in countings))):
        rules = [each.rules[min(at, len(each.rules) - 1)] for each in countings]
        yield (
            column(rule.below for rule in rules),
            column(rule.step for rule in rules),
            column(rule.units for rule in rules),
        )
