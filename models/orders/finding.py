"""What orders are found by: their id or its beginning, a tracking number, and what was sold (SKU, ASIN, title). Never the buyer.

A title finds the orders of its SKU, also those from before the title was changed.
"""

from __future__ import annotations

import re
from typing import Any

import peewee

from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.orders.sold_item import SoldItem
from models.stores.store import Store
from models.support import search
from models.support.bulk import among, raw_rows
from models.support.matching import begins, beside_index
from models.support.prepared import Prepared

ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}")
BEGINNING = re.compile(r"\d{3}-?[\d-]*")
TRACKING = re.compile(r"[0-9A-Za-z]{8,40}")
MANY = 30_000  # So many lines are gathered at a time.
MARGIN, MOST_GUESSES = 1.05, 8
MOST_LOOKED_AT = 1000  # Somebody with one store of many may have theirs further down.

ITEMS = search.declare(SoldItem, "sku asin title")


def hits(reach: Any, text: str, most: int) -> list[tuple[Order, bool]]:
    """The newest orders this person may see that a text finds; each with whether the text is its own number."""
    ids = search.found(Order, reach.team_id, text, MOST_LOOKED_AT)
    if not ids:
        return []
    parcels = set(_by_tracking(reach.team_id, search.words_of(text)))
    rows = Order.visible_to(reach).where(among(Order.id, ids)).order_by(Order.ordered_at.desc()).limit(most)
    return [(order, order.order_id == text or parcels == {order.id}) for order in rows]


def _newest_line() -> Any:
    """Whatever is sold or sent since has a higher one."""
    return _NEWEST.rows()[0]


@search.finds(Order, stamp=_newest_line)
def _orders(team_id: int, words: list[str], limit: int) -> list[int]:
    found = {*_by_id(team_id, words, limit), *_by_tracking(team_id, words), *_by_item(team_id, words, limit)}
    return sorted(found, reverse=True)[:limit]


def _by_id(team_id: int, words: list[str], limit: int) -> list[int]:
    """The order of this id, else those whose ids begin so."""
    if len(words) > 1 or not BEGINNING.fullmatch(words[0]):
        return []
    mine = Store.select(Store.id).where(Store.team == team_id)
    query = Order.select(Order.id).where(Order.store.in_(mine))
    if ORDER_ID.fullmatch(words[0]):
        return _ids(query.where(Order.order_id == words[0]))
    return _ids(query.where(begins(Order.order_id, words[0])).limit(limit))


def _by_tracking(team_id: int, words: list[str]) -> list[int]:
    """The orders of which a parcel has exactly this tracking number."""
    number = "".join(words)  # Carriers print theirs in groups.
    if not TRACKING.fullmatch(number):
        return []
    numbers = list({number, number.upper()})
    query = OrderPackage.select(OrderPackage.order).join(Order).where(Order.team == team_id)
    return _ids(query.where(OrderPackage.tracking_number.in_(numbers)))


def _by_item(team_id: int, words: list[str], limit: int) -> list[int]:
    items = ITEMS.values("sku", team_id, words)
    if not items:
        return []
    skus = sorted(set(items))  # In their order, as the index of the lines has them.
    lines = OrderLine.select(OrderLine.order).where(OrderLine.team == team_id, among(OrderLine.sku, skus))
    found = _lately(lines, _share(items), limit)
    return _newest(team_id, skus, limit) if found is None else found


def _lately(lines: Any, share: float, limit: int) -> list[int] | None:
    """Orders of these lines, all of them or more than enough of the newest; None where their ids give no way to it.

    The index of the lines by SKU knows the orders too, so each SKU is read from an order on. How far back that has to be is
    guessed from its share of all items, and guessed better from what was found."""
    newest = Order.select(peewee.fn.MAX(Order.id)).scalar() or 0
    too_short, too_long = 0, newest + 1
    span = min(newest, round(limit * MARGIN / share) + 1)
    for _try in range(MOST_GUESSES):
        rows = raw_rows(lines.where(OrderLine.order > newest - span).limit(MANY))
        orders = list({row[0] for row in rows})
        if len(rows) < MANY and (len(orders) >= limit or span == newest):
            return orders
        if len(rows) < MANY:
            too_short, better = span, round(span * min(limit * MARGIN / max(len(orders), 1), 16))
        else:
            too_long, better = span, span // 4
        span = min(max(better, too_short + 1), too_long - 1)
        if span in (too_short, too_long):
            break
    return None


def _share(items: list[str]) -> float:
    """Roughly which part of all that was ever sold these items are."""
    return len(items) / (SoldItem.select(peewee.fn.MAX(SoldItem.id)).scalar() or 1)


def _newest(team_id: int, skus: list[str], limit: int) -> list[int]:
    """Of more than MANY lines those of the newest orders: reads all lines backwards until there are enough orders."""
    lines = OrderLine.select(OrderLine.order).where(beside_index(OrderLine.team) == team_id, among(OrderLine.sku, skus))
    return _ids(lines.distinct().order_by(OrderLine.order.desc()).limit(limit))


_NEWEST = Prepared(
    lambda: OrderLine.select(
        peewee.fn.MAX(OrderLine.id),
        OrderPackage.select(peewee.fn.MAX(OrderPackage.id)),
        Order.select(peewee.fn.MAX(Order.id)),
    )
)


def _ids(query: Any) -> list[int]:
    return list(dict.fromkeys(row[0] for row in raw_rows(query)))
