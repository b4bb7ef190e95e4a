"""The tabs of the freight room."""

from __future__ import annotations

from collections.abc import Callable

from views.support.tabs import Tabs

TABS = Tabs()
room_tabs = TABS.shown


def tab(order: int, label: Callable[[], str], endpoint: str, permission: str = "freight.view") -> None:
    TABS.add(order, label, endpoint, permission)
