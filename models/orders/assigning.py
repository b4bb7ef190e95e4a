"""Whose an order is: the person of the team who sees to it. Nobody else is kept from it; it is told who is meant."""

from __future__ import annotations

from typing import Any

from models.audit.event import declare, track
from models.lists.filters import Offer
from models.lists.viewer import Viewer
from models.orders.order import Order
from models.people.handover import Held, hands_over
from models.people.person import Person
from models.people.reach import Reach
from models.people.role import Grant, RolePermission
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say

PERMISSION = "orders.view"
MOST_HELD = 500

declare("order_assigned", say("%(actor)s gave the order %(object)s to %(person)s"), "person", "was")
declare("order_unassigned", say("%(actor)s took the order %(object)s from %(was)s"), "was")


def assign(order: Order, person: Person | None, *, by: Any) -> dict[str, Any]:
    """Gives it to a person who may see it; None to nobody. Gives back whose it was, for taking this back. Raises FieldRefused."""
    if person is not None and not may_have(person, order):
        raise FieldRefused("person", "This person may not see the order. Choose from the list.")
    with write_txn():
        Order.take_turn(order.id)
        was = order.reload().assignee_id
        wanted = person.id if person else None
        if was == wanted:
            raise Refused(say("It is theirs already.") if person else say("It is nobody's already."))
        order.change(assignee=person)
        before = _login(was)
        if person is None:
            track("order_unassigned", order, by=by, was=before)
        else:
            track("order_assigned", order, by=by, person=person.login, was=before)
    return {"was": was or 0, "given_to": wanted or 0}


def give_back(order: Order, was: int, given_to: int, *, by: Any) -> None:
    """Takes an assignment back: to whom it was before, if it still is whose it was made. Raises Refused."""
    if (order.reload().assignee_id or 0) != given_to:
        raise Refused("It was given to somebody else meanwhile.")
    assign(order, Person.get_or_none(Person.id == was) if was else None, by=by)


def may_have(person: Person, order: Order) -> bool:
    reach = Reach.of(person, Team.get_by_id(order.team_id)) if person.is_active else None
    return reach is not None and reach.may(PERMISSION, order.store_id)


def people_of(team_id: int) -> list[Person]:
    """The active people of a team who may see orders of some store, by their names."""
    query = (
        Person.select().join(Grant).join(RolePermission, on=(RolePermission.role == Grant.role))
        .where(Grant.team == team_id, RolePermission.permission == PERMISSION, Person.state == "active")
    )  # fmt: skip
    return [person for person in query.distinct().order_by(Person.name) if person.is_active]


def people_on_offer(viewer: Viewer) -> list[Offer]:
    return [Offer(str(person.uid), person.id, person.name) for person in people_of(viewer.reach.team_id)]


def names_of(viewer: Viewer) -> dict[int, str]:
    """The team's people by their ids, those too who see no orders any more."""
    query = Person.select(Person.id, Person.name).join(Grant).where(Grant.team == viewer.reach.team_id)
    return {person.id: person.name for person in query.distinct()}


def _login(person_id: int | None) -> str:
    person = Person.get_or_none(Person.id == person_id) if person_id else None
    return person.login if person else ""


def _open_ones(team: Team, person: Person) -> list[Held]:
    mine = Order.select(Order.order_id).where(Order.assignee == person, Order.team == team, Order.awaits_shipment)
    return [Held(order.order_id, PERMISSION) for order in mine.order_by(Order.ordered_at).limit(MOST_HELD)]


@hands_over("orders", say("Orders that wait to be shipped"), held=_open_ones)
def pass_orders(team: Team, person: Person, to: Person) -> int:
    """What is shipped stays with whoever saw to it. Orders of stores the colleague does not see are nobody's from then on."""
    reach = Reach.of(to, team)
    stores = reach.by_permission.get(PERMISSION, frozenset()) if reach else frozenset()
    mine = (Order.assignee == person) & (Order.team == team) & Order.awaits_shipment
    theirs = mine if stores is None else mine & Order.store.in_(sorted(stores))
    passed = Order.update(assignee=to).where(theirs).execute()
    return passed + Order.update(assignee=None).where(mine).execute()
