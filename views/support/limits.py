"""The outer guard per network: Flask-Limiter. The lockout itself is counted in the database (models/people/lockout.py).

With Redis the limits are shared by several processes; when Redis is down each process limits by itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC
from threading import Lock
from typing import Any

from flask import Flask, current_app, g, request
from flask_limiter import Limit, Limiter
from limits.storage import Storage

from config.settings import Settings
from models.support import clock

# Per network. A person clicks far less; a script that hammers is slowed before it costs anything.
EVERYWHERE = "1200 per minute"
AT_THE_DOOR = "60 per minute"
FROM_MACHINES = (
    "6000 per minute"  # A service with a hundred thousand parcels sends a few a second, and catches up in bursts.
)
DOORS = {
    "people.open_door",
    "people.welcome",
    "people.choose_password",
    "people.change_password",
    "people.take_second_step",
    "people.take_proof",
}

# A Redis that hangs must not hold every request.
_PATIENCE: dict[str, str | int] = {"socket_connect_timeout": 1, "socket_timeout": 1}


def install(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    limiter = Limiter(
        key_func=lambda: g.get("client_network", "unknown"),
        app=app,
        storage_uri=_storage(settings.redis),
        storage_options=_PATIENCE if settings.redis else {},
        default_limits=[ReadOnce(_limit)],
        in_memory_fallback_enabled=True,
        in_memory_fallback=[_limit],  # type: ignore[list-item]
        headers_enabled=False,
        swallow_errors=True,
        key_prefix="portolan",
    )
    app.extensions["limiter"] = limiter

    @limiter.request_filter
    def _is_static() -> bool:
        return request.endpoint == "static"


def _storage(redis: str) -> str:
    return "redis+" + redis if redis.startswith("unix://") else redis or "counts://"


def _limit() -> str:
    if getattr(current_app.view_functions.get(request.endpoint or ""), "is_hook", False):
        return FROM_MACHINES
    return AT_THE_DOOR if request.endpoint in DOORS else EVERYWHERE


class ReadOnce(Limit):
    """A limit that is another by the address asked for; its text is read once, not at each request."""

    def __iter__(self) -> Iterator[Any]:
        kept: dict[str, list[Any]] = self.__dict__.setdefault("kept", {})
        text = _limit()
        if text not in kept:
            kept[text] = list(super().__iter__())
        return iter(kept[text])


class Counts(Storage):
    """Counts in the memory of this process. The storage of `limits` itself starts a thread to tidy up after each request; here
    what has ended is swept out when much has been counted."""

    STORAGE_SCHEME = ["counts"]
    SWEEP_AT = 10_000

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any):
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._lock = Lock()
        self._counts: dict[str, tuple[int, float]] = {}  # How many, until when they count.

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.monotonic()
        with self._lock:
            count, until = self._counts.get(key, (0, 0.0))
            count, until = (count + amount, until) if until > now else (amount, now + expiry)
            if len(self._counts) >= self.SWEEP_AT:
                self._counts = {one: kept for one, kept in self._counts.items() if kept[1] > now}
            self._counts[key] = (count, until)
        return count

    def get(self, key: str) -> int:
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        now = time.monotonic()
        left = self._counts.get(key, (0, now))[1] - now
        return clock.now().replace(tzinfo=UTC).timestamp() + max(left, 0)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._lock:
            count, self._counts = len(self._counts), {}
        return count

    def clear(self, key: str) -> None:
        with self._lock:
            self._counts.pop(key, None)
