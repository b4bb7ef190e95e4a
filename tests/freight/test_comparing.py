"""What a new version changes, band by band: nothing steep hides behind a band that was cut otherwise."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

from models.freight.comparing import NEW, PARCEL, REMOVED, PriceChange, changes
from tests.freight.sheets import EXPRESS, LINE, card

HEAD = "分区,重量(KG),运费(RMB/KG),挂号费(RMB/票)"


def line(*rows: str, **sheets: str):
    return card(LINE, rates=";".join((HEAD, *rows, "FR,0＜W≤30,60,18")), **sheets)


BEFORE = line("US,0＜W≤0.3,100,20", "US,0.3＜W≤30,90,15")


def told(old, new) -> list[tuple]:
    return [(one.zone, one.band, one.what, one.old, one.new, one.percent, one.is_steep) for one in changes(old, new)]


def test_a_sheet_that_stayed_the_same_changes_nothing_and_a_first_one_neither() -> None:
    assert changes(BEFORE, BEFORE) == changes(None, BEFORE) == []


def test_each_changed_number_is_told_with_its_percent_and_more_than_half_is_steep() -> None:
    assert told(BEFORE, line("US,0＜W≤0.3,150,20", "US,0.3＜W≤30,90,22.51")) == [
        ("US", "0<W≤0.3", "rate", 100, 150, D("50.0"), False),
        ("US", "0.3<W≤30", "handling", 15, D("22.51"), D("50.1"), True),
    ]
    assert told(BEFORE, line("US,0＜W≤0.3,49.99,0", "US,0.3＜W≤30,90,15"))[0][-2:] == (D("-50.0"), True)
    assert told(line("US,0＜W≤30,90,0"), line("US,0＜W≤30,90,3"))[0][-2:] == (None, True)


def test_a_band_that_was_cut_otherwise_is_compared_by_what_a_parcel_costs() -> None:
    old, new = line("US,0＜W≤30,90,15"), line("US,0＜W≤10,90,15", "US,10＜W≤30,180,15")
    assert [(one.band, one.what, one.old, one.new, one.kind, one.is_steep) for one in changes(old, new)] == [
        ("0<W≤10", PARCEL, D(915), D(915), NEW, False),
        ("10<W≤30", PARCEL, D(2715), D(5415), NEW, True),
        ("0<W≤30", PARCEL, D(2715), D(5415), REMOVED, True),
    ]


def test_bands_that_came_or_went_are_named() -> None:
    gone = line("US,0＜W≤0.3,100,20")
    assert changes(BEFORE, gone) == [PriceChange("US", "0.3<W≤30", PARCEL, D(2715), None, None, False, REMOVED)]
    assert changes(gone, BEFORE) == [PriceChange("US", "0.3<W≤30", PARCEL, None, D(2715), None, False, NEW)]


def test_another_kind_of_price_discount_and_currency_are_told_too() -> None:
    express = card(EXPRESS)
    flat = card(EXPRESS, rates="zone,band,type,rate,price;Z1,0<W<=20,FLAT,,1500;Z1,20<W<=70,PER_KG,55,")
    assert told(express, flat) == [("Z1", "0<W≤20", PARCEL, D(1710), D(1500), D("-12.3"), False)]
    assert told(BEFORE, replace(BEFORE, discount=D("0.4"))) == [("", "", "discount", 1, D("0.4"), D("-60.0"), True)]
    dollars = changes(BEFORE, replace(BEFORE, currency="USD"))
    assert len(dollars) == 6
    assert all(one.percent is None and one.is_steep for one in dollars)
