"""Orders that go to the same buyer at the same address. Names and addresses are compared in memory and shown to nobody; what comes out
is only that they are the same."""

from __future__ import annotations

from models.orders.buyer import Buyer
from models.orders.order import Order, vault_subject
from models.support.bulk import among
from models.vault import data_key

PARTS = ("name", "addressLine1", "addressLine2", "postalCode", "city")
MOST_COMPARED = 200  # Each is unsealed: some 5 ms in all.


def place_of(order: Order) -> tuple[str, ...]:
    """To whom and where. An order whose buyer is not known is like no other."""
    if order.has_buyer_destroyed or (buyer := Buyer.of(order)) is None:
        return (str(order.uid),)
    return _place(buyer)


def others_to_the_same(order: Order) -> list[Order]:
    """Orders that wait as this one does and go to the same place, the first ordered first: of the 200 of the same store, marketplace
    and country that were ordered nearest to it. Held ones wait too, and are left out."""
    if not order.awaits_shipment or order.is_held or order.has_buyer_destroyed or not order.ship_country:
        return []
    mine = Buyer.of(order)
    near = {one.id: one for one in _near(order)} if mine is not None else {}
    if mine is None or not near:
        return []
    place, found = _place(mine), []
    keys = data_key.held_keys(vault_subject(one.uid) for one in near.values())
    for buyer in Buyer.select().where(among(Buyer.order, list(near))):
        buyer.order = near[buyer.order_id]
        key = keys.get(buyer.seal_subject())
        if key is not None and _place(buyer, key) == place:
            found.append(buyer.order)
    return sorted(found, key=lambda one: one.ordered_at)


def _near(order: Order) -> list[Order]:
    """Half of them ordered before it, half after: buyers who order twice do so within days."""
    alike = Order.select().where(
        Order.team == order.team_id, Order.awaits_shipment, Order.store == order.store_id,
        Order.marketplace_id == order.marketplace_id, Order.ship_country == order.ship_country,
        Order.held_at.is_null(), Order.buyer_state == "held", Order.id != order.id,
    )  # fmt: skip
    before = alike.where(Order.ordered_at <= order.ordered_at).order_by(Order.ordered_at.desc(), Order.id.desc())
    after = alike.where(Order.ordered_at > order.ordered_at).order_by(Order.ordered_at, Order.id)
    return [*before.limit(MOST_COMPARED // 2), *after.limit(MOST_COMPARED // 2)]


def _place(buyer: Buyer, key: bytes | None = None) -> tuple[str, ...]:
    clear = buyer.clear(key)
    address = clear["address"]
    return tuple("".join(part.casefold().split()) for part in (clear["name"], *(address.get(one, "") for one in PARTS)))
