"""Messages that a tracking service sends by itself, signed, to a served portal over loopback: new ones, and each once more."""

from __future__ import annotations

import hashlib
import json
import secrets
import socket
import time

from app import create_app
from bench.ground import Ground
from bench.lists import quiet
from bench.measure import Measurement, at_most, quantiles
from models.support import clock

KEY = "a-key-of-the-bench"
MOST_MS = 50.0


def cost(place: Ground, hook: str, count: int = 50) -> float:
    """Processor time of taking a message, in milliseconds, in this process: what else runs on the machine matters less."""
    visitor, cpu = create_app(place.settings).test_client(), 0.0
    with quiet():
        for number in range(count):
            raw = _message(f"YT{number:016d}", number)
            began = time.process_time()
            answer = visitor.post(f"/hooks/tracking/{hook}", data=raw, headers={"sign": _sign(raw)})
            cpu += time.process_time() - began
            if answer.status_code != 200:
                raise RuntimeError(f"A message was answered {answer.status}.")
    return round(cpu / count * 1000, 2)


def measured(port: int, hook: str, count: int, kind: str, cost: float) -> Measurement:
    """New ones, each sent again at once, as a service does whose answer was lost."""
    path, times, again = f"/hooks/tracking/{hook}", [], []
    for number in range(count):
        raw = _message(f"YT{number % 500 + 1:016d}", number)
        times.append(post(port, path, raw))
        again.append(post(port, path, raw))
    mine, repeated = quantiles(times), quantiles(again)
    return Measurement("tracking", "message over HTTP", kind, count, mine, {"p95_ms": MOST_MS}, **at_most(mine["p95_ms"], MOST_MS),
                       more={"sent_again": repeated, "cpu_ms": cost})  # fmt: skip


def _message(number: str, place: int) -> bytes:
    """About as long as a parcel's whole story, which every message tells anew."""
    event = {"time_utc": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}", "description": "Arrived at the depot", "location": "Leipzig", "stage": None,
             "sub_status": "InTransit_Other", "address": {"country": "DE", "city": "Leipzig"}}  # fmt: skip
    told = {"latest_status": {"status": "InTransit", "sub_status": "InTransit_Other"},
            "tracking": {"providers": [{"provider": {"name": "Post"}, "events": [event] * 15}]}}  # fmt: skip
    data = {"number": number, "carrier": 3011, "tag": f"{place} {secrets.token_hex(4)}", "track_info": told}
    return json.dumps({"event": "TRACKING_UPDATED", "data": data}).encode()


def _sign(raw: bytes) -> str:
    return hashlib.sha256(raw + b"/" + KEY.encode()).hexdigest()


def post(port: int, path: str, raw: bytes) -> float:
    """Seconds from connecting to the last byte. Raises RuntimeError for anything but 200."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nsign: {_sign(raw)}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
    )
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head.encode() + raw)
        answer = b""
        while part := connection.recv(1 << 16):
            answer += part
    taken = time.perf_counter() - began
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"A message was answered {answer.splitlines()[0].decode(errors='replace')}")
    return taken
