"""The tabs of the operator's reports, and the day it is where their reader is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask_babel import gettext as _

from models.support import clock
from models.wallet.reaching import ALL
from views.support.language import choose_zone
from views.support.tabs import Tabs
from views.wallet.tabs import OF_ALL, all_tab

TABS = Tabs()
report_tabs = TABS.shown
all_tab(50, lambda: _("Reports"), "wallet.balances")


def report_tab(order: int, label: Callable[[], str], endpoint: str) -> None:
    TABS.add(order, label, endpoint, ALL)
    OF_ALL.append(endpoint)


def today() -> date:
    return clock.local(clock.now(), choose_zone()).date()
