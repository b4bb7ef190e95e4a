"""The lines of a price: freight, handling, surcharges, fuel (docs/freight.md, steps 8 to 11). Each is rounded once, half up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from models.freight.engine.card import ZERO, Card, Row, Surcharge
from models.freight.engine.parcel import Parcel
from models.freight.engine.weighing import Piece
from models.support.money import exponent

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Line:
    code: str
    amount: Decimal


@dataclass(frozen=True)
class Case:
    """Everything a line may depend on."""

    card: Card
    parcel: Parcel
    zone: str
    remoteness: str
    pieces: Sequence[Piece]
    chargeable: Decimal
    row: Row


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_UP)


def lines_of(case: Case) -> tuple[list[Line], list[str]]:
    """The lines in their order, and warnings."""
    freight = _freight(case)
    lines = [Line("freight", freight)]
    handling = rounded(case.row.handling, case.card.currency)
    if handling:
        lines.append(Line("handling", handling))
    charged = _surcharges(case, freight)
    lines += [Line(surcharge.code, amount) for surcharge, amount in charged]
    if not case.card.fuels:
        return lines, []
    fuel = next((fuel for fuel in case.card.fuels if fuel.dates.holds(case.parcel.ship_date)), None)
    if fuel is None:
        return lines, ["FUEL_RATE_MISSING"]
    base = freight + sum((amount for surcharge, amount in charged if surcharge.fuelable), ZERO)
    base += handling if case.card.fuel_on_handling else ZERO
    if amount := rounded(base * fuel.percent / HUNDRED, case.card.currency):
        lines.append(Line("fuel", amount))
    return lines, []


def _freight(case: Case) -> Decimal:
    row, currency = case.row, case.card.currency
    amount = max(rounded(_price(row, case.chargeable), currency), rounded(row.min_charge, currency))
    return rounded(amount * case.card.discount, currency)


def _price(row: Row, weight: Decimal) -> Decimal:
    if row.type == "FLAT":
        return row.price
    if row.type != "FIRST_STEP":
        return weight * row.rate
    more = max(weight - row.first, ZERO)
    return row.first_price + (more / row.step).to_integral_value(ROUND_CEILING) * row.step_price


def _surcharges(case: Case, freight: Decimal) -> list[tuple[Surcharge, Decimal]]:
    charged = []
    for surcharge in case.card.surcharges:
        if times := _times(case, surcharge):
            amount = rounded(max(_amount(case, surcharge, freight, times), surcharge.least), case.card.currency)
            if amount:
                charged.append((surcharge, amount))
    return _dearest_of_groups(charged)


def _times(case: Case, surcharge: Surcharge) -> int:
    """How many boxes call for a surcharge; all of them when it does not look at boxes, none when it does not apply."""
    if not surcharge.dates.holds(case.parcel.ship_date) or (surcharge.zones and case.zone not in surcharge.zones):
        return 0
    boxes = sum(piece.quantity for piece in case.pieces)
    if surcharge.when == "box":
        return sum(piece.quantity for piece in case.pieces if _measure(piece, surcharge.measure) > surcharge.above)
    applies = {
        "always": True,
        "remote": bool(case.remoteness) and surcharge.level in ("", case.remoteness),
        "cargo": surcharge.cargo in case.parcel.cargo,
        "customs_declaration": case.parcel.formal_declaration,
        "insured": case.parcel.insured,
    }
    return boxes if applies[surcharge.when] else 0


def _measure(piece: Piece, name: str) -> Decimal:
    return piece.kg if name == "actual" else getattr(piece, name)


def _amount(case: Case, surcharge: Surcharge, freight: Decimal, times: int) -> Decimal:
    if surcharge.basis == "FIXED_BOX":
        return surcharge.amount * times
    if surcharge.basis == "PER_KG":
        return surcharge.amount * case.chargeable
    if surcharge.basis == "PCT_FREIGHT":
        return freight * surcharge.amount / HUNDRED
    if surcharge.basis == "PCT_DECLARED":
        return (case.parcel.declared_value or ZERO) * surcharge.amount / HUNDRED
    return surcharge.amount


def _dearest_of_groups(charged: list[tuple[Surcharge, Decimal]]) -> list[tuple[Surcharge, Decimal]]:
    """Of a group that combines by MAX the dearest stays, the first of equals."""
    limited = {surcharge.group for surcharge, _amount in charged if surcharge.group and surcharge.combine == "MAX"}
    dearest = {
        group: max((pair for pair in charged if pair[0].group == group), key=lambda pair: pair[1]) for group in limited
    }
    return [pair for pair in charged if pair[0].group not in limited or pair is dearest[pair[0].group]]
