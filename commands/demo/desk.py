"""What the demo's people made of their orders: tags, notes, a hold, whose they are. Through the verbs of the screens."""

from __future__ import annotations

from contextlib import suppress

from models.orders.assigning import assign
from models.orders.holding import hold
from models.orders.note import OrderNote
from models.orders.order import Order
from models.orders.tag import OrderTag, put_on
from models.people.person import Person
from models.people.team import Team
from models.support.errors import Refused

TAGS = (("Check the address", "amber"), ("Fragile", "red"), ("Regular customer", "green"))
NOTES = ("Pack with twice the paper: the last one arrived broken.", "Asked in chat for delivery on a Friday.")
HELD = ("The colour is out of stock until Thursday", "Address to be asked for")


def handle(team: Team, shipper: Person, helper: Person, *, by: Person) -> None:
    """Of what waits: every third is somebody's, some have tags and notes, the youngest two stand still."""
    tags = [OrderTag.make(team, name, colour, by=by) for name, colour in TAGS]
    mine = Order.select().where(Order.team == team, Order.awaits_shipment)
    waiting = list(mine.order_by(Order.ordered_at.desc()).limit(30))
    for place, order in enumerate(waiting):
        with suppress(Refused):
            if place % 3 == 0:
                assign(order, shipper if place % 2 else helper, by=by)
            if place % 4 == 1:
                put_on(order, tags[place % len(tags)], by=shipper)
    for order, text in zip(waiting[1::5], NOTES, strict=False):
        OrderNote.write(order, text, by=helper)
    for order, reason in zip(waiting[:2], HELD, strict=False):
        hold(order, reason, by=shipper)
