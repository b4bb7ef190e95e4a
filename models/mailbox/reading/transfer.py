"""Transfer encodings, read as far as they can be: nothing here raises, and every step takes time in proportion to the bytes."""

from __future__ import annotations

import binascii
import re

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
FOREIGN = bytes(set(range(256)) - set(ALPHABET))
SPACE = b" \t\r\n"
PIECE = re.compile(rb"([^=]+)(=*)")
MOST_PIECES = 10_000
SOFT_END = re.compile(rb"=[ \t]{0,200}(?:\r?\n|\r)")


def decoded(raw: bytes, encoding: str, warnings: set[str]) -> bytes:
    """The bytes of a part. An encoding nobody knows is none."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        return base64(raw, warnings)
    if encoding == "quoted-printable":
        return quoted_printable(raw)
    if encoding in ("x-uuencode", "uuencode", "x-uue"):
        return uuencoded(raw)
    return raw


def base64(raw: bytes, warnings: set[str]) -> bytes:
    """Foreign signs are dropped, missing padding is added, an odd sign at the end is let go, and what follows the padding is read
    only where it is whole again (some senders join pieces)."""
    plain = raw.translate(None, SPACE)
    signs = plain.translate(None, FOREIGN)
    is_good = len(signs) == len(plain) and not signs.startswith(b"=")
    found = bytearray()
    for count, piece in enumerate(PIECE.finditer(signs)):
        head, left = piece[1], len(signs) - piece.end()
        is_good = is_good and len(piece[0]) % 4 == 0 and len(piece[2]) < 3
        head = head[:-1] if len(head) % 4 == 1 else head
        found += binascii.a2b_base64(head + b"=" * (-len(head) % 4))
        if left and (left % 4 or count == MOST_PIECES):
            is_good = False
            break
    if not is_good:
        warnings.add("BASE64_REPAIRED")
    return bytes(found)


def quoted_printable(raw: bytes) -> bytes:
    """=XX in capitals or not, soft ends of lines also with blanks; a lone = stays."""
    return binascii.a2b_qp(SOFT_END.sub(b"", raw))


def q_word(raw: bytes) -> bytes:
    """The Q encoding of headers: an underscore is a blank."""
    return quoted_printable(raw.replace(b"_", b" "))


def uuencoded(raw: bytes) -> bytes:
    found, inside = bytearray(), False
    for line in raw.splitlines():
        if line.startswith(b"begin "):
            inside = True
        elif line.strip() == b"end":
            break
        elif inside and line:
            try:
                found += binascii.a2b_uu(line)
            except binascii.Error:
                continue
    return bytes(found)
