"""The Orders API 2026-01-01: searching and reading. What changed in the last two minutes is not found yet, and a page
token works for a day, with the filters it was made for."""

from __future__ import annotations

import heapq
from functools import partial
from typing import Any

from sandbox.amazon import identifiers, order_life, order_views, seal
from sandbox.amazon.call import Call
from sandbox.amazon.clock import DAY, MINUTE, iso
from sandbox.amazon.errors import InvalidInput, NotFound, Unauthorized
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.records import Order

STATUSES = (
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
)
DELAY = 2 * MINUTE
TOKEN_LIFE = DAY
TIMES = ("createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore")

Position = tuple[Any, ...]  # (moment, order id): everything up to and including it has been told.
Row = tuple[int, str, Order]


@operation("searchOrders", "GET", "/orders/2026-01-01/orders", rate=0.0056, burst=20)
def search_orders(call: Call) -> Answer:
    parts = _parts(call)
    by, after, before = _window(call)
    size = call.integer("maxResultsPerPage", 100, least=1, most=100)
    filters = _filters(call)
    token = _token(call, filters)
    if token is not None:
        before = token["before"]
    start: Position = tuple(token["after"]) if token else (0, "")
    search = partial(_rows, call, by, (after, before), filters, size=size)
    rows, has_more = search(start)
    shown = search(tuple(token["page"]))[0] if token and "duplicate_page" in call.tricks else rows
    body: dict[str, Any] = {
        "orders": [_told(call, order, parts) for _, _, order in shown],
        ("createdBefore" if by == "created" else "lastUpdatedBefore"): iso(before),
    }
    if has_more:
        content = {
            "after": rows[-1][:2], "page": start, "before": before, "filters": _digest(filters),
            "until": token["until"] if token else call.now + TOKEN_LIFE,
        }  # fmt: skip
        body["pagination"] = {"nextToken": seal.seal(call.world.seed, _purpose(call), content)}
    return 200, body


@operation("getOrder", "GET", "/orders/2026-01-01/orders/{orderId}", rate=0.5, burst=30)
def get_order(call: Call) -> Answer:
    parts = _parts(call)
    order = call.world.orders.get(call.path["orderId"])
    if order is None or order.seller_id != call.account.seller_id or order.created_at > call.now:
        raise NotFound(f"Order '{call.path['orderId']}' was not found.")
    return 200, {"order": _told(call, order, parts)}


def _rows(
    call: Call, by: str, window: tuple[int, int], filters: dict[str, Any], after: Position, *, size: int
) -> tuple[list[Row], bool]:
    """The next orders after a position, and whether there are more."""
    seller_id, now = call.account.seller_id, call.now
    found = (
        (moment, order.order_id, order)
        for order in call.world.orders
        if order.seller_id == seller_id
        and window[0]
        <= (moment := order.created_at if by == "created" else order_life.updated_at(order, now))
        <= window[1]
        and (moment, order.order_id) > after
        and _fits(order, filters, now)
    )
    rows = heapq.nsmallest(size + 1, found)
    return rows[:size], len(rows) > size


def _told(call: Call, order: Order, parts: list[str]) -> dict[str, Any]:
    if "stale_order" in call.tricks:
        earlier = sorted(event[0] for event in order_life.happened(order, call.now))
        return order_views.told(order, earlier[-2] if len(earlier) > 1 else order.created_at, parts)
    return order_views.told(order, call.now, parts)


def _parts(call: Call) -> list[str]:
    parts = call.csv("includedData", allowed=order_views.PARTS)
    if "forbidden_part" in call.tricks and "RECIPIENT" in parts:
        raise Unauthorized("The application has no role for the data set RECIPIENT.")
    return parts


def _window(call: Call) -> tuple[str, int, int]:
    """By which time is searched, from when, and until when."""
    times = {name: call.time(name) for name in TIMES}
    given = [name for name in ("createdAfter", "lastUpdatedAfter") if times[name] is not None]
    if len(given) != 1:
        raise InvalidInput("Exactly one of 'createdAfter' and 'lastUpdatedAfter' has to be given.")
    by, other = ("created", "lastUpdated") if given == ["createdAfter"] else ("lastUpdated", "created")
    if times[f"{other}Before"] is not None:
        raise InvalidInput(f"'{other}Before' cannot be used with '{by}After'.")
    after, before = times[f"{by}After"], times[f"{by}Before"]
    assert after is not None
    latest = call.now - DELAY
    if before is not None and before > latest:
        raise InvalidInput(f"'{by}Before' has to be at least two minutes before the time of the request.")
    if before is not None and before < after:
        raise InvalidInput(f"'{by}Before' has to be equal to or after '{by}After'.")
    return by, after, latest if before is None else before


def _filters(call: Call) -> dict[str, Any]:
    return {
        **{name: call.text(name) for name in TIMES},
        "marketplaceIds": sorted(m.id for m in call.marketplaces(required=False, most=50)),
        "fulfillmentStatuses": sorted(call.csv("fulfillmentStatuses", allowed=STATUSES)),
        "fulfilledBy": sorted(call.csv("fulfilledBy", allowed=("AMAZON", "MERCHANT"))),
    }


def _fits(order: Order, filters: dict[str, Any], now: int) -> bool:
    return (
        (not filters["marketplaceIds"] or order.marketplace_id in filters["marketplaceIds"])
        and (not filters["fulfilledBy"] or order.fulfilled_by in filters["fulfilledBy"])
        and (not filters["fulfillmentStatuses"] or order_life.status(order, now) in filters["fulfillmentStatuses"])
    )


def _token(call: Call, filters: dict[str, Any]) -> dict[str, Any] | None:
    text = call.text("paginationToken")
    if text is None:
        return None
    token = seal.unseal(call.world.seed, _purpose(call), text)
    if token is None or token["until"] <= call.now:
        raise InvalidInput("'paginationToken' is invalid or has expired.")
    if token["filters"] != _digest(filters):
        raise InvalidInput("'paginationToken' has to be used with the filters of the request that returned it.")
    return token


def _purpose(call: Call) -> str:
    return f"orders {call.account.seller_id}"


def _digest(filters: dict[str, Any]) -> str:
    return identifiers.digest(sorted(filters.items()))
