"""The tabs of a room: each module of it adds its own, and a reader sees those they may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from views.support.access import reach


@dataclass(frozen=True, order=True)
class Tab:
    order: int
    label: Callable[[], str] = field(compare=False)
    endpoint: str
    permission: str
    is_theirs: Callable[[], bool] = field(default=lambda: True, compare=False)


class Tabs(list[Tab]):
    def add(
        self, order: int, label: Callable[[], str], endpoint: str, permission: str, **more: Callable[[], bool]
    ) -> None:
        """A tab of the room. Called by a view's module beside its routes."""
        self.append(Tab(order, label, endpoint, permission, **more))

    def shown(self, current: str) -> list[dict[str, Any]]:
        """For `ui.tabs`: what the reader may open; `current` is the endpoint of the tab they are in."""
        found = sorted(one for one in self if reach.may(one.permission) and one.is_theirs())
        return [
            {"label": one.label(), "url": url_for(one.endpoint), "is_current": one.endpoint == current} for one in found
        ]
