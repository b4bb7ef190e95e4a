"""What goes wrong with which SKU: cases of a period against the pieces sold in it, with what they cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import peewee

from models.mailbox.case import AfterSalesCase
from models.orders.line import OrderLine
from models.orders.order import Order
from models.support.bulk import among, raw_rows
from models.support.money import Money

MOST_SKUS = 200
COUNTED = ("open", "waiting", "settled", "refused")


@dataclass(frozen=True)
class Trouble:
    """`rate` is cases per hundred pieces sold in the period, None where none was sold. `costs` has one amount for each currency."""

    sku: str
    cases: int
    pieces: int
    sold: int
    rate: Decimal | None
    reasons: list[tuple[str, int]]
    costs: list[Money]


def by_sku(reach: Any, since: datetime, until: datetime, store: int | None = None) -> list[Trouble]:
    """The SKUs with the most cases first, at most 200. Two questions, whatever the period."""
    mine = AfterSalesCase.visible_to(reach).where(
        AfterSalesCase.opened_at >= since, AfterSalesCase.opened_at < until, AfterSalesCase.sku != "",
        AfterSalesCase.state.in_(COUNTED),
    )  # fmt: skip
    mine = mine if store is None else mine.where(AfterSalesCase.store == store)
    query = mine.select(
        AfterSalesCase.sku, AfterSalesCase.reason, AfterSalesCase.currency, peewee.fn.COUNT(AfterSalesCase.id),
        peewee.fn.SUM(AfterSalesCase.units), peewee.fn.SUM(AfterSalesCase.cost_minor),
    ).group_by(AfterSalesCase.sku, AfterSalesCase.reason, AfterSalesCase.currency)  # fmt: skip
    cases: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    costs: dict[str, Counter[str]] = defaultdict(Counter)
    for sku, reason, currency, count, units, cost in raw_rows(query):
        cases[sku] += count
        pieces[sku] += int(units)
        reasons[sku][reason] += count
        costs[sku][currency] += int(cost)
    worst = [sku for sku, _count in sorted(cases.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_SKUS]]
    sold = _sold(reach, worst, since, until, store)
    return [
        Trouble(
            sku, cases[sku], pieces[sku], sold.get(sku, 0), Decimal(100 * cases[sku]) / sold[sku] if sold.get(sku) else None,
            reasons[sku].most_common(), [Money(amount, currency) for currency, amount in sorted(costs[sku].items()) if amount and currency],
        )
        for sku in worst
    ]  # fmt: skip


def _sold(reach: Any, skus: list[str], since: datetime, until: datetime, store: int | None) -> dict[str, int]:
    """Pieces bought in the period, less those that were cancelled."""
    if not skus:
        return {}
    query = (
        OrderLine.select(OrderLine.sku, peewee.fn.SUM(OrderLine.quantity - OrderLine.quantity_cancelled))
        .join(Order)
        .where(
            OrderLine.team == reach.team_id,
            among(OrderLine.sku, skus),
            Order.ordered_at >= since,
            Order.ordered_at < until,
        )
    )
    stores = reach.by_permission.get("mailbox.view", frozenset())
    if store is not None:
        query = query.where(Order.store == store)
    elif stores is not None:
        query = query.where(Order.store.in_(sorted(stores)))
    return {sku: int(count) for sku, count in raw_rows(query.group_by(OrderLine.sku))}
