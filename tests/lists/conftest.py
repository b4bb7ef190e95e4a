"""A library to make lists of: products of lotus, and one of a rival."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.catalog.lists import PRODUCTS
from models.catalog.product import Product
from models.lists.list_of import ListOf
from models.lists.viewer import Viewer
from models.people.reach import Reach
from models.support.db import write_txn


@pytest.fixture
def products() -> ListOf:
    return PRODUCTS


@pytest.fixture
def viewer_of(lotus: Any) -> Callable[..., Viewer]:
    """`viewer_of(alice)` is how she looks at lists of lotus now."""

    def made(person: Any, team: Any = None) -> Viewer:
        reach = Reach.of(person, team or lotus)
        assert reach is not None
        return Viewer(reach)

    return made


@pytest.fixture
def library(lotus: Any, comet: Any) -> Callable[[int], list[Product]]:
    """`library(3)`: so many products of lotus, P-0 and on; the rival has one too."""

    def fill(count: int) -> list[Product]:
        with write_txn():
            Product.create(team=comet, code="RIVAL", title="Rival lamp")
            return [Product.create(team=lotus, code=f"P-{n}", title=f"Lamp {n}", brand="Lotus") for n in range(count)]

    return fill


@pytest.fixture
def store_with_an_order_and_a_listing(lotus: Any, alice: Any) -> None:
    from models.catalog import saving
    from models.catalog.listing import Listing
    from models.catalog.variant import Variant
    from models.orders.ingest import keep
    from tests.orders.conftest import DE, make_store, snapshot
    from tests.stores.selling import draft

    store = make_store(lotus)
    keep(store, [snapshot(1)])
    product = saving.create(lotus, draft(1), by=alice)
    Listing.offer_all(Variant.of(product), [(store, DE)])
