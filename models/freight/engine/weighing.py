"""What a parcel counts for: boxes measured as the card says, actual weight against volume, rounded up (docs/freight.md, step 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from models.freight.engine.card import EVERY_ZONE, ZERO, Card
from models.freight.engine.parcel import Box

CM3_PER_CBM = Decimal(1_000_000)


@dataclass(frozen=True)
class Piece:
    """A box as the card measures it: its sides from the longest to the shortest."""

    kg: Decimal
    longest: Decimal
    second: Decimal
    third: Decimal
    quantity: int

    @property
    def girth(self) -> Decimal:
        return self.longest + 2 * (self.second + self.third)

    @property
    def volume(self) -> Decimal:
        return self.longest * self.second * self.third


@dataclass(frozen=True)
class Weighed:
    """`chargeable` in the card's unit; `by` says what made it: actual, volumetric, mixed or least; the weights behind it.
    `counted` is what counts before the minimum and rounding."""

    chargeable: Decimal
    by: str
    actual: Decimal
    volumetric: Decimal
    counted: Decimal = ZERO


def pieces_of(card: Card, boxes: Sequence[Box]) -> list[Piece]:
    return [_piece(card, box) for box in boxes]


def _piece(card: Card, box: Box) -> Piece:
    sides = [side.to_integral_value(ROUND_CEILING) for side in box.sides] if card.ceil_sides else box.sides
    longest, second, third = sorted(sides, reverse=True)
    return Piece(box.kg, longest, second, third, box.quantity)


def weigh(card: Card, zone: str, pieces: Sequence[Piece]) -> Weighed:
    """The chargeable weight (kg) or volume (CBM) of the pieces in a zone."""
    actual = sum((piece.kg * piece.quantity for piece in pieces), ZERO)
    if card.unit == "CBM":
        return _by_volume(card, pieces, actual)
    volume = sum((piece.volume * piece.quantity for piece in pieces), ZERO)
    volumetric = volume / card.divisor
    counted = _counted(card, pieces, actual, volume)
    least = card.leasts.get(zone, card.leasts.get(EVERY_ZONE, ZERO))
    by = "least" if least > counted else _made_by(counted, actual, volumetric)
    return Weighed(_rounded(card, max(counted, least)), by, actual, volumetric, counted)


def _counted(card: Card, pieces: Sequence[Piece], actual: Decimal, volume: Decimal) -> Decimal:
    """Volumes are added before they are divided, so that three boxes of 5/3 kg count 5 kg and no more."""
    if card.pieces_mode == "SUM_THEN_COMPARE":
        parts = [compare(card, actual, volume, max(piece.longest for piece in pieces))]
    else:
        parts = [_of_box(card, piece) for piece in pieces]
    return sum((kg for kg, _volume in parts), ZERO) + sum((volume for _kg, volume in parts), ZERO) / card.divisor


def _of_box(card: Card, piece: Piece) -> tuple[Decimal, Decimal]:
    """What counts of a box and its likes: kilograms, and a volume still to be divided."""
    kg, volume = compare(card, piece.kg, piece.volume, piece.longest)
    weight = max(kg + volume / card.divisor, card.box_least)
    if card.pieces_mode == "COMPARE_ROUND_THEN_SUM" and card.box_step:
        kg, volume = up_to(weight, card.box_step), ZERO
    elif weight == card.box_least:
        kg, volume = weight, ZERO
    return kg * piece.quantity, volume * piece.quantity


def compare(card: Card, kg: Decimal, volume: Decimal, longest: Decimal) -> tuple[Decimal, Decimal]:
    """What counts of a weight and of a volume, before division, minimum and rounding."""
    if card.volume_mode == "NONE" or volume <= kg * card.divisor:
        return kg, ZERO
    if card.volume_mode == "SHARE":
        return kg * (1 - card.share), volume * card.share
    if card.volume_mode == "MAX_IF_RATIO" and volume <= kg * card.ratio * card.divisor:
        return kg, ZERO
    if card.volume_mode == "MAX_IF_SIDE" and longest < card.side:
        return kg, ZERO
    return ZERO, volume


def _by_volume(card: Card, pieces: Sequence[Piece], actual: Decimal) -> Weighed:
    measured = sum((piece.volume * piece.quantity for piece in pieces), ZERO) / CM3_PER_CBM
    heavy = actual / card.kg_per_cbm
    counted = max(measured, heavy, card.least_cbm)
    by = "least" if card.least_cbm > max(measured, heavy) else "actual" if heavy > measured else "volumetric"
    return Weighed(up_to(counted, card.cbm_step), by, actual, measured, max(measured, heavy))


def _made_by(counted: Decimal, actual: Decimal, volumetric: Decimal) -> str:
    return "actual" if counted <= actual else "volumetric" if counted == volumetric else "mixed"


def _rounded(card: Card, weight: Decimal) -> Decimal:
    return up_to(weight, step_of(card, weight))


def step_of(card: Card, weight: Decimal) -> Decimal:
    """The step in which such a weight is rounded up; zero where it is not."""
    if card.unit == "CBM":
        return card.cbm_step
    return next((rule.step for rule in card.rounds if rule.below is None or weight < rule.below), ZERO)


def up_to(weight: Decimal, step: Decimal) -> Decimal:
    """Rounded up to whole steps; a step of zero leaves it as it is."""
    if not step:
        return weight
    return (weight / step).to_integral_value(ROUND_CEILING) * step
