"""What a page costs the database: as much for sixty records as for one, and hardly more than today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.catalog import saving
from models.catalog.listing import Listing
from models.catalog.publication import Publication
from models.catalog.variant import Variant
from models.orders.ingest import keep
from models.orders.order import Order
from tests.orders.conftest import DE, make_store, snapshot
from tests.stores.selling import Counted, draft

T = "/t/lotus"
# One more than there are today; door, navigation and banners included.
MOST = {"dashboard": 30, "orders": 11, "products": 8, "listings": 9, "order": 27, "product": 12}


@pytest.fixture
def business(lotus: Any, alice: Any, clock: Any) -> Callable[[int], dict[str, str]]:
    """`business(60)`: so many orders, products and listings; gives the address of each page."""
    store = make_store(lotus)
    products: list[Any] = []

    def grow(count: int) -> dict[str, str]:
        keep(store, [snapshot(number, age_days=number / 3 + 0.1) for number in range(1, count + 1)])
        fresh = [saving.create(lotus, draft(number), by=alice) for number in range(len(products) + 1, count + 1)]
        products.extend(fresh)
        Publication.ask([one for product in fresh for one in Listing.offer_all(Variant.of(product), [(store, DE)])])
        return {
            "dashboard": f"{T}/", "orders": f"{T}/orders/", "products": f"{T}/catalog/products/", "listings": f"{T}/catalog/listings/",
            "order": f"{T}/orders/{Order.select().order_by(Order.id).get().uid}", "product": f"{T}/catalog/products/{products[0].uid}",
        }  # fmt: skip

    return grow


@pytest.mark.parametrize("name", MOST)
def test_a_page_costs_the_same_for_sixty_records_as_for_one(as_, alice, business, name):
    """The two that show one thing are asked for as the drawer asks."""
    browser = as_(alice)
    headers = {"HX-Request": "true", "HX-Target": "drawer-content"} if name in ("order", "product") else {}
    costs = []
    for count in (1, 60):
        path = business(count)[name]
        for _ in range(2):  # What is learned once and kept is not counted.
            browser.get(path, headers=headers)
        with Counted() as counted:
            assert browser.get(path, headers=headers).status_code == 200
        costs.append(len(counted))
    assert costs[0] == costs[1] <= MOST[name], (costs, counted)
