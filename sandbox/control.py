"""The control API under `/_sandbox/`: how tests and demonstrations make things happen. It is no part of Amazon; a client
under test never calls it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.amazon import demand, faults, identifiers, issues, lifecycle, marketplaces, order_life, setup
from sandbox.amazon.identifiers import chance
from sandbox.amazon.records import Account, Application, Order
from sandbox.amazon.world import World

ACTIONS = {
    "authorize": order_life.AUTHORIZED,
    "ship": order_life.SHIPPED,
    "deliver": order_life.DELIVERED,
    "cancel": order_life.CANCELLED,
    "request_cancel": order_life.ASKED,
}
SEVERITIES = ("ERROR", "WARNING", "INFO")
MOST_ORDERS = 20_000


class Wrong(Exception):
    """The request cannot be done; the sentence says why."""

    def __init__(self, sentence: str, status: int = 400):
        super().__init__(sentence)
        self.status = status


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("control", __name__, url_prefix="/_sandbox")

    @pages.errorhandler(Wrong)
    def wrong(error: Wrong) -> ResponseReturnValue:
        return jsonify(error=str(error)), error.status

    @pages.get("/health")
    def health() -> ResponseReturnValue:
        return jsonify(status="ok", now=world.clock.now())

    @pages.get("/state")
    def state() -> ResponseReturnValue:
        with world.turn() as now:
            by_status = Counter("+".join(lifecycle.status(x, now)) or "NONE" for x in world.listings)
            by_state = Counter(order_life.status(order, now) for order in world.orders)
            return jsonify(
                applications=len(world.applications), accounts=len(world.accounts), listings=len(world.listings),
                listings_by_status=by_status, live_listings=sum(lifecycle.is_live(x, now) for x in world.listings),
                orders=len(world.orders), orders_by_status=by_state, requests=world.journal.last, now=now,
            )  # fmt: skip

    @pages.get("/applications")
    def applications() -> ResponseReturnValue:
        return jsonify(applications=[asdict(application) for application in world.applications])

    @pages.post("/applications")
    def register() -> ResponseReturnValue:
        with world.turn():
            return jsonify(asdict(_register(world, _body()))), 201

    @pages.get("/accounts")
    def accounts() -> ResponseReturnValue:
        return jsonify(accounts=[_told(world, account) for account in world.accounts])

    @pages.post("/accounts")
    def open_account() -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(_open(world, _body(), now)), 201

    @pages.patch("/accounts/<seller_id>")
    def change_account(seller_id: str) -> ResponseReturnValue:
        with world.turn() as now:
            account = _account(world, seller_id)
            account.orders_per_hour = _number(_body(), "orders_per_hour", account.orders_per_hour, least=0)
            account.next_order_at = None
            demand.expect(world, account, now)
            return jsonify(_told(world, account))

    @pages.post("/accounts/<seller_id>/revoke")
    def revoke(seller_id: str) -> ResponseReturnValue:
        with world.turn():
            grants = world.grants_of(_account(world, seller_id).seller_id)
            for grant in grants:
                grant.revoked = True
                world.grants.put(grant)
            return jsonify(revoked=len(grants))

    @pages.post("/orders")
    def order() -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(_order(world, _body(), now)), 201

    @pages.get("/orders/<order_id>")
    def show_order(order_id: str) -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(_history(_find_order(world, order_id), now))

    @pages.patch("/orders/<order_id>")
    def change_order(order_id: str) -> ResponseReturnValue:
        with world.turn() as now:
            found = _find_order(world, order_id)
            _act(world, found, _body(), now)
            return jsonify(_history(found, now))

    @pages.get("/clock")
    def clock() -> ResponseReturnValue:
        return jsonify(now=world.clock.now(), speed=world.clock.speed)

    @pages.post("/clock")
    def move_clock() -> ResponseReturnValue:
        body = _body()
        with world.lock:
            world.clock.set_speed(_number(body, "speed", world.clock.speed, least=0))
            world.clock.advance(_number(body, "advance_seconds", 0, least=0))
        with world.turn() as now:
            return jsonify(now=now, speed=world.clock.speed)

    @pages.get("/faults")
    def show_faults() -> ResponseReturnValue:
        return jsonify(faults=[fault.as_json() for fault in world.faults.all()])

    @pages.post("/faults")
    def add_fault() -> ResponseReturnValue:
        return jsonify(_fault(world, _body())), 201

    @pages.delete("/faults")
    def clear_faults() -> ResponseReturnValue:
        world.faults.clear()
        return jsonify(faults=[])

    @pages.delete("/faults/<int:number>")
    def clear_fault(number: int) -> ResponseReturnValue:
        world.faults.clear(number)
        return jsonify(faults=[fault.as_json() for fault in world.faults.all()])

    @pages.post("/throttle/refill")
    def refill() -> ResponseReturnValue:
        world.throttle.refill()
        return jsonify(refilled=True)

    @pages.get("/requests")
    def requests() -> ResponseReturnValue:
        since = request.args.get("since", 0, type=int)
        return jsonify(requests=world.journal.since(since), last=world.journal.last)

    @pages.post("/listings/<seller_id>/<path:sku>/issues")
    def inject(seller_id: str, sku: str) -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(issues=_inject(world, seller_id, sku, _body(), now)), 201

    @pages.delete("/listings/<seller_id>/<path:sku>/issues")
    def withdraw(seller_id: str, sku: str) -> ResponseReturnValue:
        with world.turn() as now:
            for listing in _listings(world, seller_id, sku, _body()):
                listing.injected, listing.updated_at = [], now
                world.listings.put(listing)
            return jsonify(issues=[])

    return pages


def _register(world: World, body: dict[str, Any]) -> Application:
    """A new application, or new facts of one that is known by its client id."""
    number = len(world.applications)
    client_id = (
        body.get("client_id") or f"amzn1.application-oa2-client.{identifiers.digest(world.seed, 'client', number)}"
    )
    known = world.applications.get(client_id)
    redirect_uris = body.get("redirect_uris", known.redirect_uris if known else [])
    if not isinstance(redirect_uris, list) or any(not isinstance(uri, str) for uri in redirect_uris):
        raise Wrong("'redirect_uris' has to be a list of addresses.")
    application = Application(
        client_id,
        body.get("client_secret")
        or (known.client_secret if known else identifiers.digest(world.seed, "secret", number)),
        body.get("application_id")
        or (
            known.application_id
            if known
            else f"amzn1.sp.solution.{identifiers.digest(world.seed, 'application', number)}"
        ),
        body.get("name") or (known.name if known else "An application"),
        redirect_uris,
        bool(body.get("draft", known.is_draft if known else False)),
        bool(body.get("accepts_loopback", known.accepts_loopback if known else False)),
    )
    return world.applications.put(application)


def _open(world: World, body: dict[str, Any], now: int) -> dict[str, Any]:
    region = str(body.get("region", "")).lower()
    if region not in marketplaces.REGIONS:
        raise Wrong(f"'region' has to be one of {', '.join(marketplaces.REGIONS)}.")
    known = {marketplace.code for marketplace in marketplaces.in_region(region)}
    codes = body.get("marketplaces") or sorted(known)
    if not isinstance(codes, list) or not set(codes) <= known:
        raise Wrong(f"'marketplaces' has to be a list of codes of the region {region}: {', '.join(sorted(known))}.")
    rate = _number(body, "orders_per_hour", world.orders_per_hour, least=0)
    account = world.open_account(str(body.get("name") or "A seller"), region, codes, rate)
    client_id = body.get("client_id", setup.CLIENT_ID)
    if world.applications.get(client_id) is None:
        raise Wrong(f"There is no application with the client id {client_id}.")
    world.grant(client_id, account.seller_id)
    demand.expect(world, account, now)
    return _told(world, account)


def _told(world: World, account: Account) -> dict[str, Any]:
    grants = [grant for grant in world.grants_of(account.seller_id) if not grant.revoked]
    return {
        "seller_id": account.seller_id,
        "name": account.name,
        "region": account.region,
        "marketplaces": [
            {"code": m.code, "id": m.id, "currency": m.currency, "language": m.language}
            for m in world.marketplaces_of(account)
        ],
        "refresh_token": grants[-1].refresh_token if grants else None,
        "orders_per_hour": account.orders_per_hour,
    }


def _order(world: World, body: dict[str, Any], now: int) -> dict[str, Any]:
    account = _account(world, str(body.get("seller_id", "")))
    count = int(_number(body, "count", 1, least=1, most=MOST_ORDERS))
    states = body.get("statuses") or []
    if not isinstance(states, list) or not set(states) <= set(order_life.FATES):
        raise Wrong(f"'statuses' has to be a list of {', '.join(order_life.FATES)}.")
    codes = body.get("marketplaces") or []
    if not isinstance(codes, list) or not set(codes) <= set(account.marketplaces):
        raise Wrong(f"'marketplaces' has to be a list of {', '.join(account.marketplaces)}.")
    who = body.get("fulfilled_by")
    if who not in (None, "AMAZON", "MERCHANT"):
        raise Wrong("'fulfilled_by' has to be AMAZON or MERCHANT.")
    days = _number(body, "days", 1, least=0)
    try:
        orders = demand.spread(world, account, count, days, now, codes=codes, fulfilled_by=who, states=states)
    except demand.NothingLive:
        raise Wrong("The account has no live listing that a buyer could order.", 409) from None
    return {"order_ids": [one.order_id for one in orders]}


def _find_order(world: World, order_id: str) -> Order:
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
    action = str(body.get("action", ""))
    if action not in ACTIONS:
        raise Wrong(f"'action' has to be one of {', '.join(ACTIONS)}.")
    status = order_life.status(order, now)
    if status == "CANCELLED" or (action in ("ship", "cancel", "request_cancel") and status == "SHIPPED"):
        raise Wrong(f"The order is {status}: it cannot {action.replace('_', ' ')}.", 409)
    if action == "deliver" and status != "SHIPPED":
        raise Wrong("Only an order that was shipped can be delivered.", 409)
    what: dict[str, Any] = {}
    if action == "ship":
        if status == "PENDING":
            order_life.happen(order, order_life.AUTHORIZED, now, {})
        what = order_life.parcel(order, chance(world.seed, "parcel", order.order_id))
        what |= {name: body[name] for name in ("carrier", "service", "tracking") if name in body}
        if isinstance(body.get("lines"), list) and len(body["lines"]) < len(order.lines):
            order_life.happen(order, order_life.PART_SHIPPED, now, {**what, "lines": [int(n) for n in body["lines"]]})
            world.orders.put(order)
            return
    if action == "cancel":
        what = {"by": str(body.get("by", "BUYER")), "reason": str(body.get("reason", "Order created by mistake"))}
    if action == "request_cancel":
        what = {"reason": str(body.get("reason", "Order created by mistake"))}
    order_life.happen(order, ACTIONS[action], now, what)
    world.orders.put(order)


def _fault(world: World, body: dict[str, Any]) -> dict[str, Any]:
    kind = body.get("kind")
    if kind not in faults.KINDS:
        raise Wrong(f"'kind' has to be one of {', '.join(faults.KINDS)}.")
    options = {name: body[name] for name in ("delay",) if name in body}
    times = body.get("times", None if "seconds" in body else 1)
    fault = world.faults.add(
        kind,
        str(body.get("operation", "*")),
        times=None if times is None else int(times),
        seconds=body.get("seconds"),
        probability=_number(body, "probability", 1, least=0, most=1),
        **options,
    )
    return fault.as_json()


def _inject(world: World, seller_id: str, sku: str, body: dict[str, Any], now: int) -> list[dict[str, Any]]:
    if body.get("severity", "ERROR") not in SEVERITIES:
        raise Wrong(f"'severity' has to be one of {', '.join(SEVERITIES)}.")
    found = _listings(world, seller_id, sku, body)
    issue = {
        "code": str(body.get("code", "18900")),
        "message": str(body.get("message", "This listing was found to violate a policy.")),
        "severity": body.get("severity", "ERROR"),
        "categories": list(body.get("categories", [])),
        "attributes": list(body.get("attributes", [])),
        "facts": {},
        "actions": list(body.get("actions", [])),
    }
    for listing in found:
        listing.injected = [*listing.injected, issue]
        listing.updated_at = now
        world.listings.put(listing)
    return [issues.worded(issue, "en_US", listing.marketplace_id) for listing in found]


def _listings(world: World, seller_id: str, sku: str, body: dict[str, Any]) -> list[Any]:
    codes = body.get("marketplaces")
    found = [
        listing
        for listing in world.listings_of(_account(world, seller_id).seller_id)
        if listing.sku == sku and (not codes or marketplaces.by_id()[listing.marketplace_id].code in codes)
    ]
    if not found:
        raise Wrong(f"There is no listing {sku}.", 404)
    return found


def _account(world: World, seller_id: str) -> Account:
    account = world.accounts.get(seller_id)
    if account is None:
        raise Wrong(f"There is no account {seller_id or '(none given)'}.", 404)
    return account


def _body() -> dict[str, Any]:
    if not request.get_data():
        return {}
    body = request.get_json(silent=True, force=True)
    if not isinstance(body, dict):
        raise Wrong("The body has to be a JSON object.")
    return body


def _number(body: dict[str, Any], name: str, default: float, *, least: float, most: float = float("inf")) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Wrong(
            f"'{name}' has to be a number of at least {least:g}" + (f" and at most {most:g}." if most < 1e9 else ".")
        )
    return value
