"""Images of a product: an address Amazon can fetch, or an upload that is re-encoded and kept by its hash.

A file that is no picture, a bomb, or an address on a private network is refused with a sentence.
"""

from __future__ import annotations

import hashlib
import io
import ipaddress
import re
import uuid
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import peewee
from PIL import Image as Pillow
from PIL import ImageOps

from models.catalog.product import Product
from models.support.errors import FieldRefused
from models.support.fields import UidField, UtcField
from models.support.record import About, Record, created_at

MOST_IMAGES = 9
MOST_PIXELS = 50_000_000
MOST_BYTES = 15 * 1024 * 1024
LEAST_SIDE, MOST_SIDE = 500, 5000
FORMATS = {"JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"}
NAME = re.compile(r"[0-9a-f]{64}\.jpg")


class ProductImage(Record):
    uid = UidField()
    product = peewee.ForeignKeyField(Product, backref="rows_of_images", on_delete="CASCADE")
    position = peewee.IntegerField(default=0)
    url = peewee.CharField(max_length=2000, default="")
    file_name = peewee.CharField(max_length=80, default="")
    width = peewee.IntegerField(null=True)
    height = peewee.IntegerField(null=True)
    created_at: UtcField = created_at()

    about = About(
        why="what buyers see",
        keep="as the product",
        plain="id uid product position url file_name width height created_at",
    )

    class Meta:
        indexes = ((("product", "position"), False),)

    @property
    def source(self) -> str:
        """Where a page of ours shows it from: the address, or the path of the uploaded file."""
        return f"/images/{self.file_name}" if self.file_name else self.url

    def public_url(self, images_base: str) -> str:
        """Where Amazon can fetch it; empty when an upload has no public address."""
        if self.url:
            return self.url
        return f"{images_base}/{self.file_name}" if images_base else ""

    @classmethod
    def of(cls, product: Product) -> list[ProductImage]:
        return list(cls.select().where(cls.product == product).order_by(cls.position, cls.id))


def checked_url(text: str, field: str = "images") -> str:
    """An http(s) address on a public network, by its form. Raises FieldRefused."""
    url = text.strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 2000 or re.search(r"[\s<>\"\\]", url):
        raise FieldRefused(field, "An image address begins with https:// – “%(url)s” does not work.", url=url[:80])
    if parts.username or parts.password:
        raise FieldRefused(field, "An image address cannot carry a password.")
    host = parts.hostname.rstrip(".").lower()
    if is_private(host):
        raise FieldRefused(
            field, "“%(host)s” is not on the public internet, so Amazon cannot fetch the image.", host=host[:80]
        )
    return url


def is_private(host: str) -> bool:
    """True for names and addresses that are not on the public internet, odd spellings of addresses included."""
    if host in ("localhost",) or host.endswith(
        (".localhost", ".local", ".internal", ".lan", ".home", ".test", ".invalid")
    ):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # 2130706433, 0x7f.1 and 127.1 are addresses too, to some programs.
        return "." not in host or bool(re.fullmatch(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+))*", host))
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return not address.is_global or (mapped is not None and not mapped.is_global)


def stored(folder: Path, content: bytes, field: str = "upload") -> tuple[str, int, int]:
    """Re-encodes a picture as JPEG, keeps it by its hash. Returns file name, width, height. Raises FieldRefused."""
    if len(content) > MOST_BYTES:
        raise FieldRefused(field, "An image has at most 15 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            with Pillow.open(io.BytesIO(content)) as opened:
                if opened.format not in FORMATS:
                    raise FieldRefused(field, "Use a JPEG, PNG or WebP image.")
                if opened.width * opened.height > MOST_PIXELS:
                    raise FieldRefused(field, "This image has too many pixels.")
                picture = _flattened(ImageOps.exif_transpose(opened))
    except FieldRefused:
        raise
    except Exception:
        raise FieldRefused(field, "This file is not an image that can be read.") from None
    if max(picture.size) < LEAST_SIDE:
        raise FieldRefused(field, "The longest side needs at least 500 pixels; 1,600 and more let buyers zoom.")
    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, optimize=True)
    name = f"{hashlib.sha256(out.getvalue()).hexdigest()}.jpg"
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    target = folder / name
    if not target.exists():
        fresh = folder / f"{uuid.uuid4().hex}.new"  # The same picture may be uploaded twice at once.
        fresh.write_bytes(out.getvalue())
        fresh.replace(target)
    return name, picture.width, picture.height


def _flattened(picture: Pillow.Image) -> Pillow.Image:
    """RGB on white, as Amazon wants a main image."""
    if picture.mode in ("RGBA", "LA", "P"):
        picture = picture.convert("RGBA")
        ground = Pillow.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    return picture.convert("RGB")


def file_of(folder: Path, name: str) -> Path | None:
    """The file of a stored image, if the name is one of ours."""
    path = folder / name
    return path if NAME.fullmatch(name) and path.is_file() else None
