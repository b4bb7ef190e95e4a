"""The carriers' addresses. Every request passes the faults and the rate limit before it is answered, and is noted."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, request

from sandbox.amazon import breakage, faults
from sandbox.amazon.world import World
from sandbox.carriers import seventeen, yunexpress

PREFIXES = ("/17track/", "/yunexpress/")
SEVENTEEN, YUNEXPRESS = "/17track/track/v2.2/", "/yunexpress/api/"
TRANSPORT = "sandbox.transport"  # Where the server finds what is to be done to the connection.
YUNEXPRESS_RATE = 5

Answer = Callable[[int], tuple[int, Any]]


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("carriers", __name__)

    @pages.post(SEVENTEEN + "<operation>")
    def tracking(operation: str) -> Response:
        if operation not in seventeen.OPERATIONS:
            abort(404)
        token = request.headers.get("17token", "")

        def answer(now: int) -> tuple[int, Any]:
            try:
                return 200, seventeen.answer(world, operation, token, request.get_data(), now)
            except seventeen.Refused as error:
                return error.status, error.body()

        return _served(world, f"seventeen/{operation}", token, seventeen.RATE, answer)

    @pages.get(YUNEXPRESS + "Tracking/GetTrackInfo")
    def track() -> Response:
        number = request.args.get("OrderNumber", "")
        return _yunexpress(world, "track", lambda customer, now: yunexpress.track(world, customer, number, now))

    @pages.post(YUNEXPRESS + "WayBill/CreateOrder")
    def create() -> Response:
        content = request.get_data()
        return _yunexpress(world, "create", lambda customer, now: yunexpress.create(world, customer, content, now))

    @pages.get(YUNEXPRESS + "WayBill/GetOrder")
    def order() -> Response:
        number = request.args.get("OrderNumber", "")
        return _yunexpress(world, "order", lambda customer, now: yunexpress.order(world, customer, number))

    @pages.post(YUNEXPRESS + "Label/Print")
    def labels() -> Response:
        content, base = request.get_data(), request.host_url.rstrip("/")
        return _yunexpress(world, "labels", lambda customer, now: yunexpress.labels(world, customer, content, base))

    @pages.get(yunexpress.LABELS + "<name>")
    def label(name: str) -> Response:
        content = yunexpress.label(world, name)
        if content is None:
            abort(404)
        return _broken(world, "yunexpress/label") or Response(content, content_type="application/pdf")

    return pages


def _yunexpress(world: World, operation: str, verb: Callable[[str, int], Any]) -> Response:
    authorization = request.headers.get("Authorization", "")

    def answer(now: int) -> tuple[int, Any]:
        try:
            return 200, yunexpress.answer(verb(yunexpress.let_in(authorization), now))
        except yunexpress.Refused as error:
            return 200, yunexpress.refusal(error)

    return _served(world, f"yunexpress/{operation}", "yunexpress", YUNEXPRESS_RATE, answer)


def _served(world: World, operation: str, owner: str, rate: int, answer: Answer) -> Response:
    """Faults of the wire strike after the work was done; those of the server before."""
    response = _broken(world, operation)
    if response is None and not world.throttle.take(owner, owner, "calls", rate, rate):
        response = Response("Too Many Requests", 429, content_type="text/plain")
    tricks = {fault.kind for fault in world.faults.hit(operation, ("schema_break",))}
    if response is None or request.environ.get(TRANSPORT):
        with world.turn() as now:
            status, body = answer(now)
        if "schema_break" in tricks:
            body = breakage.broken(body, world.count("schema break"))
        response = Response(
            json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8"
        )
    world.journal.write(
        operation=operation, method=request.method, path=request.path, query=request.args.to_dict(flat=False),
        status=response.status_code, seller_id=None, user_agent=request.headers.get("User-Agent", ""),
        body=request.get_data(), moment=world.clock.now(), request_id=str(uuid.uuid4()), fault=",".join(sorted(tricks)) or None,
    )  # fmt: skip
    return response


def _broken(world: World, operation: str) -> Response | None:
    """The answer of a fault that never reaches the carrier's application."""
    struck = world.faults.hit(operation, faults.TRANSPORT)
    for fault in struck:
        if fault.kind == "slow":
            time.sleep(float(fault.options.get("delay", 2.0)))
    kinds = {fault.kind for fault in struck}
    request.environ[TRANSPORT] = next((kind for kind in ("reset", "truncated") if kind in kinds), None)
    if "throttle" in kinds:
        return Response("Too Many Requests", 429, content_type="text/plain")
    if "html_503" in kinds:
        return Response("<html><body><h1>Service Unavailable</h1></body></html>", 503, content_type="text/html")
    return Response(b"", 500) if "empty_500" in kinds else None
