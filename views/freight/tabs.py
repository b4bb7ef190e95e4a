"""The tabs of the freight room: each module of it adds its own, and a reader sees those they may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from views.support.access import reach


@dataclass(frozen=True, order=True)
class Tab:
    order: int
    label: Callable[[], str]
    endpoint: str
    permission: str


TABS: list[Tab] = []


def tab(order: int, label: Callable[[], str], endpoint: str, permission: str = "freight.view") -> None:
    """A tab of the room. Called by a view's module beside its routes."""
    TABS.append(Tab(order, label, endpoint, permission))


def room_tabs(current: str) -> list[dict[str, Any]]:
    """For `ui.tabs`: what the reader may open; `current` is the endpoint of the tab they are in."""
    found = sorted((one for one in TABS if reach.may(one.permission)), key=lambda one: one.order)
    return [
        {"label": one.label(), "url": url_for(one.endpoint), "is_current": one.endpoint == current} for one in found
    ]
