"""A price is what docs/freight.md says, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.freight.engine.card import Area, Between, Card, Fuel, RemoteArea, Round, Row, Surcharge, ZoneArea
from models.freight.engine.parcel import Box, Parcel
from models.freight.engine.places import zone_of
from models.freight.engine.quoting import quote, quotes
from tests.freight.sheets import EXPRESS, LINE, card

DAY = date(2026, 3, 1)
LINES, EXP = card(LINE), card(EXPRESS)


def parcel(country: str, *boxes: str, **more: Any) -> Parcel:
    """Boxes are written `kg LxWxH`, or `N × kg LxWxH`."""
    return Parcel(DAY, country, tuple(map(_box, boxes)), **more)


def _box(text: str) -> Box:
    times, _, rest = text.rpartition(" × ")
    kg, _, sides = rest.partition(" ")
    length, width, height = map(D, sides.split("x") if sides else ("0", "0", "0"))
    return Box(D(kg), (length, width, height), int(times or 1))


@pytest.mark.parametrize(
    ("sheet", "asked", "chargeable", "lines"),
    [
        (LINES, parcel("US", "0.300 20x15x5"), "0.3", "30.00 20.00"),
        (LINES, parcel("US", "0.301 20x15x5"), "0.31", "27.90 15.00"),
        (LINES, parcel("US", "0.010 10x8x1"), "0.05", "5.00 20.00"),
        (LINES, parcel("US", "0.500 40x30x12"), "1.8", "162.00 15.00"),
        (EXP, parcel("US", "0.5 10x10x10"), "0.5", "150.00 37.50"),
        (EXP, parcel("US", "0.51 10x10x10"), "1.0", "190.00 47.50"),
        (EXP, parcel("US", "3 30.2x30x20", "6 30x20x20"), "10", "910.00 227.50"),
        (EXP, parcel("US", "20.2 40x40x40"), "21", "1155.00 288.75"),
        (EXP, parcel("US", "2 × 10.3 10x10x10"), "21", "1155.00 288.75"),
    ],
)
def test_the_public_examples(sheet: Card, asked: Parcel, chargeable: str, lines: str) -> None:
    found = quote(sheet, asked, {})
    assert found.weighed and found.weighed.chargeable == D(chargeable)
    assert [str(line.amount) for line in found.lines] == lines.split()
    assert found.total == found.total_home == sum(map(D, lines.split()))


@pytest.mark.parametrize(
    ("sheet", "asked", "reason"),
    [
        (LINES, parcel("US", "1 60.1x10x10"), "OVERLENGTH"),
        (LINES, parcel("FR", "30.001 50x40x30"), "OVERWEIGHT"),
        (LINES, parcel("FR", "0.5", cargo=frozenset({"liquid"})), "CARGO_NOT_ALLOWED"),
        (LINES, parcel("DE", "0.5"), "NO_SERVICE"),
        (EXP, parcel("US", "71 40x40x40"), "NO_RATE"),
        (replace(LINES, dates=Between(first=date(2026, 3, 2))), parcel("US", "1"), "NOT_EFFECTIVE"),
        (replace(LINES, remotes=(RemoteArea("EMBARGO", Area("US", "prefix", "9")),)), parcel("US", "1", postcode="96701"),
         "EMBARGO"),
    ],
)  # fmt: skip
def test_a_channel_says_why_it_does_not_take_a_parcel(sheet: Card, asked: Parcel, reason: str) -> None:
    found = quote(sheet, asked, {})
    assert found.reasons == (reason,) and found.total is None and found.lines == ()


def test_every_reason_is_named_in_its_order_and_what_equals_a_limit_passes() -> None:
    limits = {"*": {name: D(10) for name in ("max_actual_kg", "max_longest_cm", "max_second_cm", "max_third_cm")}}
    limits["*"] |= {"max_girth_cm": D(50), "max_sum_cm": D(30), "max_boxes": D(1)}
    sheet = replace(LINES, limits=limits)
    assert quote(sheet, parcel("US", "10 10x10x10"), {}).is_ok
    found = quote(sheet, parcel("US", "2 × 10.1 11x11x11", cargo=frozenset({"food"})), {})
    assert found.reasons == (
        "CARGO_NOT_ALLOWED", "OVERWEIGHT", "OVERLENGTH", "OVERWIDTH", "OVERHEIGHT", "OVERGIRTH", "OVERSUM", "TOO_MANY_BOXES",
    )  # fmt: skip


def test_the_most_specific_postcode_decides_the_zone() -> None:
    places = (
        Area("AU"), Area("AU", "range", "0800", "0899"), Area("AU", "prefix", "08"), Area("AU", "prefix", "087"),
        Area("GB", "range", "AB1", "AB9"),
    )  # fmt: skip
    sheet = replace(LINES, zones=tuple(ZoneArea(str(at), area) for at, area in enumerate(places)))
    assert [zone_of(sheet, "AU", code) for code in ("2000", "0850", "0870", "")] == ["0", "2", "3", "0"]
    assert zone_of(replace(sheet, zones=sheet.zones[:2]), "AU", "0850") == "1"
    assert zone_of(replace(sheet, zones=sheet.zones[:2]), "AU", "850") == "0", "its zero counts"
    assert (zone_of(sheet, "GB", "AB45XY"), zone_of(sheet, "GB", "AC1")) == ("4", None)


@pytest.mark.parametrize(
    ("values", "kg"),
    [
        ({"volume_mode": "NONE"}, "1"),
        ({"volume_mode": "MAX"}, "4"),
        ({"volume_mode": "MAX_IF_RATIO", "ratio": D(4)}, "1"),
        ({"volume_mode": "MAX_IF_RATIO", "ratio": D("3.9")}, "4"),
        ({"volume_mode": "MAX_IF_SIDE", "side": D(40)}, "4"),
        ({"volume_mode": "MAX_IF_SIDE", "side": D(41)}, "1"),
        ({"volume_mode": "SHARE", "share": D("0.5")}, "2.5"),
    ],
)
def test_volume_counts_as_the_card_says(values: dict[str, Any], kg: str) -> None:
    found = quote(replace(LINES, rounds=(), **values), parcel("US", "1 40x40x20"), {})
    assert found.weighed and found.weighed.chargeable == D(kg)


@pytest.mark.parametrize(
    ("mode", "kg"), [("SUM_THEN_COMPARE", "11.3"), ("COMPARE_THEN_SUM", "14.3"), ("COMPARE_ROUND_THEN_SUM", "14.5")]
)
def test_several_boxes_are_added_and_compared_as_the_card_says(mode: str, kg: str) -> None:
    sheet = replace(LINES, rounds=(), pieces_mode=mode, box_step=D("0.5"))
    found = quote(sheet, parcel("US", "1 40x40x20", "9.3 20x20x20", "1 × 1 20x20x20"), {})
    assert found.weighed and found.weighed.chargeable == D(kg)


def test_volume_freight_counts_cubic_metres() -> None:
    row = Row("FR", D(0), None, "PER_CBM", rate=D(1000))
    sheet = replace(
        LINES, unit="CBM", rows=(row,), kg_per_cbm=D(363), cbm_step=D("0.01"), least_cbm=D("0.1"), limits={}
    )
    for boxes, cbm in (
        ("1 20x20x20", "0.1"),
        ("1 100x50x50", "0.25"),
        ("363 100x50x50", "1"),
        ("366 10x10x10", "1.01"),
    ):
        assert (found := quote(sheet, parcel("FR", boxes), {})).weighed
        assert (found.weighed.chargeable, found.total) == (D(cbm), D(cbm) * 1000)


def test_surcharges_stack_or_only_the_dearest_of_a_group_stays() -> None:
    extra = (
        Surcharge("long", "box", "FIXED_BOX", D(10), measure="longest", above=D(30), group="size", combine="MAX"),
        Surcharge("heavy", "box", "FIXED_BOX", D(15), measure="actual", above=D(1), group="size", combine="MAX"),
        Surcharge("remote", "remote", "PER_KG", D(4), least=D(200), level="REMOTE"),
        Surcharge("insurance", "insured", "PCT_DECLARED", D("0.7"), least=D(5)),
        Surcharge("peak", "always", "PCT_FREIGHT", D(10), dates=Between(date(2026, 3, 1), date(2026, 3, 1))),
        Surcharge("late", "always", "FIXED_SHIPMENT", D(99), dates=Between(date(2026, 3, 2))),
        Surcharge("elsewhere", "always", "FIXED_SHIPMENT", D(99), zones=frozenset({"FR"})),
    )
    sheet = replace(LINES, surcharges=extra, remotes=(RemoteArea("REMOTE", Area("US", "prefix", "967")),))
    asked = parcel("US", "2 × 1 40x10x10", "2 10x10x10", postcode="967-01", insured=True, declared_value=D(1000))
    found = quote(sheet, asked, {})
    assert {line.code: str(line.amount) for line in found.lines} == {
        "freight": "360.00", "handling": "15.00", "long": "20.00", "remote": "200.00", "insurance": "7.00", "peak": "36.00",
    }  # fmt: skip


def test_fuel_counts_on_what_the_card_names_and_its_absence_is_a_warning() -> None:
    fuels = (
        Fuel(Between(last=date(2026, 2, 28)), D(99)),
        Fuel(Between(date(2026, 3, 1), date(2026, 3, 31)), D("12.5")),
    )
    extra = (
        Surcharge("peak", "always", "FIXED_SHIPMENT", D(8), fuelable=True),
        Surcharge("tax", "always", "FIXED_SHIPMENT", D(9)),
    )
    sheet = replace(LINES, fuels=fuels, surcharges=extra)
    assert quote(sheet, parcel("US", "1"), {}).lines[-1].amount == D("12.25")
    assert quote(replace(sheet, fuel_on_handling=True), parcel("US", "1"), {}).lines[-1].amount == D("14.13")
    later = quote(sheet, replace(parcel("US", "1"), ship_date=date(2026, 4, 1)), {})
    assert "FUEL_RATE_MISSING" in later.warnings and later.lines[-1].code == "tax"


def test_the_discount_touches_the_freight_line_alone_after_its_least_charge() -> None:
    rows = (Row("US", D(0), None, "PER_KG", rate=D(10), min_charge=D(33), handling=D(5)),)
    found = quote(replace(LINES, rows=rows, discount=D("0.95")), parcel("US", "1"), {})
    assert [line.amount for line in found.lines] == [D("31.35"), D(5)]


def test_quotes_stand_by_their_price_in_cny_and_the_rejected_last() -> None:
    dollars = replace(EXP, channel="USD", currency="USD")
    strange = replace(EXP, channel="XTS", currency="XTS")
    found = quotes(
        [strange, replace(LINES, zones=()), dollars, EXP, LINES], parcel("US", "0.5 10x10x10"), {"USD": D("7.1234")}
    )
    assert [each.card.channel for each in found] == ["DEMO-LINE", "DEMO-EXP", "USD", "XTS", "DEMO-LINE"]
    assert found[2].total_home == D("1335.64") and "FX_RATE_MISSING" in found[3].warnings


sizes = st.decimals(min_value="0.1", max_value="200", places=1)
boxes = st.lists(
    st.builds(
        Box, st.decimals(min_value="0.001", max_value="80", places=3), st.tuples(sizes, sizes, sizes), st.integers(1, 5)
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@given(boxes, st.sampled_from(["NONE", "MAX", "MAX_IF_RATIO", "MAX_IF_SIDE", "SHARE"]),
       st.sampled_from(["SUM_THEN_COMPARE", "COMPARE_THEN_SUM", "COMPARE_ROUND_THEN_SUM"]))  # fmt: skip
def test_whatever_is_sent_the_total_is_the_sum_of_its_lines(found: list[Box], mode: str, pieces: str) -> None:
    sheet = replace(EXP, volume_mode=mode, pieces_mode=pieces, share=D("0.5"), ratio=D("1.2"), side=D(60))
    told = quote(sheet, Parcel(DAY, "US", tuple(found)), {})
    assert told.is_ok or told.reasons == ("NO_RATE",)
    if told.total is not None:
        assert told.total == sum(line.amount for line in told.lines) and told.weighed
        assert told.weighed.chargeable >= sum(box.kg * box.quantity for box in found)


@given(st.decimals(min_value="0.001", max_value="69", places=3), st.decimals(min_value="0", max_value="1", places=3))
def test_more_weight_never_costs_less_where_the_card_is_monotone(kg: D, more: D) -> None:
    sheet = replace(EXP, rows=(*EXP.rows[:1], replace(EXP.rows[1], rate=D(95))))
    lighter, heavier = (quote(sheet, Parcel(DAY, "US", (Box(each),)), {}) for each in (kg, kg + more))
    assert lighter.total is not None and heavier.total is not None and lighter.total <= heavier.total


def test_volumes_are_added_before_they_are_divided() -> None:
    sheet = replace(EXP, divisor=D(6000), rounds=(Round(None, D(1)),))
    for boxes in (("3 × 1 50x20x10",), ("1 50x20x10", "2 × 1 50x20x10")):
        weighed = quote(sheet, parcel("US", *boxes), {}).weighed
        assert weighed and (weighed.chargeable, weighed.by) == (5, "volumetric"), (
            "three boxes of 5/3 kg are 5 kg, not 6"
        )
