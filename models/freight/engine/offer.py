"""What one card asks for one parcel, as the quick way found it: a price in CNY without a warning, and its lines.

Whatever else there is to say (no price, no rate of the day, a warning) is said by a `Quote` in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, overload

from models.freight.engine.card import Card
from models.freight.engine.charges import Line
from models.freight.engine.parcel import Parcel
from models.freight.engine.quoting import HOME, Quote, order_of, quote
from models.support.money import exponent

if TYPE_CHECKING:
    from models.freight.engine.board import Board

Array = Any  # Of numpy, which this module does without.


@dataclass(frozen=True)
class Details:
    """What a price is made of, in minor units."""

    bands: Array
    freight: Array
    fees: list[Array]
    fuel: Array | None
    total: Array


@dataclass(frozen=True)
class Priced:
    """`keys` are, for each parcel, its lanes from the cheapest on.

    `asked` are the columns, by row, of which only `quoting` knows the price. `details` are those of a parcel priced alone.
    """

    keys: Array
    asked: dict[int, list[int]]
    unsized: Array  # Whether a parcel has boxes without sizes.
    details: Details | None


class Offer:
    __slots__ = ("_answers", "_key", "_row")
    is_ok = True

    def __init__(self, answers: Answers, row: int, key: int):
        self._answers, self._row, self._key = answers, row, key

    @property
    def home_minor(self) -> int:
        return self._answers.board.home_of(self._key)

    @property
    def total_home(self) -> Decimal:
        return Decimal(self.home_minor).scaleb(-exponent(HOME))

    @property
    def total(self) -> Decimal:
        return self._amount(self._details.total)

    @property
    def card(self) -> Card:
        return self._answers.board.lanes[self._column].card

    @property
    def lines(self) -> tuple[Line, ...]:
        """Freight, handling, surcharges in the card's order, fuel; those of nothing are left out."""
        details, board = self._details, self._answers.board
        handling = board.bands[details.bands[0, self._column]].handling
        found = [Line("freight", self._amount(details.freight))]
        if handling:
            found.append(Line("handling", self._decimal(handling)))
        for fee, amounts in zip(board.lanes[self._column].fees, details.fees, strict=False):
            if amount := self._amount(amounts):
                found.append(Line(fee.code, amount))
        if details.fuel is not None and (fuel := self._amount(details.fuel)):
            found.append(Line("fuel", fuel))
        return tuple(found)

    @property
    def quote(self) -> Quote:
        """Everything about this price: zone, weights, days."""
        return quote(self.card, self._answers.parcels[self._row], self._answers.rates)

    @property
    def _details(self) -> Details:
        return self._answers.details(self._row)

    @property
    def _column(self) -> int:
        return self._answers.board.column_of(self._key)

    def _amount(self, amounts: Any) -> Decimal:
        return self._decimal(int(amounts[0, self._column]))

    def _decimal(self, minor: int) -> Decimal:
        return minor * Decimal(1).scaleb(-exponent(self.card.currency))


class Offers(Sequence[Offer | Quote]):
    """The answers for one parcel, the cheapest first, each made when it is looked at."""

    __slots__ = ("_answers", "_row")

    def __init__(self, answers: Answers, row: int):
        self._answers, self._row = answers, row

    def __len__(self) -> int:
        return len(self._answers.board.lanes)

    def __iter__(self) -> Iterator[Offer | Quote]:
        answers, row = self._answers, self._row
        keys = answers.priced.keys[row].tolist()
        if answers.is_plain(row, keys[-1]):
            return iter([Offer(answers, row, key) for key in keys])
        return (answers.look(row, key) for key in keys)

    @overload
    def __getitem__(self, at: int) -> Offer | Quote: ...
    @overload
    def __getitem__(self, at: slice) -> list[Offer | Quote]: ...
    def __getitem__(self, at: int | slice) -> Offer | Quote | list[Offer | Quote]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return self._answers.look(self._row, int(self._answers.priced.keys[self._row, at]))


@dataclass(frozen=True)
class Answers:
    """A board's prices for some parcels to one place."""

    board: Board
    parcels: Sequence[Parcel]
    priced: Priced
    rates: Mapping[str, Decimal]
    _details: dict[int, Details] = field(default_factory=dict)

    def every(self) -> list[Sequence[Offer | Quote]]:
        """The answers for each parcel, in turn."""
        rows = range(len(self.parcels))
        return [self._of(row) for row in rows] if self.priced.asked else [Offers(self, row) for row in rows]

    def _of(self, row: int) -> Sequence[Offer | Quote]:
        """The answers for a parcel. Where `quoting` was asked for a price, its quotes stand among them."""
        asked, found = self.priced.asked.get(row), Offers(self, row)
        if not asked:
            return found
        by_column = {self.board.column_of(key): key for key in self.priced.keys[row].tolist()}
        answers = [
            self._quote(row, column) if column in asked else self.look(row, key)
            for column, key in sorted(by_column.items())
        ]
        return sorted(answers, key=order_of)

    def details(self, row: int) -> Details:
        """What the prices of a parcel are made of. Of many priced at once it is worked out for those that are looked at."""
        if self.priced.details is not None:
            return self.priced.details
        if row not in self._details:
            alone = self.board.price([self.parcels[row]]).details
            assert alone is not None
            self._details[row] = alone
        return self._details[row]

    def is_plain(self, row: int, key: int) -> bool:
        """Whether this answer and all cheaper ones are prices without warnings."""
        return self.board.is_price(key) and not self.priced.unsized[row]

    def look(self, row: int, key: int) -> Offer | Quote:
        column = self.board.column_of(key)
        if self.is_plain(row, key) or (
            self.board.is_price(key) and self.board.lanes[column].card.volume_mode == "NONE"
        ):
            return Offer(self, row, key)
        return self._quote(row, column)

    def _quote(self, row: int, column: int) -> Quote:
        return quote(self.board.lanes[column].card, self.parcels[row], self.rates)
