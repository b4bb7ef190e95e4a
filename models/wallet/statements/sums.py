"""What the lines of a statement add up to: by kind, by channel, by country, and by what prices are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from models.freight.kept_quote import FreightQuote
from models.support.money import Money
from models.wallet.transfer import CHARGES, Transfer

NOWHERE = "—"
KNOWN = {"freight": "base", "handling": "handling", "fuel": "fuel"}
Parts = Counter[str]
"""Of a price: base, handling, fuel, remote, other (minor units)."""


def parts_of(quote: FreightQuote) -> Parts:
    """What the price of a parcel is made of. It is charged with its freight; an extra is of the same price."""
    parts: Parts = Counter()
    for one in quote.answer["lines"]:
        name = "remote" if one["how"].get("when") == "remote" else KNOWN.get(one["code"], "other")
        parts[name] += Money.of(one["amount"], quote.currency).amount_minor
    return parts


@dataclass
class FreightSum:
    """What the parcels of one channel, or to one country, cost in the period (minor units, grams). `surcharges` are part of what was
    charged: all that is not the price of the weight alone, and what bills asked beyond it."""

    parcels: set[int] = field(default_factory=set)
    grams: int = 0
    charged: int = 0
    surcharges: int = 0
    refunded: int = 0

    @property
    def base(self) -> int:
        return self.charged - self.surcharges

    @property
    def net(self) -> int:
        return self.charged - self.refunded


@dataclass
class Sums:
    """Of a period: opening + Σ in − Σ out = closing, by kind, by channel and by country; `parts` are those of the freight that prices
    tell apart."""

    opening: int
    closing: int = 0
    lines: int = 0
    by_kind: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_channel: dict[str, FreightSum] = field(default_factory=lambda: defaultdict(FreightSum))
    by_country: dict[str, FreightSum] = field(default_factory=lambda: defaultdict(FreightSum))
    parts: Parts = field(default_factory=Counter)
    digest: str = ""
    parcels: set[int] = field(default_factory=set)

    def add_freight(self, row: Transfer, line: Any) -> None:
        """A parcel's weight and price count once, however often it was charged. A claim is no freight of a channel."""
        if not row.parcel_id or "claim" in (row.kind, row.reverses.kind if row.reverses_id else ""):
            return
        is_new, is_bill = row.parcel_id not in self.parcels, row.kind == "bill" and bool(line.out)
        parts = parts_of(line.price) if is_new and line.price else Counter()
        self.parts.update(parts)
        surcharges = line.out if is_bill else parts.total() - parts["base"]
        for one in (self.by_channel[line.channel or NOWHERE], self.by_country[line.country or NOWHERE]):
            one.surcharges += surcharges
            if row.kind in CHARGES or is_bill:
                one.charged += line.out
            else:
                one.refunded += line.into - line.out
            if is_new:
                one.parcels.add(row.parcel_id)
                one.grams += line.grams
        self.parcels.add(row.parcel_id)
