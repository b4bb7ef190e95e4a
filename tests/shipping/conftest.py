"""The operator's channel, and a seller's parcel with a label of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Between
from models.freight.rate_card import RateCard
from models.shipping import offers
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from tests.freight.sheets import LINE, card
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import NUMBER, order_of

SIDES = (200, 150, 50)
ZONES = "zone,country,postcodes;DE,DE,;DE-FAR,DE,902"


@pytest.fixture
def ops_channel(harbor, olga, alice) -> Channel:
    """The operator's line to Germany by weight and volume: 60 CNY a kilogram, 90 in the far zone, up to 2 kg."""
    carrier = Carrier.make(harbor, code="YUN", name="Yun", by=olga)
    made = Channel.make(harbor, carrier, code="OPS-LINE", name="Line", by=olga)
    rates = "zone,band,type,rate;DE,0<W<=30,PER_KG,60;DE-FAR,0<W<=30,PER_KG,90"
    sheet = card(LINE, card=LINE["card"].replace("DEMO-LINE", "OPS-LINE"), zones=ZONES, rates=rates,
                 limits="zone,max_actual_kg;*,2")  # fmt: skip
    RateCard.draft(made, replace(sheet, dates=Between(date(2020, 1, 1))), by=alice).approve(by=olga)
    return made


@pytest.fixture
def entrusted(lotus, alice, ops_channel) -> Parcel:
    """One of lotus with a label of the operator's channel, 300 g as its seller says."""
    return labelled(make_parcel([order_of(make_store(lotus))], by=alice), alice)


def labelled(made: Parcel, by, number: str = NUMBER) -> Parcel:
    made.box(grams=300, sides_mm=SIDES, by=by)
    offers.choose_cheapest(made.reload(), by=by)
    made.reload().give_number(number, by=by)
    made.reload().put_label_on(by=by)
    return made.reload()
