"""A lane: what one card charges to one place on one day, worked out as far as that goes without the parcel's weight.

It counts in whole numbers and gives, cent for cent, what `quoting` gives in decimals; a test holds them together. What a lane
does not understand (shares of volume, surcharges on single boxes) is left to `quoting`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from models.freight.card import EVERY_ZONE, ZERO, Card, Row, Surcharge
from models.freight.charges import Line, rounded
from models.freight.measure import MICRO, Measure, micro
from models.support.money import exponent

ENDLESS = 10**30
SHARES = 10**12  # Of what a percentage or a rate counts.
HALF = SHARES // 2


@dataclass(frozen=True)
class Stop:
    """Where a lane leads: the card, the place, and everything of the request but weight and size."""

    card: Card
    zone: str
    remoteness: str
    day: date
    cargo: frozenset[str]
    insured: bool
    formal: bool


class TooFine(Exception):
    """A number of the card has more decimals than a lane counts with."""


# In minor units: total, freight, fuel; then the row's place among the lane's rows and the weight in millionths.
Priced = tuple[int, int, int, int, int]


class Lane:
    """`price` answers None when the parcel is refused or has no price there: then `quoting` says why."""

    __slots__ = ("card", "fees", "price", "rows", "zone")

    def __init__(self, stop: Stop, price: Callable[[Measure], Priced | None], rows: list[Row], fees: list[Surcharge]):
        self.card, self.zone, self.price, self.rows, self.fees = stop.card, stop.zone, price, rows, fees

    def lines(self, priced: Priced) -> tuple[Line, ...]:
        """The lines of a price, in their order."""
        _total, freight, fuel, at, _weight = priced
        unit = Decimal(1).scaleb(-exponent(self.card.currency))
        found = [Line("freight", freight * unit)]
        if handling := rounded(self.rows[at].handling, self.card.currency):
            found.append(Line("handling", handling))
        for fee in self.fees:
            if amount := fee_amount(fee, freight, exponent(self.card.currency)):
                found.append(Line(fee.code, amount * unit))
        if fuel:
            found.append(Line("fuel", fuel * unit))
        return tuple(found)


def lane_of(stop: Stop) -> Lane | None:
    """The lane of a stop, or None when it has to be left to `quoting`."""
    card = stop.card
    if card.unit != "KG" or card.volume_mode not in ("NONE", "MAX") or card.pieces_mode == "COMPARE_ROUND_THEN_SUM":
        return None
    if not stop.cargo <= card.cargo or any(
        name.startswith("min_") for limits in card.limits.values() for name in limits
    ):
        return None
    rows = sorted((row for row in card.rows if row.zone == stop.zone), key=lambda row: row.above)
    fees = [fee for fee in card.surcharges if _applies(fee, stop)]
    if not rows or any(fee.basis not in ("FIXED_SHIPMENT", "PCT_FREIGHT") or fee.group for fee in fees):
        return None
    if any(row.type not in ("PER_KG", "FLAT", "FIRST_STEP") for row in rows) or _overlap(rows):
        return None
    if (
        not card.rounds
        or card.rounds[-1].below is not None
        or any(rule.step * MICRO % 1 or not rule.step for rule in card.rounds)
    ):
        return None
    fuel = next((fuel for fuel in card.fuels if fuel.dates.holds(stop.day)), None)
    if card.fuels and fuel is None:
        return None
    try:
        return Lane(stop, _priced_by(stop, rows, fees, fuel.percent if fuel else ZERO), rows, fees)
    except TooFine:
        return None


def _applies(fee: Surcharge, stop: Stop) -> bool:
    if not fee.dates.holds(stop.day) or (fee.zones and stop.zone not in fee.zones):
        return False
    return {
        "always": True,
        "remote": bool(stop.remoteness) and fee.level in ("", stop.remoteness),
        "cargo": fee.cargo in stop.cargo,
        "customs_declaration": stop.formal,
        "insured": stop.insured,
        "box": True,
    }[fee.when]


def _overlap(rows: list[Row]) -> bool:
    return any(row.upto is None or after.above < row.upto for row, after in pairwise(rows))


def fee_amount(fee: Surcharge, freight: int, decimals: int) -> int:
    """A surcharge in minor units."""
    if fee.basis == "PCT_FREIGHT":
        share = _share(fee.amount / 100)
        return max((freight * share + HALF) // SHARES, _minor(fee.least, decimals))
    return _minor(max(fee.amount, fee.least), decimals)


def _share(number: Decimal) -> int:
    return _whole(number.scaleb(12))


def _whole(number: Decimal) -> int:
    if number != (found := int(number)):
        raise TooFine
    return found


def _minor(amount: Decimal, decimals: int) -> int:
    return int(amount.scaleb(decimals).quantize(Decimal(1), ROUND_HALF_UP))


def _priced_by(
    stop: Stop, rows: list[Row], fees: list[Surcharge], fuel_percent: Decimal
) -> Callable[[Measure], Priced | None]:
    """The arithmetic of a lane, with everything that does not change drawn into it."""
    card, decimals = stop.card, exponent(stop.card.currency)
    starts, ends = (
        [micro(row.above) for row in rows],
        [ENDLESS if row.upto is None else micro(row.upto) for row in rows],
    )
    # Freight of a row: base + whole (weight - first) / per * rate, all in shares of a minor unit.
    bases = [_base(row, decimals) for row in rows]
    firsts = [micro(row.first) if row.type == "FIRST_STEP" else 0 for row in rows]
    pers = [micro(row.step) if row.type == "FIRST_STEP" else 1 for row in rows]
    prices = [_per(row, decimals) for row in rows]
    leasts = [_minor(row.min_charge, decimals) for row in rows]
    handlings = [_minor(row.handling, decimals) for row in rows]
    discount, fuel = _share(card.discount), _share(fuel_percent / 100)
    fixed = sum(fee_amount(fee, 0, decimals) for fee in fees if fee.basis != "PCT_FREIGHT")
    fueled = sum(fee_amount(fee, 0, decimals) for fee in fees if fee.basis != "PCT_FREIGHT" and fee.fuelable)
    shares = [fee for fee in fees if fee.basis == "PCT_FREIGHT"]
    with_handling, plain = card.fuel_on_handling, card.discount == 1
    most = _limits(card, stop.zone)
    weight_of = _weight(card, stop.zone)

    def price(measure: Measure) -> Priced | None:
        if (
            measure.heaviest > most[0] or measure.longest > most[1] or measure.second > most[2] or measure.third > most[3]
            or measure.girth > most[4] or measure.sides > most[5] or measure.quantity > most[6]
        ):  # fmt: skip
            return None
        weight = weight_of(measure)
        at = bisect_left(ends, weight)
        if at == len(ends) or weight <= starts[at]:
            return None
        over = weight - firsts[at]
        freight = bases[at]
        if over > 0:
            freight += -(-over // pers[at]) * prices[at]
        freight = (freight + HALF) // SHARES
        if freight < leasts[at]:
            freight = leasts[at]
        if not plain:
            freight = (freight * discount + HALF) // SHARES
        base, total = freight + fueled, freight + handlings[at] + fixed
        for fee in shares:
            amount = fee_amount(fee, freight, decimals)
            total += amount
            if fee.fuelable:
                base += amount
        if with_handling:
            base += handlings[at]
        burnt = (base * fuel + HALF) // SHARES
        return total + burnt, freight, burnt, at, weight

    return price


def _base(row: Row, decimals: int) -> int:
    amount = {"FLAT": row.price, "FIRST_STEP": row.first_price}.get(row.type, ZERO)
    return _share(amount.scaleb(decimals))


def _per(row: Row, decimals: int) -> int:
    """What one more step costs; of a price by the kilogram, one more millionth."""
    if row.type == "FLAT":
        return 0
    return (
        _share(row.step_price.scaleb(decimals)) if row.type == "FIRST_STEP" else _share(row.rate.scaleb(decimals - 6))
    )


def _limits(card: Card, zone: str) -> tuple[int, ...]:
    found = {**card.limits.get(EVERY_ZONE, {}), **card.limits.get(zone, {})}
    names = ("max_actual_kg", "max_longest_cm", "max_second_cm", "max_third_cm", "max_girth_cm", "max_sum_cm")
    mosts = [micro(found[name]) if name in found else ENDLESS for name in names]
    return (*mosts, int(found.get("max_boxes", ENDLESS)))


def _weight(card: Card, zone: str) -> Callable[[Measure], int]:
    """The chargeable weight in millionths. A volume counts in the same unit once it is divided by `per`."""
    least = micro(card.leasts.get(zone, card.leasts.get(EVERY_ZONE, ZERO)))
    box_least, per = micro(card.box_least), _whole(card.divisor * MICRO * MICRO)
    rounds = [(ENDLESS if rule.below is None else micro(rule.below), micro(rule.step)) for rule in card.rounds]
    is_volume, is_summed = card.volume_mode == "MAX", card.pieces_mode == "SUM_THEN_COMPARE"

    def counted(measure: Measure) -> int:
        """In parts of which `per` make a millionth."""
        if is_summed:
            return max(measure.actual * per, measure.volume) if is_volume else measure.actual * per
        return sum(
            max(weight * per, volume if is_volume else 0, box_least * per) * times
            for weight, volume, times in measure.boxes
        )

    def weight(measure: Measure) -> int:
        parts = counted(measure)
        if parts < least * per:
            parts = least * per
        for below, step in rounds:
            if parts < below * per:
                return -(-parts // (step * per)) * step if step else -(-parts // per)
        return -(-parts // per)

    return weight
