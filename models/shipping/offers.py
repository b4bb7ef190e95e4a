"""The channel of a parcel by its price: what each channel asks, and one of them chosen: by hand, the cheapest, the fastest or by the
team's rule.

The buyer's postcode decides about remote places; it is opened for the price alone, and neither shown nor kept with the quote. A price
that is incomplete, or cannot be compared, is never chosen by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from models.freight.asking import Answer, Answers, ask, today
from models.freight.channel import TO_AMAZON
from models.freight.engine.parcel import Box
from models.freight.engine.parcel import Parcel as Asked
from models.freight.engine.quoting import HOME
from models.freight.kept_quote import FreightQuote
from models.orders.buyer import Buyer
from models.people.team import Team
from models.shipping.channel_rule import ChannelRule
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.money import Money
from models.vault.data_key import KeyDestroyed

INCOMPLETE = {"FUEL_RATE_MISSING", "FX_RATE_MISSING"}
NO_DAYS = 10**6


def offers(parcel: Parcel) -> Answers:
    """What every channel says today, the cheapest first. Raises Refused for a parcel nobody weighed."""
    if not parcel.grams:
        raise Refused("Weigh the parcel first.")
    lines = ParcelLine.of(parcel)
    value, currency = _value(lines)
    sides = Decimal(parcel.length_mm) / 10, Decimal(parcel.width_mm) / 10, Decimal(parcel.height_mm) / 10
    box = Box(Decimal(parcel.grams) / 1000, sides if all(sides) else (Decimal(0),) * 3)
    cargo = frozenset(parcel.cargo or ["general"])
    asked = Asked(today(), parcel.country, (box,), _postcode(lines), cargo, value)
    answers = ask(parcel.team_id, asked, currency)
    return replace(answers, prices=_to_buyers(answers.prices), rejected=_to_buyers(answers.rejected))


def _to_buyers(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Without the channels that lead to Amazon's warehouses."""
    return tuple(one for one in answers if one.offered.channel.kind not in TO_AMAZON)


def take(parcel: Parcel, answer: Answer, *, by: Any = None) -> None:
    """Freezes this price and sends the parcel by it. Raises Refused when the box was changed meanwhile."""
    lines = ParcelLine.of(parcel)
    with write_txn():
        Team.take_turn(parcel.team_id)  # Before the parcel, as everybody does who needs both.
        now = parcel.locked()
        if _box(now) != _box(parcel):
            raise Refused("Weight or size were changed meanwhile. Look at the prices again.")
        if now.state != "draft":
            raise Refused("The parcel has a label already. Void it, and make another.")
        team = Team.get_by_id(parcel.team_id)
        kept = FreightQuote.keep(team, answer.offered, answer.parcel, answer.quote, by=by, order=lines[0].order)
        parcel.choose(kept, by=by)


def choose_cheapest(parcel: Parcel, *, by: Any = None) -> None:
    """Raises Refused when no channel gives a whole price."""
    take(parcel, min(_whole(parcel), key=_price), by=by)


def choose_fastest(parcel: Parcel, *, by: Any = None) -> None:
    """The one that promises the fewest days at most, of equals the cheapest. Raises Refused."""
    timed = [one for one in _whole(parcel) if one.quote.eta]
    if not timed:
        raise Refused("No channel that takes this parcel says how long it travels.")
    take(parcel, min(timed, key=lambda one: (*_days(one), _price(one))), by=by)


def choose_by_rule(parcel: Parcel, *, by: Any = None) -> None:
    """The cheapest that the team's rule for this country allows. Raises Refused."""
    rule = ChannelRule.to(parcel.team_id, parcel.country)
    if rule is None:
        raise Refused("Your team has no rule for channels yet.")
    allowed = [one for one in _whole(parcel) if rule.allows(one)]
    if not allowed:
        raise Refused("No channel that takes this parcel follows your team's rule. Choose one by hand.")
    take(parcel, min(allowed, key=_price), by=by)


def comparable(answers: Iterable[Answer]) -> list[Answer]:
    """Those that may be chosen by themselves."""
    return [one for one in answers if not INCOMPLETE & set(one.quote.warnings) and one.quote.total_home is not None]


def _whole(parcel: Parcel) -> list[Answer]:
    found = offers(parcel)
    if not found.prices:
        raise Refused("No channel takes this parcel.")
    if not (whole := comparable(found.prices)):
        raise Refused("Every price is incomplete: a fuel rate or an exchange rate is missing. Choose one by hand.")
    return whole


def _price(answer: Answer) -> Decimal:
    return answer.quote.total_home or Decimal(0)


def _days(answer: Answer) -> tuple[int, int]:
    least, most = answer.quote.eta or (NO_DAYS, NO_DAYS)
    return most, least


def _box(parcel: Parcel) -> tuple[int, ...]:
    return parcel.grams, parcel.length_mm, parcel.width_mm, parcel.height_mm


def _value(lines: list[ParcelLine]) -> tuple[Decimal | None, str]:
    """The declared value of all pieces, where they share a currency."""
    currencies = {line.currency for line in lines if line.currency}
    if len(currencies) != 1:
        return None, HOME
    (currency,) = currencies
    total = sum(line.value_minor * line.quantity for line in lines)
    return (Money(total, currency).amount if total else None), currency


def _postcode(lines: list[ParcelLine]) -> str:
    """Of the buyer, while there is one; for the price alone."""
    order = lines[0].order if lines else None
    buyer = None if order is None or order.has_buyer_destroyed else Buyer.of(order)
    try:
        address = buyer.clear()["address"] if buyer else {}
    except KeyDestroyed:
        address = {}
    return str(address.get("postalCode", ""))[:40]
