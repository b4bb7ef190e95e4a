"""The work `freight`: what parcels cost under fifty price sheets at once, against plain Python with bisect (one at a time) and
NumPy (many); how that grows with zones and bands; and how long a large price sheet takes to be read.

Both sides get other parcels at each turn: ours as the portal reads them, in decimals, the limits in whole numbers.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from bench import freight_limit, price_sheet
from bench.data import SEED
from bench.freight_limit import WAYS, Asked, Sheets
from bench.measure import Measurement, at_least, at_most
from models.freight.engine.areas import Area
from models.freight.engine.card import Between, Card, Fuel, Round, Row, Surcharge, ZoneArea
from models.freight.engine.parcel import Box, Parcel
from models.freight.engine.quoting import quotes
from models.freight.engine.tariff import Tariff

DAY = date(2026, 3, 1)
LEAST_SHARE, MOST_GROWTH = 1 / 5, 1.3
MOST_SECONDS, MOST_MIB = 3.0, 150.0
EXAMPLES, TURNS, AT_ONCE = 40, 9, 1_000


@dataclass(frozen=True)
class Size:
    single: int
    batch: int
    sheet_rows: int
    channels: int = 50
    zones: int = 30
    bands: int = 20


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    tell(f"freight: {size.channels} channels × {size.zones} zones × {size.bands} bands")
    sides = Sides(size)
    yield _against("one parcel", sides, size.single, offers, plain, LEAST_SHARE)
    yield _against("one parcel, every line read", sides, size.single, lines, plain, 0)
    yield _against(f"{size.batch:,} parcels", sides, size.batch, batch, arrays, LEAST_SHARE)
    for name, wider in (
        ("zones", replace(size, zones=size.zones * 10)),
        ("bands", replace(size, bands=size.bands * 10)),
    ):
        tell(f"freight: ten times the {name}")
        yield _growth(f"one parcel, 10 × {name}", sides, Sides(wider), size.single)
    tell(f"freight: a workbook of {size.sheet_rows:,} prices")
    yield from _sheet(size.sheet_rows)


class Sides:
    """Ours and the limits over the same price sheets: equal before anything is timed, and every place asked for once."""

    def __init__(self, size: Size):
        of = freight_limit.sheets(size.channels, size.zones, size.bands)
        self.zones = size.zones
        self.tariff = Tariff([_card(of, channel) for channel in range(size.channels)], {})
        self.plain, self.arrays = freight_limit.plain(of), freight_limit.arrays(of)
        random = Random(SEED)
        require_equal(self, [freight_limit.asked(random, at % size.zones) for at in range(max(size.zones, EXAMPLES))])

    def asked(self, count: int, turn: int) -> tuple[list[Asked], list[Parcel]]:
        random = Random(SEED + turn)
        found = [freight_limit.asked(random, random.randrange(self.zones)) for _ in range(count)]
        return found, [_parcel(each) for each in found]


def require_equal(sides: Sides, asked: Sequence[Asked]) -> None:
    """Raises AssertionError unless limits and ours say the same prices in the same order, and ours the exact way's lines."""
    parcels = [_parcel(each) for each in asked]
    wanted = [sides.plain(*each) for each in asked]
    ours = [_told(sides.tariff.offers(parcel)) for parcel in parcels]
    at_once = [_told(found) for found in sides.tariff.offers_of(parcels)]
    if not wanted == freight_limit.told_by(sides.arrays(asked)) == ours == at_once:
        raise AssertionError("The limits and the portal do not say the same prices.")
    for parcel in parcels[:EXAMPLES]:
        exact = quotes(sides.tariff.cards, parcel, {})
        if [offer.lines for offer in sides.tariff.offers(parcel)] != [quote.lines for quote in exact]:
            raise AssertionError("The quick way and the exact one do not say the same lines.")


def _told(found: Sequence[Any]) -> list[tuple[int, int]]:
    return [(offer.home_minor, int(offer.card.channel)) for offer in found]


# What is timed


def offers(sides: Sides, _asked: Sequence[Asked], parcels: Sequence[Parcel]) -> None:
    for parcel in parcels:
        sides.tariff.offers(parcel)


def lines(sides: Sides, _asked: Sequence[Asked], parcels: Sequence[Parcel]) -> None:
    for parcel in parcels:
        for offer in sides.tariff.offers(parcel):
            _ = offer.lines


def batch(sides: Sides, _asked: Sequence[Asked], parcels: Sequence[Parcel]) -> None:
    """Every price is reckoned and in its order; as with the limit, nobody looks at one yet."""
    for _found in sides.tariff.offers_of(parcels):
        pass


def plain(sides: Sides, asked: Sequence[Asked], _parcels: Sequence[Parcel]) -> None:
    for each in asked:
        sides.plain(*each)


def arrays(sides: Sides, asked: Sequence[Asked], _parcels: Sequence[Parcel]) -> None:
    for at in range(0, len(asked), AT_ONCE):
        sides.arrays(asked[at : at + AT_ONCE])


Work = Callable[[Sides, Sequence[Asked], Sequence[Parcel]], None]


def _usual(count: int, works: Sequence[tuple[Work, Sides]]) -> list[float]:
    """The usual processor time of each work, done in turn, so that what else the machine does falls on all of them."""
    times: list[list[float]] = [[] for _ in works]
    for turn in range(TURNS):
        for at, (work, sides) in enumerate(works):
            asked, parcels = sides.asked(count, turn)
            began = time.process_time()
            work(sides, asked, parcels)
            times[at].append(time.process_time() - began)
    return [statistics.median(each) for each in times]


def _against(name: str, sides: Sides, count: int, work: Work, limit: Work, least: float) -> Measurement:
    ours, bare = _usual(count, [(work, sides), (limit, sides)])
    goal = at_least(bare / ours, least) if least else at_least(bare / ours, 0) | {"goal": "–"}
    return Measurement("freight", name, "–", count, _rate(count, ours), _rate(count, bare), **goal)


def _growth(name: str, usual: Sides, wider: Sides, count: int) -> Measurement:
    before, after = _usual(count, [(offers, usual), (offers, wider)])
    return Measurement(
        "freight", name, "–", count, _rate(count, after), _rate(count, before), **at_most(after / before, MOST_GROWTH)
    )


def _rate(count: int, seconds: float) -> dict[str, Any]:
    return {"per_second": round(count / seconds)}


def _sheet(rows: int) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        price_sheet.write(path, rows)
        found = price_sheet.read_by_child(path)
    if found["rows"] != rows:
        raise AssertionError("The price sheet has lost rows.")
    rate = _rate(rows, found["seconds"]) | found
    yield Measurement("freight", "price sheet: seconds", "–", rows, rate, {}, **at_most(found["seconds"], MOST_SECONDS))
    yield Measurement("freight", "price sheet: MiB", "–", rows, rate, {}, **at_most(found["mib"], MOST_MIB))


# The same price sheets as the portal knows them


def _card(of: Sheets, channel: int) -> Card:
    divisor, step = WAYS[of.ways[channel]]
    ends = of.ends[channel]
    return Card(
        str(channel), volume_mode="MAX", divisor=Decimal(divisor), rounds=(Round(None, Decimal(step) / 1000),),
        zones=tuple(ZoneArea(_country(zone), Area(_country(zone))) for zone in range(len(of.prices))),
        rows=tuple(
            Row(_country(zone), Decimal(low) / 1000, Decimal(high) / 1000, "FLAT", price=Decimal(price) / 100)
            for zone, prices in enumerate(of.prices)
            for low, high, price in zip([0, *ends], ends, prices[channel], strict=False)
        ),
        surcharges=(Surcharge("fee", "always", "FIXED_SHIPMENT", Decimal(of.fees[channel]) / 100),),
        fuels=(Fuel(Between(), Decimal(of.fuels[channel]) / 10),),
    )  # fmt: skip


def _country(zone: int) -> str:
    return chr(65 + zone // 26) + chr(65 + zone % 26)


def _parcel(asked: Asked) -> Parcel:
    zone, grams, *sides = asked
    length, width, height = (Decimal(side) / 10 for side in sides)
    return Parcel(DAY, _country(zone), (Box(Decimal(grams) / 1000, (length, width, height)),))
