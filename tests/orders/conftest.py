"""Stores with orders: told by payloads like Amazon's, and by a sandbox Amazon over real HTTP."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import sandbox
from config.settings import Settings
from integrations.amazon.mapping import orders as mapping
from jobs import amazon as jobs_amazon
from jobs import orders as jobs_orders
from models.audit.origin import Origin, acting
from models.orders.ingest import keep
from models.orders.order import Order
from models.people.team import Team
from models.stores.application import Application
from models.stores.store import Store, StoreMarketplace
from models.support import clock as the_clock
from models.support.db import db
from models.tables import TABLES

sys.path.insert(0, str(Path(__file__).parent.parent / "sandbox"))
from sandbox_seller import CLIENT_ID, CLIENT_SECRET, Seller

DE, UK = "A1PA6795UKMFR9", "A1F83G8C2ARO7P"
FREE = 1e6


@pytest.fixture(autouse=True)
def _tables(request: pytest.FixtureRequest) -> None:
    """Until a migration makes them, and harmless after."""
    if "portal" in request.fixturenames or "cast" in request.fixturenames:
        request.getfixturevalue("portal")
        db.create_tables([table for table in TABLES if not table.table_exists()])


def make_store(team: Team, name: str = "Lotus EU", *, seller_id: str = "", codes: tuple[str, ...] = (DE, UK)) -> Store:
    """A store that works, without tokens."""
    with acting(Origin("command", "tests")):
        store = Store.declare(team, name, "eu", seller_id=seller_id)
    store.move("new", "active")
    for code in codes:
        StoreMarketplace.create(store=store, marketplace_id=code, name=code)
    return store


@pytest.fixture
def store(lotus: Team) -> Store:
    """A store of lotus."""
    return make_store(lotus)


@pytest.fixture
def rival_store(comet: Team) -> Store:
    """A store of comet, whom lotus must never see, nor the other way round."""
    return make_store(comet, "Comet EU")


# Payloads


def payload(number: int = 1, *, age_days: float = 1, updated_minutes: float = 60, status: str = "UNSHIPPED",
            ours: bool = True, market: str = DE, buyer: str = "Katharina Musterfrau", gift: str = "", skus: tuple[str, ...] = ("CUP-1",),
            amount: str = "24.90", package: str = "", **changes: Any) -> dict[str, Any]:  # fmt: skip
    """An order as Amazon tells it. It was placed `age_days` ago and last changed `updated_minutes` after that."""
    ordered = (the_clock.now() - timedelta(days=age_days)).replace(microsecond=0)
    told: dict[str, Any] = {
        "orderId": f"302-{number:07d}-7654321",
        "createdTime": the_clock.iso(ordered),
        "lastUpdatedTime": the_clock.iso(ordered + timedelta(minutes=updated_minutes)),
        "programs": ["PRIME"],
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": market},
        "proceeds": {"grandTotal": {"amount": amount, "currencyCode": "EUR"}},
        "fulfillment": {
            "fulfillmentStatus": status,
            "fulfilledBy": "MERCHANT" if ours else "AMAZON",
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": window(ordered, 0, 2),
            "deliverByWindow": window(ordered, 3, 6),
        },
        "orderItems": [
            {
                "orderItemId": f"{number:06d}{place}",
                "quantityOrdered": 2,
                "product": {"asin": "B0TEST0001", "title": f"Cup {sku}", "sellerSku": sku,
                            "price": {"unitPrice": {"amount": "12.45", "currencyCode": "EUR"}}},
                "proceeds": {"proceedsTotal": {"amount": "24.90", "currencyCode": "EUR"}},
                "fulfillment": {"quantityFulfilled": 0,
                                **({"packing": {"giftOption": {"giftMessage": gift}}} if gift else {})},
            }
            for place, sku in enumerate(skus)
        ],
    }  # fmt: skip
    if ours and status not in ("PENDING", "CANCELLED") and buyer:
        told["buyer"] = {"buyerName": buyer, "buyerEmail": "k7m2p9@marketplace.amazon.example"}
        told["recipient"] = {
            "deliveryAddress": {"name": buyer, "addressLine1": "Lange Straße 17", "city": "Hamburg", "postalCode": "90210",
                                "countryCode": "DE", "phone": "+49 40 5550123"}
        }  # fmt: skip
    if package:
        told["packages"] = [{"packageReferenceId": "1", "packageStatus": {"status": package}, "carrier": "DHL",
                             "shipTime": the_clock.iso(ordered + timedelta(hours=20)), "trackingNumber": "00340434123456"}]  # fmt: skip
    return told | changes


def window(start: datetime, first: int, last: int) -> dict[str, str]:
    return {
        "earliestDateTime": the_clock.iso(start + timedelta(days=first)),
        "latestDateTime": the_clock.iso(start + timedelta(days=last)),
    }


def snapshot(number: int = 1, **facts: Any) -> mapping.OrderSnapshot:
    return mapping.order(payload(number, **facts))


def later(told: dict[str, Any], minutes: float = 10, **fulfillment: Any) -> dict[str, Any]:
    """The same order as Amazon tells it after a change."""
    after = copy.deepcopy(told)
    moment = the_clock.parse_iso(told["lastUpdatedTime"]) + timedelta(minutes=minutes)
    after["lastUpdatedTime"] = the_clock.iso(moment)
    after["fulfillment"] |= fulfillment
    return after


@pytest.fixture
def order_of(store: Store) -> Callable[..., Order]:
    """`order_of(3, status="SHIPPED", …)`: an order of the store, kept the way a sync keeps it."""

    def made(number: int = 1, *, at: Store = store, **facts: Any) -> Order:
        one = snapshot(number, **facts)
        keep(at, [one])
        return Order.get(Order.store == at, Order.order_id == one.order_id)

    return made


@pytest.fixture
def order(order_of: Callable[..., Order]) -> Order:
    """An unshipped order of lotus with its buyer."""
    return order_of()


# The sandbox


class Amazon:
    """A sandbox Amazon, a seller on it, and time that passes on both sides."""

    def __init__(self, handle: sandbox.Handle):
        self.handle, self.seller = handle, Seller(handle.url, "eu")
        self.control = self.seller.control

    def wait(self, **by: float) -> None:
        """Lets time pass here and at Amazon."""
        self.control.wait(timedelta(**by).total_seconds())
        the_clock.move(**by)

    def orders(self, count: int = 1, **facts: Any) -> list[str]:
        """Buyers order; two minutes later Amazon finds the orders."""
        ids = self.control.post("/orders", seller_id=self.seller.id, count=count, **facts)["order_ids"]
        self.wait(minutes=3)
        return ids

    def act(self, order_id: str, action: str, **what: Any) -> None:
        self.control.patch(f"/orders/{order_id}", action=action, **what)

    def break_(self, kind: str, operation: str = "searchOrders", **how: Any) -> None:
        self.control.post("/faults", kind=kind, operation=operation, **how)

    def mend(self) -> None:
        self.control.delete("/faults")

    def asked(self, operation: str = "searchOrders") -> list[dict[str, Any]]:
        """The requests it got, oldest first."""
        return [one for one in self.control.get("/requests")["requests"] if one["operation"] == operation]

    def true(self, order_id: str) -> Any:
        """The order as the sandbox itself holds it."""
        return self.handle.world.orders.get(order_id)


@pytest.fixture
def amazon(portal: Settings) -> Iterator[Amazon]:
    """A sandbox Amazon with a seller in Europe who has one live listing in DE."""
    with sandbox.start(seed=3, rate_scale=FREE) as handle:
        one = Amazon(handle)
        jobs_amazon.use_settings(replace(portal, amazon_url=handle.url))
        jobs_amazon.TOKENS.__init__()  # type: ignore[misc]
        jobs_orders._tried.clear()
        one.seller.publish("CUP-1")
        the_clock.move(seconds=150)
        yield one
        one.seller.http.close()
        one.control.close()


@pytest.fixture
def shop(amazon: Amazon, lotus: Team) -> Store:
    """Lotus's store, authorized at the sandbox Amazon."""
    return connect(amazon, lotus)


def connect(amazon: Amazon, team: Team) -> Store:
    with acting(Origin("command", "tests")):
        application = Application.save_for(team, name="Ours", kind="private", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)  # fmt: skip
        store = Store.declare(team, "Hanse", "eu", seller_id=amazon.seller.id)
        store.authorize(application=application, refresh_token=amazon.seller.refresh_token, seller_id=amazon.seller.id)
    store.move("checking", "active")
    for market in amazon.seller.markets.values():
        StoreMarketplace.create(store=store, marketplace_id=market, name=market)
    return store


class Everything:
    """Somebody who may do everything, as a page's reach is asked."""

    def may(self, _permission: str, _store: int | None = None) -> bool:
        return True
