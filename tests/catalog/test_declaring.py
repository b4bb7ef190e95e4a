"""What customs are told of a product: entered once, by form or file, and taken over by its parcels."""

from __future__ import annotations

from commands import imports
from models.catalog import saving
from models.catalog.draft import draft_of
from models.catalog.product import Product
from models.catalog.product_rows import rows_of
from models.imports.record import Import
from models.shipping.customs import declare_lines
from models.shipping.making import make_parcel
from models.shipping.parcel_line import ParcelLine
from tests.catalog.test_form import NEW, fields_of
from tests.catalog.test_import import file
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import order_of
from tests.stores.selling import draft

TOLD = {"hs_code": "6911.10 00", "declared_name": "porcelain cup", "declared_name_cn": "瓷杯"}


def bring(portal, team, path, *rows) -> Import:
    path.write_bytes(file(*rows))
    return imports.apply(portal, imports.look(portal, team, "products", path))


def test_a_file_brings_it_takes_it_again_and_leaves_it_without_the_columns(lotus, portal, tmp_path, _jobs_of_this_test):
    row = {"code": "P-1", "title": "Cup", "sku": "CUP-1"}
    bring(portal, lotus, tmp_path / "a.csv", row | TOLD)
    held = draft_of(Product.get())
    assert (held.hs_code, held.declared_name, held.declared_name_cn) == ("69111000", "porcelain cup", "瓷杯")
    again = bring(portal, lotus, tmp_path / "b.csv", next(rows_of(held)))
    assert again.planned.get("unchanged") == 1
    bring(portal, lotus, tmp_path / "c.csv", row | {"title": "Mug"})
    assert draft_of(Product.get()).hs_code == "69111000" and Product.get().title == "Mug"
    wrong = imports.look(portal, lotus, "products", _written(tmp_path / "d.csv", row | {"海关编码": "69A1"}))
    assert wrong.planned.get("refused") == 1


def _written(path, row):
    path.write_bytes(file(row))
    return path


def test_the_form_keeps_it_and_says_what_is_wrong_beside_the_field(as_, alice, lotus):
    product = saving.create(lotus, draft(1), by=alice)
    browser, at = as_(alice), f"{NEW}{product.uid}"
    sent = fields_of(browser.get(f"{at}/edit").text) | {name: [text] for name, text in TOLD.items()}
    assert "6 to 12 digits" in browser.post(at, data=sent | {"hs_code": ["12-34"]}).text
    assert browser.post(at, data=sent).status_code == 303
    assert product.reload().hs_code == "69111000" and "瓷杯" in browser.get(at).text


def test_a_parcel_takes_it_over_and_what_the_product_leaves_empty_is_as_declared_last(lotus, alice):
    product = saving.create(lotus, draft(1), by=alice)
    store, sku = make_store(lotus), draft(1).variants[0].sku

    def told(number: int) -> ParcelLine:
        (line,) = ParcelLine.of(make_parcel([order_of(store, number, skus=(sku,))], by=alice))
        return line

    first = told(1)
    assert (first.declared_name, first.hs_code) == (product.title, "")
    words = {
        "declared_name": "toy",
        "declared_name_cn": "玩具",
        "hs_code": "950300",
        "origin": "VN",
        "value_minor": 100,
        "grams": 9,
    }
    declare_lines(first.parcel, {first.id: words}, by=alice)
    saving.change(product, draft(1, declared_name="rope toy", hs_code="9503 00 99"), version=1, by=alice)
    second = told(2)
    assert (second.declared_name, second.declared_name_cn, second.hs_code, second.origin) == (
        "rope toy",
        "玩具",
        "95030099",
        "VN",
    )
