"""Which column is which: by its name, by what people and other systems call it in English and Chinese, and never twice."""

from __future__ import annotations

import pytest

from models.catalog.product_columns import FIELDS
from models.imports.fields import doubled, field_of, guess, guess_column, missing


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("sku", "sku"), ("SKU", "sku"), ("Seller SKU", "sku"), ("seller-sku", "sku"), ("商家SKU", "sku"), ("title", "title"),
        ("Product Title", "title"), ("标题", "title"), ("产品名称", "title"), ("ＴＩＴＬＥ", "title"), ("Title (German)", "title:de"),
        ("title:de", "title:de"), ("德语标题", "title:de"), ("Price EUR", "price:EUR"), ("price (eur)", "price:EUR"), ("EUR price", "price:EUR"),
        ("售价（欧元）", "price:EUR"), ("价格 美元", "price:USD"), ("Bullet Point 3", "bullet3"), ("bullet3:de", "bullet3:de"),
        ("五点描述2", "bullet2"), ("Package length (mm)", "package_length_mm"), ("包装长度(毫米)", "package_length_mm"),
        ("包装重量（克）", "package_weight_grams"), ("Colour", "option:color"), ("颜色", "option:color"), ("尺码", "option:size"),
        ("EAN", "gtin"), ("条形码", "gtin"), ("库存", "quantity"), ("采购价", "cost"), ("品牌", "brand"), ("原产国", "country_of_origin"),
        ("主图", "image1"), ("图片3", "image3"), ("attr:capacity.value", "attr:capacity.value"), ("材质", "attr:material"),
        ("attr:__class__", ""), ("price:euro", ""), ("price list", ""), ("", ""), ("???", ""), ("x" * 5000, ""), ("=cmd", ""),
    ],
)  # fmt: skip
def test_a_heading_means_a_column(heading, column):
    assert guess_column(FIELDS, heading) == column


def test_of_two_headings_for_one_column_the_exact_one_has_it():
    assert guess(FIELDS, ["Product title", "title", "SKU", "seller sku"]) == ["", "title", "sku", ""]


def test_what_is_missing_and_what_is_doubled_is_told():
    assert [field.name for field in missing(FIELDS, ["title:de", "code"])] == ["title", "sku"]
    assert missing(FIELDS, ["title", "sku"]) == [] and doubled(["sku", "", "sku", ""]) == ["sku"]


def test_every_column_that_is_offered_exists():
    for field in FIELDS:
        for column in field.columns():
            assert field_of(FIELDS, column) is not None
            assert guess_column(FIELDS, column) == column
