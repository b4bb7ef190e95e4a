"""The tabs of a team's wallet, and those of the operator's wallets."""

from __future__ import annotations

from collections.abc import Callable

from models.wallet.reaching import ALL, VIEW
from views.support.tabs import Tabs

TABS, ALL_TABS = Tabs(), Tabs()
OF_ALL: list[str] = []  # Pages of the operator's wallets whose addresses do not begin as that of their list does.
room_tabs, all_tabs = TABS.shown, ALL_TABS.shown


def tab(
    order: int, label: Callable[[], str], endpoint: str, permission: str = VIEW, **more: Callable[[], bool]
) -> None:
    TABS.add(order, label, endpoint, permission, **more)


def all_tab(order: int, label: Callable[[], str], endpoint: str, permission: str = ALL) -> None:
    ALL_TABS.add(order, label, endpoint, permission)
    OF_ALL.append(endpoint)
