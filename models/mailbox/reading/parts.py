"""The parts of a mail, as a flat list in their order. Depth and number are bounded, so that no mail takes more than its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from models.mailbox.reading import transfer
from models.mailbox.reading.headers import Head, split
from models.mailbox.reading.params import params_of, value_of

DEEPEST = 20
NEW_LINE = ord("\n")
MOST_PARTS = 500
LOOKS_LIKE_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s].{0,69}?)[ \t]*\r?\n")
NAMELESS = {"text/plain", "text/html", ""}


@dataclass
class Part:
    """One leaf: what it says it is, and its bytes still encoded."""

    head: Head
    raw: bytes
    kind: str
    params: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""

    def content(self, warnings: set[str]) -> bytes:
        return transfer.decoded(self.raw, self.head.plain("content-transfer-encoding"), warnings)

    @property
    def is_text(self) -> bool:
        """It may be the body: plain or HTML text that nobody named as a file."""
        return self.kind in ("text/plain", "text/html") and self.disposition != "attachment" and not self.filename


def leaves(head: Head, body: bytes, warnings: set[str]) -> list[Part]:
    """Every part that has no parts of its own. A message inside a message is one part."""
    found: list[Part] = []
    stack: list[tuple[Head, bytes, int]] = [(head, body, 0)]
    looked = 0
    while stack:
        inner, raw, depth = stack.pop()
        looked += 1
        if looked > MOST_PARTS:
            warnings.add("TOO_MANY_PARTS")
            break
        pieces = _pieces(inner, raw, depth, warnings)
        if pieces is None:
            found.append(_leaf(inner, raw, warnings))
        else:
            stack += [(*split(piece, warnings), depth + 1) for piece in reversed(pieces)]
    if len(found) == 1:  # All there is, whatever it is called.
        found[0].filename = (
            "" if found[0].kind in NAMELESS and found[0].disposition != "attachment" else found[0].filename
        )
    return found


def _leaf(head: Head, raw: bytes, warnings: set[str]) -> Part:
    kind = value_of(head.get("content-type")) or "text/plain"
    kind = "text/plain" if kind.startswith("multipart/") else kind  # Nothing in it parts it.
    kind = (
        kind
        if re.fullmatch(r"[\w.+-]{1,80}/[\w.+-]{1,100}", kind)
        else "text/plain"
        if "text" in kind
        else "application/octet-stream"
    )
    params = params_of(head.get("content-type"), warnings)
    disposition = head.get("content-disposition")
    names = params_of(disposition, warnings)
    return Part(head, raw, kind, params, value_of(disposition), names.get("filename") or params.get("name", ""))


def _pieces(head: Head, raw: bytes, depth: int, warnings: set[str]) -> list[bytes] | None:
    """The parts of a multipart; None where it is none, or its boundary is nowhere."""
    if not value_of(head.get("content-type")).startswith("multipart/"):
        return None
    if depth == DEEPEST:
        warnings.add("TOO_MANY_PARTS")
        return []
    boundary = params_of(head.get("content-type"), set()).get("boundary", "").encode("latin-1", "replace").rstrip()
    pieces = list(_between(raw, boundary, warnings)) if boundary else []
    if not pieces and (guess := LOOKS_LIKE_BOUNDARY.search(raw[:8192])):
        pieces = list(_between(raw, guess[1], warnings))
    return pieces or None


def _between(raw: bytes, boundary: bytes, warnings: set[str]) -> Iterator[bytes]:
    line = re.compile(
        re.escape(b"--" + boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)"
    )  # Plain at first, so it is found quickly.
    start = -1
    lines = (found for found in line.finditer(raw) if found.start() == 0 or raw[found.start() - 1] == NEW_LINE)
    for count, found in enumerate(lines):
        if start >= 0:
            yield _without_first_end(_without_last_end(raw[start : found.start()]))
        if found[1] or count > MOST_PARTS:
            if not found[1]:
                warnings.add("TOO_MANY_PARTS")
            return
        start = found.end()
    if start >= 0:
        yield _without_first_end(raw[start:])


def _without_last_end(piece: bytes) -> bytes:
    return piece[:-2] if piece.endswith(b"\r\n") else piece[:-1]


def _without_first_end(piece: bytes) -> bytes:
    return piece[2:] if piece.startswith(b"\r\n") else piece[1:] if piece.startswith(b"\n") else piece
