"""What orders are found by: their id, the tracking numbers of their parcels, and what was sold: SKU, ASIN, title."""

from __future__ import annotations

from models.orders.line import OrderLine
from models.orders.order import Order
from models.support import search
from models.support.bulk import raw_rows


@search.finds(Order)
def _orders(team_id: int, words: list[str], limit: int) -> list[int]:
    own = OrderLine.sku.concat(" ").concat(OrderLine.asin).concat(" ").concat(OrderLine.title)
    queries = (
        Order.select(Order.id).where(Order.team == team_id, search.any_of(Order.order_id, words)),
        OrderLine.select(OrderLine.order).where(OrderLine.team == team_id, search.any_of(own, words)),
    )
    ids = {row[0] for query in queries for row in raw_rows(query.limit(limit))}
    return sorted(ids, reverse=True)[:limit]
