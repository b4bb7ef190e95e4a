"""The surcharges of a lane (docs/freight.md, step 10): those that apply there whatever is sent, in whole numbers.

One that looks at single boxes applies only to boxes beyond its measure: that measure is a bound beyond which `quoting` is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import floor

from models.freight.engine.card import Card, Surcharge
from models.freight.engine.measure import LARGEST, LIMITS, MICRO, MILLI, OutOfMeasure, whole
from models.support.money import exponent

SCALE = 10**6  # Of what prices, shares and percentages count.
MEASURED = {"actual": (0, MICRO), "longest": (1, MILLI), "second": (2, MILLI), "girth": (4, MILLI)}  # Places in LIMITS.


@dataclass(frozen=True)
class Stop:
    """Where a lane leads: the card, the place (None: no service), and everything of the request but weight and size."""

    card: Card
    zone: str | None
    remoteness: str
    day: date
    cargo: frozenset[str]
    insured: bool
    formal: bool
    declared: bool


@dataclass(frozen=True)
class Fee:
    """`least` minor units, or more by shares (of freight), by units of weight, by boxes: in millionths of a minor unit."""

    code: str
    fuelable: bool
    least: int
    by_freight: int = 0
    by_unit: int = 0
    by_box: int = 0

    @property
    def is_fixed(self) -> bool:
        return not (self.by_freight or self.by_unit or self.by_box)


def minor(amount: Decimal, decimals: int) -> int:
    """An amount in minor units, half up."""
    return whole(amount.scaleb(decimals).quantize(Decimal(1), ROUND_HALF_UP))


def fees_of(stop: Stop, unit: int) -> tuple[Fee, ...]:
    """The fees in the card's order. `unit` is that of the lane's weights, in millionths of a kilogram. Raises OutOfMeasure."""
    applying = [
        surcharge for surcharge in stop.card.surcharges if surcharge.when != "box" and _applies(surcharge, stop)
    ]
    found = [(surcharge, _fee(surcharge, stop, unit)) for surcharge in applying]
    return tuple(_dearest([(surcharge, fee) for surcharge, fee in found if fee.least or not fee.is_fixed]))


def bounds_of(stop: Stop) -> tuple[int, ...]:
    """Beyond which measures, in the order of LIMITS, a surcharge on single boxes may apply."""
    bounds = [LARGEST] * len(LIMITS)
    for surcharge in stop.card.surcharges:
        if surcharge.when == "box" and _applies(surcharge, stop):
            place, scale = MEASURED[surcharge.measure]
            bounds[place] = min(bounds[place], floor(surcharge.above * scale))
    return tuple(bounds)


def _applies(surcharge: Surcharge, stop: Stop) -> bool:
    if not surcharge.dates.holds(stop.day) or (surcharge.zones and stop.zone not in surcharge.zones):
        return False
    return {
        "always": True,
        "box": True,
        "remote": bool(stop.remoteness) and surcharge.level in ("", stop.remoteness),
        "cargo": surcharge.cargo in stop.cargo,
        "customs_declaration": stop.formal,
        "insured": stop.insured,
    }[surcharge.when]


def _fee(surcharge: Surcharge, stop: Stop, unit: int) -> Fee:
    decimals = exponent(stop.card.currency)
    scaled, least = surcharge.amount.scaleb(decimals) * SCALE, surcharge.least
    by_freight = by_unit = by_box = 0
    match surcharge.basis:
        case "PCT_FREIGHT":
            by_freight = whole(surcharge.amount * SCALE / 100)
        case "PER_KG":
            by_unit = whole(scaled * unit / MICRO)
        case "FIXED_BOX":
            by_box = whole(scaled)
        case "FIXED_SHIPMENT":
            least = max(surcharge.amount, least)
        case _ if stop.declared:
            raise OutOfMeasure
    return Fee(surcharge.code, surcharge.fuelable, minor(least, decimals), by_freight, by_unit, by_box)


def _dearest(found: Sequence[tuple[Surcharge, Fee]]) -> Iterable[Fee]:
    """Of a group that combines by MAX the dearest stays, the first of equals: which one, must be known beforehand."""
    limited = {surcharge.group for surcharge, _fee in found if surcharge.group and surcharge.combine == "MAX"}
    dearest: dict[str, Fee] = {}
    for surcharge, fee in found:
        if surcharge.group in limited:
            if not fee.is_fixed:
                raise OutOfMeasure
            if surcharge.group not in dearest or fee.least > dearest[surcharge.group].least:
                dearest[surcharge.group] = fee
    return [fee for surcharge, fee in found if surcharge.group not in limited or fee is dearest[surcharge.group]]
