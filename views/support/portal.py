"""The Flask application, sparing what it does dozens of times a page: no view is asked whether it is a coroutine, and an address
that was built once for the same place and values is not built again."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.globals import _cv_app, _cv_request

from views.support.templates import Environment

MOST_ADDRESSES = 10_000
PLAIN = {str, int, uuid.UUID, type(None)}  # Exactly these: True is not 1 in an address.


class Portal(Flask):
    jinja_environment = Environment

    def __init__(self, *given: Any, **named: Any):
        super().__init__(*given, **named)
        self._address = lru_cache(maxsize=MOST_ADDRESSES)(self._build)

    def ensure_sync(self, func: Any) -> Any:
        """Nothing here is async."""
        return func

    def url_for(self, endpoint: str, **values: Any) -> str:  # type: ignore[override]
        """What Flask builds. It depends on nothing but these values, the team at hand, and the request's blueprint and method;
        static files may change under a developer's hands."""
        incoming = _cv_request.get(None)
        is_plain = all(type(value) in PLAIN for value in values.values())
        if incoming is None or not is_plain or (endpoint == "static" and self.jinja_env.auto_reload):
            return super().url_for(endpoint, **values)
        team = _cv_app.get().g.get("team")
        asked = incoming.request
        where = (
            asked.blueprint if endpoint[:1] == "." else None,
            team.slug if team else None,
            asked.method,
            asked.root_path,
        )
        return self._address(endpoint, where, tuple(values.items()))

    def _build(self, endpoint: str, _where: tuple[Any, ...], values: tuple[tuple[str, Any], ...]) -> str:
        return super().url_for(endpoint, **dict(values))
