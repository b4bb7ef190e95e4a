"""A text as a hasty reader sees it: small letters without accents, full-width and styled signs as plain ones, signs without a shape
left out, letters of other scripts that look Latin as Latin. Every place leads back to the text as it was typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, count, repeat

LOOKALIKES = {
    sign: plain
    for plain, signs in {
        "a": "аαɑ", "b": "ьβ", "c": "сϲ", "d": "ԁ", "e": "еєε", "g": "ɡ", "h": "һ", "i": "іιı", "j": "ј", "k": "кκ", "l": "ӏ", "m": "м",
        "n": "ηո", "o": "оο", "p": "рρ", "s": "ѕ", "t": "тτ", "u": "υս", "v": "νѵ", "w": "ԝω", "x": "хχ", "y": "уγ", "z": "ζ",
    }.items()
    for sign in signs
}  # fmt: skip
VOICED = {"\u3099", "\u309a"}
SHAPELESS = {"Cf", "Mn", "Me", "Cs"}


@dataclass(frozen=True)
class Folded:
    """`plain` is folded but keeps its scripts, `latin` has lookalikes replaced; both have the same places. `typed` is the text itself,
    and `became` what each of its signs became, unless each became one."""

    typed: str
    plain: str
    latin: str
    became: list[str] | None = None

    @cached_property
    def places(self) -> tuple[int, ...] | None:
        """Where each sign of the folded text was typed; few texts have anything to point at."""
        if self.became is None:
            return None
        return tuple(chain.from_iterable(map(repeat, count(), map(len, self.became))))

    @cached_property
    def ascii(self) -> str:
        """The plain Latin signs alone: quickly looked through, also where most of the text is written in others."""
        return self.latin if self.latin.isascii() else self.latin.encode("ascii", "ignore").decode()

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
        return Folded(text, plain, plain)
    becomes = {sign: _folded_sign(sign) for sign in set(text)}
    signs = set("".join(becomes.values()))
    if not all(len(one) == 1 for one in becomes.values()):
        became = list(map(becomes.__getitem__, text))
        plain = "".join(became)
    else:
        became, plain = None, _replaced(text, becomes)
    if not VOICED.isdisjoint(signs):
        became = _voiced(text, becomes)
        plain = "".join(became)
    latin = plain
    for sign in LOOKALIKES.keys() & signs:
        latin = latin.replace(sign, LOOKALIKES[sign])
    return Folded(text, plain, latin, became)


def _replaced(text: str, becomes: dict[str, str]) -> str:
    """One kind of sign at a time: few differ from what they become."""
    changed = {sign: one for sign, one in becomes.items() if sign != one}
    if not changed.keys().isdisjoint(changed.values()):
        return "".join(map(becomes.__getitem__, text))
    for sign, one in changed.items():
        text = text.replace(sign, one)
    return text


def _voiced(text: str, becomes: dict[str, str]) -> list[str]:
    """What each sign became, marks of voice joined with the sign before them."""
    became: list[str] = []
    held = -1  # The last place that holds a sign.
    for place, sign in enumerate(text):
        became.append("")
        for one in becomes[sign]:
            if one in VOICED and held >= 0:
                before = became[held]
                became[held] = before[:-1] + unicodedata.normalize("NFC", before[-1] + one)[0]
            else:
                became[place] += one
                held = place
    return became


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
