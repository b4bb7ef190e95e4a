"""Many cards at once and quickly: one parcel under every card, the cheapest first, with the lines of each price.

What depends on the place and the day alone is worked out once for each place (`lane`); the rest is arithmetic. The answers are
those of `quoting`, which also answers what a lane leaves to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from models.freight.card import ZERO, Card
from models.freight.charges import Line
from models.freight.lane import HALF, SHARES, Lane, Priced, Stop, lane_of
from models.freight.measure import Measure
from models.freight.parcel import Parcel
from models.freight.places import plain_postcode, remoteness_of, zone_of
from models.freight.quoting import HOME, Quote, quote
from models.support.money import exponent

MOST_PLACES = 20_000


class Offer:
    """A price of the quick way. It knows its lines; `quote` has everything else."""

    __slots__ = ("_parcel", "_rates", "home_minor", "lane", "priced")
    is_ok = True

    def __init__(self, lane: Lane, priced: Priced, home_minor: int, parcel: Parcel, rates: Mapping[str, Decimal]):
        self.lane, self.priced, self.home_minor, self._parcel, self._rates = lane, priced, home_minor, parcel, rates

    @property
    def total_home(self) -> Decimal:
        return Decimal(self.home_minor).scaleb(-exponent(HOME))

    @property
    def total(self) -> Decimal:
        return Decimal(self.priced[0]).scaleb(-exponent(self.card.currency))

    @property
    def card(self) -> Card:
        return self.lane.card

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.lane.lines(self.priced)

    @property
    def quote(self) -> Quote:
        return quote(self.lane.card, self._parcel, self._rates)


class Tariff:
    """Cards and the rates of a day. Remembers the lanes of the places it was asked for."""

    def __init__(self, cards: Sequence[Card], rates: Mapping[str, Decimal]):
        self.cards, self.rates = tuple(cards), {HOME: Decimal(1), **rates}
        self._lanes: dict[tuple, tuple[list[Lane], list[Card]]] = {}
        self._stops: dict[tuple, Lane | None] = {}
        self._homes = {card.currency: _home(card.currency, self.rates) for card in self.cards}

    def offers(self, parcel: Parcel) -> list[Offer | Quote]:
        """One answer for each card: the cheapest first, those without a rate of the day next, the rejected last."""
        lanes, others = self._to(parcel)
        measures = {ceil: Measure(parcel.boxes, ceil) for ceil in {lane.card.ceil_sides for lane in lanes}}
        priced: list[tuple[int, int, Offer | Quote]] = []
        rest: list[Offer | Quote] = [quote(card, parcel, self.rates) for card in others]
        unsized = not all(measure.smallest for measure in measures.values())
        for at, lane in enumerate(lanes):
            found = None if unsized else lane.price(measures[lane.card.ceil_sides])
            share = self._homes[lane.card.currency]
            if found is None or share is None:
                rest.append(quote(lane.card, parcel, self.rates))
            else:
                home = (found[0] * share + HALF) // SHARES
                priced.append((home, at, Offer(lane, found, home, parcel, self.rates)))
        priced.sort()
        offers = [offer for _home, _at, offer in priced]
        return sorted([*offers, *rest], key=_order) if any(each.is_ok for each in rest) else [*offers, *rest]

    def _to(self, parcel: Parcel) -> tuple[list[Lane], list[Card]]:
        """The lanes to a place on a day, and the cards without one."""
        key = (
            parcel.country,
            parcel.postcode,
            parcel.ship_date,
            parcel.cargo,
            parcel.insured,
            parcel.formal_declaration,
        )
        found = self._lanes.get(key)
        if found is None:
            if len(self._lanes) >= MOST_PLACES:
                self._lanes.clear()
            found = self._lanes[key] = self._looked_up(parcel)
        return found

    def _looked_up(self, parcel: Parcel) -> tuple[list[Lane], list[Card]]:
        lanes, others = [], []
        for card in self.cards:
            lane = self._lane(card, parcel, plain_postcode(parcel.postcode))
            others.append(card) if lane is None else lanes.append(lane)
        return lanes, others

    def _lane(self, card: Card, parcel: Parcel, postcode: str) -> Lane | None:
        zone = zone_of(card, parcel.country, postcode) if card.dates.holds(parcel.ship_date) else None
        remoteness = remoteness_of(card, parcel.country, postcode) if zone else ""
        if zone is None or remoteness == "EMBARGO":
            return None
        stop = (id(card), zone, remoteness, parcel.ship_date, parcel.cargo, parcel.insured, parcel.formal_declaration)
        if stop not in self._stops:
            self._stops[stop] = lane_of(
                Stop(card, zone, remoteness, parcel.ship_date, parcel.cargo, parcel.insured, parcel.formal_declaration)
            )
        return self._stops[stop]


def _home(currency: str, rates: Mapping[str, Decimal]) -> int | None:
    """What a minor unit is worth in fen, in shares; None when no rate is known or it is too fine."""
    rate = rates.get(currency)
    share = None if rate is None else rate.scaleb(exponent(HOME) - exponent(currency) + 12)
    return None if share is None or share % 1 else int(share)


def _order(found: Offer | Quote) -> tuple[bool, bool, Decimal]:
    total = found.total_home
    return (not found.is_ok, total is None, total or ZERO)
