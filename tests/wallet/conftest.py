"""A wallet with money, and parcels to spend it on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.shipping.parcel import Parcel
from models.wallet.mending import pay_in
from models.wallet.wallet import Wallet
from tests.orders.conftest import make_store


@pytest.fixture
def channel(harbor, olga) -> Channel:
    carrier = Carrier.make(harbor, code="YUN", name="YunExpress", by=olga)
    return Channel.make(harbor, carrier, code="YUN-US", name="Line to the US", by=olga)


@pytest.fixture
def parcel(lotus) -> Callable[[], Parcel]:
    """`parcel()`: another parcel of lotus."""
    store, numbers = make_store(lotus), count(1)
    return lambda: Parcel.create(
        team=lotus, store=store, number=next(numbers), country="US", grams=500, state="shipped"
    )


@pytest.fixture
def wallet(lotus, olga) -> Wallet:
    """1,000.00 CNY."""
    wallet = Wallet.open_for(lotus, "CNY", by=olga)
    pay_in(wallet, 100_000, key="first", by=olga)
    return wallet.reload()
