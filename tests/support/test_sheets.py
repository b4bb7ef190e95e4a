"""Tables that leave are safe to open, and come back as they left."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from models.support import sheets, workbooks
from models.support.money import Money
from models.support.sheets import Sheet, SheetColumn, begins_like_formula, neutral, write_csv
from models.support.workbooks import write_xlsx

PAYLOADS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x.example\",\"x\")", " =1+1", "\t=1+1",
    "\r=1+1", "\n=1+1", "\tSKU", "\rSKU", "\nSKU", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1",
    "\u2212 1+A1", "-2+3+cmd|' /C calc'!A0", "+49 40 5550123", "=", "-", "﹦1+1", "\x00=1+1", "﹢A1", "\u202e=1+1", "\u3000=1+1",
)  # fmt: skip
HARMLESS = ("", "CUP-1", "-12.50", "-7", "1+1", "a=b", "旅行保温杯", "12,50", "(=1)", "'=1", "#1", "ÅSA", "½ cup")
TEXT = SheetColumn("Text", lambda record: record)


def csv_rows(sheet: Sheet, records) -> list[list[str]]:
    content = b"".join(write_csv(sheet, records))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def book(sheet: Sheet, records, **how) -> bytes:
    target = io.BytesIO()
    write_xlsx(target, sheet, records, **how)
    return target.getvalue()


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def read_back(content: bytes) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_begins_like_a_formula_is_text_in_a_csv(payload):
    (_head, (cell,)) = csv_rows(Sheet("x", [TEXT], "UTC"), [payload])
    assert cell == "'" + payload


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays_as_it_is(text):
    assert neutral(text) == text


@pytest.mark.parametrize("in_memory", [True, False])
def test_no_cell_of_a_workbook_is_a_formula(tmp_path, in_memory):
    content = book(Sheet("x", [TEXT], "UTC"), PAYLOADS, scratch=None if in_memory else tmp_path)
    for name, xml in parts(content).items():
        if name.startswith("xl/worksheets/"):
            assert "<f>" not in xml and "<f " not in xml and 't="str"' not in xml and "<hyperlink" not in xml
            assert set(re.findall(r'<c [^>]*t="(\w+)"', xml)) <= {"s", "inlineStr"}
    assert 'quotePrefix="1"' in parts(content)["xl/styles.xml"]
    assert list(tmp_path.iterdir()) == []


def test_a_head_and_a_remark_are_as_harmless_as_a_cell():
    sheet = Sheet("=x", [SheetColumn("=1+1", lambda record: record)], "UTC", remarks=["=1+1"])
    assert csv_rows(sheet, []) == [["# =1+1"], ["'=1+1"]]
    assert "<f>" not in parts(book(sheet, []))["xl/worksheets/sheet1.xml"]


@given(st.text(max_size=40))
def test_no_text_leaves_that_a_spreadsheet_would_calculate(text):
    safe = neutral(text)
    assert not begins_like_formula(safe)
    assert safe in (text, "'" + text)


@given(
    st.text(alphabet="\t\r\n \u00a0\u200b\ufeff", max_size=4),
    st.sampled_from("=+-@＝＋－＠"),
    st.text(min_size=1, max_size=5),
)
def test_nothing_before_the_sign_hides_it(before, sign, after):
    text = before + sign + after
    assert neutral(text) == "'" + text or re.fullmatch(r"-\d+([.,]\d+)?", text)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=5))
def test_a_csv_comes_back_cell_by_cell(texts):
    columns = [SheetColumn(str(place), lambda record, place=place: record[place]) for place in range(len(texts))]
    _head, row = csv_rows(Sheet("x", columns, "UTC"), [texts])
    assert row == [neutral(text) for text in texts]


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
        min_size=1,
        max_size=5,
    )
)
def test_a_workbook_comes_back_cell_by_cell(texts):
    """Signs of control are written as Excel writes them, which not every reader understands."""
    columns = [SheetColumn(f"c{place}", lambda record, place=place: record[place]) for place in range(len(texts))]
    _head, row = read_back(book(Sheet("x", columns, "UTC"), [texts]))
    assert row == texts


def test_numbers_money_and_moments_are_what_they_are():
    columns = [
        SheetColumn("Units", lambda record: record[0], "number"),
        SheetColumn("Total", lambda record: record[1], "money"),
        SheetColumn("Ordered", lambda record: record[2], "moment"),
        SheetColumn("Day", lambda record: record[3]),
        SheetColumn("Rate", lambda record: record[4], "number"),
    ]
    sheet = Sheet("Orders", columns, "Asia/Shanghai")
    moment = datetime(2026, 7, 1, 18, 30, 5, 999)
    records = [(3, Money(1990, "EUR"), moment, date(2026, 7, 1), Decimal("0.125")), (None, None, None, None, None)]
    assert csv_rows(sheet, records) == [
        ["Units", "Total", "Total (currency)", "Ordered (Asia/Shanghai)", "Day", "Rate"],
        ["3", "19.90", "EUR", "2026-07-02 02:30:05", "2026-07-01", "0.125"],
        ["", "", "", "", "", ""],
    ]
    assert read_back(book(sheet, records))[1] == [
        3.0,
        19.9,
        "EUR",
        datetime(2026, 7, 2, 2, 30, 5),
        date(2026, 7, 1),
        0.125,
    ]


@pytest.mark.parametrize("moment, shown", [
    (datetime(2026, 3, 29, 0, 59, 59), "2026-03-29 01:59:59"), (datetime(2026, 3, 29, 1, 0), "2026-03-29 03:00:00"),
    (datetime(2026, 10, 25, 0, 59), "2026-10-25 02:59:00"), (datetime(2026, 10, 25, 1, 0), "2026-10-25 02:00:00"),
])  # fmt: skip
def test_a_moment_is_right_when_the_clocks_are_turned(moment, shown):
    assert str(sheets.on_clock(moment, "Europe/Berlin")) == shown


def test_a_number_excel_would_round_is_text():
    sheet = Sheet("x", [SheetColumn("Id", lambda record: record, "number")], "UTC")
    assert read_back(book(sheet, [12345678901234567, Decimal("1.2345678901234567"), 42])) == [
        ["Id"], ["12345678901234567"], ["1.2345678901234567"], [42.0],
    ]  # fmt: skip


def test_more_rows_than_a_sheet_holds_go_on_the_next_one(monkeypatch, tmp_path):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 5)
    content = book(Sheet("Orders/2026", [TEXT], "UTC", remarks=["Watch it"]), map(str, range(7)), scratch=tmp_path)
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert read.sheet_names == ["Orders 2026", "Orders 2026 2", "Orders 2026 3"]
    pages = [read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in read.sheet_names]
    assert [page[:2] for page in pages] == [[["Watch it"], ["Text"]]] * 3
    assert [row[0] for page in pages for row in page[2:]] == list("0123456")


def test_a_workbook_that_breaks_off_leaves_nothing(tmp_path):
    def rows():
        yield "one"
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        write_xlsx(str(tmp_path / "out.xlsx"), Sheet("x", [TEXT], "UTC"), rows(), scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_head_stays_in_sight_and_columns_are_as_wide_as_their_text():
    xml = parts(book(Sheet("x", [TEXT], "UTC"), ["a" * 40, "旅" * 10]))["xl/worksheets/sheet1.xml"]
    assert 'state="frozen"' in xml and 'topLeftCell="A2"' in xml
    assert re.search(r'<col min="1" max="1" width="42', xml)
