"""The parameters of Content-Type and Content-Disposition: quoted or not, in one piece or cut and percent-encoded (RFC 2231), with
encoded words where they do not belong, as senders write them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from models.mailbox.reading.charsets import clean, decode
from models.mailbox.reading.headers import letters, one_line, words

PARAM = re.compile(r';\s{0,200}([^\s=;"*]{1,60})(\*\d{1,3})?(\*)?\s{0,20}=\s{0,20}("(?:[^"\\]|\\.)*+"|[^;]*)')
MOST_PARAMS = 200
LONGEST_NAME = 180
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


def value_of(raw: bytes | None) -> str:
    """The value in front of the parameters, in small letters."""
    return (raw or b"").partition(b";")[0].decode("latin-1").strip().lower()[:200]


def params_of(raw: bytes | None, warnings: set[str]) -> dict[str, str]:
    """Names in small letters; a name in pieces counts before the same name in one."""
    if not raw:
        return {}
    text = ";" + letters(raw, warnings).partition(";")[2]
    whole: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, found in enumerate(PARAM.finditer(text)):
        if count == MOST_PARAMS:
            break
        name, piece, is_coded, value = found[1].lower(), found[2], bool(found[3]), _unquoted(found[4])
        if piece or is_coded:
            pieces.setdefault(name, {}).setdefault(int(piece[1:]) if piece else 0, (value, is_coded))
        else:
            whole.setdefault(name, one_line(words(value, warnings)))
    return whole | {name: _assembled(found, warnings) for name, found in pieces.items()}


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        value = value[1:-1] if len(value) > 1 and value.endswith('"') else value[1:]
        return re.sub(r'\\(["\\])', r"\1", value)
    return value


def _assembled(pieces: dict[int, tuple[str, bool]], warnings: set[str]) -> str:
    """Pieces 0, 1, 2 … as bytes in the charset the first one names; what comes after a gap is left out."""
    raw, charset, place = bytearray(), "", 0
    while place in pieces:
        value, is_coded = pieces[place]
        if is_coded and place == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        raw += unquote_to_bytes(value) if is_coded else value.encode("utf-8", "replace")
        place += 1
    text = decode(bytes(raw), charset or "utf-8", warnings)
    return one_line(words(text, warnings))


def safe_name(name: str) -> str:
    """A file name to show and to offer: its last part alone, without “..”, signs that have no shape, and those disks do not like."""
    plain = "".join(
        sign for sign in clean(name).replace("\\", "/") if unicodedata.category(sign) not in ("Cf", "Cc", "Zl", "Zp")
    )
    last = plain.rstrip("/ ").rpartition("/")[2]
    last = re.sub(r"\.{2,}", ".", UNSAFE.sub("_", last)).strip(" .")
    stem, dot, end = last.rpartition(".")
    if len(last) > LONGEST_NAME:
        last = (stem[: LONGEST_NAME - len(end) - 1] + dot + end) if dot and len(end) < 20 else last[:LONGEST_NAME]
    return last
