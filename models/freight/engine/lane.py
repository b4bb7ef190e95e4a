"""A lane: what one card charges to one place on one day, in whole numbers that stand in arrays (`board`).

Prices count in millionths of a minor unit. A card whose numbers are finer, or could grow beyond 2**62 with the largest parcel,
becomes a lane that always asks `quoting`; so does what lanes do not understand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from itertools import pairwise
from math import ceil, floor

from models.freight.engine.card import EVERY_ZONE, ZERO, Card, Row
from models.freight.engine.counting import Counting, counting_of
from models.freight.engine.fees import SCALE, Fee, Stop, bounds_of, fees_of, minor
from models.freight.engine.measure import LARGEST, LIMITS, MICRO, MILLI, OutOfMeasure, fit, whole
from models.freight.engine.parcel import MOST_BOXES
from models.support.money import exponent

NEVER, ALWAYS = (LARGEST,) * len(LIMITS), (-LARGEST - 1,) * len(LIMITS)


@dataclass(frozen=True)
class Band:
    """What weights up to so many units cost: `base`, and `per` for each `step` begun beyond `first`. Without a row: no price."""

    upto: int
    row: Row | None = None
    base: int = 0
    per: int = 0
    first: int = 0
    step: int = 1
    least: int = 0
    handling: int = 0


@dataclass(frozen=True)
class Lane:
    """Without bands a lane is closed: the card refuses everything there. Beyond `asks` only `quoting` knows the price."""

    card: Card
    counting: Counting = Counting()
    bands: tuple[Band, ...] = ()
    limits: tuple[int, ...] = NEVER
    asks: tuple[int, ...] = NEVER
    discount: int = SCALE
    fuel: int = 0
    fees: tuple[Fee, ...] = ()
    most: int = 0  # The largest total, in minor units.


def lane_of(stop: Stop) -> Lane:
    if stop.zone is None or stop.remoteness == "EMBARGO" or not stop.cargo <= stop.card.cargo:
        return Lane(stop.card)
    try:
        with localcontext(prec=60):
            return _lane_of(stop, stop.zone)
    except OutOfMeasure:
        return asking(stop.card)


def asking(card: Card) -> Lane:
    """A lane that always asks."""
    return Lane(card, asks=ALWAYS)


def _lane_of(stop: Stop, zone: str) -> Lane:
    card = stop.card
    rows = sorted(card.rows_by_zone.get(zone, ()), key=lambda row: row.above)
    if card.unit != "KG" or any(row.upto is None or after.above < row.upto for row, after in pairwise(rows)):
        raise OutOfMeasure
    counting = counting_of(card, zone, rows)
    fuel = next((fuel.percent for fuel in card.fuels if fuel.dates.holds(stop.day)), None if card.fuels else ZERO)
    if fuel is None:  # Such a price is incomplete.
        raise OutOfMeasure
    lane = Lane(
        card, counting, tuple(_bands(card, rows, counting)), _limits(card, zone), bounds_of(stop),
        whole(card.discount * SCALE), whole(fuel * SCALE / 100), fees_of(stop, counting.unit),
    )  # fmt: skip
    return replace(lane, most=max((_largest_total(lane, band) for band in lane.bands), default=0))


def _limits(card: Card, zone: str) -> tuple[int, ...]:
    """The most of each measure; a least, as measures do, below zero."""
    found = {**card.limits.get(EVERY_ZONE, {}), **card.limits.get(zone, {})}
    return tuple(_limit(name, found[name]) if name in found else LARGEST for name in LIMITS)


def _limit(name: str, number: Decimal) -> int:
    scaled = number * {"kg": MICRO, "cm": MILLI}.get(name[-2:], 1)
    return -fit(ceil(scaled)) if name.startswith("min_") else fit(floor(scaled))


def _bands(card: Card, rows: Sequence[Row], counting: Counting) -> list[Band]:
    """The rows without holes between them: what lies in a hole has a band without a price."""
    found, reached, per_unit = [], -1, Decimal(counting.unit) / MICRO
    for row in rows:
        low = min(floor(row.above / per_unit), counting.most)
        high = counting.most if row.upto is None else min(floor(row.upto / per_unit), counting.most)
        if low > reached:
            found.append(Band(low))
        if high > low:
            found.append(_band(card, row, high, per_unit))
        reached = max(low, high)
    return found


def _band(card: Card, row: Row, upto: int, per_unit: Decimal) -> Band:
    decimals = exponent(card.currency)
    priced = Band(upto, row, least=minor(row.min_charge, decimals), handling=minor(row.handling, decimals))
    scale = Decimal(SCALE).scaleb(decimals)
    if row.type == "FLAT":
        return replace(priced, base=whole(row.price * scale))
    if row.type == "FIRST_STEP":
        first, step = whole(row.first / per_unit), whole(row.step / per_unit)
        return replace(
            priced, base=whole(row.first_price * scale), per=whole(row.step_price * scale), first=first, step=step
        )
    return replace(priced, per=whole(row.rate * per_unit * scale))


def _largest_total(lane: Lane, band: Band) -> int:
    """The total at a band's upper end. Raises OutOfMeasure when any number on the way there grows too large."""
    freight = fit(band.base + (max(band.upto - band.first, 0) // band.step + 1) * band.per + SCALE) // SCALE
    freight = fit(max(freight, band.least) * lane.discount + SCALE) // SCALE
    fees = sum(
        fit(
            max(
                freight * fee.by_freight + lane.counting.most * fee.by_unit + MOST_BOXES * fee.by_box + SCALE,
                fee.least * SCALE,
            )
        )
        for fee in lane.fees
    )
    total = fit(freight + band.handling + fees // SCALE + len(lane.fees))
    return total + fit(total * lane.fuel + SCALE) // SCALE
