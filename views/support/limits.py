"""The outer guard per network: Flask-Limiter. The lockout itself is counted in the database (models/people/lockout.py).

With Redis the limits are shared by several processes; when Redis is down each process limits by itself.
"""

from __future__ import annotations

from flask import Flask, g
from flask_limiter import Limiter

from config.settings import Settings

# Per network. A person clicks far less; a script that hammers is slowed before it costs anything.
EVERYWHERE = "1200 per minute"
AT_THE_DOOR = "60 per minute"


def install(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    limiter = Limiter(
        key_func=lambda: g.get("client_network", "unknown"),
        app=app,
        storage_uri=settings.redis or "memory://",
        default_limits=[EVERYWHERE],
        in_memory_fallback_enabled=True,
        in_memory_fallback=[EVERYWHERE],
        headers_enabled=False,
        swallow_errors=True,
        key_prefix="portolan",
    )
    app.extensions["limiter"] = limiter

    @limiter.request_filter
    def _is_static() -> bool:
        from flask import request

        return request.endpoint == "static"
