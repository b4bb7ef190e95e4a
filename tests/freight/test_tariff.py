"""The quick way gives what the exact one gives, lane for lane and cent for cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.freight.engine.card import (
    BASES,
    MEASURES,
    PIECES_MODES,
    VOLUME_MODES,
    Area,
    Between,
    Card,
    Fuel,
    RemoteArea,
    Round,
    Row,
    Surcharge,
    ZoneArea,
)  # fmt: skip
from models.freight.engine.parcel import Box, Parcel
from models.freight.engine.quoting import Quote, quotes
from models.freight.engine.tariff import Offer, Tariff
from tests.freight.sheets import EXPRESS, LINE, card

DAY = date(2026, 3, 1)
RATES = {"JPY": D("0.0463"), "USD": D("7.1"), "KWD": D("23.15")}  # EUR has none.


def some(*offered: Any) -> st.SearchStrategy[Any]:
    """One of those; text that begins like a number is a number."""
    return st.sampled_from([D(each) if isinstance(each, str) and each[:1].isdigit() else each for each in offered])


prices = st.decimals(min_value=0, max_value=300, places=4) | some("0", "12.5", "33.335")
shares = some("0", "7.5", "12.75", "0.0125")


@st.composite
def rows(draw: st.DrawFn) -> tuple[Row, ...]:
    """Bands in order, with holes between them at times, and open at the end."""
    ends = [D(0), *sorted(draw(st.sets(some("0.3", "0.5", "1", "2", "5", "10.005", "20"), max_size=3))), D(70)]
    is_open, holes = draw(st.booleans()), draw(some(frozenset(), frozenset(), frozenset({1})))
    return tuple(
        Row(
            "Z", low, None if is_open and high == 70 else high, draw(some("PER_KG", "FLAT", "FIRST_STEP")), rate=draw(prices),
            price=draw(prices), first=draw(some("0.5", "0.25", "1")), step=draw(some("0.5", "0.1", "1")),
            first_price=draw(prices), step_price=draw(prices), min_charge=draw(some("0", "25.005")),
            handling=draw(some("0", "7", "8.005")),
        )
        for at, (low, high) in enumerate(pairwise(ends))
        if at not in holes
    )  # fmt: skip


surcharges = st.builds(
    Surcharge, some("peak", "far", "long"), some("always", "remote", "cargo", "customs_declaration", "insured", "box"),
    st.sampled_from(BASES), prices | shares, least=some("0", "0", "20.005"), level=some("", "REMOTE"),
    cargo=some("general", "liquid"), measure=st.sampled_from(MEASURES), above=some("10", "60", "100"),
    dates=some(Between(), Between(last=date(2026, 2, 1))), zones=some(frozenset(), frozenset({"Z"}), frozenset({"Y"})),
    group=some("", "", "one"), combine=some("STACK", "MAX"), fuelable=st.booleans(),
)  # fmt: skip
limits = st.dictionaries(
    some("max_actual_kg", "max_longest_cm", "max_second_cm", "max_third_cm", "max_girth_cm", "max_sum_cm", "min_longest_cm",
         "min_second_cm", "max_boxes"), some("15", "60.5", "100", "200"), max_size=2,
)  # fmt: skip
cards = st.builds(
    Card, some("A", "B"), currency=st.sampled_from([*["CNY", "USD", "JPY", "KWD"] * 2, "EUR"]), volume_mode=st.sampled_from(VOLUME_MODES),
    divisor=some("5000", "6000", "8000", "139.5"), ratio=some("0.5", "1", "1.5"), side=some("0", "30", "60"),
    share=some("0.5", "0.7", "1"), pieces_mode=st.sampled_from(PIECES_MODES), box_least=some("0", "0.7", "12"),
    box_step=some("0", "0.5", "1"), ceil_sides=st.booleans(), discount=some("1", "1", "0.93", "1.0125"),
    fuel_on_handling=st.booleans(), cargo=some(frozenset({"general"}), frozenset({"general", "liquid"})),
    rounds=some((Round(None, D("0.01")),), (Round(D(5), D("0.1")), Round(None, D("0.5"))), (Round(D(1), D(0)), Round(None, D(1))),
                (Round(D(2), D("0.001")), Round(D(21), D("0.5")), Round(None, D(1))), ()),
    leasts=some({}, {"*": D("0.05")}, {"Z": D(3), "*": D(1)}), rows=rows(),
    zones=some((ZoneArea("Z", Area("US")),), (ZoneArea("Z", Area("US")),), (ZoneArea("Z", Area("US")),), (ZoneArea("Z", Area("US", "prefix", "96")), ZoneArea("Y", Area("US")))),
    limits=some(True, False, False).flatmap(lambda has: st.dictionaries(some("*", "Z"), limits, max_size=2) if has else st.just({})), surcharges=st.lists(surcharges, max_size=3).map(tuple),
    fuels=st.lists(st.builds(Fuel, st.sampled_from([Between()] * 4 + [Between(last=date(2026, 1, 1))]), shares), max_size=1).map(tuple),
    remotes=some((), (RemoteArea("REMOTE", Area("US", "prefix", "967")),), (RemoteArea("EMBARGO", Area("US", "prefix", "969")),)),
)  # fmt: skip
weights = st.decimals(min_value="0.001", max_value="30", places=3) | some("0.3", "0.5", "1", "20")
sides = st.decimals(min_value="0.1", max_value="60", places=2) | some("10", "20", "50", "30.2")
usual = st.builds(Box, weights, st.tuples(sides, sides, sides), st.integers(1, 3))
odd = st.sampled_from(
    [Box(D(1)), Box(D(2500), (D(50),) * 3), Box(D(1), (D("12.3456"), D(1), D(1))), Box(D("0.0000015"))]
)
boxes = st.lists(st.integers(0, 9).flatmap(lambda die: usual if die else odd), min_size=1, max_size=3)
parcels = st.builds(
    Parcel, st.just(DAY), st.sampled_from(["US"] * 8 + ["DE"]), boxes.map(tuple), postcode=st.sampled_from(["", "1", "96701", "96701", "96999"]),
    cargo=st.sampled_from([frozenset({"general"})] * 4 + [frozenset({"liquid"})]), declared_value=some(None, None, None, "100"), insured=st.booleans(),
    formal_declaration=st.booleans(),
)  # fmt: skip


def told(found: Sequence[Offer | Quote]) -> list[tuple]:
    return [(each.card.channel, each.is_ok, each.total, each.total_home, each.lines) for each in found]


@settings(max_examples=120)
@given(st.lists(cards, min_size=1, max_size=4), st.lists(parcels, min_size=1, max_size=3))
def test_the_quick_way_is_the_exact_one(found: list[Card], asked: list[Parcel]) -> None:
    numbered = [replace(each, channel=f"{at}") for at, each in enumerate(found)]
    tariff = Tariff(numbered, RATES)
    for parcel, at_once in zip(asked, tariff.offers_of(asked), strict=True):
        exact = quotes(numbered, parcel, RATES)
        quick = tariff.offers(parcel)
        assert told(quick) == told(at_once) == told(exact)
        for one, wanted in zip(quick, exact, strict=True):
            assert (one.quote if isinstance(one, Offer) else one) == wanted
            assert isinstance(one, Quote) or not (wanted.warnings or wanted.reasons), (
                "an offer is a price without a warning"
            )


PLAIN = card(LINE)
BOX = (Box(D(1), (D(10), D(12), D(14))),)
SIZES = (
    "10x10x10",
    "9.9x10x12",
    "10.1x10x12",
    "20x20x20",
    "30x20x10",
    "30x20.5x10",
    "60x40x30",
    "60.1x1x1",
    "50x40x25",
)
GRID = [
    Parcel(DAY, "US", (Box(D(kg), (D(a), D(b), D(c)), quantity),))
    for kg in ("0.05", "0.3", "0.301", "1", "2.5", "30")
    for a, b, c in (size.split("x") for size in SIZES)
    for quantity in (1, 3)
]


@pytest.mark.parametrize(
    "more",
    [
        {}, {"volume_mode": "NONE"}, {"volume_mode": "SHARE", "share": D("0.5")}, {"volume_mode": "MAX_IF_SIDE", "side": D(30)},
        {"volume_mode": "MAX_IF_RATIO", "ratio": D("1.5")}, {"pieces_mode": "COMPARE_THEN_SUM", "box_least": D(12)},
        {"pieces_mode": "COMPARE_ROUND_THEN_SUM", "box_step": D("0.5")}, {"ceil_sides": True}, {"discount": D("0.85")},
        {"currency": "USD"}, {"fuels": (Fuel(Between(), D("28.75")),), "fuel_on_handling": True},
        {"surcharges": (Surcharge("far", "always", "PCT_FREIGHT", D(5), least=D(20)), Surcharge("kg", "always", "PER_KG", D(4)))},
        {"surcharges": (Surcharge("long", "box", "FIXED_BOX", D(9), measure="longest", above=D(30)),)},
        {"limits": {"*": {"min_longest_cm": D(10), "max_boxes": D(3)}}},
    ],
)  # fmt: skip
def test_what_price_sheets_usually_say_goes_the_quick_way(more: dict[str, Any]) -> None:
    sheet = replace(PLAIN, **more)
    tariff = Tariff([sheet], RATES)
    for parcel, at_once in zip(GRID, tariff.offers_of(GRID), strict=True):
        (found,), (wanted,) = tariff.offers(parcel), quotes([sheet], parcel, RATES)
        assert told([found]) == told(at_once) == told([wanted])
        assert isinstance(found, Offer) == wanted.is_ok or sheet.surcharges[0].when == "box"


def test_boxes_beyond_a_measure_are_asked_for_among_the_rest() -> None:
    fee = Surcharge("long", "box", "FIXED_BOX", D(9), measure="longest", above=D(13))
    both = [replace(PLAIN, channel="BOXES", surcharges=(fee,)), PLAIN]
    found = Tariff(both, {}).offers(Parcel(DAY, "US", BOX))
    assert [(type(each), each.total) for each in found] == [(Offer, D(105)), (Quote, D(114))]


def test_more_parcels_than_are_priced_together_keep_their_order() -> None:
    tariff = Tariff([PLAIN, card(EXPRESS)], {})
    asked = [Parcel(DAY, ("US", "FR", "DE")[at % 3], (Box(D(at % 29 + 1)),)) for at in range(5_500)]
    found = list(tariff.offers_of(asked))
    assert [told(each) for each in found[4_990:5_010]] == [told(tariff.offers(each)) for each in asked[4_990:5_010]]
    assert len(found) == 5_500 and len(found[0]) == 2 and found[0][0] is not None and len(found[0][:1]) == 1
    assert Tariff([], {}).offers(asked[0]) == [] and list(Tariff([], {}).offers_of(asked[:2])) == [[], []]


def test_places_that_are_the_same_to_every_card_share_their_lanes() -> None:
    tariff = Tariff([PLAIN], {})
    for code in range(50):
        tariff.offers(Parcel(DAY, "US", BOX, postcode=str(code)))
    assert len(tariff._places) == 50 and len(tariff._boards) == 1
