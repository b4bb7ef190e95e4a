"""Price sheets as they really come, and files built to harm: read without guessing, else refused in words; never anything else."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal as D
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from models.freight.workbook.headings import ALIASES
from models.freight.workbook.opening import MOST_BYTES, form_of, sheets_of
from models.freight.workbook.reading import price_sheet_of, read_price_sheet
from models.support.errors import Refused
from tests.freight.files import archive, line, workbook
from tests.freight.sheets import LINE, card, price_sheet


@pytest.fixture
def kept(tmp_path: Path):
    """`kept(content)`: the path of a file."""

    def keep(content: bytes, name: str = "sheet.xlsx") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return keep


def told(sheet) -> list[tuple]:
    return [(one.sheet, one.row, one.column, one.code) for one in sheet.problems]


def test_merged_cells_count_for_every_row_they_cover_and_two_rows_of_headings_are_one(kept):
    def draw(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("价格")
        page.merge_range("A1:F1", "特惠专线报价")
        for at, text in (("A2:A3", "国家"), ("B2:B3", "重量段(KG)"), ("C2:D2", "价格"), ("E2:E3", "参考时效")):
            page.merge_range(at, text)
        page.write_row("C3", ["运费(RMB/KG)", "挂号费(RMB/票)"])
        page.merge_range("A4:A5", "美国")
        page.write_column("B4", ["0<W≤1", "1<W≤2"])
        page.write_column("C4", [90, 80])
        page.merge_range("D4:D5", 18)
        page.merge_range("E4:E5", "6-12个工作日")
        page.merge_range("A6:F8", "1. 价格不含税")

    sheet = read_price_sheet(kept(workbook({"card": LINE["card"]}, draw)))
    assert [(row.zone, row.rate, row.handling, row.eta) for row in sheet.card.rows] == [
        ("US", 90, 18, (6, 12)), ("US", 80, 18, (6, 12)),
    ]  # fmt: skip
    assert told(sheet) == [("价格", 6, "", "NOTES")]
    flat = price_sheet(LINE, rates="国家,重量,价格,;,,运费,挂号费;US,0<W≤1,90,18")
    assert [(row.type, row.rate, row.handling) for row in flat.card.rows] == [("PER_KG", 90, 18)]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("１２．５", "12.5"), ("1,234.50", "1234.50"), ("１，２３４", "1234"), ("RMB 12.5", "12.5"), ("¥12.5", "12.5"), ("￥12.5/kg", "12.5"),
     ("12.5元", "12.5"), ("CNY12.5", "12.5")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(cell: str, number: str) -> None:
    read = price_sheet_of(
        [
            ("card", [(1, ["channel_code", "X"])]),
            ("rates", [(1, ["country", "band", "rate"]), (2, ["US", "0-1", cell])]),
        ]
    )
    assert [row.rate for row in read.card.rows] == [D(number)]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("12,5", "NOT_A_NUMBER"), ("1,23,456", "NOT_A_NUMBER"), ("$12.5", "CURRENCY"), ("US$12", "CURRENCY"), ("12 USD", "CURRENCY"),
     ("12%", "NOT_A_NUMBER"), ("-3", "NOT_A_NUMBER"), ("1e5", "NOT_A_NUMBER"), ("5 lb", "NOT_A_NUMBER"), ("=A1*2", "FORMULA"),
     ("约80", "NOT_A_NUMBER"), ("9" * 400, "NOT_A_NUMBER")],
)  # fmt: skip
def test_what_might_mean_something_else_is_not_guessed(cell: str, code: str) -> None:
    rows = [(1, ["country", "band", "rate"]), (2, ["US", "0-1", cell]), (3, ["FR", "0-1", "5"])]
    read = price_sheet_of([("card", [(1, ["channel_code", "X"]), (2, ["currency", "CNY"])]), ("rates", rows)])
    assert told(read)[0] == ("rates", 2, "rate", code) and len(read.card.rows) == 1 and not read.is_good


def test_formulas_count_by_their_values_and_without_one_they_are_wrong_cells(kept):
    def draw(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("rates")
        page.write_row(0, 0, ["country", "band", "rate"])
        for at, value in enumerate((55.5, "", "#REF!"), 1):
            page.write_row(at, 0, [("US", "FR", "DE")[at - 1], "0<W≤1"])
            page.write_formula(at, 2, "=A9*2", None, value)

    sheet = read_price_sheet(kept(workbook({"card": LINE["card"]}, draw)))
    assert [row.rate for row in sheet.card.rows] == [D("55.5")]
    assert told(sheet)[:2] == [("rates", 3, "rate", "FORMULA"), ("rates", 4, "rate", "NOT_A_NUMBER")]


def test_columns_that_are_not_read_and_prices_that_stand_twice_are_told():
    sheet = price_sheet(LINE, rates="国家,国家二字码,重量,运费,签收费,公斤运费;美国,US,0-1,90,5,80")
    assert told(sheet) == [
        ("rates", 1, "签收费", "UNREAD"), ("rates", 1, "公斤运费", "TWICE"), ("zones", 0, "zone", "NO_PRICE"),
    ]  # fmt: skip
    usd = price_sheet(LINE, rates="国家,重量,运费(USD/KG);美国,0-1,90")
    assert ("rates", 1, "运费(USD/KG)", "CURRENCY") in told(usd)
    assert ("card", 7, "currency", "TWICE") in told(price_sheet(LINE, card=f"{LINE['card']};币种,USD"))
    assert ("rates", 2, "rate", "ZERO_PRICE") in told(price_sheet(LINE, rates="zone,band,rate;US,0-1,0;FR,0-1,1"))
    share = price_sheet(LINE, card=f"{LINE['card']};vol_share,50%;discount,95")
    assert (share.card.share, told(share)) == (D("0.5"), [("card", 8, "discount", "TOO_MUCH")])


def test_hidden_sheets_and_sheets_of_other_kinds_are_named_not_read(kept):
    def draw(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("limits")
        page.write_row(0, 0, ["zone", "max_actual_kg"])
        page.write_row(1, 0, ["*", 1])
        page.hide()
        book.add_worksheet("禁运目录").write(0, 0, "US")
        book.add_worksheet("空")

    sheet = read_price_sheet(kept(workbook({name: text for name, text in LINE.items() if name != "limits"}, draw)))
    assert sheet.is_good and not sheet.card.limits
    assert ("limits", 0, "", "NO_HEADINGS") in told(price_sheet(LINE, limits="最大,最长;30,60"))
    assert told(sheet) == [("limits", 0, "", "HIDDEN")] and sheet.passed_over == ["禁运目录", "空"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_archives_of_csv_are_read_in_any_encoding_also_with_chinese_names(kept, encoding):
    named = {
        "价卡": LINE["card"],
        "分区": LINE["zones"],
        "价格": LINE["rates"],
        "限制": LINE["limits"],
        "说明": "运费不含税",
    }
    content = archive(named, encoding, folder="报价/")
    assert read_price_sheet(kept(content, "x.zip")).card == card(LINE)


def member(name: bytes, data: bytes) -> bytes:
    """An archive with one member whose name is these bytes, without the mark of UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        info = zipfile.ZipInfo("n" * len(name) + ".csv")
        packed.writestr(info, data)
    return out.getvalue().replace(b"n" * len(name), name)


def test_names_that_chinese_windows_packed_are_read_and_what_macs_add_is_not(kept):
    assert [name for name, _rows in sheets_of(kept(member("价格".encode("gb18030"), b"a,b\n"), "x.zip"))] == ["价格"]
    with zipfile.ZipFile(kept(archive(line()), "mac.zip"), "a") as packed:
        packed.writestr("__MACOSX/._rates.csv", b"\x00\x05\x16\x07")
    assert read_price_sheet(Path(packed.filename)).is_good
    with zipfile.ZipFile(kept(archive(line()), "twice.zip"), "a") as packed:
        packed.writestr("other/rates.csv", b"zone,band,rate\n")
    with pytest.raises(Refused, match="Two files of the archive"):
        read_price_sheet(Path(packed.filename))


def test_twenty_thousand_rows_are_read_and_one_more_is_refused(kept):
    rows = "country,band,rate" + "".join(f";US,{at}<W≤{at + 1},5" for at in range(20_000))
    sheet = read_price_sheet(kept(archive(line(rates=rows)), "most.zip"))
    assert len(sheet.card.rows) == 20_000
    with pytest.raises(Refused, match="20000 rows"):
        read_price_sheet(kept(archive(line(rates=rows + ";US,W>30000,5")), "more.zip"))
    with pytest.raises(Refused, match="20 sheets"):
        read_price_sheet(kept(workbook({f"s{at}": "a,b" for at in range(21)})))


def test_what_was_built_to_harm_is_refused_in_words(kept):
    good = workbook(line())

    def with_part(name: str, data: bytes) -> bytes:
        out = io.BytesIO(good)
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(name, data)
        return out.getvalue()

    laughs = (
        b'<?xml version="1.0"?>' + b" " * 70_000 + b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    )
    for content, words in (
        (with_part("xl/vbaProject.bin", b"x"), "macros"), (with_part("xl/media/bomb.png", b"0" * 20_000_000), "more tightly"),
        (with_part("xl/embeddings/a.zip", b"PK\x03\x04x"), "another archive"), (b"PK\x03\x04" + b"x" * 99, "damaged"),
        (b"\0" * (MOST_BYTES + 1), "more than 2 MB"), (b"", "empty"), (good[: len(good) // 2], "damaged"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            read_price_sheet(kept(content))
    with pytest.raises(Refused, match="macros"):
        form_of(kept(good), "prices.xlsm")
    swapped = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(swapped, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, laughs if name == "xl/workbook.xml" else old.read(name))
    with pytest.raises(Refused, match="damaged"):
        read_price_sheet(kept(swapped.getvalue()))


words = sorted({word for columns in ALIASES.values() for name, others in columns.items() for word in (name, *others)})
cells = st.one_of(
    st.sampled_from(words), st.text(max_size=12),
    st.sampled_from(["", "/", "US", "美国", "*", "0.2＜W≤1", "21+", "1-2", "5", "1,000", "¥9", "=A1", "#REF!", "9" * 60, "\x00", "2026-03-01",
                     "99999999999-1-1", "6-12天", "995-999", "000-999999999", "2000..1", "always", "box", "MAX", "30%", "21:0.5|*:1"]),
)  # fmt: skip
tables = st.lists(st.lists(cells, max_size=6), max_size=8)
names = st.sampled_from(["card", "zones", "rates", "limits", "surcharges", "fuel", "remote", "专线", "价格"])
settings_rows = st.lists(
    st.tuples(st.sampled_from(["channel_code", "currency", "vol_mode", "vol_divisor", "round_steps", "cargo_allowed", "discount",
                               "effective_from", "币种", ""]), cells), max_size=6,
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.tuples(names, tables), max_size=5), settings_rows, st.booleans())
def test_whatever_the_cells_say_they_are_read_or_named(sheets, own, has_base) -> None:
    pages = [("card", list(enumerate(map(list, own), 1))), *((name, list(enumerate(rows, 1))) for name, rows in sheets)]
    read = price_sheet_of(pages, base=card(LINE) if has_base else None)
    assert read.is_good or all(str(problem.words) for problem in read.problems)


@settings(max_examples=25)
@given(st.data())
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path_factory, data) -> None:
    content = bytearray(data.draw(st.sampled_from([archive(line()), ZIPPED])))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("f") / "x.zip"
    path.write_bytes(bytes(content) if data.draw(st.booleans()) else data.draw(st.binary(max_size=300)))
    try:
        read_price_sheet(path)
    except Refused as refused:
        assert str(refused)


ZIPPED = archive(line(rates="国家,重量,运费;美国,0-1,5"), "gb18030")


def test_small_files_that_unfold_are_refused_or_read_in_little_time_and_memory(kept):
    def far(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("far").write("XFD1048576", 1)

    def wide(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("wide").write("AAA1", "x")

    def repeated(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("repeated")
        for at in range(2_000):
            page.write_string(at, 0, "x" * 30_000)

    for draw, told_so in ((far, "500 columns"), (wide, "500 columns"), (repeated, "memory")):
        with pytest.raises(Refused, match=told_so):
            read_price_sheet(kept(workbook(line(), draw)))
    with pytest.raises(Refused, match="8 MB"):
        read_price_sheet(kept(archive(line(rates="\n".join(str(at // 3) for at in range(1_300_000)))), "long.zip"))
    slow = price_sheet(
        LINE, zones=f"zone,country,postcodes;US,US,{'000-999 ' * 3_000};{'(' * 30_000},US,".replace(" ", "、")
    )
    assert [one.code for one in slow.problems][:1] == ["TOO_MANY"]
    assert price_sheet(LINE, rates=f"{'(' * 30_000},国家,重量,运费;1,US,0-1,5;,FR,0-1,{'9' * 5_000}").problems
    assert (
        price_sheet(LINE, zones=f"zone,country,postcodes;US,US,{'0' * 5_000}-{'9' * 5_000}").problems[0].code
        == "POSTCODES"
    )
