"""A price sheet is read whole or refused by cell; nothing is guessed in silence."""

from __future__ import annotations

import zipfile
from decimal import Decimal as D
from pathlib import Path

import pytest
import xlsxwriter

from models.freight.engine.card import Area, Round
from models.freight.workbook.bands import Band, read_band
from models.freight.workbook.opening import sheets_of
from models.freight.workbook.reading import read_price_sheet
from models.support.errors import Refused
from tests.freight.sheets import EXPRESS, LINE, card, price_sheet


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("0.2＜W≤1", Band(D("0.2"), D(1))),
        ("0.2 < w <= 1 (KG)".replace(" (KG)", " KG"), Band(D("0.2"), D(1))),
        ("W≤0.5", Band(D(0), D("0.5"))),
        ("W＞30", Band(D(30), None)),
        ("0.001 - 0.22", Band(D("0.001"), D("0.22"), is_listed=True)),
        ("1~2", Band(D(1), D(2), is_listed=True)),
        ("21KG+", Band(D(21), None, is_from=True)),
        ("45以上", Band(D(45), None, is_from=True)),
        ("5-2", None),
        ("heavy", None),
        ("", None),
    ],
)
def test_bands_are_read_as_people_write_them(text: str, band: Band | None) -> None:
    assert read_band(text) == band


def test_listed_bands_join_the_one_before_when_they_are_one_step_apart() -> None:
    sheet = price_sheet(LINE, rates="zone,band,rate;US,0.001 - 0.22,1;US,0.23-0.5,2;US,0.6-1,3;FR,0-1,1")
    assert [(row.above, row.upto) for row in sheet.card.rows] == [
        (0, D("0.22")), (D("0.22"), D("0.5")), (D("0.6"), 1), (0, 1),
    ]  # fmt: skip
    assert [(problem.code, problem.row) for problem in sheet.problems] == [("BAND_START", 4), ("GAP", 0)]


def test_listed_bands_join_by_the_step_of_their_weight() -> None:
    sheet = card(EXPRESS, rates="zone,band,rate;Z1,0-21,9;Z1,21-44,8;Z1,45-70,7;Z1,71-100,6")
    assert [(row.above, row.upto) for row in sheet.rows] == [(0, 21), (21, 44), (44, 70), (70, 100)]


def test_zones_that_round_the_same_weights_differently_are_told() -> None:
    rates = "zone,band,rate,step;US,0-0.5,9,0.01;US,0.5-30,8,0.1;FR,0-1,9,{};FR,1-30,8,0.1"
    told = price_sheet({"card": "channel_code,X;currency,CNY", "zones": LINE["zones"]}, rates=rates.format("0.01"))
    assert [(one.code, one.row) for one in told.problems] == [("ROUND", 3)]
    same = card(
        {"card": "channel_code,X;currency,CNY", "zones": LINE["zones"]},
        rates=rates.replace("FR,0-1", "FR,0-0.5").replace("FR,1-", "FR,0.5-").format("0.01"),
    )
    assert same.rounds == (Round(D("0.5"), D("0.01")), Round(None, D("0.1")))


def test_the_smallest_of_a_zones_least_weights_counts() -> None:
    sheet = price_sheet(
        {"card": "channel_code,X;currency,CNY"},
        rates="country,band,rate,min_kg;US,0-0.3,9,0.03;US,0.3-2,8,0.301;US,2-30,7,/",
    )
    assert sheet.card.leasts == {"US": D("0.03")}
    assert [(one.code, one.row) for one in sheet.problems] == [("LEAST_WEIGHT", 3)]


def test_the_year_9999_is_no_end_and_other_strange_years_are_told() -> None:
    fuel = "from,to,pct;2026-01-01,9999-12-31,5%"
    sheet = card(EXPRESS, card=EXPRESS["card"] + ";effective_from,2026-01-01;effective_to,9999/12/31", fuel=fuel)
    assert sheet.dates.last is None and sheet.fuels[0].dates.last is None
    (wrong,) = price_sheet(EXPRESS, fuel="from,to,pct;1926-01-01,2026-12-31,5%").problems
    assert (wrong.code, str(wrong.words)) == ("NOT_A_DATE", "Write a date between 2000 and 2100.")


def test_from_21_kg_includes_21_kg() -> None:
    sheet = card(
        EXPRESS,
        rates="zone,band,rate;Z1,0<W≤20.5,9;Z1,21+,8;Z1,45KG+,7;Z1,100+,6",
        card=EXPRESS["card"].replace("20:", "21:"),
    )
    assert [(str(row.above), row.upto) for row in sheet.rows] == [
        ("0", D("20.5")), ("20.5", 44), ("44", 99), ("99", None),
    ]  # fmt: skip


def test_headings_are_known_in_chinese_with_units_and_a_title_above_them() -> None:
    rates = "特快专线报价 2026;;国家/地区（二字码）,参考时效,重量段(KG),运费(RMB/KG),挂号费(RMB/票),进位制(KG);美国 US,6-12天,0.1<W≤2,88.5,17,0.01;,,2<W≤5,80,/,0.01"
    sheet = card({"card": "channel_code,X"}, rates=rates)
    first, second = sheet.rows
    assert (first.zone, first.rate, first.handling, first.eta) == ("US", D("88.5"), 17, (6, 12))
    assert (second.zone, second.handling) == ("US", 0), "merged cells count for the rows below"
    assert sheet.rounds == (Round(None, D("0.01")),) and sheet.zones[0].area == Area("US")


def test_postcodes_are_prefixes_lists_of_them_and_ranges() -> None:
    sheet = card(
        EXPRESS,
        zones="zone,country,postcodes;Z1,US,967;968;995-997".replace("967;968;", "967、968、") + ";Z1,AU,2000..2599",
    )
    assert [entry.area.low for entry in sheet.zones] == ["967", "968", "995", "996", "997", "2000"]


def test_a_range_in_one_cell_is_told_instead_of_read_as_a_prefix_of_nothing() -> None:
    sheet = price_sheet(
        LINE,
        zones="zone,country,postcodes;US,GB,IV1-IV28",
        remote="country,a,level;AU,0800-0899,REMOTE;JP,907-0001,REMOTE",
    )
    assert {(one.sheet, one.code, one.row) for one in sheet.problems if one.code == "POSTCODES"} == {
        ("zones", "POSTCODES", 2), ("remote", "POSTCODES", 2),
    }  # fmt: skip


def test_every_wrong_cell_is_named_and_the_rest_is_read() -> None:
    sheet = price_sheet(
        LINE, rates="zone,band,rate;US,0<W≤1,ten;US,much,5;XX,0<W≤1,5;US,0<W≤2,5;US,1<W≤3,5;FR,0<W≤1,/",
        fuel="from,to,pct;2026-01-01,2026-02-01,5;2026-02-01,,6;soon,,7",
        surcharges="code,when,basis,amount;freight,always,FIXED_SHIPMENT,1;ok,sometimes,FIXED_SHIPMENT,1",
        embargo="anything,at all",
    )  # fmt: skip
    told = [(problem.sheet, problem.row, problem.column, problem.code) for problem in sheet.problems]
    assert told == [
        ("rates", 2, "rate", "NOT_A_NUMBER"), ("rates", 3, "band", "BAND"), ("rates", 4, "zone", "UNKNOWN_ZONE"),
        ("surcharges", 2, "code", "CODE"), ("surcharges", 3, "when", "NOT_OFFERED"),
        ("fuel", 3, "from", "FUEL_OVERLAP"), ("fuel", 4, "from", "NOT_A_DATE"),
        ("rates", 0, "band", "OVERLAP"), ("zones", 0, "zone", "NO_PRICE"),
    ]  # fmt: skip
    assert not sheet.is_good and len(sheet.card.rows) == 2 and sheet.passed_over == ["embargo"]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("channel_code", "no spaces!", "CODE"), ("currency", "yuan", "CURRENCY"), ("vol_mode", "BOTH", "NOT_OFFERED"),
        ("vol_divisor", "0", "ZERO"), ("round_steps", "half", "ROUND"), ("cargo_allowed", "general|gold", "CARGO"),
        ("effective_from", "31/12/26x", "NOT_A_DATE"), ("discount", "-1", "NOT_A_NUMBER"), ("colour", "red", "UNKNOWN_KEY"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(key: str, value: str, code: str) -> None:
    sheet = price_sheet(LINE, card=f"{LINE['card']};{key},{value}")
    assert [(problem.column, problem.code) for problem in sheet.problems] == [(key, code)]


def written(path: Path) -> Path:
    """The examples' sheet as a workbook with numbers as numbers, a formula and a hidden note."""
    with xlsxwriter.Workbook(path) as book:
        for name, text in LINE.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(text.split(";")):
                for column, cell in enumerate(row.split(",")):
                    is_number = cell.replace(".", "", 1).isdigit()
                    sheet.write(at, column, float(cell) if is_number else cell)
        sheet.write_formula(1, 1, "=15*2", None, 30)
        book.add_worksheet("Notes").write(0, 0, "Not a price")
    return path


def packed(path: Path, encoding: str = "utf-8") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in LINE.items():
            archive.writestr(f"sheets/{name}.csv", text.replace(";", "\r\n").encode(encoding))
    return path


def test_workbook_archive_and_folder_say_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, text in LINE.items():
        (folder / f"{name}.csv").write_text(text.replace(";", "\n"), encoding="gb18030")
    wanted = card(LINE)
    book = read_price_sheet(written(tmp_path / "line.xlsx"))
    assert (book.card, book.passed_over) == (wanted, ["Notes"])
    assert read_price_sheet(packed(tmp_path / "line.zip", "gb18030")).card == wanted
    assert read_price_sheet(folder).card == wanted


def test_what_is_no_price_sheet_is_refused_in_words(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rates.csv", b"0" * 50_000_000)
    alone = tmp_path / "rates.csv"
    alone.write_text("zone,band\n", "utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    long = tmp_path / "long.zip"
    with zipfile.ZipFile(long, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rates.csv", "".join(f"{number},a\n" for number in range(20_001)))
    for path, words in (
        (bomb, "packed more tightly"), (alone, "several sheets"), (empty, "no CSV"), (long, "20000 rows"),
        (tmp_path / "none.xlsx", "no file"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            sheets_of(path)
