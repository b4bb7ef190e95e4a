"""What the demo sells: drafts the portal takes, and a file that says the same."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

from PIL import Image
from stdnum import ean

from commands.demo import goods
from commands.demo.pictures import DRAWINGS, picture
from models.catalog.draft import differences, draft_of
from models.catalog.draft_checks import check
from models.catalog.image import stored
from models.catalog.product import LANGUAGES, Product
from models.catalog.product_importer import PRODUCTS


def every_good():
    return [good for its in goods.goods().values() for good in its]


def test_every_product_is_one_a_person_could_enter():
    for good in every_good():
        check(good.draft)
        assert good.draft.language in LANGUAGES
        assert good.code.startswith(("LH-", "LP-", "CT-"))


def test_no_sku_and_no_barcode_stands_twice():
    variants = [variant for good in every_good() for variant in good.draft.variants]
    assert Counter(v.sku for v in variants).most_common(1)[0][1] == 1
    assert Counter(v.gtin for v in variants).most_common(1)[0][1] == 1
    assert all(ean.is_valid(v.gtin) and v.gtin.startswith("952") for v in variants)


def test_the_file_says_what_the_drafts_say(lotus, portal, alice):
    listed = [good for good in goods.goods()["lotus"] if not good.is_entered_by_hand and good.language == "en"]
    batch = goods.import_file(portal, lotus, "lotus.csv", goods.csv_of([good.draft for good in listed]), by=alice)
    assert batch.kind == PRODUCTS.kind and batch.outcome == {"created": len(listed)} and batch.error_count == 0
    held = {product.code: draft_of(product) for product in Product.select()}
    for good in listed:
        assert differences(held[good.code], good.draft) == {}


def test_every_drawing_is_large_enough_for_amazon_and_on_white():
    for drawing in DRAWINGS:
        with Image.open(BytesIO(picture(drawing, "#3d444d"))) as drawn:
            assert min(drawn.size) >= 1000
            assert drawn.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_the_same_picture_may_be_kept_by_many_at_once(portal, in_parallel):
    def keep(content: bytes):
        return lambda: stored(portal.data / "images", content)

    for shade in range(12):
        outcomes = in_parallel(8, keep(plain(shade)))
        assert outcomes.errors == []
        assert len(set(outcomes.results)) == 1
    assert len(list((portal.data / "images").iterdir())) == 12


def plain(shade: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (600, 600), (shade, shade, shade)).save(out, "BMP")
    return out.getvalue()
