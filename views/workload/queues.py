"""Where each queue of work is worked off. A room whose queue waits for people adds its address here or from its own views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for

from models.workload.queues import Queue

PLACES: dict[str, tuple[Callable[[], str], str | None]] = {}


def leads(key: str, url: Callable[[], str], permission: str | None = None) -> None:
    """Says which page a queue leads to, and which permission that page asks for."""
    PLACES[key] = url, permission


leads("imports", lambda: url_for("imports.index"), "products.edit")
leads("decisions", lambda: url_for("exports.index"), "pii.export")
leads("approvals", lambda: url_for("exports.index"))
leads("downloads", lambda: url_for("exports.index"))
leads("refused", lambda: url_for("catalog.listing_index", standing="to_fix"), "products.view")

leads("proposals", lambda: url_for("people.decisions"), "people.manage")


def address(queue: Queue, reach: Any) -> str | None:
    """The page of a queue, for somebody who may open it."""
    url, permission = PLACES.get(queue.key, (lambda: "", None))
    return (url() or None) if permission is None or reach.may(permission) else None
