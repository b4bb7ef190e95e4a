"""The outer guard per network: so many requests a minute for each view. Flask-Limiter stands at the doors, where somebody may be
guessing; everywhere else one count is enough. The lockout itself is counted in the database (models/people/lockout.py).

With Redis the limits are shared by several processes; when Redis is down each process limits by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from flask import Flask, g, request
from flask_limiter import Limiter
from limits.storage import Storage, storage_from_string
from werkzeug.exceptions import TooManyRequests

from config import logs
from config.settings import Settings

# A minute, per network. A person clicks far less; a script that hammers is slowed before it costs anything.
EVERYWHERE = 1200
AT_THE_DOOR = "60 per minute"
FROM_MACHINES = 6000  # A service with a hundred thousand parcels sends a few a second, and catches up in bursts.
DOORS = {
    "people.open_door",
    "people.welcome",
    "people.choose_password",
    "people.change_password",
    "people.take_second_step",
    "people.take_proof",
}
SECONDS = 60

_PATIENCE = {"socket_connect_timeout": 1, "socket_timeout": 1}  # A Redis that hangs must not hold every request.
_MOST_DOUBLINGS = 6
log = logs.logger("limits")


def install(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    guard = app.extensions["guard"] = Guard(settings.redis)
    Limiter(
        key_func=lambda: str(g.get("client_network")),
        app=AtDoors(app),  # type: ignore[arg-type]
        default_limits=[AT_THE_DOOR],
        in_memory_fallback=[AT_THE_DOOR],
        storage_uri=_address(settings.redis) if settings.redis else "memory://",
        storage_options=_PATIENCE if settings.redis else {},  # type: ignore[arg-type]
        in_memory_fallback_enabled=True,
        headers_enabled=False,
        swallow_errors=True,
        key_prefix="portolan",
    )

    @app.before_request
    def _within_limits() -> None:
        kept, endpoint = g._get_current_object(), request.endpoint or ""  # type: ignore[attr-defined]
        if endpoint in DOORS or endpoint == "static":
            return
        if guard.count(f"{kept.get('client_network')}/{endpoint}") > _most(app, endpoint):
            raise TooManyRequests


class AtDoors:
    """The application as Flask-Limiter sees it: what it hangs on every request is called at the doors alone. Elsewhere it would
    look three times at each request, to find that it is no door."""

    def __init__(self, app: Flask):
        self._app = app

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    def before_request(self, check: Callable[[], Any]) -> None:
        self._app.before_request(lambda: check() if _is_door() else None)

    def after_request(self, change: Callable[[Any], Any]) -> None:
        self._app.after_request(lambda response: change(response) if _is_door() else response)

    def teardown_request(self, leave: Callable[[Any], None]) -> None:
        self._app.teardown_request(lambda error: leave(error) if _is_door() else None)


def _is_door() -> bool:
    return request.endpoint in DOORS


def _most(app: Flask, endpoint: str) -> int:
    is_hook = getattr(app.view_functions.get(endpoint), "is_hook", False)
    return FROM_MACHINES if is_hook else EVERYWHERE


class Guard:
    """Counts in Redis where there is one and it answers, else in this process."""

    def __init__(self, redis: str):
        self._here = Counts()
        self._shared = _storage(redis) if redis else None
        self._failures, self._again_at = 0, 0.0

    def count(self, key: str) -> int:
        """Counts one more within its minute."""
        if self._shared is None or time.monotonic() < self._again_at:
            return self._here.incr(key, SECONDS)
        try:
            count = self._shared.incr(key, SECONDS)
        except self._shared.base_exceptions:
            self._let_rest()
            return self._here.incr(key, SECONDS)
        self._failures = 0
        return count

    def _let_rest(self) -> None:
        """What does not answer is asked again after a while that grows with each failure."""
        log.warning("redis_unreachable", problem="each process counts requests by itself")
        self._again_at = time.monotonic() + 2**self._failures
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)


def _address(redis: str) -> str:
    return "redis+" + redis if redis.startswith("unix://") else redis


def _storage(redis: str) -> Storage:
    return storage_from_string(_address(redis), key_prefix="portolan", **_PATIENCE)  # type: ignore[return-value, arg-type]


class Counts:
    """Counts in the memory of this process. What has ended is swept out when much has been counted."""

    SWEEP_AT = 10_000

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[str, tuple[int, float]] = {}  # How many, until when they count.

    def incr(self, key: str, seconds: float) -> int:
        now = time.monotonic()
        with self._lock:
            count, until = self._counts.get(key, (0, 0.0))
            count, until = (count + 1, until) if until > now else (1, now + seconds)
            if len(self._counts) >= self.SWEEP_AT:
                self._counts = {one: kept for one, kept in self._counts.items() if kept[1] > now}
            self._counts[key] = (count, until)
        return count
