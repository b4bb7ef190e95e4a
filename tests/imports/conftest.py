"""Everything here happens in the seller's world of `tests/stores/selling.py`; files are made by these."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from xlsxwriter import Workbook

from models.imports.record import JOB, Import
from tests.stores.selling import *  # noqa: F403
from tests.stores.selling import _jobs_of_this_test  # noqa: F401

ROW = {"code": "P-1", "title": "Ball", "sku": "TOY-1", "price:EUR": "19.99", "quantity": "5"}


def csv_file(*rows: dict[str, str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A CSV file with the columns of all rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(rows: list[list[Any]], sheet: str = "Products", before: Callable[[Workbook], None] | None = None) -> bytes:
    """An Excel workbook with these rows."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        if before:
            before(book)
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


def many(count: int) -> bytes:
    rows = [f"P-{n},Title {n},SKU-{n},5,19.99" for n in range(count)]
    return "\n".join(["code,title,sku,quantity,price:EUR", *rows]).encode()


@pytest.fixture
def take(lotus, portal, tmp_path):
    """`take(content)`: a file of products that was uploaded."""

    def taken(content: bytes, name: str = "x.csv", team: Any = lotus, by: Any = None) -> Import:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return Import.take(team, "products", name, path, portal.data / "imports", by=by)

    return taken


@pytest.fixture
def look(take, portal, run_job):
    """`look(content)`: a file whose columns are chosen as guessed, and that was looked at."""
    from models.imports import looking

    def looked(content: bytes, name: str = "x.csv", **options: Any) -> Import:
        batch = take(content, name, **options)
        batch.map(batch.mapping)
        looking.look(batch, portal.data / "imports")
        run_job(JOB, batch.uid)
        return batch.reload()

    return looked


@pytest.fixture
def apply(run_job):
    """`apply(batch)`: as the button and the job do it."""

    def applied(batch: Import, by: Any = None) -> Import:
        batch.begin("applying", by=by)
        run_job(JOB, batch.uid)
        return batch.reload()

    return applied


@pytest.fixture
def upload(as_, alice):
    """`upload(content, "name.csv")`: the answer to Alice's upload."""
    return lambda content, name="x.csv", person=alice: as_(person).post(
        "/t/lotus/imports/kinds/products", data={"file": (io.BytesIO(content), name)}
    )
