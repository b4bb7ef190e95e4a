"""Images of a product: an address Amazon can fetch, or an upload that is re-encoded and kept by its hash.

A file that is no picture, a bomb, or an address on a private network is refused with a sentence.
"""

from __future__ import annotations

import hashlib
import io
import ipaddress
import re
import unicodedata
import uuid
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import peewee
from PIL import Image as Pillow
from PIL import ImageOps

from models.catalog.product import Product
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import UidField, UtcField
from models.support.record import About, Record, created_at
from models.support.words import Words

MOST_IMAGES = 9
MOST_PIXELS = 50_000_000
MOST_BYTES = 15 * 1024 * 1024
LEAST_SIDE, MOST_SIDE = 500, 5000
FORMATS = {"JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"}
MOST_TRIES = 5
PRIVATE_NAMES = (
    "localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "test", "invalid",
    "onion", "arpa",
)  # fmt: skip
NAT64, COMPATIBLE = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96")
# What Python's `is_global` lets pass, or passes in some versions.
NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in ("64:ff9b:1::/48", "2001::/32", "100::/64", "fec0::/10", "192.0.0.0/24", "192.88.99.0/24")
]
NAME = re.compile(r"[0-9a-f]{64}\.jpg")


class ProductImage(Record):
    uid = UidField()
    product = peewee.ForeignKeyField(Product, backref="rows_of_images", on_delete="CASCADE")
    position = peewee.IntegerField(default=0)
    url = peewee.CharField(max_length=2000, default="")
    file_name = peewee.CharField(max_length=80, default="")
    width = peewee.IntegerField(null=True)
    height = peewee.IntegerField(null=True)
    shown_file = peewee.CharField(max_length=80, default="")
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    try_at = UtcField(null=True)
    created_at: UtcField = created_at()

    about = About(
        why="what buyers see",
        keep="as the product",
        plain="id uid product position url file_name width height shown_file problem tries try_at created_at",
    )

    class Meta:
        indexes = ((("product", "position"), False), (("try_at",), False))

    @property
    def source(self) -> str:
        """Where it lies: the path of the uploaded file, or of our copy of what the address shows, else the address."""
        return source_of(self)

    @property
    def is_shown(self) -> bool:
        """Pages show only what lies here: nothing foreign is loaded."""
        return bool(self.file_name or self.shown_file)

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    def public_url(self, images_base: str) -> str:
        """Where Amazon can fetch it; empty when an upload has no public address."""
        if self.url:
            return self.url
        return f"{images_base}/{self.file_name}" if images_base else ""

    @classmethod
    def of(cls, product: Product) -> list[ProductImage]:
        return list(cls.select().where(cls.product == product).order_by(cls.position, cls.id))

    # The copy of what an address shows, fetched by a job

    @classmethod
    def to_copy(cls, limit: int = 50) -> list[ProductImage]:
        """Addresses whose picture was not fetched yet and is due, oldest first."""
        return list(cls.select().where(cls.try_at <= clock.now()).order_by(cls.try_at, cls.id).limit(limit))

    @classmethod
    def has_work(cls) -> bool:
        return cls.select().where(cls.try_at <= clock.now()).exists()

    def copied(self, file_name: str) -> None:
        """Keeps the name of our copy, for every image of this address that was waiting for it."""
        with write_txn():
            mine = list(ProductImage.select().where(ProductImage.url == self.url, ProductImage.try_at.is_null(False)))
            for image in mine:
                image.change(shown_file=file_name, problem="", try_at=None)
                if image.position == 0:
                    Product.update(image_url=image.source).where(Product.id == image.product_id).execute()

    def not_copied(self, problem: Words, *, permanent: bool) -> None:
        """Says why, and when to try again: ever later, five times."""
        tries = self.tries + 1
        again = None if permanent or tries >= MOST_TRIES else clock.ahead(minutes=5 * 4 ** (tries - 1))
        with write_txn():
            ProductImage.update(problem=problem.to_json(), tries=tries, try_at=again).where(
                ProductImage.url == self.url, ProductImage.try_at.is_null(False)
            ).execute()


def source_of(image: Any) -> str:
    """Where an image (stored, or a draft) lies."""
    name = image.file_name or getattr(image, "shown_file", "")
    return f"/images/{name}" if name else image.url


def checked_url(text: str, field: str = "images") -> str:
    """An http(s) address on a public network, by its form. Raises FieldRefused."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in ("http", "https") or not host or len(url) > 2000 or re.search(r"[\s<>\"\\]", url):
        raise FieldRefused(field, "An image address begins with https:// – “%(url)s” does not work.", url=url[:80])
    if parts.username or parts.password or "@" in parts.netloc:
        raise FieldRefused(field, "An image address cannot carry a password.")
    if port not in (None, 80, 443):
        raise FieldRefused(field, "An image address uses the usual port, 80 or 443.")
    if is_private(host):
        raise FieldRefused(
            field, "“%(host)s” is not on the public internet, so Amazon cannot fetch the image.", host=host[:80]
        )
    return url


def is_private(host: str) -> bool:
    """True for names and addresses that are not on the public internet, odd spellings of addresses included."""
    # ⑩.０.０.１ and 10。0。0。1 are resolved like 10.0.0.1.
    name = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".").lower()
    if name in PRIVATE_NAMES or name.endswith(tuple(f".{private}" for private in PRIVATE_NAMES)):
        return True
    try:
        return not is_public(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        # 2130706433, 0x7f.1 and 127.1 are addresses too, to some programs.
        return "." not in name or bool(re.fullmatch(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*", name))


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """True for an address on the public internet, also behind the ways to write an IPv4 address as an IPv6 one."""
    if any(address in network for network in NOT_PUBLIC if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64 or address in COMPATIBLE:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def stored(
    folder: Path, content: bytes, field: str = "upload", *, least_side: int = LEAST_SIDE, most_side: int = MOST_SIDE
) -> tuple[str, int, int]:
    """Re-encodes a picture as JPEG, keeps it by its hash. Returns file name, width, height. Raises FieldRefused."""
    picture = read_picture(content, field)
    if max(picture.size) < least_side:
        raise FieldRefused(field, "The longest side needs at least 500 pixels; 1,600 and more let buyers zoom.")
    picture.thumbnail((most_side, most_side))
    encoded = jpeg_of(picture)
    name = f"{hashlib.sha256(encoded).hexdigest()}.jpg"
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    target = folder / name
    if not target.exists():
        fresh = folder / f"{uuid.uuid4().hex}.new"  # The same picture may be uploaded twice at once.
        fresh.write_bytes(encoded)
        fresh.replace(target)
    return name, picture.width, picture.height


def read_picture(content: bytes, field: str = "upload") -> Pillow.Image:
    """What is drawn in an uploaded file, and nothing else of it. Raises FieldRefused."""
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
                return _flattened(ImageOps.exif_transpose(opened))
    except FieldRefused:
        raise
    except Exception:
        raise FieldRefused(field, "This file is not an image that can be read.") from None


def jpeg_of(picture: Pillow.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def redrawn(content: bytes, most_side: int, *, field: str = "upload", quality: int = 90) -> bytes:
    """A JPEG of what is drawn in a file, no larger than so many pixels, and of nothing else in it. Raises FieldRefused."""
    picture = read_picture(content, field)
    picture.thumbnail((most_side, most_side))
    return jpeg_of(picture, quality)


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
