"""Control of orders: making them, and making things happen to them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sandbox.amazon import demand, dressing, order_life
from sandbox.amazon.identifiers import chance
from sandbox.amazon.records import Order
from sandbox.amazon.world import World
from sandbox.control import reading
from sandbox.control.reading import Wrong

ACTIONS = {
    "authorize": order_life.AUTHORIZED,
    "ship": order_life.SHIPPED,
    "deliver": order_life.DELIVERED,
    "cancel": order_life.CANCELLED,
    "request_cancel": order_life.ASKED,
    "withdraw_cancel": order_life.WITHDRAWN,
    "cut": order_life.CUT,
    "refuse": order_life.REFUSED,
    "come_back": order_life.RETURNED,
    "release": order_life.RELEASED,
}
MOST_ORDERS = 20_000
MISTAKE = "Order created by mistake"


def add(pages: Blueprint, world: World) -> None:
    @pages.post("/orders")
    def order() -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(_order(world, reading.body(), now)), 201

    @pages.get("/orders/<order_id>")
    def show_order(order_id: str) -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(_history(_find(world, order_id), now))

    @pages.patch("/orders/<order_id>")
    def change_order(order_id: str) -> ResponseReturnValue:
        with world.turn() as now:
            found = _find(world, order_id)
            _act(world, found, reading.body(), now)
            return jsonify(_history(found, now))


def _order(world: World, body: dict[str, Any], now: int) -> dict[str, Any]:
    account = reading.account(world, str(body.get("seller_id", "")))
    count = int(reading.number(body, "count", 1, least=1, most=MOST_ORDERS))
    states = reading.texts(body, "statuses", order_life.FATES)
    codes = reading.texts(body, "marketplaces", account.marketplaces)
    who = reading.choice(body, "fulfilled_by", ("AMAZON", "MERCHANT")) if body.get("fulfilled_by") else None
    kinds = reading.texts(body, "kinds", dressing.KINDS)
    days = reading.number(body, "days", 1, least=0)
    try:
        orders = demand.spread(
            world, account, count, days, now, codes=codes, fulfilled_by=who, states=states, kinds=kinds
        )
    except demand.NothingLive:
        raise Wrong("The account has no live listing that a buyer could order.", 409) from None
    return {"order_ids": [one.order_id for one in orders]}


def _find(world: World, order_id: str) -> Order:
    order = world.orders.get(order_id)
    if order is None:
        raise Wrong(f"There is no order {order_id}.", 404)
    return order


def _history(order: Order, now: int) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "seller_id": order.seller_id,
        "marketplace_id": order.marketplace_id,
        "fulfilled_by": order.fulfilled_by,
        "status": order_life.status(order, now),
        "updated_at": order_life.updated_at(order, now),
        "events": [
            {"at": at, "event": name, "detail": what, "has_happened": at <= now} for at, name, what in order.events
        ],
    }


def _act(world: World, order: Order, body: dict[str, Any], now: int) -> None:
    action = reading.choice(body, "action", ACTIONS)
    status = order_life.status(order, now)
    if status == "CANCELLED" or (action in ("ship", "cancel", "request_cancel") and status == "SHIPPED"):
        raise Wrong(f"The order is {status}: it cannot {action.replace('_', ' ')}.", 409)
    if action == "deliver" and status != "SHIPPED":
        raise Wrong("Only an order that was shipped can be delivered.", 409)
    if action in ("refuse", "come_back") and status != "SHIPPED":
        raise Wrong("Only an order that was shipped can come back.", 409)
    if action == "cut":
        _cut(order, body, now)
    elif action == "ship":
        _ship(world, order, body, now)
    elif action == "cancel":
        what = {"by": str(body.get("by", "BUYER")), "reason": str(body.get("reason", MISTAKE))}
        order_life.happen(order, order_life.CANCELLED, now, what)
    else:
        what = {"reason": str(body.get("reason", MISTAKE))} if action == "request_cancel" else {}
        order_life.happen(order, ACTIONS[action], now, what)
    world.orders.put(order)


def _cut(order: Order, body: dict[str, Any], now: int) -> None:
    """Of a line (`line`, its place) some pieces (`quantity`) are cancelled; what is left is still to be shipped."""
    place = int(reading.number(body, "line", 0, least=0, most=len(order.lines) - 1))
    least_left = order_life.wanted(order, place) - order_life.shipped(order, now)[place]
    order.lines[place]["cut"] = order.lines[place].get("cut", 0) + int(
        reading.number(body, "quantity", 1, least=1, most=max(1, least_left))
    )
    order_life.happen(order, order_life.CUT, now, {"line": place})


def _ship(world: World, order: Order, body: dict[str, Any], now: int) -> None:
    """Ships what is left of the order, or only the lines named by their place (`lines`)."""
    lines = body.get("lines", [])
    if not isinstance(lines, list) or any(n not in range(len(order.lines)) for n in lines):
        raise Wrong(f"'lines' has to be a list of numbers from 0 to {len(order.lines) - 1}.")
    if order_life.status(order, now) == "PENDING":
        order_life.happen(order, order_life.AUTHORIZED, now, {})
    what = order_life.parcel(order, chance(world.seed, "parcel", order.order_id, len(order.events)))
    what |= {name: str(body[name]) for name in ("carrier", "service", "tracking") if name in body}
    gone = {n for n, quantity in order_life.shipped(order, now).items() if quantity == order_life.wanted(order, n)}
    if lines and gone | set(lines) != set(range(len(order.lines))):
        order_life.happen(order, order_life.PART_SHIPPED, now, {**what, "lines": lines})
    else:
        order_life.happen(order, order_life.SHIPPED, now, what)
