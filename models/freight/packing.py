"""Goods into boxes, by a rule simple enough to be told on the page. Pure: items in, boxes and what was assumed out.

Whole cartons travel as cartons. What is left over goes into one box: the weights are added, its base is the largest of the two
longer sides among the goods, and it is as high as all of them laid flat upon each other. A single piece keeps its own package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from models.freight.engine.card import ZERO
from models.freight.engine.parcel import Box

Sides = tuple[Decimal, Decimal, Decimal]
NONE: Sides = (ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class Item:
    """`quantity` pieces of a SKU; what one weighs and measures in its package, and what a whole carton does. Zero: unknown."""

    sku: str
    quantity: int
    kg: Decimal = ZERO
    sides: Sides = NONE
    carton_quantity: int = 0
    carton_kg: Decimal = ZERO
    carton_sides: Sides = NONE

    @property
    def cartons(self) -> int:
        """How many whole cartons it fills; none where a carton's weight or size is not known."""
        is_known = self.carton_quantity > 0 and self.carton_kg > 0 and all(self.carton_sides)
        return self.quantity // self.carton_quantity if is_known else 0

    @property
    def loose(self) -> int:
        return self.quantity - self.cartons * self.carton_quantity


@dataclass(frozen=True)
class Packed:
    """`steps` tell how: ("cartons", sku, count, pieces), ("single", sku), ("stacked", pieces). Without a weight a SKU is left
    out (`weightless`); without sizes of all its goods a box has none (`sizeless`)."""

    boxes: tuple[Box, ...] = ()
    steps: tuple[tuple, ...] = ()
    weightless: tuple[str, ...] = ()
    sizeless: tuple[str, ...] = ()
    items: tuple[Item, ...] = field(default=())


def packed(items: Iterable[Item]) -> Packed:
    """Boxes for the items, in their order, the box of loose pieces last."""
    given = tuple(items)
    boxes: list[Box] = []
    steps: list[tuple] = []
    loose: list[Item] = []
    for item in given:
        if item.cartons:
            boxes.append(Box(item.carton_kg, item.carton_sides, item.cartons))
            steps.append(("cartons", item.sku, item.cartons, item.cartons * item.carton_quantity))
        if item.loose and item.kg:
            loose.append(item)
    if loose:
        boxes.append(_stacked(loose))
        pieces = sum(item.loose for item in loose)
        steps.append(("single", loose[0].sku) if pieces == 1 else ("stacked", pieces))
    return Packed(
        tuple(boxes), tuple(steps),
        weightless=tuple(item.sku for item in given if item.loose and not item.kg),
        sizeless=tuple(item.sku for item in loose if not all(item.sides)),
        items=given,
    )  # fmt: skip


def _stacked(loose: list[Item]) -> Box:
    kg = sum((item.kg * item.loose for item in loose), ZERO)
    if not all(all(item.sides) for item in loose):
        return Box(kg)
    flat = [(sorted(item.sides, reverse=True), item.loose) for item in loose]
    length, width = max(sides[0] for sides, _times in flat), max(sides[1] for sides, _times in flat)
    return Box(kg, (length, width, sum((sides[2] * times for sides, times in flat), ZERO)))
