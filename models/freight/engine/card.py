"""A rate card: one dated price sheet of a channel, as the engine reads it. Nothing here changes once it is made.

Weights are kg, sides cm, shares and discounts fractions of one, percentages per hundred, money in the card's currency; all
of them `Decimal` (docs/freight.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from models.freight.engine.areas import Area, Places

EVERY_ZONE = "*"
CARGO = (
    "general", "battery_builtin", "battery_packed", "battery_only", "magnetic", "liquid", "paste", "powder", "cosmetics",
    "food", "wood", "textile", "blade", "branded", "medical", "oversize",
)  # fmt: skip
VOLUME_MODES = ("NONE", "MAX", "MAX_IF_RATIO", "MAX_IF_SIDE", "SHARE")
PIECES_MODES = ("SUM_THEN_COMPARE", "COMPARE_THEN_SUM", "COMPARE_ROUND_THEN_SUM")
ROW_TYPES = ("PER_KG", "FIRST_STEP", "FLAT", "PER_CBM")
TRIGGERS = ("always", "remote", "cargo", "customs_declaration", "insured", "box")
MEASURES = ("longest", "second", "actual", "girth")
BASES = ("FIXED_SHIPMENT", "FIXED_BOX", "PER_KG", "PCT_FREIGHT", "PCT_DECLARED")
REMOTE_LEVELS = ("REMOTE", "SUPER_REMOTE", "EMBARGO")  # From mild to strict.
ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class Between:
    """Dates from the first to the last, both included; an empty end is open."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class ZoneArea:
    zone: str
    area: Area


@dataclass(frozen=True)
class RemoteArea:
    level: str
    area: Area


@dataclass(frozen=True)
class Round:
    """Weights below `below` (None: all the rest) are rounded up to whole steps."""

    below: Decimal | None
    step: Decimal


@dataclass(frozen=True)
class Row:
    """A price for a weight above `above` up to and including `upto` (None: open), of one zone."""

    zone: str
    above: Decimal
    upto: Decimal | None
    type: str
    rate: Decimal = ZERO
    first: Decimal = ZERO
    first_price: Decimal = ZERO
    step: Decimal = ONE
    step_price: Decimal = ZERO
    price: Decimal = ZERO
    min_charge: Decimal = ZERO
    handling: Decimal = ZERO
    eta: tuple[int, int] | None = None

    def holds(self, weight: Decimal) -> bool:
        return self.above < weight and (self.upto is None or weight <= self.upto)


@dataclass(frozen=True)
class Surcharge:
    """An extra line. `when` says what calls for it; in a `group` that combines by MAX only the dearest stays."""

    code: str
    when: str
    basis: str
    amount: Decimal
    least: Decimal = ZERO
    level: str = ""
    cargo: str = ""
    measure: str = ""
    above: Decimal = ZERO
    dates: Between = Between()
    zones: frozenset[str] = frozenset()
    group: str = ""
    combine: str = "STACK"
    fuelable: bool = False


@dataclass(frozen=True)
class Fuel:
    dates: Between
    percent: Decimal


@dataclass(frozen=True)
class Card:
    channel: str
    currency: str = "CNY"
    unit: str = "KG"
    dates: Between = Between()
    volume_mode: str = "NONE"
    divisor: Decimal = Decimal(5000)
    ratio: Decimal = ONE
    side: Decimal = ZERO
    share: Decimal = ONE
    pieces_mode: str = "SUM_THEN_COMPARE"
    box_least: Decimal = ZERO
    box_step: Decimal = ZERO
    ceil_sides: bool = False
    kg_per_cbm: Decimal = Decimal(1000)
    least_cbm: Decimal = ZERO
    cbm_step: Decimal = ZERO
    discount: Decimal = ONE
    fuel_on_handling: bool = False
    cargo: frozenset[str] = frozenset({"general"})
    rounds: tuple[Round, ...] = ()
    leasts: Mapping[str, Decimal] = field(default_factory=dict)
    zones: tuple[ZoneArea, ...] = ()
    etas: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    limits: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    surcharges: tuple[Surcharge, ...] = ()
    fuels: tuple[Fuel, ...] = ()
    remotes: tuple[RemoteArea, ...] = ()

    @cached_property
    def rows_by_zone(self) -> dict[str, list[Row]]:
        """The rows of each zone, in the card's order."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.zone, []).append(row)
        return found

    @cached_property
    def zones_by_country(self) -> dict[str, Places[str]]:
        return _by_country((entry.area, entry.zone) for entry in self.zones)

    @cached_property
    def remotes_by_country(self) -> dict[str, Places[str]]:
        return _by_country((entry.area, entry.level) for entry in self.remotes)


def _by_country(said: Iterable[tuple[Area, str]]) -> dict[str, Places[str]]:
    found: dict[str, list[tuple[Area, str]]] = {}
    for area, what in said:
        found.setdefault(area.country, []).append((area, what))
    return {country: Places(areas) for country, areas in found.items()}
