"""Lanes side by side: what parcels to one place cost on each of them, in a few steps over arrays of whole numbers.

A row is a parcel, a column a lane. `lane` has made sure that no number here grows beyond 2**62. Each step does what `weighing` and
`charges` do in decimals; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest

import numpy as np

from models.freight.engine.fees import SCALE, Fee
from models.freight.engine.lane import Band, Lane, asking
from models.freight.engine.measure import LARGEST, LARGESTS, UNSIZED, fit
from models.freight.engine.offer import Details, Priced
from models.freight.engine.parcel import Parcel
from models.freight.engine.quoting import HOME
from models.freight.engine.units import Array, Units, column, measures, unless
from models.support.money import exponent

HALF = SCALE // 2
SHARES = 10**10  # Of what a rate of the day counts.
UNKNOWN, REFUSED = 1 << 60, 1 << 61  # Above every price: one without a rate of the day, and none.


class Board:
    """A key is a price in CNY shifted by the column's bits, and the column; or UNKNOWN or REFUSED, and the column."""

    def __init__(self, lanes: Sequence[Lane], rates: Mapping[str, Decimal]):
        self._bits = len(lanes).bit_length()
        shares = [_share(lane, rates, self._bits) for lane in lanes]
        self.lanes = [
            asking(lane.card) if share < 0 and lane.bands else lane for lane, share in zip(lanes, shares, strict=True)
        ]
        self._shares = unless(SHARES, shares)
        self._ceils = sorted({lane.card.ceil_sides for lane in self.lanes})
        variants = [self._ceils.index(lane.card.ceil_sides) for lane in self.lanes]
        self._units = Units([lane.counting for lane in self.lanes], variants, self._ceils)
        self._set_bands(shares)
        self._discount = unless(SCALE, (lane.discount for lane in self.lanes))
        self._fuel = unless(0, (lane.fuel for lane in self.lanes))
        self._fees = [_Fees(fees) for fees in _layers(self.lanes)]
        self._is_handling_fueled = unless(0, (lane.card.fuel_on_handling for lane in self.lanes))
        self._limits, self._asks = (
            np.array(bounds) for bounds in zip(*((lane.limits, lane.asks) for lane in self.lanes), strict=True)
        )
        self._variants = column(variants)
        self._lowest = [
            np.minimum(self._limits, self._asks)[self._variants == variant].min(axis=0)
            for variant in range(len(self._ceils))
        ]

    def _set_bands(self, shares: Sequence[int]) -> None:
        """The bands of all lanes in one row, each lane a span behind the one before, so that one search serves all."""
        span = max(lane.counting.most for lane in self.lanes) + 2
        fit(span * (len(self.lanes) + 1))
        found = [(at, band) for at, lane in enumerate(self.lanes) for band in (*lane.bands, Band(span - 1))]
        self.bands = [band for _at, band in found]
        self._spans = column(at * span for at in range(len(self.lanes)))
        self._ends = column(band.upto + at * span for at, band in found)
        self._base = column(band.base + HALF for band in self.bands)
        self._per, self._first = (
            unless(0, numbers) for numbers in ([b.per for b in self.bands], [b.first for b in self.bands])
        )
        self._step = unless(1, (band.step for band in self.bands))
        self._least = unless(0, (band.least for band in self.bands))
        self._handling = unless(0, (band.handling for band in self.bands))
        self._marks = column(at | (REFUSED if band.row is None else 0 if shares[at] else UNKNOWN) for at, band in found)
        self._kept = np.where(self._marks < UNKNOWN, -1, 0)

    def price(self, parcels: Sequence[Parcel]) -> Priced:
        """Raises OutOfMeasure for a parcel that `measure` does not take."""
        found = [measures(parcels, ceil) for ceil in self._ceils]
        units = self._units.of(parcels, found)
        bands = self._ends.searchsorted(units + self._spans)
        freight = self._freight(units, bands)
        total = fueled = freight
        if self._handling is not None:
            handling = self._handling.take(bands)
            total = freight + handling
            if self._is_handling_fueled is not None:
                fueled = freight + handling * self._is_handling_fueled
        fees = [fee.amount(freight, units, found[0][:, -1:]) for fee in self._fees]
        for fee, amount in zip(self._fees, fees, strict=True):
            total = total + amount
            if fee.is_fueled is not None:
                fueled = fueled + amount * fee.is_fueled
        fuel = None
        if self._fuel is not None:
            fuel = fueled * self._fuel
            fuel += HALF
            fuel //= SCALE
            total = total + fuel
        keys = self._keys(total, bands)
        asked = self._hold(keys, found)
        keys.sort(axis=1)
        details = Details(bands, freight, fees, fuel, total) if len(parcels) == 1 else None
        return Priced(keys, asked, found[0][:, UNSIZED] > 0, details)

    def _freight(self, units: Array, bands: Array) -> Array:
        freight = self._base.take(bands)
        if self._per is not None:
            steps = units if self._first is None else np.maximum(units - self._first.take(bands), 0)
            if self._step is not None:
                step = self._step.take(bands)
                steps = (steps + (step - 1)) // step
            freight += steps * self._per.take(bands)
        freight //= SCALE
        if self._least is not None:
            freight = np.maximum(freight, self._least.take(bands))
        return freight if self._discount is None else (freight * self._discount + HALF) // SCALE

    def _keys(self, total: Array, bands: Array) -> Array:
        home = total if self._shares is None else (total * self._shares + SHARES // 2) // SHARES
        keys = home << self._bits
        keys &= self._kept.take(bands)
        keys |= self._marks.take(bands)
        return keys

    def _hold(self, keys: Array, measures: Sequence[Array]) -> dict[int, list[int]]:
        """Marks in `keys` what lies beyond a limit. Returns, by row, the columns beyond what a lane knows."""
        beyond = [
            (each[:, LARGESTS:] > lowest).any(axis=1) for each, lowest in zip(measures, self._lowest, strict=True)
        ]
        rows = np.flatnonzero(beyond[0] if len(beyond) == 1 else beyond[0] | beyond[1])
        if not len(rows):
            return {}
        largests = np.stack([each[rows, LARGESTS:] for each in measures], axis=1)[:, self._variants]
        at, over = np.nonzero((largests > self._limits).any(axis=2))
        keys[rows[at], over] = REFUSED | over
        at, over = np.nonzero((largests > self._asks).any(axis=2))
        asked: dict[int, list[int]] = {}
        for row, over_of in zip(rows[at].tolist(), over.tolist(), strict=True):
            asked.setdefault(row, []).append(over_of)
        return asked

    def column_of(self, key: int) -> int:
        return key & ((1 << self._bits) - 1)

    def is_price(self, key: int) -> bool:
        return key < UNKNOWN

    def home_of(self, key: int) -> int:
        return key >> self._bits


class _Fees:
    """One fee of each lane."""

    def __init__(self, fees: Sequence[Fee]):
        self._least = column(fee.least for fee in fees)
        self._by_freight = unless(0, (fee.by_freight for fee in fees))
        self._by_unit = unless(0, (fee.by_unit for fee in fees))
        self._by_box = unless(0, (fee.by_box for fee in fees))
        self.is_fueled = unless(0, (fee.fuelable for fee in fees))

    def amount(self, freight: Array, units: Array, boxes: Array) -> Array:
        shares = [(self._by_freight, freight), (self._by_unit, units), (self._by_box, boxes)]
        counted = [share * of for share, of in shares if share is not None]
        if not counted:
            return self._least[None, :]
        return np.maximum((sum(counted) + HALF) // SCALE, self._least)


def _layers(lanes: Sequence[Lane]) -> Iterator[list[Fee]]:
    """The first fee of each lane, the second, and so on; a lane without one has one of nothing."""
    nothing = Fee("", False, 0)
    return (list(layer) for layer in zip_longest(*(lane.fees for lane in lanes), fillvalue=nothing))


def _share(lane: Lane, rates: Mapping[str, Decimal], bits: int) -> int:
    """What a minor unit is worth in fen, in SHARES; zero without a rate, below zero when it is too fine for the lane's prices."""
    currency = lane.card.currency
    if currency not in rates:
        return 0
    rate = rates[currency].scaleb(exponent(HOME) - exponent(currency)) * SHARES
    share = int(rate)
    worth = lane.most * share + SHARES
    return share if 0 < share == rate and worth < LARGEST and worth // SHARES << bits < UNKNOWN else -1
