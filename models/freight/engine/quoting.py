"""What a parcel costs under a card, in the twelve steps of docs/freight.md: a price with its lines, or every reason against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

from models.freight.engine.card import ZERO, Card
from models.freight.engine.charges import Case, Line, lines_of, rounded
from models.freight.engine.limits import refusals
from models.freight.engine.parcel import Parcel
from models.freight.engine.places import plain_postcode, remoteness_of, zone_of
from models.freight.engine.weighing import Weighed, pieces_of, weigh

HOME = "CNY"
Place = tuple[str, str]  # A zone, and how remote the place in it is.


@dataclass(frozen=True)
class Quote:
    """A price, or reasons against it. `total_home` is in CNY and empty when no rate of the day is known; `case` is all the
    price was made of, `rate` what a unit of its currency was worth."""

    card: Card
    zone: str | None = None
    reasons: tuple[str, ...] = ()
    weighed: Weighed | None = None
    lines: tuple[Line, ...] = ()
    total: Decimal | None = None
    total_home: Decimal | None = None
    eta: tuple[int, int] | None = None
    warnings: tuple[str, ...] = ()
    case: Case | None = field(default=None, compare=False, repr=False)
    rate: Decimal | None = field(default=None, compare=False, repr=False)

    @property
    def is_ok(self) -> bool:
        return not self.reasons


def quote(card: Card, parcel: Parcel, rates: Mapping[str, Decimal], place: Place | None = None) -> Quote:
    """The price of a parcel under a card. `rates` are CNY for one unit of a currency on that day; `place` stands for the postcode
    where an earlier quote found it."""
    with localcontext(prec=40):
        return _quote(card, parcel, {HOME: Decimal(1), **rates}, place)


def _quote(card: Card, parcel: Parcel, rates: Mapping[str, Decimal], place: Place | None) -> Quote:
    if not card.dates.holds(parcel.ship_date):
        return Quote(card, reasons=("NOT_EFFECTIVE",))
    postcode = plain_postcode(parcel.postcode)
    zone = place[0] if place else zone_of(card, parcel.country, postcode)
    if zone is None:
        return Quote(card, reasons=("NO_SERVICE",))
    remoteness = place[1] if place else remoteness_of(card, parcel.country, postcode)
    if remoteness == "EMBARGO":
        return Quote(card, zone, reasons=("EMBARGO",))
    pieces = pieces_of(card, parcel.boxes)
    if reasons := refusals(card, zone, parcel.cargo, pieces):
        return Quote(card, zone, reasons=tuple(reasons))
    weighed = weigh(card, zone, pieces)
    row = next((row for row in card.rows_by_zone.get(zone, ()) if row.holds(weighed.chargeable)), None)
    if row is None:
        return Quote(card, zone, reasons=("NO_RATE",), weighed=weighed)
    case = Case(card, parcel, zone, remoteness, pieces, weighed.chargeable, row)
    lines, warnings = lines_of(case)
    total = sum((line.amount for line in lines), ZERO)
    home = rounded(total * rates[card.currency], HOME) if card.currency in rates else None
    if home is None:
        warnings = [*warnings, "FX_RATE_MISSING"]
    if card.volume_mode != "NONE" and not all(piece.volume for piece in pieces):
        warnings = [*warnings, "SIZE_MISSING"]
    eta = row.eta or card.etas.get(zone)
    return Quote(
        card, zone, (), weighed, tuple(lines), total, home, eta, tuple(warnings), case, rates.get(card.currency)
    )


def quotes(cards: Iterable[Card], parcel: Parcel, rates: Mapping[str, Decimal]) -> list[Quote]:
    """One quote for each card: the cheapest first, those without a rate of the day next, the rejected last."""
    return sorted((quote(card, parcel, rates) for card in cards), key=order_of)


def order_of(found: Any) -> tuple[bool, bool, Decimal]:
    return (not found.is_ok, found.total_home is None, found.total_home or ZERO)
