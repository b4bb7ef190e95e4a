"""An order's payload as it came, so that a better mapping can be run without asking Amazon again.

Kept apart from the order, whose row stays small, and sealed under the order's key, with which it dies.
"""

from __future__ import annotations

import peewee

from models.orders.order import Order
from models.support.fields import SealedField
from models.support.record import About, Record
from models.vault.seal import Sealed

# Parts of a payload that speak of a person. Of orders we do not ship they are not kept at all.
PERSONAL = ("buyer", "recipient", "tax", "payment")


class OrderPayload(Sealed, Record):
    order = peewee.ForeignKeyField(Order, primary_key=True, on_delete="CASCADE")
    raw = SealedField()

    about = About(why="runs a better mapping without fetching again", keep="until 23 days after delivery",
                  plain="order", buyer="raw")  # fmt: skip

    def seal_subject(self) -> str:
        return self.order.vault_subject


def without_persons(raw: dict) -> dict:
    """The payload of an order somebody else ships: nothing about the buyer, no gift messages."""
    kept = {name: part for name, part in raw.items() if name not in PERSONAL}
    items = kept.get("orderItems")
    if isinstance(items, list):
        kept["orderItems"] = [_without_gift(item) for item in items]
    return kept


def _without_gift(item: object) -> object:
    if not isinstance(item, dict) or not isinstance(item.get("fulfillment"), dict):
        return item
    fulfillment = {name: part for name, part in item["fulfillment"].items() if name != "packing"}
    return {**item, "fulfillment": fulfillment}
