"""A list of products that leaves to be edited and comes back: what nobody touched changes nothing."""

from __future__ import annotations

import csv
import io
import re

import pytest

from models.catalog import saving
from models.catalog.draft import ImageDraft, TextDraft, VariantDraft
from models.exports.export import Export
from models.people.role import RolePermission
from tests.stores.selling import draft

ASK = {"list": "products", "query": "", "columns": ["product"], "shape": "import"}


@pytest.fixture
def shelf(lotus):
    """Four products, one with more of everything than an empty file has columns for."""
    saving.create(lotus, draft(1, skus=("TOY-1", "TOY-1-B")))
    saving.create(
        lotus, draft(2, brand="=1+1", images=[ImageDraft(url=f"https://images.example.com/{n}.jpg") for n in range(4)])
    )
    saving.create(
        lotus,
        draft(
            3,
            images=[
                ImageDraft(file_name="uploaded.jpg", width=9, height=9),
                ImageDraft(url="https://images.example.com/x.jpg"),
            ],
        ),
    )
    rich = draft(
        4,
        attributes={
            "special_feature": [{"value": "a, b"}, {"value": "c;\nd"}],
            "capacity": [{"value": "3", "unit": "l"}],
        },
    )
    rich.texts["en"] = TextDraft("Rope, long", "Two\nlines", [f"point {n}" for n in range(8)], "rope")
    rich.variants = [VariantDraft("TOY-4", "", {"color": "Blue", "pattern": "Dots"}, None, "CNY", 0, {"SEK": 12_900})]
    saving.create(lotus, rich)


@pytest.fixture
def leaves(as_, alice):
    """`leaves("csv")`: the file as Alice's browser gets it."""
    return lambda file_format, **changes: as_(alice).post(
        "/t/lotus/exports/", data=ASK | {"format": file_format} | changes
    )


def heads(content: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.both
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_file_that_comes_back_as_it_left_changes_nothing(shelf, leaves, look, file_format):
    answer = leaves(file_format)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    batch = look(answer.data, f"products.{file_format}")
    assert (batch.planned, batch.error_count) == ({"unchanged": 4}, 0)


def test_what_was_edited_in_it_is_changed_and_nothing_else(shelf, leaves, look, apply, alice):
    content = leaves("csv").data.replace(b'"Harbor & Pine"', b'"Pine"', 1)
    batch = look(content)
    assert batch.planned == {"changed": 1, "unchanged": 3}
    assert apply(batch, by=alice).outcome == {"changed": 1}


def test_its_columns_are_those_of_the_empty_file_and_what_else_is_filled(shelf, leaves, as_, alice):
    empty = heads(as_(alice).get("/t/lotus/imports/kinds/products/template.csv").data)
    found = heads(leaves("csv").data)
    assert [name for name in found if name in empty] == empty
    more = {
        "title:de",
        "bullet8",
        "image4",
        "attr:special_feature#2.value",
        "attr:capacity.unit",
        "option:pattern",
        "price:SEK",
    }
    assert more <= set(found)
    assert [name for name in found if re.fullmatch(r"bullet\d+", name)] == [f"bullet{n}" for n in range(1, 9)]


def test_many_are_made_in_the_background_and_hold_the_same(shelf, leaves, run_job, monkeypatch):
    monkeypatch.setattr("models.exports.export.AT_ONCE", 1)
    assert leaves("csv").status_code == 303
    export = Export.get()
    run_job("exports.make", export.uid)
    export = export.reload()
    assert (export.state, export.columns, export.row_count) == ("ready", ["import"], 5)


def test_it_is_for_those_who_may_import(shelf, leaves, as_, alice, bob, lotus):
    offered, tool = "To edit and import again", "/t/lotus/lists/products/tools/export"
    assert offered in as_(alice).get(tool).text
    assert offered not in as_(alice).get("/t/lotus/lists/orders/tools/export").text
    assert leaves("csv", list="orders").status_code == 403, "orders have no importer"
    RolePermission.delete().where(RolePermission.permission == "products.edit").execute()
    assert offered not in as_(bob).get(tool).text
    assert as_(bob).post("/t/lotus/exports/", data=ASK | {"format": "csv"}).status_code == 403
