"""Days of price sheets, fuel tables and rates are days at the origin."""

from __future__ import annotations

from datetime import date

from models.support import clock

ORIGIN = "Asia/Shanghai"


def today() -> date:
    return clock.local(clock.now(), ORIGIN).date()
