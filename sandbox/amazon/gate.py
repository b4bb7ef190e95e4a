"""What every Selling Partner API request passes through, in Amazon's order: user agent, route, faults, access token, quota,
and only then the operation. Every answer carries a request id."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from sandbox.amazon import breakage, faults, lwa, operations
from sandbox.amazon.call import Call
from sandbox.amazon.errors import ApiError, InvalidInput, NoSuchOperation, QuotaExceeded, TooLarge, Unauthorized
from sandbox.amazon.faults import Fault
from sandbox.amazon.world import World

LARGEST_BODY = 4_000_000
LONGEST_AGENT = 500


@dataclass
class Request:
    method: str
    raw_path: str
    query: dict[str, list[str]]
    headers: dict[str, str]  # Names in lower case.
    body: bytes
    base_url: str


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    transport: str | None = None  # A fault of the connection: "reset" or "truncated".
    note: dict[str, Any] = field(default_factory=dict)  # For the journal.


def answer(world: World, request: Request) -> Reply:
    request_id = str(uuid.uuid4())
    found = operations.find(request.method, request.raw_path)
    name = found[0].name if found else "unknown"
    struck = world.faults.hit(name, faults.TRANSPORT) if found else []
    for fault in struck:
        if fault.kind == "slow":
            time.sleep(float(fault.options.get("delay", 2.0)))  # Outside the lock: only this request is slow.
    reply = _faulty(struck) or _answer(world, request, found, {fault.kind for fault in struck})
    reply.headers["x-amzn-RequestId"] = request_id
    if found and (reply.status == 204 or reply.headers.get("Content-Type") == "application/json"):
        reply.headers["x-amzn-RateLimit-Limit"] = world.throttle.limit(found[0].rate)
    reply.transport = next((fault.kind for fault in struck if fault.kind in ("reset", "truncated")), None)
    world.journal.write(
        operation=name,
        method=request.method,
        path=request.raw_path,
        query=request.query,
        status=None if reply.transport == "reset" else reply.status,
        seller_id=reply.note.get("seller_id"),
        user_agent=request.headers.get("user-agent", ""),
        body=request.body,
        moment=world.clock.now(),
        request_id=request_id,
        fault=",".join([fault.kind for fault in struck] + sorted(reply.note.get("tricks", ()))) or None,
    )
    return reply


def _faulty(struck: list[Fault]) -> Reply | None:
    """The answer of a fault that never reaches Amazon's application."""
    kinds = {fault.kind for fault in struck}
    if "html_503" in kinds:
        page = (
            "<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"
        )
        return Reply(503, page.encode(), {"Content-Type": "text/html"})
    if "empty_500" in kinds:
        return Reply(500, b"", {})
    if "throttle" in kinds:
        return _json(429, QuotaExceeded().body())
    return None


def _answer(
    world: World, request: Request, found: tuple[operations.Operation, dict[str, str]] | None, kinds: set[str]
) -> Reply:
    note: dict[str, Any] = {}
    try:
        agent = request.headers.get("user-agent", "")
        if not agent or len(agent) > LONGEST_AGENT:
            raise InvalidInput("The request has no user-agent header, or one that is too long.")
        if found is None:
            raise NoSuchOperation(request.method, request.raw_path)
        if len(request.body) > LARGEST_BODY:
            raise TooLarge(LARGEST_BODY)
        operation, parameters = found
        with world.turn() as now:
            call = _authorized(world, request, operation, parameters, now, kinds)
            note["seller_id"] = call.account.seller_id
            if not world.throttle.take(
                call.application.client_id, call.account.seller_id, operation.name, operation.rate, operation.burst
            ):
                raise QuotaExceeded
            call.tricks = {fault.kind for fault in world.faults.hit(operation.name, faults.TRICKS)}
            note["tricks"] = call.tricks
            status, body = operation.handler(call)
            if "schema_break" in call.tricks:
                body = breakage.broken(body, world.count("schema break"))
        reply = Reply(204, b"") if status == 204 else _json(status, body)
    except ApiError as error:
        reply = _json(error.status, error.body())
    reply.note = note
    return reply


def _authorized(
    world: World,
    request: Request,
    operation: operations.Operation,
    parameters: dict[str, str],
    now: int,
    kinds: set[str],
) -> Call:
    token = request.headers.get("x-amz-access-token", "")
    if not token:
        raise Unauthorized("Access token is missing in the request header.")
    if "expired_token" in kinds:
        world.refused_tokens.add(token)
    known = lwa.bearer(world, token, now)
    if isinstance(known, str):
        raise Unauthorized(known)
    application, account, _ = known
    if parameters.get("sellerId", account.seller_id) != account.seller_id:
        raise Unauthorized("The access token does not speak for this selling partner.")
    return Call(
        world, operation.name, application, account, now, parameters, request.query, request.base_url,
        request.headers.get("content-type", ""), request.body,
    )  # fmt: skip


def _json(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json"})
