"""A file that goes along with an answer: a PDF, a picture, a text, 10 MB in all (docs/domain.md §5.5).

What it is tell its bytes, not its name. Pictures are drawn anew, so that nothing else travels in them.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.catalog.image import jpeg_of, read_picture
from models.mailbox.lint import Attached
from models.mailbox.lint.files import MOST_BYTES
from models.support.errors import FieldRefused

FIELD = "files"
MOST_FILES, MOST_NAME, MOST_SIDE = 10, 100, 4000
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "text/plain": "txt"}
NO_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


@dataclass(frozen=True)
class Enclosure:
    filename: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def told(self) -> dict[str, Any]:
        """As a message's row keeps it."""
        return {"filename": self.filename, "content_type": self.content_type, "size": self.size,
                "sha256": hashlib.sha256(self.content).hexdigest()}  # fmt: skip


def enclosed(filename: str, content: bytes) -> Enclosure:
    """The file as it may go along. Raises FieldRefused."""
    if len(content) > MOST_BYTES:
        raise FieldRefused(FIELD, "The attachments are larger than 10 MB together.")
    if content.startswith(b"%PDF-"):
        return Enclosure(_named(filename, "application/pdf"), "application/pdf", content)
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _drawn(filename, content)
    if filename.lower().endswith(".txt") and _is_text(content):
        return Enclosure(_named(filename, "text/plain"), "text/plain", content)
    raise FieldRefused(
        FIELD, "%(name)s: only PDF, JPG, PNG and TXT (UTF-8) files may go along.", name=_named(filename, "")
    )


def _drawn(filename: str, content: bytes) -> Enclosure:
    picture = read_picture(content, FIELD)
    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    if content.startswith(b"\xff"):
        return Enclosure(_named(filename, "image/jpeg"), "image/jpeg", jpeg_of(picture))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Enclosure(_named(filename, "image/png"), "image/png", out.getvalue())


def _is_text(content: bytes) -> bool:
    try:
        return not NO_TEXT.search(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return False


def _named(filename: str, kind: str) -> str:
    """Without a folder or hidden signs, and with the ending of what it is."""
    name = NO_NAME.sub("_", filename.encode("utf-8", "ignore").decode().replace("\\", "/").rpartition("/")[2]).strip(
        " ._"
    )
    if not kind:
        return name[:MOST_NAME] or "?"
    stem = name.rpartition(".")[0] if "." in name else name
    return f"{stem[:MOST_NAME] or 'file'}.{ENDINGS[kind]}"


def require_fitting(files: Sequence[Enclosure], most: int = MOST_FILES) -> None:
    if len(files) > most:
        raise FieldRefused(FIELD, "At most %(most)s files go along.", most=most)
    if sum(file.size for file in files) > MOST_BYTES:
        raise FieldRefused(FIELD, "The attachments are larger than 10 MB together.")


def fitting(files: Sequence[Enclosure], more: Sequence[Enclosure]) -> list[Enclosure]:
    """These, and of the others as many as may go along with them."""
    kept = list(files)
    for file in more:
        if len(kept) < MOST_FILES and sum(one.size for one in kept) + file.size <= MOST_BYTES:
            kept.append(file)
    return kept


def attached(files: Iterable[Enclosure]) -> list[Attached]:
    return [Attached(file.filename, file.content_type, file.size) for file in files]


# As a draft keeps them: what they are in one line, then their bytes.


def packed(files: Sequence[Enclosure]) -> bytes | None:
    if not files:
        return None
    return json.dumps([file.told() for file in files]).encode() + b"\n" + b"".join(file.content for file in files)


def unpacked(pack: bytes | None) -> list[Enclosure]:
    if not pack:
        return []
    head, _line, rest = pack.partition(b"\n")
    found, at = [], 0
    for told in json.loads(head):
        found.append(Enclosure(told["filename"], told["content_type"], rest[at : at + told["size"]]))
        at += told["size"]
    return found
