"""The quick way gives what the exact one gives, cent for cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st

from models.freight.card import Area, Between, Card, Fuel, RemoteArea, Round, Row, Surcharge, ZoneArea
from models.freight.parcel import Box, Parcel
from models.freight.quoting import quotes
from models.freight.tariff import Offer, Tariff
from tests.freight.sheets import EXPRESS, LINE, card

DAY = date(2026, 3, 1)
FEES = (
    Surcharge("peak", "always", "FIXED_SHIPMENT", D("8.25"), fuelable=True),
    Surcharge("far", "remote", "PCT_FREIGHT", D("7.5"), least=D(20), level="REMOTE"),
    Surcharge("duty", "customs_declaration", "FIXED_SHIPMENT", D(150)),
)
SMOOTH = replace(
    card(LINE), channel="SMOOTH", currency="JPY", discount=D("0.93"), surcharges=FEES, fuel_on_handling=True,
    fuels=(Fuel(Between(last=DAY), D("12.75")),), remotes=(RemoteArea("REMOTE", Area("US", "prefix", "96")),),
    rows=(Row("US", D(0), D(2), "FLAT", price=D("33.5"), handling=D(7)),
          Row("US", D(2), D(60), "PER_KG", rate=D("31.27"), min_charge=D(80))),
)  # fmt: skip
CARDS: list[Card] = [
    card(LINE), card(EXPRESS), SMOOTH, replace(SMOOTH, channel="SHARE", volume_mode="SHARE", share=D("0.5")),
    replace(card(EXPRESS), channel="NONE", volume_mode="NONE", box_least=D("0.7"), rounds=(Round(D(5), D("0.1")), Round(None, D("0.5")))),
    replace(card(EXPRESS), channel="BOXES", surcharges=(Surcharge("long", "box", "FIXED_BOX", D(9), measure="longest", above=D(30)),)),
    replace(card(LINE), channel="ELSEWHERE", zones=(ZoneArea("US", Area("US", "prefix", "5")),)),
]  # fmt: skip
RATES = {"JPY": D("0.0463"), "USD": D("7.1")}
TARIFF = Tariff(CARDS, RATES)

sizes = st.decimals(min_value="0.1", max_value="70", places=2)
weights = st.decimals(min_value="0.001", max_value="40", places=3)
boxes = st.lists(st.builds(Box, weights, st.tuples(sizes, sizes, sizes), st.integers(1, 3)), min_size=1, max_size=3)


@settings(max_examples=300)
@given(boxes, st.sampled_from(["US", "FR", "DE"]), st.sampled_from(["", "96701", "55555"]), st.booleans())
def test_the_quick_way_is_the_exact_one(found: list[Box], country: str, postcode: str, formal: bool) -> None:
    parcel = Parcel(DAY, country, tuple(found), postcode=postcode, formal_declaration=formal)
    quick, exact = TARIFF.offers(parcel), quotes(CARDS, parcel, RATES)
    told, wanted = (
        [(each.card.channel, each.total, each.total_home, each.lines) for each in found if each.is_ok]
        for found in (quick, exact)
    )
    assert told == wanted
    assert {each.card.channel for each in quick} == {each.card.channel for each in exact}


def test_plain_cards_go_the_quick_way() -> None:
    found = TARIFF.offers(Parcel(DAY, "US", (Box(D(1), (D(10), D(10), D(10))),), postcode="96701"))
    assert {each.card.channel for each in found if isinstance(each, Offer)} == {
        "DEMO-LINE",
        "DEMO-EXP",
        "SMOOTH",
        "NONE",
    }
