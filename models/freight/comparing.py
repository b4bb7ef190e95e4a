"""What a new version of a price sheet changes against an earlier one: zone by zone and band by band, in percent.

Nothing hides behind a band that was cut otherwise: where a band has no equal on the other side, what a parcel at its end costs
is compared with what it costs there. A change of more than half is steep, and so is one that cannot be reckoned in percent.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from models.freight.engine.card import ONE, ZERO, Card, Row

STEEP = Decimal(50)
ENDLESS = Decimal(10**15)  # Nobody reads so many percent.
HUNDRED, TENTH = Decimal(100), Decimal("0.1")
CHANGED, NEW, REMOVED = "changed", "new", "removed"
PARCEL = "parcel"  # Freight and handling of one parcel at the end of the band.
# What makes the price of a row of each type, by its column of the sheet and its name in a card.
PRICED = {
    "PER_KG": {"rate": "rate"},
    "PER_CBM": {"rate": "rate"},
    "FLAT": {"price": "price"},
    "FIRST_STEP": {"first_kg": "first", "first_price": "first_price", "step_kg": "step", "step_price": "step_price"},
}
ALWAYS = {"min_charge": "min_charge", "handling": "handling"}
Band = tuple[str, Decimal, Decimal | None]


@dataclass(frozen=True)
class PriceChange:
    """`what` is a column of the rates, `parcel`, `discount` or the code of a surcharge (the last two without zone and band).

    `percent` is None where there is nothing to compare: on one side only, from nothing, or in another currency.
    """

    zone: str
    band: str
    what: str
    old: Decimal | None
    new: Decimal | None
    percent: Decimal | None
    is_steep: bool
    kind: str = CHANGED


def changes(old: Card | None, new: Card) -> list[PriceChange]:
    """Every price that differs, in the new sheet's order, then what it offers no more. Nothing without an earlier version."""
    if old is None:
        return []
    alike = (old.currency, old.unit) == (new.currency, new.unit)
    return [*_of_rows(old, new, alike), *_of_the_whole(old, new, alike)]


def band_text(row: Row) -> str:
    """A band as price sheets write it: `0.3<W≤1`, `W>30`."""
    low = format(row.above, "f")
    return f"W>{low}" if row.upto is None else f"{low}<W≤{row.upto:f}"


def _of_rows(old: Card, new: Card, alike: bool) -> Iterator[PriceChange]:
    before, after = {_band(row): row for row in old.rows}, {_band(row): row for row in new.rows}
    old_prices, new_prices = _Prices(old), _Prices(new)
    for row in new.rows:
        equal = before.get(_band(row))
        if equal is not None and (equal.type == row.type):
            yield from _of_row(equal, row, alike)
        else:
            costs = old_prices.parcel(row.zone, _end(row)), new_prices.parcel(row.zone, _end(row))
            yield _change(row, PARCEL, *costs, alike, CHANGED if equal else NEW)
    for row in old.rows:
        if _band(row) not in after:
            costs = old_prices.parcel(row.zone, _end(row)), new_prices.parcel(row.zone, _end(row))
            yield _change(row, PARCEL, *costs, alike, REMOVED)


def _band(row: Row) -> Band:
    return row.zone, row.above, row.upto


def _of_row(old: Row, new: Row, alike: bool) -> Iterator[PriceChange]:
    for column, name in (PRICED[new.type] | ALWAYS).items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after or (not alike and after):
            yield _change(new, column, before, after, alike)


def _of_the_whole(old: Card, new: Card, alike: bool) -> Iterator[PriceChange]:
    if old.discount != new.discount:
        yield _change(None, "discount", old.discount, new.discount, True)
    before = {(one.code, one.zones, one.dates): one.amount for one in old.surcharges}
    after = {(one.code, one.zones, one.dates): one.amount for one in new.surcharges}
    for key in [*after, *(key for key in before if key not in after)]:
        was, comes = before.get(key), after.get(key)
        if was != comes:
            kind = NEW if was is None else REMOVED if comes is None else CHANGED
            yield _change(None, key[0], was, comes, alike, kind)


def _change(
    row: Row | None, what: str, old: Decimal | None, new: Decimal | None, alike: bool, kind: str = CHANGED
) -> PriceChange:
    zone, band = (row.zone, band_text(row)) if row else ("", "")
    if old is None or new is None:
        return PriceChange(zone, band, what, old, new, None, False, kind)
    if not alike or (not old and new):
        return PriceChange(zone, band, what, old, new, None, True, kind)
    exact = (new - old) * HUNDRED / old if old else ZERO
    percent = exact.quantize(TENTH, ROUND_HALF_UP) if abs(exact) < ENDLESS else None
    return PriceChange(zone, band, what, old, new, percent, abs(exact) > STEEP, kind)


def _end(row: Row) -> Decimal:
    """The weight a band is judged by: its end, or one unit above where an open one begins."""
    return row.above + ONE if row.upto is None else row.upto


class _Prices:
    """What one parcel costs under a card by zone and weight, before discount and surcharges."""

    def __init__(self, card: Card):
        self.by_zone: dict[str, list[Row]] = {}
        for row in sorted(card.rows, key=lambda row: row.above):
            self.by_zone.setdefault(row.zone, []).append(row)
        self.begins = {zone: [row.above for row in rows] for zone, rows in self.by_zone.items()}

    def parcel(self, zone: str, weight: Decimal) -> Decimal | None:
        """None when no band of the zone holds the weight."""
        at = bisect_left(self.begins.get(zone, ()), weight) - 1
        row = self.by_zone[zone][at] if at >= 0 else None
        return _cost(row, weight) if row and row.holds(weight) else None


def _cost(row: Row, weight: Decimal) -> Decimal:
    if row.type == "FLAT":
        freight = row.price
    elif row.type == "FIRST_STEP":
        more = max(weight - row.first, ZERO)
        freight = row.first_price + (more / row.step).to_integral_value(ROUND_CEILING) * row.step_price
    else:
        freight = weight * row.rate
    return max(freight, row.min_charge) + row.handling
