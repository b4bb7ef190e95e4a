"""Addresses: who wrote, whether it is a buyer behind Amazon's relay, Amazon itself, or somebody who looks like it (docs/domain.md §5.1)."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass

from models.mailbox.reading.headers import WORD, one_line, words

MARKETPLACES = {
    "com": "US", "ca": "CA", "com.mx": "MX", "com.br": "BR", "co.uk": "UK", "de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL",
    "se": "SE", "pl": "PL", "com.be": "BE", "ie": "IE", "com.tr": "TR", "ae": "AE", "sa": "SA", "eg": "EG", "in": "IN", "sg": "SG",
    "com.au": "AU", "co.jp": "JP",
}  # fmt: skip
TLDS = "|".join(sorted(map(re.escape, MARKETPLACES), key=len, reverse=True))
RELAY = re.compile(rf"([a-z0-9]{{8,32}})(?:\+([0-9a-f-]{{36}}))?@marketplace\.amazon\.({TLDS})", re.I)
RELAY_LOCAL = re.compile(r"[a-z0-9]{8,32}\+[0-9a-f-]{36}", re.I)
AMAZON = re.compile(rf"(?:[a-z0-9-]+\.)*amazon\.(?:{TLDS}|co\.za|cn|lu|com\.sg|com\.cn|jp|at|ch|work|jobs)|(?:[a-z0-9-]+\.)*amazon(?:ses|aws|pay|business)\.com"
                    r"|(?:[a-z0-9-]+\.)*(?:payments|images|media|pay)-amazon\.com", re.I)  # fmt: skip
SYSTEM_LOCALS = {"donotreply", "autoconfirm", "noreply", "automatedmessages"}
LOOSE = re.compile(r"[^\s<>\"(),;:]{1,128}@[^\s<>\"(),;:]{1,255}")
LOOKS_ALIKE = str.maketrans({
    sign: plain
    for plain, signs in {
        "a": "аαɑ4@áàâäãåą", "b": "ьβ8", "c": "сϲç", "d": "ԁ", "e": "еєε3éèêëę", "g": "ɡ", "h": "һ", "i": "іιıíìîï", "j": "ј", "k": "кκ",
        "l": "1|łӏ", "m": "мⅿ", "n": "пηոñń", "o": "оοσ0øóòôöõօ", "p": "рρ", "s": "ѕ5$ş", "t": "тτ7", "u": "υսúùûü", "v": "νѵ",
        "w": "ωԝ", "x": "хχ", "y": "уγýÿ", "z": "з2ƶżźž",
    }.items()
    for sign in signs
})  # fmt: skip
LONGEST = 320
MOST_ADDRESSES = 100


@dataclass(frozen=True)
class Address:
    name: str
    addr: str


@dataclass(frozen=True)
class Relay:
    """The part before + is the buyer, the uuid behind it the case."""

    buyer_key: str
    case_key: str | None
    marketplace: str

    @classmethod
    def of(cls, addr: str) -> Relay | None:
        found = RELAY.fullmatch(addr)
        if found is None or found[1].lower() in SYSTEM_LOCALS:
            return None
        return cls(found[1].lower(), found[2].lower() if found[2] else None, MARKETPLACES[found[3].lower()])


def is_amazon(addr: str) -> bool:
    return AMAZON.fullmatch(addr.rpartition("@")[2]) is not None


# Who looks like Amazon and is not


def looks_like_amazon(address: Address) -> bool:
    """The domain reads like Amazon's, or the address like a relay address, and neither is; or the name shows an address of Amazon
    while the mail comes from elsewhere."""
    addr = address.addr
    if Relay.of(addr) is not None:
        return False
    local, _, domain = addr.rpartition("@")
    if is_amazon(addr):
        is_relay = domain.lower().startswith("marketplace.") or ".marketplace." in domain.lower()
        return is_relay and re.sub(r"[^a-z]", "", local.lower()) not in SYSTEM_LOCALS
    shown = LOOSE.search(address.name)
    if shown is not None and (is_amazon(shown[0].strip(".'")) or Relay.of(shown[0].lower())):
        return True
    return RELAY_LOCAL.fullmatch(local) is not None or _reads_like_amazon(domain)


def _reads_like_amazon(domain: str) -> bool:
    plain = skeleton(domain)
    words_of = re.split(r"[.\-_]", plain)
    if any(word == "amazon" for word in words_of):
        return True
    return ("marketplace" in plain or plain.startswith("market")) and any(_near_amazon(word) for word in words_of)


def _near_amazon(word: str) -> bool:
    """One or two letters away from it."""
    if not 5 <= len(word) <= 8:
        return "amazon" in word
    before = list(range(7))
    for row, sign in enumerate(word, 1):
        line = [row]
        for column, wanted in enumerate("amazon", 1):
            line.append(min(before[column] + 1, line[-1] + 1, before[column - 1] + (sign != wanted)))
        before = line
    return before[6] <= 2


def skeleton(domain: str) -> str:
    """What a hasty eye reads: letters of other scripts and figures that look alike in place, rn for m, vv for w."""
    shown = []
    for label in domain.lower().split(".")[:20]:
        if label.startswith("xn--") and len(label) < 64:
            with suppress(UnicodeError):
                label = label[4:].encode("ascii").decode("punycode")
        shown.append(label)
    plain = unicodedata.normalize("NFKC", ".".join(shown)).translate(LOOKS_ALIKE)
    return plain.replace("rn", "m").replace("vv", "w")


# From a header to addresses


def addresses(text: str, warnings: set[str]) -> list[Address]:
    """Every address of a From or To line whose encoded words are not read yet."""
    if "@" not in text and "=?" in text:
        text = words(text, warnings)
    found = [_address(piece, warnings) for piece in _mailboxes(text)]
    return [address for address in found if address.addr or address.name]


def _mailboxes(text: str) -> list[str]:
    """The text cut at commas and semicolons that stand outside quotes, brackets and encoded words."""
    pieces: list[str] = []
    start, at, depth, is_quoted, in_angle = 0, 0, 0, False, False
    has_quotes = text.count('"') % 2 == 0
    while at < len(text) and len(pieces) < MOST_ADDRESSES:
        sign = text[at]
        if sign == "\\":
            at += 1
        elif sign == '"' and has_quotes and not depth:
            is_quoted = not is_quoted
        elif is_quoted:
            pass
        elif sign == "=" and (word := WORD.match(text, at)):
            at = word.end() - 1
        elif sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
        elif sign in "<>" and not depth:
            in_angle = sign == "<"
        elif sign in ",;" and not depth and not in_angle:
            pieces.append(text[start:at])
            start = at + 1
        at += 1
    return [piece for piece in [*pieces, text[start:]] if piece.strip()]


def _address(text: str, warnings: set[str]) -> Address:
    open_at = text.rfind("<")
    close_at = text.find(">", open_at) if open_at >= 0 else -1
    if open_at >= 0:
        addr, name = text[open_at + 1 : close_at if close_at > 0 else len(text)], text[:open_at]
        if not name.strip() and close_at > 0:
            name = text[close_at + 1 :]
    else:
        found = LOOSE.search(text)
        addr = found[0] if found else ""
        name = text.replace(addr, "", 1) if addr else text
    return Address(_name(name, warnings), _plain(addr))


def _name(text: str, warnings: set[str]) -> str:
    """A name without its quotes; where a comment is all there is, the comment."""
    text = text.strip().strip(",;").strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if '"' in text:
        text = re.sub(r'\\(["\\])|"', r"\1", text)
    return one_line(words(text, warnings))


def _plain(addr: str) -> str:
    """Small letters, without blanks, “mailto:” and the way it took."""
    addr = re.sub(r"\s+", "", one_line(addr)).strip("'\"").lower().removeprefix("mailto:")
    if addr.startswith("@") and ":" in addr:
        addr = addr.partition(":")[2]
    return addr[:LONGEST]
