"""What the team makes of an order, as the page of one order shows it."""

from __future__ import annotations

from typing import Any

from models.orders import assigning
from models.orders.holding import is_there_anything_to_hold
from models.orders.note import OrderNote
from models.orders.order import Order
from models.orders.tag import OrderTag, tags_of
from models.people.person import Person
from views.support.access import current_person, reach

PERMISSION = "orders.handle"


def desk(order: Order) -> dict[str, Any]:
    """What the part of the page needs."""
    may = reach.may(PERMISSION, order.store_id)
    on_it = tags_of([order.id]).get(order.id, [])
    mine = {tag.id for tag in on_it}
    more = [tag for tag in OrderTag.of_team(order.team_id) if tag.id not in mine] if may else []
    return {
        "may_handle": may,
        "tags": on_it,
        "may_hold": may and is_there_anything_to_hold(order),
        "more_tags": more,
        "desk_tags": [(tag.uid, tag.name) for tag in more],
        "desk_people": [(person.uid, person.name) for person in assigning.people_of(order.team_id)] if may else [],
        "notes": OrderNote.of(order),
        "assignee": Person.get_or_none(Person.id == order.assignee_id) if order.assignee_id else None,
        "holder": Person.get_or_none(Person.id == order.held_by_id) if order.held_by_id else None,
        "me": current_person,
    }
