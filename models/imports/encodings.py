"""In which encoding a text file was saved. A byte order mark says so; else UTF-8 is recognised by its rules, and of the old
encodings the one wins in which the text consists of characters that people use every day."""

from __future__ import annotations

import codecs
import functools
import unicodedata
from pathlib import Path

from models.support.errors import Refused

ENCODINGS = {
    "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE", "gb18030": "GB18030",
    "cp932": "Shift_JIS", "cp1252": "Windows-1252",
}  # fmt: skip
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\x84\x31\x95\x33", "gb18030"),
)  # fmt: skip
SAMPLE, CHUNK = 256 * 1024, 1024 * 1024
GOOD_ENOUGH = 0.6


def encoding_of(path: Path) -> str:
    """The encoding of a text file. Raises Refused when no known one fits, or when it is no text."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    name = _found(path, head)
    text = head.decode(name, "replace")
    if sum(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n" for sign in text) * 20 > len(text):
        raise Refused("This is no sheet. Import a CSV file or an Excel workbook (.xlsx).")
    return name


def _found(path: Path, head: bytes) -> str:
    marked = next((name for mark, name in MARKS if head.startswith(mark)), "")
    if marked:
        _require(path, marked)
        return marked
    if wide := _wide(head):
        _require(path, wide)
        return wide
    if _fits(path, "utf-8-sig"):
        return "utf-8-sig"
    scores = {name: _score(head, name) for name in ("gb18030", "cp932", "cp1252")}
    for name in sorted(scores, key=lambda name: -scores[name]):
        if scores[name] >= GOOD_ENOUGH and _fits(path, name):
            return name
    raise Refused("The file's text encoding is not one that Portolan knows. Save it as “CSV UTF-8”.")


def _require(path: Path, name: str) -> None:
    if not _fits(path, name):
        raise Refused("The file begins as %(encoding)s but goes on as something else.", encoding=ENCODINGS[name])


def _fits(path: Path, name: str) -> bool:
    """Can the whole file be read so? A piece at a time, so that a big file costs no memory."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: its commas and line ends have a zero on one side, and always on the same one."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 200 < len(head) or min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _score(head: bytes, name: str) -> float:
    """Which part of the characters beyond ASCII is in everyday use."""
    text = head.decode(name, "replace")
    beyond = [sign for sign in text if sign > "\x7f"]
    if not beyond:
        return 0
    if name == "cp1252":
        return _western(text) / len(beyond)
    usual = _usual(name)
    return sum(sign in usual for sign in beyond) / len(beyond)


@functools.cache
def _usual(name: str) -> frozenset[str]:
    """Everyday characters: the first level of the national standard, its punctuation, for Japanese the kana."""
    if name == "gb18030":
        leads = [*range(0xA1, 0xA4), *range(0xB0, 0xD8)]
        pairs = [bytes((lead, trail)) for lead in leads for trail in range(0xA1, 0xFF)]
    else:
        leads = [*range(0x81, 0x84), *range(0x88, 0x98)]
        pairs = [bytes((lead, trail)) for lead in leads for trail in range(0x40, 0xFD)]
    return frozenset("".join(pair.decode(name, "ignore") for pair in pairs)) - frozenset(map(chr, range(128)))


def _western(text: str) -> int:
    """Accented letters that stand beside a plain letter, and the usual signs of prices and quotes."""
    return sum(
        sign in "€£–’“”°®™" or (sign.isalpha() and (_is_plain(text[at - 1 : at]) or _is_plain(text[at + 1 : at + 2])))
        for at, sign in enumerate(text)
        if sign > "\x7f"
    )


def _is_plain(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()
