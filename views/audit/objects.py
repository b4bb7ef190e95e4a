"""From an event to the page of what it is about, where there is one and the reader may open it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for

from models.audit.event import Event
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.publication import Publication
from models.imports.record import Import
from models.orders.order import Order
from models.people.person import Person
from models.stores.store import Store
from models.workload.log import object_of

Led = Callable[[Any], str]
PAGES: dict[str, tuple[Any, str, Led]] = {
    "product": (Product, "products.view", lambda one: url_for("catalog.detail", uid=one.uid)),
    "listing": (Listing, "products.view", lambda one: url_for("catalog.listing", uid=one.uid)),
    "publication": (Publication, "products.view", lambda one: url_for("catalog.listing", uid=one.listing.uid)),
    "order": (Order, "orders.view", lambda one: url_for("orders.detail", uid=one.uid)),
    "store": (Store, "stores.view", lambda one: url_for("stores.detail", uid=one.uid)),
    "import": (Import, "products.view", lambda one: url_for("imports.detail", uid=one.uid)),
    "person": (Person, "work.view", lambda one: url_for("workload.person", uid=one.uid)),
}


def leads(kind: str, model: Any, permission: str, url: Led) -> None:
    """A room says which page shows the records of its table."""
    PAGES[kind] = model, permission, url


def address_of(event: Event, reach: Any) -> str | None:
    """None where the record is gone, of another team, of a store the reader may not see, or has no page."""
    if event.object_kind not in PAGES or event.object_id is None:
        return None
    model, permission, url = PAGES[event.object_kind]
    if not reach.may(permission):
        return None
    found = object_of(reach, model, event.object_id)
    if found is None or not reach.may(permission, getattr(found, "store_id", None)):
        return None
    return url(found)
