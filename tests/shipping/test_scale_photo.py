"""The photo of the scale: drawn anew, sealed, opened one at a time by who may, and gone with the buyer or after 30 days."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from jobs.retention import destroy_due
from models.audit.event import Event
from models.orders import purge
from models.orders.order import Order
from models.shipping import scale_photo
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.scale_photo import ScalePhoto, forget_old, weigh_with
from models.shipping.weighing import Weighing
from models.shipping.weighing import weigh as weigh_in
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.job_run import JobRun
from tests.shipping.conftest import SIDES, labelled
from tests.shipping.test_parcel import NUMBER, order_of

SCALE = "/t/harbor/shipping/warehouse/scale"


def picture(width: int = 2000, height: int = 1500) -> bytes:
    """As a phone takes it: large, and with where it was taken."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Phone of Marta"
    Image.new("RGB", (width, height), "olive").save(out, "JPEG", exif=exif)
    return out.getvalue()


def weigh(browser: Any, content: bytes = b"", name: str = "box.jpg", **fields: str) -> Any:
    sent: dict[str, Any] = {"code": NUMBER, "weight": "800 g", "length": "20", "width": "15", "height": "5", **fields}
    return browser.post(
        SCALE, data={**sent, "photo": (io.BytesIO(content or picture()), name)}, content_type="multipart/form-data"
    )


@pytest.fixture
def photographed(as_, olga, entrusted) -> ScalePhoto:
    assert "is weighed in" in weigh(as_(olga)).text
    return ScalePhoto.get()


@pytest.mark.both
def test_a_photo_is_drawn_anew_sealed_and_opened_with_an_event(as_, alice, photographed, entrusted):
    sealed = bytes(photographed.picture)
    assert b"JFIF" not in sealed and b"Phone" not in sealed
    page = as_(alice).get(f"/t/lotus/shipping/parcels/{entrusted.uid}").text
    assert "Open the photo of the scale" in page
    answer = as_(alice).post(f"/t/lotus/shipping/parcels/{entrusted.uid}/photo")
    assert answer.mimetype == "image/jpeg" and answer.headers["Cache-Control"] == "no-store"
    shown = Image.open(io.BytesIO(answer.data))
    assert max(shown.size) == 1280 and not shown.getexif()
    event = Event.select().where(Event.name == "buyer_revealed").get()
    assert event.actor_id == alice.id and event.details == {"reason": "the photo of the scale"}
    assert event.object_id == photographed.order_id


def test_only_who_may_reveal_buyers_opens_it_and_no_stranger_knows_of_it(
    as_, bob, charlie, olga, harbor, photographed, entrusted
):
    assert as_(bob).post(f"/t/lotus/shipping/parcels/{entrusted.uid}/photo").status_code in (403, 404)
    assert as_(charlie).post(f"/t/comet/shipping/parcels/{entrusted.uid}/photo").status_code == 404
    theirs = f"/t/harbor/shipping/warehouse/{entrusted.uid}"
    assert "Its seller can open it" in as_(olga).get(theirs).text, "who took it opens no seller's buyers"
    assert as_(olga).post(f"{theirs}/photo").status_code == 404
    assert as_(olga).post(f"/t/lotus/shipping/parcels/{entrusted.uid}/photo").status_code == 404


@pytest.mark.parametrize(
    "content", [b"GIF89a nonsense", b"%PDF-1.7", b"<svg onload=alert(1)>", b"\xff\xd8\xff" + b"0" * 100]
)
def test_what_is_no_picture_is_a_sentence_at_its_field_and_weighs_nothing(as_, olga, entrusted, content):
    page = weigh(as_(olga), content)
    assert page.status_code == 422 and "This file is not an image that can be read." in page.text
    assert not Weighing.select().exists() and not ScalePhoto.select().exists()


def test_a_refusal_elsewhere_keeps_the_photo_in_the_form(as_, olga, entrusted):
    page = weigh(as_(olga), weight="0.8 kg", length="", width="9").text
    assert "Give all three sides" in page and 'hx-preserve="true"' in page
    assert "hx-preserve" not in as_(olga).get(SCALE).text and not ScalePhoto.select().exists()


def test_a_number_that_is_refused_keeps_no_photo_for_the_next_box(as_, olga, entrusted):
    page = weigh(as_(olga), code="YT0000000000000000")
    assert page.status_code == 422 and "hx-preserve" not in page.text


def test_one_is_taken_where_a_parcel_is_weighed_in_from_the_list(as_, olga, entrusted):
    address = f"/t/harbor/shipping/warehouse/{entrusted.uid}/weighing"
    sent = {"grams": "800", "length": "20", "width": "15", "height": "5", "photo": (io.BytesIO(picture()), "box.jpg")}
    assert as_(olga).post(address, data=sent, content_type="multipart/form-data").status_code == 303
    assert ScalePhoto.select().count() == 1


def test_there_is_none_of_a_box_whose_buyer_is_not_kept(olga, entrusted):
    Order.update(buyer_state="none", purge_at=None).execute()
    with pytest.raises(FieldRefused) as refused:
        weigh_with(picture(), entrusted, grams=300, sides_mm=SIDES, by=olga)
    assert refused.value.field == "photo" and not Weighing.select().exists()
    assert weigh_with(None, entrusted, grams=300, sides_mm=SIDES, by=olga).grams == 300


@pytest.mark.both
def test_there_is_none_where_the_buyer_of_any_order_in_the_box_is_destroyed(alice, olga, entrusted, monkeypatch):
    """Before it is taken, or while it is: the label names both buyers."""
    second = order_of(entrusted.store, 2)
    box = labelled(make_parcel([second], by=alice), alice, "RR123456799CN")
    gone = Order.update(buyer_state="destroyed", purge_at=None).where(Order.id == second.id)

    def meanwhile(parcel: Parcel, **measured: Any) -> Weighing:
        gone.execute()
        return weigh_in(parcel, **measured)

    with write_txn():  # As if both orders lay in one box.
        ParcelLine.update(parcel=entrusted).where(ParcelLine.parcel == box).execute()
    with monkeypatch.context() as patched, pytest.raises(FieldRefused) as refused:
        patched.setattr(scale_photo, "weigh", meanwhile)
        weigh_with(picture(), entrusted, grams=300, sides_mm=SIDES, by=olga)
    assert refused.value.field == "photo" and not Weighing.select().exists()
    with write_txn():
        gone.execute()
    with pytest.raises(FieldRefused):
        weigh_with(picture(), entrusted, grams=300, sides_mm=SIDES, by=olga)
    assert not ScalePhoto.select().exists() and not Weighing.select().exists()


@pytest.mark.both
def test_it_goes_with_the_buyer_of_any_order_in_the_box(clock, alice, olga, lotus, entrusted):
    first = entrusted.lines.get().order
    second = order_of(entrusted.store, 2)
    box = labelled(make_parcel([second], by=alice), alice, "RR123456799CN")
    weigh_with(picture(), box, grams=300, sides_mm=SIDES, by=olga)
    weigh_with(picture(), entrusted, grams=300, sides_mm=SIDES, by=olga)
    with write_txn():  # As if both orders lay in one box.
        ParcelLine.update(order=first).where(ParcelLine.parcel == box).execute()
        Order.update(purge_at=clock.now()).where(Order.id == first.id).execute()
    assert purge.purge() == 1
    assert ScalePhoto.select().count() == 0, "also the one that the other order's key seals"


def test_it_is_kept_for_30_days_and_no_longer(clock, photographed, portal):
    clock.move(days=29)
    Order.update(purge_at=clock.ago(days=-30), limit_at=clock.ago(days=-31)).execute()
    destroy_due(JobRun.claim("retention.purge", "", clock.now()))
    assert ScalePhoto.select().count() == 1
    clock.move(days=2)
    assert forget_old() == 1 and not ScalePhoto.select().exists()
    assert Event.select().where(Event.name == "scale_photos_destroyed").get().details == {"count": 1}
