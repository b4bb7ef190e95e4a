"""The outer guard per network: Flask-Limiter. The lockout itself is counted in the database (models/people/lockout.py).

With Redis the limits are shared by several processes; when Redis is down each process limits by itself.
"""

from __future__ import annotations

from flask import Flask, g, request
from flask_limiter import Limiter

from config.settings import Settings

# Per network. A person clicks far less; a script that hammers is slowed before it costs anything.
EVERYWHERE = "1200 per minute"
AT_THE_DOOR = "60 per minute"
DOORS = {"people.open_door", "people.welcome", "people.choose_password"}

# A Redis that hangs must not hold every request.
_PATIENCE: dict[str, str | int] = {"socket_connect_timeout": 1, "socket_timeout": 1}


def install(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    limiter = Limiter(
        key_func=lambda: g.get("client_network", "unknown"),
        app=app,
        storage_uri=_storage(settings.redis),
        storage_options=_PATIENCE if settings.redis else {},
        default_limits=[_limit],  # type: ignore[list-item]
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
    return "redis+" + redis if redis.startswith("unix://") else redis or "memory://"


def _limit() -> str:
    return AT_THE_DOOR if request.endpoint in DOORS else EVERYWHERE
