"""Asking every channel at once what a parcel costs: the cheapest in CNY first, then those that cannot be compared, then those
that do not take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from models.freight.answering import answer_of
from models.freight.day_rate import rates_on
from models.freight.edges import Edge, edges_of, hints_of
from models.freight.engine.charges import rounded
from models.freight.engine.parcel import Parcel
from models.freight.engine.quoting import HOME, Quote, quote
from models.freight.offering import Offered, offered
from models.freight.origin import today


@dataclass(frozen=True)
class Answer:
    """What one channel says. `parcel` has its declared value in the card's currency."""

    offered: Offered
    parcel: Parcel
    quote: Quote

    @cached_property
    def data(self) -> dict[str, Any]:
        return answer_of(self.offered, self.parcel, self.quote)

    @cached_property
    def edges(self) -> list[Edge]:
        return edges_of(self.quote)

    @cached_property
    def hints(self) -> list[Edge]:
        return hints_of(self.quote, self.edges)


@dataclass(frozen=True)
class Answers:
    """`rates` are CNY for one unit of each currency on the day."""

    prices: tuple[Answer, ...]
    rejected: tuple[Answer, ...]
    rates: Mapping[str, Decimal]

    def of(self, channel_uid: Any) -> Answer | None:
        return next((one for one in self.prices if one.offered.channel.uid == channel_uid), None)


def ask(team_id: int, parcel: Parcel, value_in: str = HOME) -> Answers:
    """Every channel's answer. A declared value is given in `value_in` and turned into each card's currency."""
    rates = rates_on(team_id, min(parcel.ship_date, today()))
    answers = []
    for one in offered(team_id, parcel.ship_date):
        sent = _declared(parcel, value_in, one.card.currency, rates)
        answers.append(Answer(one, sent, quote(one.card, sent, rates)))
    answers.sort(key=_order)
    prices = tuple(one for one in answers if one.quote.is_ok)
    return Answers(prices, tuple(answers[len(prices) :]), rates)


def _order(answer: Answer) -> tuple[bool, bool, Decimal]:
    total = answer.quote.total_home
    return (not answer.quote.is_ok, total is None, total or Decimal(0))


def _declared(parcel: Parcel, value_in: str, currency: str, rates: Mapping[str, Decimal]) -> Parcel:
    if parcel.declared_value is None or value_in == currency:
        return parcel
    if value_in not in rates or currency not in rates:
        return replace(parcel, declared_value=None)
    return replace(parcel, declared_value=rounded(parcel.declared_value * rates[value_in] / rates[currency], currency))
