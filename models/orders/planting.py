"""Putting a canary into a store, renewing it before its buyer's time is up, taking it away."""

from __future__ import annotations

import secrets
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from models.audit.event import declare, track
from models.orders.canary import Canary
from models.orders.daily import forget
from models.orders.ingest import keep
from models.orders.order import MERCHANT, Order, vault_subject
from models.stores.marketplace import MARKETPLACES
from models.stores.store import ON_DISCONNECTION, Store
from models.support import clock
from models.support.db import after_commit, write_txn
from models.support.errors import Refused
from models.support.words import say
from models.vault import data_key

AGE = timedelta(days=9)  # Shipped and delivered long ago: nobody has a reason to look.
NAMES = ("Marta Lindqvist", "Jonas Ferreira", "Elif Brandt", "Tomas Novak", "Ines Caballero", "Henrik Solberg")
STREETS = ("Gartenweg", "Station Road", "Rue des Lilas", "Calle Mayor", "Lindenallee", "Mill Lane")
TOWNS = (("Bremen", "28195"), ("Leeds", "LS1 4AP"), ("Lyon", "69003"), ("Malmö", "211 20"), ("Graz", "8010"))

declare("canary_planted", say("%(actor)s put a canary order into the store %(object)s"))
declare("canary_removed", say("%(actor)s took the canary order out of the store %(object)s"))


def plant(store: Store, *, by: Any = None) -> Canary:
    """Puts one into the store, in place of an older one. Raises Refused for a store that does not work."""
    if not store.is_active or not store.marketplaces:
        raise Refused("The store is not connected. Authorize it first.")
    invented = _invented(store)

    def mark() -> None:
        """In the transaction that writes the order: never is one there that nobody marked."""
        before = Canary.of(store)
        made_by = before.made_by_id if before else by and by.id
        if before is not None:
            _take_away(before)
        order = Order.get(Order.store == store, Order.order_id == invented.order_id)
        Canary.create(order=order, store=store, made_by=made_by)
        if before is None:
            track("canary_planted", store, by=by)

    keep(store, [invented], with_it=mark)
    return Canary.get(Canary.store == store)


def remove(canary: Canary, *, by: Any) -> None:
    with write_txn():
        store = canary.store
        _take_away(canary)
        track("canary_removed", store, by=by)


def renew() -> int:
    """Plants those anew whose buyer would be destroyed before long; those of disconnected stores go. Returns how many."""
    renewed = 0
    for canary in Canary.select(Canary, Store).join(Store).where(Store.state == "disconnected"):
        remove(canary, by=None)
    for canary in Canary.old():
        if canary.store.is_active:
            plant(canary.store)
            renewed += 1
    return renewed


def _take_away(canary: Canary) -> None:
    """The order with all that belongs to it; its key dies once that is certain."""
    order = canary.order
    subject = vault_subject(order.uid)
    forget(order.store_id, [order.ordered_at])
    canary.delete_instance()
    order.delete_instance()
    after_commit(lambda: _destroy_key(subject))


def _destroy_key(subject: str) -> None:
    data_key.destroy([subject])


def _invented(store: Store) -> SimpleNamespace:
    """An order as a sync would hand it in: delivered, ordinary, and of nobody."""
    marketplace = secrets.choice([m for m in store.marketplaces if m.is_known] or store.marketplaces)
    known = MARKETPLACES.get(marketplace.marketplace_id)
    currency, country = (known.currency, {"UK": "GB"}.get(known.code, known.code)) if known else ("EUR", "DE")
    ordered = clock.now().replace(microsecond=0) - AGE - timedelta(minutes=secrets.randbelow(2000))
    shipped, delivered = ordered + timedelta(hours=20), ordered + timedelta(days=4)
    amount = (Decimal(1900 + secrets.randbelow(4000)) / 100, currency)
    name, (town, postcode) = secrets.choice(NAMES), secrets.choice(TOWNS)
    line = SimpleNamespace(
        order_item_id=_digits(14), sku=f"KB-{_digits(4)}", asin=f"B0{secrets.token_hex(4).upper()}", title="Set of 2",
        quantity=1, quantity_shipped=1, quantity_cancelled=0, extras={}, unit_price=amount, total=amount, tax=None, cancel_requested=False, cancel_reason="",
        is_gift=False, gift_message="",
    )  # fmt: skip
    package = SimpleNamespace(
        reference="1", status="DELIVERED", detail="DELIVERED", carrier="DHL", tracking_number="", shipped_at=shipped
    )
    return SimpleNamespace(
        order_id=f"{_digits(3)}-{_digits(7)}-{_digits(7)}", marketplace_id=marketplace.marketplace_id, ordered_at=ordered,
        updated_at=delivered, status="SHIPPED", fulfilled_by=MERCHANT, service_level="STANDARD", ship_by_from=ordered,
        ship_by=ordered + timedelta(days=2), deliver_by_from=ordered + timedelta(days=3), deliver_by=ordered + timedelta(days=6),
        programs=[], association="", original_order_id="", is_off_amazon=False, has_special_lines=False, total=amount,
        lines=[line], packages=[package], raw={},
        buyer={"buyerName": name, "buyerEmail": f"{secrets.token_hex(7)}@marketplace.amazon.example"},
        recipient={"name": name, "addressLine1": f"{secrets.choice(STREETS)} {1 + secrets.randbelow(90)}", "city": town,
                   "postalCode": postcode, "countryCode": country, "phone": f"+00 {_digits(9)}"},
    )  # fmt: skip


def _digits(count: int) -> str:
    return str(1 + secrets.randbelow(9)) + "".join(str(secrets.randbelow(10)) for _ in range(count - 1))


def _leave(store: Store) -> None:
    """A disconnected store has no use for one; what was fetched stays, and what was invented goes."""
    canary = Canary.of(store)
    if canary is not None:
        _take_away(canary)


ON_DISCONNECTION.append(_leave)
