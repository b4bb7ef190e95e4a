"""The tabs of the mailbox."""

from __future__ import annotations

from collections.abc import Callable

from models.mailbox.thread import PERMISSION
from views.support.tabs import Tabs

TABS = Tabs()
room_tabs = TABS.shown


def tab(order: int, label: Callable[[], str], endpoint: str, permission: str = PERMISSION) -> None:
    TABS.add(order, label, endpoint, permission)
