"""Which kept quote a billed waybill belongs to. A team's bills are matched with its own parcels; the operator's with every team's
on the operator's channels, of which nothing is taken but what the price was made of: weight, country and lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import peewee

from models.freight.bills.carrier_bill import CarrierBill
from models.freight.bills.line import BillLine
from models.freight.channel import Channel
from models.freight.day_rate import rates_on
from models.freight.engine.charges import rounded
from models.freight.kept_quote import FreightQuote
from models.freight.reconciling import ZERO, Charge
from models.support.bulk import among
from models.support.errors import Refused

FINE = Decimal("0.000000000001")
SHOWN = (
    FreightQuote.id, FreightQuote.team, FreightQuote.channel, FreightQuote.answer, FreightQuote.ship_date, FreightQuote.country,
    FreightQuote.chargeable, FreightQuote.unit, FreightQuote.total_minor, FreightQuote.currency, FreightQuote.waybill,
)  # fmt: skip


@dataclass(frozen=True)
class Match:
    """The quote of a waybill, or why there is none (`remark`); and the line that billed it first, in another bill."""

    quote: Any = None
    remark: str = ""
    before: Any = None


def booked(bill: CarrierBill) -> Any:
    """Quotes of parcels that left with the bill's carrier."""
    found = (
        FreightQuote.select(*SHOWN).join(Channel).where(Channel.carrier == bill.carrier_id, FreightQuote.waybill != "")
    )
    return found if bill.team.is_operator else found.where(FreightQuote.team == bill.team_id)


def corrected(quotes: Iterable[Any]) -> list[Any]:
    """The quotes, those of parcels that were weighed in as they cost by that: under the number the parcel is booked with."""
    booked_ones = list(quotes)
    query = FreightQuote.select(*SHOWN, FreightQuote.corrects)
    later = {one.corrects_id: one for one in query.where(among(FreightQuote.corrects, [one.id for one in booked_ones]))}
    for quote in booked_ones:
        if quote.id in later:
            later[quote.id].waybill = quote.waybill
    return [later.get(quote.id, quote) for quote in booked_ones]


def matches_of(bill: CarrierBill, waybills: list[str]) -> dict[str, Match]:
    """What is known of each of these waybills (four questions, however many)."""
    quotes: dict[str, list[Any]] = {}
    for quote in corrected(booked(bill).where(among(FreightQuote.waybill, waybills))):
        quotes.setdefault(quote.waybill, []).append(quote)
    strange = [waybill for waybill in waybills if waybill not in quotes]
    others = FreightQuote.select(FreightQuote.waybill).where(
        FreightQuote.team == bill.team_id, among(FreightQuote.waybill, strange)
    )
    elsewhere = {quote.waybill for quote in others} if strange else set()
    earlier = BillLine.select().where(
        BillLine.carrier == bill.carrier_id, BillLine.bill != bill.id, BillLine.kind.not_in(("DUPLICATE", "MISSING")),
        among(BillLine.waybill, waybills),
    )  # fmt: skip
    before = {line.waybill: line for line in earlier}
    return {waybill: _match(quotes.get(waybill, []), waybill in elsewhere, before.get(waybill)) for waybill in waybills}


def _match(quotes: list[Any], is_elsewhere: bool, before: Any) -> Match:
    """Two teams may claim one number: then a person has to look, and nobody is charged by guess."""
    if len(quotes) == 1:
        return Match(quotes[0], "", before)
    return Match(None, "AMBIGUOUS" if quotes else "OTHER_CARRIER" if is_elsewhere else "", before)


class Rates:
    """What quotes in other currencies count for in a bill's, at the rate of their day."""

    def __init__(self, bill: CarrierBill):
        self.bill = bill
        self._days: dict[date, dict[str, Decimal]] = {}

    def of(self, quote: Any) -> Decimal | None:
        """What one unit of the quote's currency counts; None where it is the bill's own. Raises Refused without a rate."""
        if quote.currency == self.bill.currency:
            return None
        day = quote.ship_date
        known = self._days.setdefault(day, rates_on(self.bill.team_id, day))
        if quote.currency not in known or self.bill.currency not in known:
            raise Refused("There is no exchange rate of %(day)s between %(one)s and %(other)s to compare it with its quote.",
                          day=day, one=quote.currency, other=self.bill.currency)  # fmt: skip
        return (known[quote.currency] / known[self.bill.currency]).quantize(FINE)


def charge_of(quote: Any, rate: Decimal | None, currency: str) -> Charge:
    """The quote as the bill's currency counts it; converted lines make up the total."""
    lines = tuple((line["code"], _in(Decimal(line["amount"]), rate, currency)) for line in quote.answer["lines"])
    total = quote.total.amount if rate is None else sum((amount for _code, amount in lines), ZERO)
    return Charge(total, lines, quote.chargeable if quote.unit == "KG" else None)


def _in(amount: Decimal, rate: Decimal | None, currency: str) -> Decimal:
    return amount if rate is None else rounded(amount * rate, currency)


def step_of(quote: Any) -> Decimal:
    """The step in which the card rounded the quoted weight."""
    return Decimal(quote.answer.get("weight", {}).get("step") or 0)


def unbilled(bill: CarrierBill, known: Iterable[str]) -> list[Any]:
    """Parcels that left with the carrier in the bill's period and stand in no bill of it; `known` waybills are passed over."""
    if bill.first_day is None or bill.last_day is None:
        return []
    billed = BillLine.select(peewee.SQL("1")).where(
        BillLine.carrier == bill.carrier_id, BillLine.waybill == FreightQuote.waybill
    )
    found = booked(bill).where(
        FreightQuote.ship_date.between(bill.first_day, bill.last_day), ~peewee.fn.EXISTS(billed)
    )  # fmt: skip
    passed = set(known)
    return [quote for quote in corrected(found.order_by(FreightQuote.id)) if quote.waybill not in passed]
