"""The translators' address, and what they heard: the very bodies, so that anybody can look whether something personal left the house."""

from __future__ import annotations

import json
import time
import uuid
from collections import deque

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.amazon import faults
from sandbox.amazon.world import World
from sandbox.carriers.web import TRANSPORT
from sandbox.translators import microsoft

PREFIXES = ("/microsoft/",)
OPERATION, RATE, KEPT = "microsoft/translate", 10, 200
RETRY_SECONDS = 7


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("translators", __name__)
    heard: deque[str] = deque(maxlen=KEPT)

    @pages.post("/microsoft/translate")
    def translate() -> Response:
        heard.append(request.get_data().decode("utf-8", "replace"))
        return _served(world)

    @pages.get("/_sandbox/translators")
    def show() -> ResponseReturnValue:
        return jsonify(key=microsoft.KEY, region=microsoft.REGION, heard=list(heard))

    @pages.delete("/_sandbox/translators")
    def forget() -> ResponseReturnValue:
        heard.clear()
        return jsonify(heard=[])

    return pages


def _served(world: World) -> Response:
    """Faults of the wire strike after the work was done; those of the server before."""
    struck = {fault.kind: fault for fault in world.faults.hit(OPERATION, (*faults.TRANSPORT, *faults.TRANSLATING))}
    if slow := struck.get("slow"):
        time.sleep(float(slow.options.get("delay", 2.0)))
    request.environ[TRANSPORT] = next((kind for kind in ("reset", "truncated") if kind in struck), None)
    if "throttle" in struck or not world.throttle.take("translators", "translators", "calls", RATE, RATE):
        response = Response("{}", 429, headers={"Retry-After": str(RETRY_SECONDS)}, content_type="application/json")
    elif "html_503" in struck:
        response = Response("<html><body><h1>Service Unavailable</h1></body></html>", 503, content_type="text/html")
    elif "empty_500" in struck:
        response = Response(b"", 500)
    else:
        response = _answered(frozenset(struck))
    world.journal.write(
        operation=OPERATION, method=request.method, path=request.path, query=request.args.to_dict(flat=False),
        status=response.status_code, seller_id=None, user_agent=request.headers.get("User-Agent", ""),
        body=request.get_data(), moment=world.clock.now(), request_id=str(uuid.uuid4()), fault=",".join(sorted(struck)) or None,
    )  # fmt: skip
    return response


def _answered(tricks: frozenset[str]) -> Response:
    key = request.headers.get("Ocp-Apim-Subscription-Key", "")
    try:
        status, body = 200, microsoft.answer(key, request.args.to_dict(), request.get_data(), tricks)
    except microsoft.Refused as error:
        status, body = error.status, error.body()  # type: ignore[assignment]
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8")
