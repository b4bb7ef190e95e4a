"""The control API under `/_sandbox/`: how tests and demonstrations make things happen. It is no part of Amazon; a client
under test never calls it."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.amazon import lifecycle, order_life
from sandbox.amazon.clock import DAY
from sandbox.amazon.world import World
from sandbox.control import accounts, carriers, faults, listings, mail, orders, reading

FASTEST = 100_000
FURTHEST = 3650 * DAY


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("control", __name__, url_prefix="/_sandbox")

    @pages.errorhandler(reading.Wrong)
    def wrong(error: reading.Wrong) -> ResponseReturnValue:
        return jsonify(error=str(error)), error.status

    @pages.get("/health")
    def health() -> ResponseReturnValue:
        return jsonify(status="ok", now=world.clock.now())

    @pages.get("/state")
    def state() -> ResponseReturnValue:
        with world.turn() as now:
            by_status = Counter("+".join(lifecycle.status(x, now)) or "NONE" for x in world.listings)
            return jsonify(
                applications=len(world.applications),
                accounts=len(world.accounts),
                listings=len(world.listings),
                listings_by_status=by_status,
                live_listings=sum(lifecycle.is_live(x, now) for x in world.listings),
                orders=len(world.orders),
                orders_by_status=Counter(order_life.status(order, now) for order in world.orders),
                requests=world.journal.last,
                now=now,
            )

    @pages.get("/clock")
    def clock() -> ResponseReturnValue:
        return jsonify(now=world.clock.now(), speed=world.clock.speed)

    @pages.post("/clock")
    def move_clock() -> ResponseReturnValue:
        body = reading.body()
        speed = reading.number(body, "speed", world.clock.speed, least=0, most=FASTEST)
        seconds = reading.number(body, "advance_seconds", 0, least=0, most=FURTHEST)
        with world.lock:
            world.clock.set_speed(speed)
            world.clock.advance(seconds)
        with world.turn() as now:
            return jsonify(now=now, speed=world.clock.speed)

    @pages.get("/requests")
    def requests() -> ResponseReturnValue:
        since = request.args.get("since", 0, type=int)
        return jsonify(requests=world.journal.since(since), last=world.journal.last)

    @pages.post("/throttle/refill")
    def refill() -> ResponseReturnValue:
        world.throttle.refill()
        return jsonify(refilled=True)

    for part in (accounts, orders, listings, faults, carriers, mail):
        part.add(pages, world)
    return pages
