"""Showing a buyer in clear: with a reason, one order at a time, 100 a day for each person, and an event each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import Event, declare, track
from models.orders.buyer import Buyer, address_lines
from models.orders.line import OrderLine
from models.orders.order import Order
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say
from models.vault.data_key import KeyDestroyed

MOST_A_DAY = 100
# Told of each reveal in its own transaction: the order, who looked, and how many that is in a day.
ON_REVEAL: list[Callable[[Order, Any, int], None]] = []
LEAST_REASON, MOST_REASON = 5, 200

declare("buyer_revealed", say("%(actor)s looked at the buyer of the order %(object)s: %(reason)s"), "reason")


class QuotaReached(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have looked at %(most)s buyers in the last 24 hours. Ask a colleague, or come back later.",
            most=MOST_A_DAY,
        )


def reveal(order: Order, reason: str, *, by: Any) -> dict[str, Any]:
    """The buyer in clear: name, email, company, phone, `lines` of the address, `gifts` by line. Never stored, never logged.

    Raises FieldRefused without a reason, QuotaReached, KeyDestroyed when the data is gone, Refused when there was none.
    """
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise FieldRefused("reason", "Say why you need it, in at least %(least)s characters.", least=LEAST_REASON)
    if order.has_buyer_destroyed:
        raise KeyDestroyed()
    buyer = Buyer.of(order)
    if buyer is None:
        raise Refused("Amazon has not told the buyer of this order.")
    clear = buyer.clear()
    gifts = [(line.title, line.unseal("gift_message")) for line in OrderLine.of(order) if line.gift_message]
    with write_txn():
        note_reveal(order, reason[:MOST_REASON], by=by)
    return {**clear, "lines": address_lines(clear["address"]), "gifts": gifts}


def note_reveal(order: Order, reason: str, *, by: Any) -> None:
    """Counts and tells, in the open transaction, that the person looks at the buyer of an order. Raises QuotaReached."""
    count = _count(by)
    track("buyer_revealed", order, by=by, reason=reason)
    for tell in ON_REVEAL:
        tell(order, by, count)


def _count(person: Any) -> int:
    """The how manyeth of the person's reveals of the day this is. Two at once are counted one after the other."""
    Person.take_turn(person.id)
    if (before := revealed_by(person)) >= MOST_A_DAY:
        raise QuotaReached()
    return before + 1


def revealed_by(person: Any) -> int:
    """How many buyers the person has looked at in the last 24 hours."""
    since = clock.now() - timedelta(days=1)
    query = Event.select(peewee.fn.COUNT(Event.id)).where(
        Event.name == "buyer_revealed", Event.actor_id == person.id, Event.at > since
    )
    return query.scalar()
