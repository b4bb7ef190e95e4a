"""What one currency is worth in another when a team exchanges: by the portal's rates of the day alone. A rate that a team gave for itself
counts for its own reckoning, never for money it gets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models.freight.day_rate import HOME, counting
from models.freight.origin import today
from models.support.errors import Refused
from models.support.money import Money
from models.wallet.mending import received_for

PLACES = Decimal("0.00000001")


@dataclass(frozen=True)
class Exchange:
    """So much of one currency, what it becomes, and the rate between them: of the older day where the two differ."""

    given: Money
    received: Money
    rate: Decimal
    day: date

    @classmethod
    def of(cls, given: Money, into: str) -> Exchange:
        """Raises Refused where a currency has no rate these days."""
        rate, day = rate_between(given.currency, into)
        received = received_for(given.amount_minor, given.currency, into, rate)
        return cls(given, Money(received, into), rate, day)


def rate_between(given: str, into: str) -> tuple[Decimal, date]:
    """Units of `into` for one of `given`, eight decimals, and the day it is of. Raises Refused."""
    known = counting(None, today())
    if missing := [code for code in (given, into) if code != HOME and code not in known]:
        raise Refused("There is no exchange rate for %(currency)s today.", currency=missing[0])
    worth = {code: known[code].cny if code != HOME else Decimal(1) for code in (given, into)}
    days = [known[code].day for code in (given, into) if code != HOME]
    return (worth[given] / worth[into]).quantize(PLACES, ROUND_HALF_UP), min(days, default=today())
