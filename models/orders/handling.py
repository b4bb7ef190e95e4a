"""What a team does with many orders at once: each verb of one order, as lists call it, with what was said once for all of them."""

from __future__ import annotations

import uuid
from typing import Any

from models.lists.list_of import Bulk
from models.orders import assigning, holding
from models.orders.order import Order
from models.orders.tag import OrderTag, put_on, take_off
from models.people.person import Person
from models.support.errors import Refused
from models.support.words import say

PERMISSION = "orders.handle"


def tag(order: Order, *, by: Any, tag: str = "", **_more: Any) -> None:
    put_on(order, _tag(order, tag), by=by)


def untag(order: Order, *, by: Any, tag: str = "", **_more: Any) -> None:
    take_off(order, _tag(order, tag), by=by)


def assign(order: Order, *, by: Any, person: str = "", **_more: Any) -> dict[str, Any]:
    """To the person of this uid; to nobody without one."""
    return assigning.assign(order, _person(person), by=by)


def give_back(order: Order, *, by: Any, was: int = 0, given_to: int = 0, **_more: Any) -> None:
    assigning.give_back(order, was, given_to, by=by)


def hold(order: Order, *, by: Any, reason: str = "", **_more: Any) -> None:
    holding.hold(order, reason, by=by)


def release(order: Order, *, by: Any, **_more: Any) -> dict[str, Any]:
    return holding.release(order, by=by)


def _tag(order: Order, uid: str) -> OrderTag:
    found = OrderTag.get_or_none(OrderTag.team == order.team_id, OrderTag.uid == _uid(uid))
    if found is None:
        raise Refused("There is no such tag any more.")
    return found


def _person(uid: str) -> Person | None:
    if not uid:
        return None
    found = Person.get_or_none(Person.uid == _uid(uid))
    if found is None:
        raise Refused("There is no such person any more.")
    return found


def _uid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused("Choose from the list.") from None


def _called(order: Order) -> str:
    return order.order_id


def _never(_asked: Any) -> bool:
    """Only to take something back."""
    return False


BULK = (
    Bulk("tag", say("Tag"), PERMISSION, tag, undo="untag", icon="tag", asks="tag", called=_called),
    Bulk("untag", say("Take a tag off"), PERMISSION, untag, undo="tag", icon="tag", asks="tag", called=_called),
    Bulk("assign", say("Assign"), PERMISSION, assign, undo="give_back", icon="user", asks="person", called=_called),
    Bulk("give_back", say("Give back"), PERMISSION, give_back, is_offered=_never, called=_called),
    Bulk("hold", say("Hold"), PERMISSION, hold, undo="release", icon="pause", asks="hold_reason", called=_called),
    Bulk("release", say("Release"), PERMISSION, release, undo="hold", icon="play", called=_called),
)
