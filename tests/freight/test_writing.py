"""A card written as a price sheet and read again is the same card, whatever its cells say."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.freight.engine.card import (
    BASES,
    CARGO,
    MEASURES,
    PIECES_MODES,
    REMOTE_LEVELS,
    TRIGGERS,
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
)
from models.freight.engine.limits import NAMES
from models.freight.workbook.reading import price_sheet_of, read_price_sheet
from models.freight.workbook.table import Line
from models.freight.workbook.writing import as_sheets, sheet_rows, write_archive, write_workbook
from tests.freight.sheets import EXPRESS, LINE, card

HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "'=2",
    "-cmd",
    "+x",
    "区域一",
    "a b",
    "<b>x</b>",
    "%s %(x)s",
    "zone",
    "‮evil",
    "\x07bell",
    "*x",
)
ZONES = tuple(Line("", 0, {"zone": name}).text("zone") for name in HOSTILE)  # As a reader would have taken them.

amounts = st.decimals(D("0.001"), D(99999), places=3, allow_nan=False)
or_zero = st.one_of(st.just(D(0)), amounts)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
etas = st.none() | st.tuples(st.integers(0, 40), st.integers(41, 99))
countries = st.sampled_from(["US", "FR", "DE", "AU"])
areas = st.one_of(
    st.builds(Area, countries),
    st.builds(lambda country, low: Area(country, "prefix", low), countries, st.from_regex(r"[A-Z0-9]{1,5}", fullmatch=True)),
    st.builds(lambda country, low: Area(country, "prefix", f"{low:03}"), countries, st.integers(0, 12)),
    st.builds(lambda country, low: Area(country, "range", f"{low:04}", f"{low + 9:04}"), countries, st.integers(0, 9000)),
)  # fmt: skip


@st.composite
def dates(draw) -> Between:
    ends = sorted(draw(st.tuples(days, days)))
    return Between(draw(st.sampled_from([None, ends[0]])), draw(st.sampled_from([None, ends[1]])))


@st.composite
def rows_of(draw, zone: str) -> list[Row]:
    ends = sorted(draw(st.sets(amounts, min_size=1, max_size=4)))
    found, above = [], D(0)
    for upto in ends:
        first_step = {
            "first": draw(amounts),
            "first_price": draw(or_zero),
            "step": draw(amounts),
            "step_price": draw(or_zero),
        }
        kind, values = draw(st.sampled_from([
            ("PER_KG", {"rate": draw(or_zero)}), ("PER_CBM", {"rate": draw(or_zero)}), ("FLAT", {"price": draw(or_zero)}),
            ("FIRST_STEP", first_step),
        ]))  # fmt: skip
        is_open = upto == ends[-1] and draw(st.booleans())
        found.append(Row(zone, above, None if is_open else upto, kind, min_charge=draw(or_zero), handling=draw(or_zero),
                         eta=draw(etas), **values))  # fmt: skip
        above = upto
    return found


@st.composite
def surcharges(draw) -> Surcharge:
    when = draw(st.sampled_from(TRIGGERS))
    return Surcharge(
        draw(st.sampled_from(["remote", "battery", "x-1", ".5"])), when, draw(st.sampled_from(BASES)), draw(or_zero), draw(or_zero),
        level=draw(st.sampled_from(["", *REMOTE_LEVELS])) if when == "remote" else "",
        cargo=draw(st.sampled_from(CARGO)) if when == "cargo" else "",
        measure=draw(st.sampled_from(MEASURES)) if when == "box" else "", above=draw(or_zero) if when == "box" else D(0),
        dates=draw(dates()), group=draw(st.sampled_from(["", "=g", "组"])), combine=draw(st.sampled_from(["STACK", "MAX"])),
        fuelable=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def cards(draw) -> Card:
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True))
    entries = [ZoneArea(zone, area) for zone in zones for area in draw(st.lists(areas, min_size=1, max_size=5))]
    ends = draw(st.sets(amounts, max_size=2))
    rounds = [Round(end, draw(amounts)) for end in sorted(ends)] + draw(st.sampled_from([[], [Round(None, D("0.5"))]]))
    fuel = draw(days)
    return Card(
        "CH-1", currency=draw(st.sampled_from(["CNY", "USD", "JPY"])), unit=draw(st.sampled_from(["KG", "CBM"])), dates=draw(dates()),
        volume_mode=draw(st.sampled_from(VOLUME_MODES)), divisor=draw(amounts), ratio=draw(or_zero), side=draw(or_zero),
        share=draw(or_zero), pieces_mode=draw(st.sampled_from(PIECES_MODES)), box_least=draw(or_zero), box_step=draw(or_zero),
        ceil_sides=draw(st.booleans()), kg_per_cbm=draw(amounts), least_cbm=draw(or_zero), cbm_step=draw(or_zero),
        discount=draw(amounts), fuel_on_handling=draw(st.booleans()),
        cargo=frozenset(draw(st.sets(st.sampled_from(CARGO), min_size=1, max_size=3))), rounds=tuple(rounds),
        leasts={zone: draw(amounts) for zone in zones if draw(st.booleans())}, zones=tuple(entries),
        etas={zone: (2, 9) for zone in zones if draw(st.booleans())}, rows=tuple(row for zone in zones for row in draw(rows_of(zone))),
        limits={zone: {name: draw(amounts) for name in draw(st.sets(st.sampled_from(NAMES)))} for zone in ["*", *zones[:1]]},
        surcharges=tuple(draw(st.lists(surcharges(), max_size=3))),
        fuels=draw(st.sampled_from([(), (Fuel(Between(fuel, fuel), draw(amounts)),)])),
        remotes=tuple(RemoteArea(draw(st.sampled_from(REMOTE_LEVELS)), area) for area in draw(st.lists(areas, max_size=3))),
    )  # fmt: skip


@settings(max_examples=40)
@given(cards())
def test_what_is_written_is_read_again_as_it_was(made: Card) -> None:
    read = price_sheet_of(as_sheets(sheet_rows(made)))
    assert read.is_good, read.problems
    assert read.card == made


@settings(max_examples=8)
@given(cards(), st.booleans())
def test_an_archive_is_read_again_as_it_was(tmp_path_factory, made: Card, in_chinese: bool) -> None:
    path = tmp_path_factory.mktemp("sheet") / "card.zip"
    with path.open("wb") as file:
        write_archive(made, file, in_chinese=in_chinese)
    assert read_price_sheet(path).card == made


@pytest.mark.parametrize("in_chinese", [False, True])
def test_a_workbook_is_read_again_as_it_was_and_holds_no_formula(tmp_path: Path, in_chinese: bool) -> None:
    made = card(LINE, zones=f"zone,country;US,US;FR,FR;{ZONES[0]},DE", rates=f"{LINE['rates']};{ZONES[0]},0＜W≤30,6,1")
    made = replace(made, surcharges=(Surcharge("-1", "always", "FIXED_BOX", D(1), group="=g"),))
    for sheet in (made, replace(card(EXPRESS), dates=Between(date(2026, 1, 1)))):
        buffer = io.BytesIO()
        write_workbook(sheet, buffer, in_chinese=in_chinese)
        path = tmp_path / "card.xlsx"
        path.write_bytes(buffer.getvalue())
        read = read_price_sheet(path)
        assert (read.card, read.is_good, read.passed_over) == (sheet, True, [])
        assert b"<f>" not in buffer.getvalue()


def test_prefixes_in_a_row_are_written_as_people_write_them() -> None:
    made = card(
        LINE, zones="zone,country,postcodes,min_kg,eta;US,US,,0.05,6-12;US,US,967;US,US,995-999;FR,FR,2000..2599"
    )
    assert [list(cells.values()) for cells in sheet_rows(made)["zones"]] == [
        ["US", "US", "", "0.05", "6~12"], ["US", "US", "967, 995-999"], ["FR", "FR", "2000..2599", "", ""],
    ]  # fmt: skip
