"""What is looked at in the very moment it happens: reveals near their limit, and the canary. Its answer stands in the same transaction
as the look, so that an account is closed before its next request."""

from __future__ import annotations

from typing import Any

from models.compliance.alarm import raise_alarm
from models.orders.canary import Canary
from models.orders.disclosure import ON_DISCLOSURE
from models.orders.order import Order
from models.orders.reveal import MOST_A_DAY, ON_REVEAL

NEAR_LIMIT = MOST_A_DAY * 8 // 10


def on_reveal(order: Order, person: Any, count: int) -> None:
    """Warns at four fifths of a day's reveals and at the last of them; the next one is refused."""
    if Canary.is_one(order):
        raise_alarm("canary", team=order.team_id, person=person, store_id=order.store_id)
    if count >= MOST_A_DAY:
        raise_alarm("reveals_at_limit", team=order.team_id, person=person, count=count)
    elif count >= NEAR_LIMIT:
        raise_alarm("reveals_near_limit", team=order.team_id, person=person, count=count, most=MOST_A_DAY)


def on_disclosure(reach: Any, order_ids: list[int]) -> None:
    """An export with buyers' data that holds a canary."""
    for canary in Canary.among(order_ids):
        raise_alarm("canary_exported", team=reach.team, person=reach.person, store_id=canary.store_id)


ON_REVEAL.append(on_reveal)
ON_DISCLOSURE.append(on_disclosure)
