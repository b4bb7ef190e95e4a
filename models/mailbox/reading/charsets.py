"""Bytes to text: the label of the mail where it holds, else UTF-8, GB18030, Windows-1252, Latin-1 in that order.

Labels are looked up in a table of our own: Python's would also find codecs that are no charsets, and keeps every name it was asked."""

from __future__ import annotations

import re
import unicodedata
from encodings.aliases import aliases
from functools import cache

GUESSES = ("utf-8", "gb18030", "cp1252", "latin-1")
NO_CHARSETS = {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec", "punycode", "idna", "mbcs",
               "oem", "undefined", "unicode_escape", "raw_unicode_escape", "charmap", "tactis"}  # fmt: skip
SAME_AS = {  # What people mean who write the left one.
    "gb2312": ("gb18030",), "gbk": ("gb18030",), "gb_2312_80": ("gb18030",), "x_gbk": ("gb18030",), "cp936": ("gb18030",),
    "euc_cn": ("gb18030",), "hz_gb_2312": ("hz",), "shift_jis": ("cp932",), "x_sjis": ("cp932",), "windows_31j": ("cp932",),
    "latin_1": ("cp1252",), "euc_kr": ("cp949",), "ks_c_5601": ("cp949",), "ks_c_5601_1987": ("cp949",), "ks_c_5601_1989": ("cp949",),
    "big5": ("big5", "cp950", "big5hkscs"), "big5_hkscs": ("big5hkscs", "cp950"),
    "iso2022_jp": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"), "utf8mb4": ("utf-8",), "unicode_1_1_utf_8": ("utf-8",),
    "unicode_1_1_utf_7": ("utf_7",), "iso_8859_8_i": ("iso8859_8",), "iso_8859_8_e": ("iso8859_8",), "ansi_x3.4_1968": ("ascii",),
    "windows_874": ("cp874",), "tis_620": ("cp874",), "x_mac_roman": ("mac_roman",), "cp65001": ("utf-8",),
}  # fmt: skip
MOST_MARKS = 30  # Signs that combine with one letter; longer runs are an attack on whoever sorts them.


def decode(raw: bytes, label: str | None, warnings: set[str]) -> str:
    """The text of these bytes. What was odd is added to the warnings."""
    if not label:
        warnings.add("CHARSET_MISSING")
    elif not (codecs := codecs_of(label)):
        warnings.add("CHARSET_UNKNOWN")
    else:
        text = _tried(raw, codecs)
        if text is not None:
            return text
        warnings.add("CHARSET_WRONG")
    return guessed(raw)


def guessed(raw: bytes) -> str:
    """Latin-1 takes every byte, so something is always found."""
    return _tried(raw, GUESSES) or ""


def _tried(raw: bytes, codecs: tuple[str, ...]) -> str | None:
    for codec in codecs:
        try:
            return raw.decode(codec).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            continue
    return None


def codecs_of(label: str) -> tuple[str, ...]:
    """The codecs to try for a label, best first; none where nobody knows it."""
    plain = re.sub(r"[^a-z0-9.]+", "_", label.strip().lower()[:60]).strip("_")
    table = known()
    found = SAME_AS.get(plain) or table.get(plain)
    if found is None and plain.startswith(("x_", "cs")):
        found = table.get(plain.removeprefix("x_").removeprefix("cs"))
    return found or ()


@cache
def known() -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for alias, codec in [*aliases.items(), *((codec, codec) for codec in aliases.values())]:
        if codec not in NO_CHARSETS:
            names[alias] = names[alias.replace("_", "")] = SAME_AS.get(codec, (codec,))
    names["ascii"] = names["us_ascii"] = names["usascii"] = ("ascii",)
    for number in range(1, 17):
        if number != 12:
            codecs = SAME_AS["latin_1"] if number == 1 else (f"iso8859_{number}",)
            names[f"iso_8859_{number}"] = names[f"iso8859_{number}"] = names[f"iso8859{number}"] = codecs
    names |= {f"windows_{page}": (f"cp{page}",) for page in range(1250, 1259)}
    return names


def clean(text: str) -> str:
    """NFC, without halves of pairs and signs that have no place in a text."""
    if text.isascii():
        return CONTROL.sub("", text) if CONTROL.search(text) else text
    text = CONTROL.sub("", SURROGATE.sub("\ufffd", text))
    one, many = _marks()
    if one.search(text[::MOST_MARKS]):  # A run twice as long has a mark at one of these places.
        text = many.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")


@cache
def _marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A mark, and too many in a row."""
    marks = re.escape("".join(sign for sign in map(chr, range(0x300, 0x1E94B)) if unicodedata.combining(sign)))
    return re.compile(f"[{marks}]"), re.compile(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+")
