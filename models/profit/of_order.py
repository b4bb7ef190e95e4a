"""The margin of one order, from what the portal holds of it: what its items bring, what the goods, the parcels and after-sales cost.

Amazon's fees are not known before its settlement comes, and so are in none of it. Amounts of other currencies count at the rate of their
own day, those of the order and its goods at that of the day it was placed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from models.catalog.product import Product
from models.catalog.variant import Variant
from models.freight.day_rate import HOME, rates_on
from models.freight.origin import ORIGIN
from models.mailbox.case import UNDER_WAY, AfterSalesCase
from models.orders.line import OrderLine
from models.orders.order import AMAZON, Order
from models.profit.freight_of import Packed, packed_of
from models.profit.margin import Figure, Margin, Missing, home_of, margin_of
from models.profit.sharing import shared
from models.support import clock
from models.support.money import Money

PERMISSION = "profit.view"


def of_order(order: Order, lines: Sequence[OrderLine], cases: Sequence[AfterSalesCase]) -> Margin:
    """Of an order with all its lines and cases."""
    return _Reckoning(order, lines, cases).margin()


class _Reckoning:
    """Collects figures and what is missing; rates are asked once for each day."""

    def __init__(self, order: Order, lines: Sequence[OrderLine], cases: Sequence[AfterSalesCase]) -> None:
        self.order, self.lines, self.cases = order, lines, cases
        self.day = clock.local(order.ordered_at, ORIGIN).date()
        self.missing: list[Missing] = []
        self._rates: dict[date, dict[str, Decimal]] = {}

    def margin(self) -> Margin:
        figures = [*self._revenue(), *self._goods(), *self._freight(), *self._after_sales()]
        if self.order.fulfilled_by == AMAZON:
            self.missing.append(Missing("first_leg"))
        return margin_of(figures, self.missing)

    # What came in

    def _revenue(self) -> Iterator[Figure]:
        if not self.lines:
            self.missing.append(Missing("no_items"))
        for line in self.lines:
            if line.total_minor is None or not line.currency:
                if not self._is_cancelled(line):
                    self.missing.append(Missing("no_amount", line.sku))
                continue
            yield self._figure("items", Money(line.total_minor, line.currency), self.day, line.sku)
            if line.tax_minor is None:
                self.missing.append(Missing("no_tax", line.sku))
            elif line.tax_minor:
                yield self._figure("tax", Money(-line.tax_minor, line.currency), self.day, line.sku)

    # What the goods cost

    def _goods(self) -> Iterator[Figure]:
        sold = [line for line in self.lines if not self._is_cancelled(line)]
        skus = sorted({line.sku for line in sold})
        query = Variant.select(Variant, Product).join(Product)
        known = {one.sku: one for one in query.where(Variant.team == self.order.team_id, Variant.sku.in_(skus or [""]))}
        for line in sold:
            variant = known.get(line.sku)
            if variant is None:
                self.missing.append(Missing("no_product", line.sku))
            elif variant.cost is None:
                self.missing.append(Missing("no_cost", line.sku, str(variant.product.uid)))
            else:
                pieces = line.quantity - line.quantity_cancelled
                cost = Money(-variant.cost.amount_minor * pieces, variant.cost_currency)
                yield self._figure("goods", cost, self.day, line.sku)

    def _is_cancelled(self, line: OrderLine) -> bool:
        return self.order.is_cancelled or line.quantity <= line.quantity_cancelled

    # What its parcels cost

    def _freight(self) -> Iterator[Figure]:
        packed = packed_of(self.order)
        for one in packed:
            if not one.amounts:
                self.missing.append(Missing("no_price", one.parcel.label, str(one.parcel.uid)))
            for amount in one.amounts:
                told = Money(-amount.told.amount_minor, amount.told.currency)
                home = self._home(told, amount.day) if amount.home_minor is None else -amount.home_minor
                yield Figure("freight", told, self._share(one, home), one.parcel.label, amount.state, one.is_shared)
        inside = sum(one.pieces for one in packed if one.parcel.state != "void")
        if self._is_ours and inside < sum(line.quantity - line.quantity_cancelled for line in self.lines):
            self.missing.append(Missing("no_parcel"))

    @property
    def _is_ours(self) -> bool:
        return self.order.is_ours_to_ship and not self.order.is_cancelled

    def _share(self, packed: Packed, home_minor: int | None) -> int | None:
        return None if home_minor is None else shared(home_minor, packed.weights)[self.order.id]

    # What went wrong

    def _after_sales(self) -> Iterator[Figure]:
        for case in self.cases:
            if case.state in ("proposed", "dismissed"):
                continue
            if case.cost is not None and case.cost_minor:
                at = clock.local(case.ended_at or case.opened_at, ORIGIN).date()
                yield self._figure("after_sales", Money(-case.cost_minor, case.currency), at, case.sku)
            elif case.state in UNDER_WAY:
                self.missing.append(Missing("no_case_cost", case.kind, str(case.uid)))

    # In CNY

    def _figure(self, kind: str, told: Money, day: date, name: str) -> Figure:
        return Figure(kind, told, self._home(told, day), name)

    def _home(self, told: Money, day: date) -> int | None:
        if told.currency == HOME:
            return told.amount_minor
        if day not in self._rates:
            self._rates[day] = rates_on(self.order.team_id, day)
        cny = self._rates[day].get(told.currency)
        if cny is None:
            self.missing.append(Missing("no_rate", f"{told.currency} {day.isoformat()}", told.currency))
        return home_of(told, cny)
