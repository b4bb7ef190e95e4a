"""A team with products and orders, and a rival with the same."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.amazon.mapping import orders as mapping
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.orders.ingest import keep
from models.orders.order import Order
from models.support.db import write_txn
from tests.orders.conftest import make_store, payload


def stock(team: Any, name: str, *, code: str = "MUG") -> tuple[Product, Order]:
    """One store of the team with a product and an order of it that has left."""
    store = make_store(team, name)
    with write_txn():
        product = Product.create(
            team=team, code=code, title="Travel mug 旅行保温杯", brand="Thermo", first_sku="TM-350"
        )
        variant = Variant.create(team=team, product=product, sku="TM-350", gtin="4006381333931")
        Listing.create(
            team=team, store=store, marketplace_id="A1PA6795UKMFR9", variant=variant, product=product, asin="B0CUP00001"
        )
    keep(store, [mapping.order(payload(7, skus=("TM-350",), package="SHIPPED", status="SHIPPED"))])
    return product, Order.get(Order.store == store)


@pytest.fixture
def goods(lotus, alice) -> tuple[Product, Order]:
    return stock(lotus, "Lotus EU")


@pytest.fixture
def rival_goods(comet, charlie) -> tuple[Product, Order]:
    return stock(comet, "Comet EU", code="RIVAL")
