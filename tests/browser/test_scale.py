"""The scale in a real browser: weighed in by the keyboard alone, and a photo that outlives what is refused."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from models.database import close_databases, connected
from models.shipping.making import make_parcel
from models.shipping.scale_photo import ScalePhoto
from models.shipping.weighing import Weighing
from models.stores.store import Store
from tests.shipping.conftest import labelled, ops_channel  # noqa: F401 (a fixture)
from tests.shipping.test_parcel import NUMBER, order_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "olive").save(out, "JPEG")
    return out.getvalue()


def test_a_parcel_is_weighed_in_by_the_keyboard_alone_and_its_photo_stays_until_it_is(
    window,
    alice,
    olga,
    lotus,
    ops_channel,  # noqa: F811
):
    with connected():
        labelled(make_parcel([order_of(Store.get(Store.team == lotus), 900)], by=alice), alice)
    close_databases()
    page = window(olga)
    page.goto("../harbor/shipping/warehouse/scale")
    expect(page.locator("[name=code]")).to_be_focused()
    page.set_input_files("[name=photo]", {"name": "box.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    page.locator("[name=code]").focus()
    for typed in (NUMBER, "800 g", "20", "15"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    expect(page.locator("[name=height]")).to_be_focused()
    page.keyboard.press("Enter")  # An empty side sends the form: the photo behind it is no field to type in.
    expect(page.get_by_text("Give all three sides, or none.").first).to_be_visible()
    expect(page.locator("[name=height]")).to_be_focused()
    assert page.evaluate("document.querySelector('[name=photo]').files.length") == 1
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("is weighed in")).to_be_visible()
    expect(page.locator("[name=code]")).to_be_focused()
    assert page.evaluate("document.querySelector('[name=photo]').files.length") == 0, "the next box has its own"
    with connected():
        assert Weighing.get().grams == 800 and ScalePhoto.select().count() == 1
