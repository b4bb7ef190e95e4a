"""Buyers in clear for an export: opened in bulk under the rules of a reveal, and nothing of what is destroyed or too old.

A buyer whose data goes within a day is left out already, so that no file outlives what it was made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from models.exports.export import KEPT
from models.exports.personal import PERMISSION, declare_personal
from models.orders.buyer import ADDRESS_LINES, Buyer
from models.orders.order import Order, oldest_fetched, vault_subject
from models.support import clock
from models.support.bulk import among
from models.support.words import say
from models.vault import data_key

# Told of each bunch of buyers that was opened for an export: whose reach, and the ids of the orders.
ON_DISCLOSURE: list[Callable[[Any, list[int]], None]] = []
COLUMNS = {
    "recipient": say("Recipient"),
    "address_1": say("Address line 1"),
    "address_2": say("Address line 2"),
    "address_3": say("Address line 3"),
    "city": say("City"),
    "region": say("State or region"),
    "postcode": say("Postcode"),
    "country": say("Country"),
    "phone": say("Phone"),
    "email": say("E-mail"),
}


def open_buyers(reach: Any, records: Sequence[Any]) -> dict[int, dict[str, str]]:
    """What is personal of each order by its id. Orders of stores without the permission, old ones and those whose buyer is
    destroyed are left out."""
    orders = {row.id: row for row in _open_to(reach, [record.id for record in records])}
    keys = data_key.held_keys(vault_subject(order.uid) for order in orders.values())
    found: dict[int, dict[str, str]] = {}
    for buyer in Buyer.select().where(among(Buyer.order, list(orders))):
        order = orders[buyer.order_id]
        buyer.order = order
        if key := keys.get(vault_subject(order.uid)):
            found[order.id] = _columns(buyer.clear(key))
    for tell in ON_DISCLOSURE:
        tell(reach, list(found))
    return found


def _open_to(reach: Any, ids: list[int]) -> Any:
    """Those of the orders whose buyers this person may have, as it stands in the database now."""
    return (
        Order.visible_to(reach, PERMISSION)
        .select(Order.id, Order.uid)
        .where(
            among(Order.id, ids),
            Order.buyer_state == "held",
            Order.ordered_at >= oldest_fetched(),
            Order.purge_at > clock.now() + KEPT,
        )
    )


def _columns(clear: dict[str, Any]) -> dict[str, str]:
    address = clear["address"]
    lines = [address.get(name, "") for name in ADDRESS_LINES]
    return {
        "recipient": address.get("name", "") or clear["name"],
        **{f"address_{place}": line for place, line in enumerate(lines, 1)},
        "city": address.get("city", ""),
        "region": address.get("stateOrRegion", ""),
        "postcode": address.get("postalCode", ""),
        "country": address.get("countryCode", ""),
        "phone": clear["phone"] or address.get("phone", ""),
        "email": clear["email"],
    }


declare_personal("orders", COLUMNS, open_buyers)
