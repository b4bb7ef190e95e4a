"""Buyers in clear for what goes with their parcels: labels, packing slips, carriers' waybills. Opened in the moment it is made, with
an event each time, and nothing of what is destroyed, too old, or goes within a day, so that no paper outlives what it was made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import Event, declare, track
from models.orders.buyer import Buyer
from models.orders.disclosure import ON_DISCLOSURE
from models.orders.line import OrderLine
from models.orders.order import Order, vault_subject
from models.people.person import Person
from models.support import clock
from models.support.bulk import among
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.words import say
from models.vault import data_key

PERMISSION = "pii.reveal"
LASTS = timedelta(hours=25)  # A day of the paper, and an hour in which it is made.
MOST_A_DAY = 1_000

declare(
    "buyer_printed", say("The buyer of the order %(object)s was opened for %(what)s, which %(actor)s asked for"), "what"
)


class PrintQuotaReached(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have had %(most)s buyers printed in the last 24 hours. Ask a colleague, or come back later.",
            most=MOST_A_DAY,
        )


def open_for(reach: Any, orders: Mapping[int, str]) -> dict[int, dict[str, Any]]:
    """What is personal of the orders (order id → what it is opened for): name, address, phone, and `gifts` by line id. Orders
    that this person may not have opened, and those whose data is gone or goes within a day, are left out.

    Raises PrintQuotaReached; then nothing was opened.
    """
    rows = list(_open_to(reach, list(orders)))
    keys = data_key.held_keys(vault_subject(order.uid) for order in rows)
    found = {order.id: order for order in rows if vault_subject(order.uid) in keys}
    with write_txn():
        _count(reach.person, len(found))
        for id_, order in found.items():
            track("buyer_printed", order, by=reach.person, what=orders[id_])
        for tell in ON_DISCLOSURE:
            tell(reach, list(found))
    return _opened(found, keys)


def _open_to(reach: Any, ids: Sequence[int]) -> Any:
    """Those whose buyers this person may have, as it stands in the database now."""
    return Order.visible_to(reach, PERMISSION).where(
        among(Order.id, list(ids)), Order.buyer_state == "held", Order.purge_at > clock.now() + LASTS
    )


def _count(person: Any, more: int) -> None:
    """Two at once are counted one after the other."""
    Person.take_turn(person.id)
    since = clock.now() - timedelta(days=1)
    mine = (Event.name == "buyer_printed") & (Event.actor_id == person.id) & (Event.at > since)
    if Event.select(peewee.fn.COUNT(Event.id)).where(mine).scalar() + more > MOST_A_DAY:
        raise PrintQuotaReached()


def _opened(orders: Mapping[int, Order], keys: Mapping[str, bytes]) -> dict[int, dict[str, Any]]:
    opened: dict[int, dict[str, Any]] = {}
    for buyer in Buyer.select().where(among(Buyer.order, list(orders))):
        buyer.order = orders[buyer.order_id]
        opened[buyer.order_id] = {**buyer.clear(keys[buyer.seal_subject()]), "gifts": {}}
    lines = OrderLine.select().where(among(OrderLine.order, list(opened)), OrderLine.gift_message.is_null(False))
    for line in lines.order_by(OrderLine.id):
        line.order = orders[line.order_id]
        if text := line.unseal("gift_message"):
            opened[line.order_id]["gifts"][line.id] = text
    return opened
