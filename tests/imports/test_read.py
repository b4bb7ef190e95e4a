"""What a file may be: encodings that are found out, workbooks as people save them, and everything that is refused before it
is read."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import date

import pytest

from models.catalog.product_columns import FIELDS
from models.imports.encodings import encoding_of
from models.imports.reading import MOST_ROWS, Shape, format_of, rows, survey
from models.support.errors import Refused
from tests.imports.conftest import csv_file, many, workbook

CHINESE = "标题,SKU,品牌\n不锈钢保温杯 500毫升,TOY-1,港湾\n宠物玩具球（蓝色）,TOY-2,港湾\n"
JAPANESE = "標題,SKU,ブランド\nロープ付きボール 青,TOY-1,ハーバー\nステンレス水筒 五百,TOY-2,ハーバー\n"
GERMAN = "title,SKU,brand\nGroße Kugel für Hunde,TOY-1,Häfen\nSchöner Ball,TOY-2,Häfen\n"


@pytest.fixture
def saved(tmp_path):
    def save(content: bytes):
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return save


@pytest.fixture
def read(saved):
    """`read(content)`: the survey of a file and its rows."""

    def surveyed(content: bytes, name: str = "x.csv"):
        path = saved(content)
        found = survey(path, Shape(format_of(path, name)), FIELDS)
        return found, list(rows(path, found.shape))

    return surveyed


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (CHINESE, "utf-8", "utf-8-sig"), (CHINESE, "utf-8-sig", "utf-8-sig"), (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"), (CHINESE, "utf-16-be", "utf-16-be"), (CHINESE, "gb18030", "gb18030"),
        (JAPANESE, "shift_jis", "cp932"), (JAPANESE, "cp932", "cp932"), (JAPANESE, "utf-16-be", "utf-16-be"),
        (GERMAN, "cp1252", "cp1252"), (GERMAN, "latin-1", "cp1252"), (GERMAN, "utf-16-le", "utf-16-le"),
        ("title,SKU,brand\na,b,c\nd,e,f\n", "ascii", "utf-8-sig"),
    ],
)  # fmt: skip
def test_the_encoding_is_found_and_the_text_is_right(read, text, encoding, found):
    file, lines = read(text.encode(encoding))
    assert file.shape.encoding == found
    assert [file.headings, *(cells for _number, cells in lines)] == [line.split(",") for line in text.splitlines()]


def test_a_file_in_no_encoding_is_refused(saved):
    with pytest.raises(Refused, match="encoding is not one"):
        encoding_of(saved(b"title,sku\n" + bytes(range(128, 256)) * 4))
    with pytest.raises(Refused, match="begins as UTF-8"):
        encoding_of(saved(b"\xef\xbb\xbftitle\xff"))


def test_rows_are_counted_as_a_spreadsheet_counts_them(read):
    file, lines = read(b'\nOur list\n\ncode,title,sku\r\n"P\n1",A,1\r\n\r\n , \r\nP-2,B,2\r\n')
    assert file.shape.header_row == 4 and [number for number, _cells in lines] == [5, 8]
    assert file.row_count == 2 and lines[0][1][0] == "P\n1"


def test_a_workbook_is_read_as_a_person_sees_it(read):
    content = workbook([[], ["", "sku", "title", "n"], ["", 4006381333931, "Ball", 0.1 + 0.2],
                        ["", "=1+1", "x\ny", True], ["", 5.0, "", 1e-7], ["", 12345678901234567890, "", ""]])  # fmt: skip
    file, lines = read(content, "b.xlsx")
    assert file.shape.header_row == 2 and file.headings == ["", "sku", "title", "n"]
    assert [(number, cells[1:]) for number, cells in lines] == [
        (3, ["4006381333931", "Ball", "0.3"]), (4, ["=1+1", "x\ny", "TRUE"]), (5, ["5", "", "0.0000001"]),
        (6, ["12345678901234600000", "", ""]),
    ]  # fmt: skip


def test_days_and_formulas_of_a_workbook_are_their_values(read):
    def fill(book):
        page = book.add_worksheet("A")
        page.write_row(0, 0, ["title", "sku"])
        page.write_datetime(1, 0, date(2026, 11, 30), book.add_format({"num_format": "yyyy-mm-dd"}))
        page.write_formula(1, 1, "=WEBSERVICE(A1)", None, "kept")

    assert read(workbook([], "B", before=fill), "b.xlsx")[1] == [(2, ["2026-11-30", "kept"])]


def test_a_hidden_sheet_is_not_offered(read):
    content = workbook(
        [["title", "sku"]], before=lambda book: (book.add_worksheet("First"), book.add_worksheet("Secret").hide())
    )
    with pytest.raises(Refused, match="no rows"):
        read(content, "b.xlsx")
    found = survey_of(content)
    assert found == ["First", "Products"]


def survey_of(content):
    import tempfile
    from pathlib import Path

    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return survey(Path(file.name), Shape("xlsx", sheet="Products"), FIELDS).sheets


# Refused before anything reads them


def rebuilt(content: bytes, *, drop: str = "", **members: bytes) -> bytes:
    """The workbook with other members; a name's dots and slashes are written as in `xl__vbaProject_bin`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != drop:
                new.writestr(name, old.read(name))
        for name, data in members.items():
            new.writestr(name.replace("__", "/").replace("_", ".").replace("%", "_"), data)
    return out.getvalue()


PLAIN = workbook([["title", "sku"], ["Ball", "A"]])


def types(replaced: bytes, by: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as book:
        text = book.read("[Content_Types].xml").replace(replaced, by)
    return rebuilt(PLAIN, drop="[Content_Types].xml", **{"[Content%Types]_xml": text})


def declared(content: bytes, size: int) -> bytes:
    """The sheet's size as its headers tell it, changed."""
    data = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        member = book.getinfo("xl/worksheets/sheet1.xml")
    struct.pack_into("<I", data, member.header_offset + 22, size)
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", data, at + 24, size)
    return bytes(data)


def encrypted(content: bytes) -> bytes:
    data = bytearray(content)
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """Many names for one packed part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("a.xml", b"x" * 900_000)
    body = out.getvalue()
    start = body.index(b"PK\x01\x02")
    record = body[start : body.index(b"PK\x05\x06")]
    entries = b"".join(record.replace(b"a.xml", b"%c.xml" % (97 + n)) for n in range(20))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20, 20, len(entries), start, 0)
    return body[:start] + entries + end


HARMFUL = {
    "macros": (lambda: rebuilt(PLAIN, xl__vbaProject_bin=b"x"), "b.xlsx", "holds macros"),
    "macro types": (lambda: types(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"), "b.xlsx", "holds macros"),
    "xlsm": (lambda: PLAIN, "b.xlsm", "may hold macros"),
    "xlsb": (lambda: PLAIN, "b.XLSB", "may hold macros"),
    "xls": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "b.xls", "old Excel workbook"),
    "encrypted": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "b.xlsx", "protected by a password"),
    "encrypted part": (lambda: encrypted(PLAIN), "b.xlsx", "protected by a password"),
    "bomb": (lambda: rebuilt(PLAIN, xl__worksheets__sheet9_xml=b"0" * 90_000_000), "b.xlsx", "more tightly"),
    "large": (lambda: rebuilt(PLAIN, a_xml=b"0" * 60_000_000, b_xml=b"0" * 60_000_000), "b.xlsx", "more than 100 MB"),
    "lying small": (lambda: declared(rebuilt(PLAIN), 10), "b.xlsx", "damaged"),
    "lying large": (lambda: declared(rebuilt(PLAIN), 10_000_000), "b.xlsx", "damaged"),
    "many parts": (lambda: rebuilt(PLAIN, **{f"p{n}_xml": b"x" for n in range(1001)}), "b.xlsx", "more than 1000 parts"),
    "archive within": (lambda: rebuilt(PLAIN, xl__embeddings__a_xlsx=PLAIN), "b.xlsx", "another archive"),
    "entities": (lambda: rebuilt(PLAIN, xl__x_xml=b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]>'), "b.xlsx", "damaged"),
    "traversal": (lambda: rebuilt(PLAIN, **{"..__..__etc__passwd": b"x"}), "b.xlsx", "damaged"),
    "backslash": (lambda: rebuilt(PLAIN, **{"xl\\evil_xml": b"x"}), "b.xlsx", "damaged"),
    "overlapping": (overlapping, "b.xlsx", "damaged"),
    "another zip": (lambda: rebuilt(PLAIN, drop="[Content_Types].xml"), "b.xlsx", "no .xlsx workbook"),
    "cut": (lambda: PLAIN[:-30], "b.xlsx", "damaged"),
    "pdf": (lambda: b"%PDF-1.7", "b.csv", "no sheet"),
    "gzip": (lambda: b"\x1f\x8b" + zlib.compress(b"x"), "b.csv", "no sheet"),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMFUL)
def test_what_is_built_to_harm_is_refused_in_a_sentence(saved, harm):
    make, name, words = HARMFUL[harm]
    with pytest.raises(Refused, match=words):
        format_of(saved(make()), name)


def sparse(*cells: str) -> bytes:
    """A workbook whose sheet has these cells and nothing between them."""
    sheet = "".join(f'<row r="{cell.lstrip("ABCDEFX")}"><c r="{cell}"><v>1</v></c></row>' for cell in cells)
    text = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>'
    return rebuilt(PLAIN, drop="xl/worksheets/sheet1.xml", xl__worksheets__sheet1_xml=text.encode())


def test_a_workbook_that_would_fill_the_memory_is_refused_and_the_portal_goes_on(read):
    """Two cells in opposite corners make readers take room for seventeen thousand million."""
    with pytest.raises(Refused, match=r"takes too much memory|more than|damaged"):
        read(sparse("A1", "XFD1048576"), "b.xlsx")


def test_a_sheet_that_is_no_sheet_is_refused(read):
    content = rebuilt(PLAIN, drop="xl/worksheets/sheet1.xml", xl__worksheets__sheet1_xml=b"<worksheet><row")
    with pytest.raises(Refused):
        read(content, "b.xlsx")


def test_more_rows_than_an_import_takes_are_refused(read):
    assert read(many(MOST_ROWS))[0].row_count == MOST_ROWS
    with pytest.raises(Refused, match="more than 50000 rows"):
        read(many(MOST_ROWS + 1))
    with pytest.raises(Refused, match="more than 500 columns"):
        read(("title,sku" + ",x" * 600 + "\na,b").encode())


def test_cells_of_any_length_are_read_as_they_are(read):
    long = "x" * 5_000_000
    assert read(csv_file({"title": long, "sku": "A"}))[1][0][1][0] == long
