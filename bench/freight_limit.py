"""Price sheets of the work `freight` in whole numbers, and the fastest that can be done with them: plain Python with bisect for
one parcel, NumPy for many. It knows one way of pricing, finished totals for each band, and nothing else a price sheet may say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from bench.data import SEED

WAYS = [(divisor, step) for divisor in (5000, 6000, 8000) for step in (100, 500)]  # cm³ a kilogram; grams.
MOST_GRAMS = 40_000

Asked = tuple[int, int, int, int, int]  # Zone, grams, sides in mm.
Told = list[tuple[int, int]]  # Total in fen and channel, the cheapest first.


@dataclass(frozen=True)
class Sheets:
    """By channel its bands, a way of weighing, a fee in fen and fuel in thousandths of the freight; by zone, channel and band a
    price."""

    ends: list[list[int]]
    ways: list[int]
    fees: list[int]
    fuels: list[int]
    prices: list[list[list[int]]]

    def total(self, zone: int, channel: int, band: int) -> int:
        price = self.prices[zone][channel][band]
        return price + self.fees[channel] + (price * self.fuels[channel] + 500) // 1000


def sheets(channels: int, zones: int, bands: int) -> Sheets:
    random = Random(SEED)
    return Sheets(
        [[*sorted(random.sample(range(100, MOST_GRAMS, 100), bands - 1)), MOST_GRAMS] for _ in range(channels)],
        [at % len(WAYS) for at in range(channels)],
        [random.randint(100, 900) for _ in range(channels)],
        [random.randint(50, 300) for _ in range(channels)],
        [[_prices(random, bands) for _ in range(channels)] for _ in range(zones)],
    )


def _prices(random: Random, bands: int) -> list[int]:
    first, rate = random.randint(2_000, 4_000), random.randint(3_000, 9_000)
    return [first + rate * MOST_GRAMS * (at + 1) // bands // 1000 + random.randint(0, 99) for at in range(bands)]


def asked(random: Random, zone: int) -> Asked:
    return (zone, random.randint(50, 20_000), random.randint(50, 500), random.randint(50, 500), random.randint(50, 300))


def plain(of: Sheets) -> Callable[[int, int, int, int, int], Told]:
    """One parcel at a time: a weight for each way of weighing, then one search and one finished total for each channel."""
    lanes = [
        [
            (channel, way, ends, [of.total(zone, channel, band) for band in range(len(ends))])
            for channel, (way, ends) in enumerate(zip(of.ways, of.ends, strict=True))
        ]
        for zone in range(len(of.prices))
    ]

    def told(zone: int, grams: int, length: int, width: int, height: int) -> Told:
        volume = length * width * height
        weights = [-(-max(grams, -(-volume // divisor)) // step) * step for divisor, step in WAYS]
        found = [(totals[bisect_left(ends, weights[way])], channel) for channel, way, ends, totals in lanes[zone]]
        found.sort()
        return found

    return told


def arrays(of: Sheets) -> Callable[[Sequence[Asked]], Any]:
    """Many parcels at once: as `plain`, in arrays. Gives keys, a total shifted by eight bits and the channel."""
    channels, bands = len(of.ways), len(of.ends[0])
    divisors, steps = (np.array(numbers) for numbers in zip(*WAYS, strict=True))
    ways, columns = np.array(of.ways), np.arange(channels)
    spans = columns * 10 * MOST_GRAMS  # One search serves all channels.
    ends = (np.array(of.ends) + spans[:, None]).ravel()
    totals = np.array(
        [
            of.total(zone, c, band) << 8 | c
            for zone in range(len(of.prices))
            for c in range(channels)
            for band in range(bands)
        ]
    )

    def keys(asked: Sequence[Asked]) -> Any:
        numbers = np.array(asked)
        volume = numbers[:, 2] * numbers[:, 3] * numbers[:, 4]
        weights = np.maximum(numbers[:, 1:2], -(-volume[:, None] // divisors))
        bands_of = ends.searchsorted((-(-weights // steps) * steps)[:, ways] + spans)
        found = totals.take(numbers[:, :1] * (channels * bands) + bands_of)
        found.sort(axis=1)
        return found

    return keys


def told_by(keys: Any) -> list[Told]:
    return [[(key >> 8, key & 255) for key in row] for row in keys.tolist()]
