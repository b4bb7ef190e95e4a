"""Uploads: re-encoded and named by their hash; what is no picture, is a bomb or too small is refused in a sentence."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image as Pillow

from models.catalog import image as images
from models.catalog.image import file_of, stored
from models.support.errors import FieldRefused
from tests.stores.selling import draft


def picture(size=(800, 600), kind="JPEG", mode="RGB", color="orange", **options) -> bytes:
    out = io.BytesIO()
    Pillow.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_usual_kind_becomes_a_jpeg_under_its_hash(tmp_path, kind):
    import hashlib

    name, width, height = stored(tmp_path, picture(kind=kind))
    content = (tmp_path / name).read_bytes()
    assert (width, height) == (800, 600) and content[:3] == b"\xff\xd8\xff"
    assert name == hashlib.sha256(content).hexdigest() + ".jpg" and file_of(tmp_path, name)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_the_same_picture_twice_is_kept_once(tmp_path):
    assert stored(tmp_path, picture())[0] == stored(tmp_path, picture())[0]
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_see_through_becomes_white(tmp_path):
    name, _w, _h = stored(tmp_path, picture(kind="PNG", mode="RGBA", color=(255, 0, 0, 0)))
    with Pillow.open(tmp_path / name) as made:
        assert made.mode == "RGB" and min(made.getpixel((5, 5))) > 250


def test_what_a_camera_wrote_about_the_place_is_gone_and_its_turn_is_done(tmp_path):
    source = Pillow.new("RGB", (800, 600), "orange")
    exif = source.getexif()
    exif[0x0112], exif[0x010F] = 6, "SecretCamera"
    out = io.BytesIO()
    source.save(out, "JPEG", exif=exif)
    name, width, height = stored(tmp_path, out.getvalue())
    assert (width, height) == (600, 800)
    assert b"SecretCamera" not in (tmp_path / name).read_bytes()


def test_a_huge_picture_is_made_smaller(tmp_path):
    _name, width, height = stored(tmp_path, picture((6000, 3000)))
    assert (width, height) == (5000, 2500)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not an image"),
        (b"GIF89a", "not an image"),
        (b"<html><script>alert(1)</script></html>", "not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not an image"),
        (b"%PDF-1.7", "not an image"),
        (b"MZ" + b"\0" * 1000, "not an image"),
        (picture()[:400], "not an image"),
        (bomb(40_000, 30_000), "too many pixels|not an image"),
        (bomb(1_000_000_000, 1), "too many pixels|not an image"),
        (bomb(8_000, 7_000), "too many pixels"),
        (picture((400, 300)), "at least 500 pixels"),
        (picture((1, 499)), "at least 500 pixels"),
        (b"x" * (15 * 1024 * 1024 + 1), "at most 15 MB"),
    ],
    ids=range(13),
)
def test_what_is_no_good_picture_is_refused_with_the_reason_and_nothing_is_kept(tmp_path, content, words):
    folder = tmp_path / "images"
    with pytest.raises(FieldRefused, match=words):
        stored(folder, content)
    assert not folder.exists() or not list(folder.iterdir())


def test_a_kind_nobody_shows_is_refused(tmp_path):
    with pytest.raises(FieldRefused, match="JPEG, PNG or WebP"):
        stored(tmp_path, picture(kind="PPM"))


@pytest.mark.parametrize(
    "name", ["../portolan.db", "..%2f..%2fetc/passwd", "x.jpg", "a" * 64, "A" * 64 + ".jpg", ".", ""]
)
def test_only_names_of_ours_are_files(tmp_path, name):
    (tmp_path / "x.jpg").write_bytes(b"x")
    assert file_of(tmp_path, name) is None


def test_an_upload_is_shown_and_is_public_by_its_hash(as_, alice, visitor, lotus, product_form, portal):
    answer = as_(alice).post("/t/lotus/catalog/products/", data=product_form(upload=(io.BytesIO(picture()), "x.png")))
    assert answer.status_code == 303
    page = as_(alice).get(answer.location).text
    address = page.split('src="/images/')[1].split('"')[0]
    seen = visitor.get(f"/images/{address}")
    assert seen.status_code == 200 and seen.mimetype == "image/jpeg"
    assert seen.headers["X-Content-Type-Options"] == "nosniff" and "immutable" in seen.headers["Cache-Control"]
    assert visitor.get("/images/" + "0" * 64 + ".jpg").status_code == 404


def test_a_bad_upload_is_said_beside_the_field_and_the_rest_of_the_form_stays(as_, alice, product_form):
    data = product_form(title="My long title", upload=(io.BytesIO(b"<html>"), "x.png"))
    answer = as_(alice).post("/t/lotus/catalog/products/", data=data)
    assert (
        answer.status_code == 422 and "not an image that can be read" in answer.text and "My long title" in answer.text
    )


def test_an_upload_is_not_lost_when_something_else_is_wrong(as_, alice, product_form):
    bad = product_form(title="", upload=(io.BytesIO(picture()), "x.png"))
    answer = as_(alice).post("/t/lotus/catalog/products/", data=bad)
    assert answer.status_code == 422
    kept = answer.text.split('name="uploaded" value="')[1].split('"')[0]
    again = as_(alice).post("/t/lotus/catalog/products/", data=product_form(uploaded=kept))
    assert again.status_code == 303
    assert 'src="/images/' in as_(alice).get(again.location).text


@pytest.mark.parametrize("kept", ["../../portolan.db:1:1", "0" * 64 + ".jpg:1:1", "x", "", ":::", "a:b:c"])
def test_an_invented_upload_is_ignored(as_, alice, product_form, kept):
    answer = as_(alice).post("/t/lotus/catalog/products/", data=product_form(uploaded=kept))
    assert answer.status_code == 303
    assert images.ProductImage.select().count() == 0


def test_at_most_nine_pictures(enter):
    from models.catalog.draft import ImageDraft

    with pytest.raises(FieldRefused, match="At most 9 images"):
        enter(1, images=[ImageDraft(url=f"https://images.example.com/{n}.jpg") for n in range(10)])
    assert draft().images
