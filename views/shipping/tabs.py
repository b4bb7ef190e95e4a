"""The tabs of the room of parcels."""

from __future__ import annotations

from collections.abc import Callable

from views.support.tabs import Tabs

TABS = Tabs()
room_tabs = TABS.shown


def tab(order: int, label: Callable[[], str], endpoint: str, permission: str = "parcels.view") -> None:
    TABS.add(order, label, endpoint, permission)


WAREHOUSE_TABS = Tabs()
warehouse_tabs = WAREHOUSE_TABS.shown


def warehouse_tab(order: int, label: Callable[[], str], endpoint: str, permission: str) -> None:
    """A tab of the operator's warehouse."""
    WAREHOUSE_TABS.add(order, label, endpoint, permission)
