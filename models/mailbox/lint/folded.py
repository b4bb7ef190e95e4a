"""A text as a hasty reader sees it: small letters without accents, full-width and styled signs as plain ones, signs without a shape
left out, letters of other scripts that look Latin as Latin. Every place leads back to the text as it was typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LOOKALIKES = str.maketrans({
    sign: plain
    for plain, signs in {
        "a": "аαɑ", "b": "ьβ", "c": "сϲ", "d": "ԁ", "e": "еєε", "g": "ɡ", "h": "һ", "i": "іιı", "j": "ј", "k": "кκ", "l": "ӏ", "m": "м",
        "n": "ηո", "o": "оο", "p": "рρ", "s": "ѕ", "t": "тτ", "u": "υս", "v": "νѵ", "w": "ԝω", "x": "хχ", "y": "уγ", "z": "ζ",
    }.items()
    for sign in signs
})  # fmt: skip
VOICED = {"\u3099", "\u309a"}
SHAPELESS = {"Cf", "Mn", "Me", "Cs"}


@dataclass(frozen=True)
class Folded:
    """`plain` is folded but keeps its scripts, `latin` has lookalikes replaced; both have the same places. `typed` is the text itself."""

    typed: str
    plain: str
    latin: str
    places: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Places of the folded text as places of the text."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[max(start, end - 1)] + 1

    def as_typed(self, start: int, end: int) -> str:
        first, last = self.span(start, end)
        return self.typed[first:last]


def folded(text: str) -> Folded:
    if text.isascii():
        plain = text.lower()
        return Folded(text, plain, plain, None)
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in _folded_sign(sign):
            if one in VOICED and signs:
                signs[-1] = unicodedata.normalize("NFC", signs[-1] + one)[0]
            else:
                signs.append(one)
                places.append(place)
    plain = "".join(signs)
    return Folded(text, plain, plain.translate(LOOKALIKES), tuple(places))


@lru_cache(maxsize=4096)
def _folded_sign(sign: str) -> str:
    if sign in VOICED:
        return sign
    whole = unicodedata.normalize("NFKC", sign)
    found = []
    for one in whole:
        if one in VOICED:
            found.append(one)
            continue
        if unicodedata.category(one) == "Nd":
            found.append(str(unicodedata.decimal(one)))
            continue
        base = unicodedata.normalize("NFD", one)
        one = base[0] if base[0] < "\u0400" else one
        if unicodedata.category(one) not in SHAPELESS:
            found += SPECIAL.get(one) or one.lower()
    return "".join(found)


SPECIAL = {"ß": "ss", "ẞ": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "İ": "i", "ı": "i", "’": "'", "‘": "'",
           "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "⁃": "-", "\u2028": "\n", "\u2029": "\n"}  # fmt: skip
