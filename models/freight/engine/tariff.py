"""Many cards at once and quickly: parcels under every card, the cheapest first, with the lines of each price.

What depends on the place and the day alone is worked out once for each place (`lane`, `board`); the rest is a few steps over whole
numbers. The answers are those of `quoting`, which also answers what the quick way leaves to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from models.freight.engine.card import Card
from models.freight.engine.fees import Stop
from models.freight.engine.lane import Lane, lane_of
from models.freight.engine.measure import OutOfMeasure
from models.freight.engine.offer import Answers, Offer
from models.freight.engine.parcel import Parcel
from models.freight.engine.places import plain_postcode, remoteness_of, zone_of
from models.freight.engine.quoting import HOME, Quote, quotes

if TYPE_CHECKING:
    from models.freight.engine.board import Board

MOST_PLACES, MOST_BOARDS, MOST_LANES = 20_000, 1_000, 50_000
TOGETHER = 5_000


class Tariff:
    """Cards and the rates of a day. Remembers the lanes of the places it was asked for."""

    def __init__(self, cards: Sequence[Card], rates: Mapping[str, Decimal]):
        self.cards, self.rates = tuple(cards), {HOME: Decimal(1), **rates}
        self._places: dict[tuple, Board] = {}
        self._boards: dict[tuple, Board] = {}
        self._lanes: dict[tuple, Lane] = {}

    def offers(self, parcel: Parcel) -> list[Offer | Quote]:
        """One answer for each card: the cheapest first, those without a rate of the day next, the rejected last."""
        return list(self._answers(self._board_to(parcel), [parcel])[0]) if self.cards else []

    def offers_of(self, parcels: Iterable[Parcel]) -> Iterator[Sequence[Offer | Quote]]:
        """The answers for each parcel, in turn; however many there are, no more than some thousands are held at once."""
        parcels = iter(parcels)
        while together := list(islice(parcels, TOGETHER)):
            yield from self._priced(together) if self.cards else ([] for _parcel in together)

    def _priced(self, parcels: Sequence[Parcel]) -> Iterator[Sequence[Offer | Quote]]:
        """Parcels to one place are priced at once."""
        mates: dict[Board, list[int]] = defaultdict(list)
        for at, parcel in enumerate(parcels):
            mates[self._board_to(parcel)].append(at)
        found: list[Sequence[Offer | Quote]] = [()] * len(parcels)
        for board, places in mates.items():
            answers = self._answers(board, [parcels[at] for at in places])
            for at, answer in zip(places, answers, strict=True):
                found[at] = answer
        return iter(found)

    def _answers(self, board: Board, parcels: Sequence[Parcel]) -> Sequence[Sequence[Offer | Quote]]:
        """The answers for each of the parcels."""
        try:
            return Answers(board, parcels, board.price(parcels), self.rates).every()
        except OutOfMeasure:
            if len(parcels) == 1:
                return [quotes(self.cards, parcels[0], self.rates)]
            return [self._answers(board, [parcel])[0] for parcel in parcels]

    def _board_to(self, parcel: Parcel) -> Board:
        asked = (
            parcel.country, parcel.postcode, parcel.ship_date, parcel.cargo, parcel.insured, parcel.formal_declaration,
            parcel.declared_value is None,
        )  # fmt: skip
        found = self._places.get(asked)
        if found is None:
            if len(self._places) >= MOST_PLACES:
                self._places.clear()
            found = self._places[asked] = self._board_of(parcel)
        return found

    def _board_of(self, parcel: Parcel) -> Board:
        """The board of a place; places that are the same to every card share one."""
        from models.freight.engine.board import Board  # It brings numpy, for which nobody waits who wants no price.

        stops = tuple(_stop(card, parcel) for card in self.cards)
        place = tuple((stop.zone, stop.remoteness) for stop in stops)
        rest = (
            parcel.ship_date,
            parcel.cargo,
            parcel.insured,
            parcel.formal_declaration,
            parcel.declared_value is None,
        )
        if (place, rest) not in self._boards:
            if len(self._boards) >= MOST_BOARDS:
                self._boards.clear()
                self._places.clear()
            lanes = [self._lane(at, stop, rest) for at, stop in enumerate(stops)]
            self._boards[place, rest] = Board(lanes, self.rates)
        return self._boards[place, rest]

    def _lane(self, at: int, stop: Stop, rest: tuple) -> Lane:
        key = (at, stop.zone, stop.remoteness, rest)
        if key not in self._lanes:
            if len(self._lanes) >= MOST_LANES:
                self._lanes.clear()
            self._lanes[key] = lane_of(stop)
        return self._lanes[key]


def _stop(card: Card, parcel: Parcel) -> Stop:
    postcode = plain_postcode(parcel.postcode)
    zone = zone_of(card, parcel.country, postcode) if card.dates.holds(parcel.ship_date) else None
    return Stop(
        card, zone, "" if zone is None else remoteness_of(card, parcel.country, postcode), parcel.ship_date, parcel.cargo,
        parcel.insured, parcel.formal_declaration, parcel.declared_value is not None,
    )  # fmt: skip
