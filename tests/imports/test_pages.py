"""The pages of an import: upload, columns, dry run, application, files; for its team and for those who may."""

from __future__ import annotations

import csv
import io

import pytest

from models.catalog.product import Product
from models.imports.entry import ImportRowError
from models.imports.record import JOB, Import
from tests.imports.conftest import ROW, csv_file, many, workbook

KINDS = "/t/lotus/imports/kinds/products"


def test_a_file_goes_from_upload_to_products(upload, as_, alice, run_job):
    assert "Read the file" in as_(alice).get(KINDS).text
    bad = {"code": "P-2", "title": "", "sku": "B", "quantity": "<script>alert(1)</script>"}
    answer = upload(csv_file(ROW, bad), "../my products.csv")
    batch = Import.get()
    page = f"/t/lotus/imports/{batch.uid}"
    assert (answer.status_code, answer.location, batch.name) == (303, f"{page}/mapping", "my products.csv")
    columns = as_(alice).get(f"{page}/mapping").text
    assert 'value="price:EUR" selected' in columns and "19.99" in columns
    chosen = {f"column-{place}": column for place, column in enumerate(batch.mapping)}
    assert as_(alice).post(f"{page}/mapping", data=chosen).location == page
    looked = as_(alice).get(page).text
    assert "Import 1 new and 0 changed" in looked and not Product.select().exists()
    assert "&lt;script&gt;alert(1)" in looked and "<script>alert(1)" not in looked
    assert as_(alice).post(f"{page}/application").status_code == 303
    assert "Being applied" in as_(alice).get(page).text
    assert 'hx-trigger="every 2s"' in as_(alice).get(page, fragment=True).text
    run_job(JOB, batch.uid)
    done = as_(alice).get(page, fragment=True).text
    assert "every 2s" not in done and [p.code for p in Product.select()] == ["P-1"]
    assert "my products.csv" in as_(alice).get("/t/lotus/imports/").text
    assert as_(alice).post(f"{page}/application").status_code == 409


def test_the_same_file_is_refused_with_when_and_who(upload, as_, alice, apply, bob):
    content = csv_file(ROW)
    upload(content)
    batch = Import.get()
    assert upload(content).location.endswith(f"{batch.uid}/mapping")
    as_(alice).post(f"/t/lotus/imports/{batch.uid}/mapping", data=dict(zip_columns(batch)))
    apply(batch.reload(), by=alice)
    again = upload(content, person=bob)
    assert again.status_code == 422 and "imported on" in again.text and "by Alice Wang" in again.text


def zip_columns(batch):
    return [(f"column-{place}", column) for place, column in enumerate(batch.mapping)]


def test_a_wrong_choice_of_columns_is_said_beside_the_column(upload, as_, alice):
    upload(csv_file(ROW))
    page = f"/t/lotus/imports/{Import.get().uid}/mapping"
    twice = as_(alice).post(page, data={"column-0": "sku", "column-1": "title", "column-2": "sku"})
    assert twice.status_code == 422 and "Another column is “sku” already." in twice.text
    lacking = as_(alice).post(page, data={"column-0": "code", "column-2": "sku"})
    assert lacking.status_code == 422 and "The column title is missing." in lacking.text
    unknown = as_(alice).post(page, data={"column-0": "__class__", "column-1": "title", "column-2": "sku"})
    assert unknown.status_code == 422 and "Choose from the list." in unknown.text
    assert Import.get().state == "mapping"


def test_the_team_s_next_file_with_these_headings_is_read_the_same_way(upload, as_, alice):
    content = csv_file({"Ref": "P-1", "What": "Ball", "Which": "TOY-1"})
    upload(content)
    first = Import.get()
    assert first.mapping == ["", "", ""]
    chosen = {"column-0": "code", "column-1": "title", "column-2": "sku"}
    assert as_(alice).post(f"/t/lotus/imports/{first.uid}/mapping", data=chosen).status_code == 303
    upload(csv_file({"REF": "P-2", "what ": "Ball", "Which": "TOY-2"}))
    assert Import.select().order_by(Import.id.desc()).first().mapping == ["code", "title", "sku"]


def test_sheet_and_row_of_headings_can_be_chosen(upload, as_, alice):
    rows = [["Our list"], [], ["sku", "title"], ["A", "Ball"]]
    upload(
        workbook(rows, "Goods", before=lambda book: book.add_worksheet("First").write_row(0, 0, ["x", "y"])), "b.xlsx"
    )
    batch = Import.get()
    assert (batch.sheet, batch.sheets, batch.headings) == ("First", ["First", "Goods"], ["x", "y"])
    path = f"/t/lotus/imports/{batch.uid}/shape"
    assert as_(alice).post(path, data={"sheet": "Goods", "header_row": "3"}).status_code == 303
    batch = batch.reload()
    assert (batch.header_row, batch.headings, batch.rows) == (3, ["sku", "title"], 1)
    assert as_(alice).post(path, data={"sheet": "Secret", "header_row": "1"}).status_code == 422


def test_an_encoding_can_be_chosen(upload, as_, alice):
    upload("title,sku\n茶杯,A\n".encode("gb18030"))
    batch = Import.get()
    assert (batch.encoding, batch.sample) == ("gb18030", [["茶杯", "A"]])
    path = f"/t/lotus/imports/{batch.uid}/shape"
    wrong = as_(alice).post(path, data={"encoding": "utf-8-sig", "delimiter": ",", "header_row": "1"})
    assert wrong.status_code == 422 and "cannot be read as UTF-8" in wrong.text
    assert as_(alice).post(path, data={"encoding": "rot13", "delimiter": ",", "header_row": "1"}).status_code == 422
    assert batch.reload().encoding == "gb18030"


def test_the_wrong_rows_can_be_taken_away_and_brought_back(look, as_, alice):
    rows = [
        ROW,
        {**ROW, "code": "P-2", "sku": "B", "quantity": "many", "title": "=1+1"},
        {**ROW, "code": "P-3", "sku": "C", "quantity": "-1"},
    ]
    batch = look(csv_file(*rows))
    page = f"/t/lotus/imports/{batch.uid}"
    text = as_(alice).get(f"{page}/errors.csv").data.decode("utf-8-sig")
    given = list(csv.DictReader(io.StringIO(text)))
    assert [row["Row"] for row in given] == ["3", "4"] and "quantity: Write a number" in given[0]["What is wrong"]
    assert given[0]["title"] == "'=1+1" and given[0]["sku"] == "B"
    book = as_(alice).get(f"{page}/errors.xlsx")
    again = look(book.data, "errors.xlsx")
    assert again.mapping[:2] == ["", ""] and [e.row for e in ImportRowError.of(again)] == [2, 3]
    assert "apostrophe" not in book.headers["Content-Disposition"]


def test_the_original_comes_back_byte_by_byte(look, as_, alice):
    content = csv_file(ROW)
    batch = look(content)
    answer = as_(alice).get(f"/t/lotus/imports/{batch.uid}/original")
    assert answer.data == content and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"


def test_the_empty_workbook_can_be_filled_in(as_, alice, look):
    answer = as_(alice).get(f"{KINDS}/template.xlsx")
    assert answer.status_code == 200 and answer.data[:2] == b"PK"
    batch = look(answer.data, "t.xlsx")
    assert batch.rows == 0 and all(batch.mapping)


def test_a_large_file_is_looked_at_in_the_background(upload, as_, alice, run_job):
    upload(many(600))
    batch = Import.get()
    page = f"/t/lotus/imports/{batch.uid}"
    as_(alice).post(f"{page}/mapping", data=dict(zip_columns(batch)))
    assert batch.reload().state == "looking" and "Looking at the file" in as_(alice).get(page).text
    run_job(JOB, batch.uid)
    assert batch.reload().planned == {"new": 600}


def test_what_is_under_way_can_be_cancelled(upload, as_, alice, take, apply):
    upload(many(600))
    batch = Import.get()
    page = f"/t/lotus/imports/{batch.uid}"
    as_(alice).post(f"{page}/mapping", data=dict(zip_columns(batch)))
    assert as_(alice).post(f"{page}/cancellation").status_code == 303
    assert batch.reload().state == "mapping"


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"PK\x03\x04rest", b"\xff" * 40], ids=range(4))
def test_what_is_no_sheet_is_said_beside_the_field(upload, content):
    answer = upload(content)
    assert answer.status_code == 422 and "f-file-error" in answer.text


def test_without_a_file_the_page_says_so(as_, alice):
    answer = as_(alice).post(KINDS, data={})
    assert answer.status_code == 422 and "Choose a file." in answer.text


def paths(batch):
    own = [f"/{end}" for end in ("", "mapping", "errors.csv", "errors.xlsx", "original")]
    kinds = [f"/kinds/products{end}" for end in ("", "/template.csv", "/template.xlsx")]
    return [*(f"/imports/{batch.uid}{end}".rstrip("/") for end in own), *(f"/imports{end}" for end in kinds)]


def test_a_stranger_finds_no_page_and_no_file_of_it(look, as_, charlie, olga, comet):
    batch = look(csv_file({**ROW, "quantity": "many"}))
    for path in paths(batch):
        assert as_(charlie).get(f"/t/lotus{path}").status_code == 404, path
        assert as_(olga).get(f"/t/lotus{path}").status_code == 404, path
        if str(batch.uid) in path:
            assert as_(charlie).get(f"/t/comet{path}").status_code == 404, path
    for verb in ("mapping", "shape", "application", "dry_run", "cancellation"):
        assert as_(charlie).post(f"/t/comet/imports/{batch.uid}/{verb}").status_code == 404, verb
    assert "x.csv" not in as_(charlie).get("/t/comet/imports/").text


def test_somebody_who_may_not_change_products_is_told_no(look, as_, alice, lotus, cast):
    from models.people.employees import invite
    from models.people.invitation import Invitation

    batch = look(csv_file({**ROW, "quantity": "many"}))
    viewer, token = invite(lotus, "vera", "Vera Viewer", role="auditor")
    Invitation.of_token(token).use("Copper-Kettle-27")
    viewer = viewer.reload()
    for path in paths(batch):
        assert as_(viewer).get(f"/t/lotus{path}").status_code == 403, path
    assert "x.csv" not in as_(viewer).get("/t/lotus/imports/").text
