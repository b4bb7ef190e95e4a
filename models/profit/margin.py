"""What an order leaves before Amazon's fees: figures in CNY that add up, and the names of those that are missing. Pure.

A figure is exact as far as it goes and never guessed: what is not known is missing, and then there is no ratio (docs/domain.md §3.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from models.support.money import Money

HOME = "CNY"
REVENUE = ("items", "tax")


@dataclass(frozen=True)
class Figure:
    """`home_minor` is `told` in CNY, signed as profit feels it; None where no rate is known. `name` is the SKU, parcel or case it is of,
    `state` how a parcel's price is known. `of_share` says that only a part of `told` is this order's."""

    kind: str
    told: Money
    home_minor: int | None
    name: str = ""
    state: str = ""
    of_share: bool = False


@dataclass(frozen=True, order=True)
class Missing:
    """What has to be known for the whole: `name` is the SKU, parcel, currency and day, or kind of case, `uid` the record's."""

    kind: str
    name: str = ""
    uid: str = ""


@dataclass(frozen=True)
class Margin:
    figures: tuple[Figure, ...]
    missing: tuple[Missing, ...] = ()

    def of(self, kind: str) -> list[Figure]:
        return [one for one in self.figures if one.kind == kind]

    def sum_of(self, *kinds: str) -> int | None:
        """In CNY; None when there is no figure of the kinds, or one without a rate."""
        amounts = [one.home_minor for one in self.figures if one.kind in kinds]
        return None if not amounts or None in amounts else sum(one or 0 for one in amounts)

    def told(self, kind: str) -> Money | None:
        """The sum in the currency it is in; None where there are several, or parts of amounts."""
        mine = self.of(kind)
        if len({one.told.currency for one in mine}) != 1 or any(one.of_share for one in mine):
            return None
        return Money(sum(one.told.amount_minor for one in mine), mine[0].told.currency)

    @property
    def is_whole(self) -> bool:
        return not self.missing

    @property
    def revenue_minor(self) -> int | None:
        return self.sum_of(*REVENUE)

    @property
    def left_minor(self) -> int | None:
        """Revenue less what is known of the costs; None while the revenue, or a rate, is not known."""
        if self.revenue_minor is None:
            return None
        amounts = [one.home_minor for one in self.figures]
        return None if None in amounts else sum(one or 0 for one in amounts)

    @property
    def ratio(self) -> Decimal | None:
        """Left of the revenue, per cent to two decimals half up; None where something is missing or nothing came in."""
        left, revenue = self.left_minor, self.revenue_minor
        if not self.is_whole or left is None or not revenue:
            return None
        return (Decimal(left) / Decimal(revenue)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def home_of(told: Money, cny: Decimal | None) -> int | None:
    """An amount in CNY's minor units, half up, once."""
    return None if cny is None else Money.of(told.amount * cny, HOME).amount_minor


def margin_of(figures: Iterable[Figure], missing: Iterable[Missing]) -> Margin:
    """Each missing thing once, in order."""
    return Margin(tuple(figures), tuple(sorted(set(missing))))
