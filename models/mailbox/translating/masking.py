"""What must not leave the house stands as ⟦7⟧ in what a translator gets, and is put back in what it answers. A pure engine.

Rather too much than too little: names in any spelling, every address, and whatever has many figures. What came back with a mark lost,
doubled or made up is not used: the passage stays as it was written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.mailbox.lint.folded import Folded, folded
from models.mailbox.lint.links import links
from models.mailbox.lint.phones import phones

OPEN, CLOSE = "⟦", "⟧"
MARK = re.compile(rf"{OPEN}\s*(\d{{1,6}})\s*{CLOSE}")
FOREIGN_MARK = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}\n]{{0,40}}{CLOSE}|[{OPEN}{CLOSE}]")
WITH_AT = re.compile(r"[^\s@]{0,320}\s?@\s?[^\s@]*")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://\S+|(?:mailto|tel|sms|callto|skype|whatsapp|data):\S+|www\.\S+")
HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![a-z0-9])(?:[/?#:]\S*)?")
CODE = re.compile(r"[a-z0-9_#/+.-]+")
GROUPS = re.compile(r"[+(]{0,2}\d(?:[ \t\u00a0.,\-/()·]{0,3}\d){4,60}")
LEAST_DIGITS, LEAST_GROUPED = 4, 5
PARTS = re.compile(r"[^\W_]+")
WIDE = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
HONORIFICS = "先生|女士|小姐|太太|様|さま|さん|殿|氏|君|씨|님"
# Parts of names that are words of their own: they go only with the whole name.
PARTICLES = frozenset(
    [
        "de",
        "la",
        "le",
        "el",
        "al",
        "van",
        "von",
        "der",
        "den",
        "del",
        "di",
        "da",
        "du",
        "dos",
        "das",
        "do",
        "e",
        "y",
        "bin",
        "ibn",
        "zu",
        "zur",
        "ter",
        "ten",
        "and",
        "und",
        "et",
        "st",
        "mc",
        "dr",
        "mr",
        "mrs",
        "ms",
    ]
)
LEAST_ANYWHERE, LEAST_WITH_ENDING = 5, 3
SOUND = re.compile(r"[^\W\d_]")
BROKEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
BREAK = re.compile(r"(\n+)")
SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
LONGEST_PASSAGE = 4000


@dataclass(frozen=True)
class Masked:
    """`passages` are to be translated where `is_speech` says so; `kept[7]` is what stood where ⟦7⟧ stands."""

    passages: tuple[str, ...]
    kept: tuple[str, ...]

    def to_translate(self) -> list[int]:
        """Places of the passages with words in them."""
        return [place for place, text in enumerate(self.passages) if SOUND.search(MARK.sub("", text))]

    def whole(self, answers: dict[int, str] | None = None) -> tuple[str, int]:
        """The text with these answers in place and everything put back, and how many answers could not be used."""
        answers = answers or {}
        unsure, texts = 0, []
        for place, passage in enumerate(self.passages):
            answer = answers.get(place)
            if answer is not None and not is_true(passage, answer):
                answer, unsure = None, unsure + 1
            texts.append(self._opened(passage if answer is None else answer))
        return "".join(texts), unsure

    def _opened(self, text: str) -> str:
        return MARK.sub(lambda mark: self.kept[int(mark[1])], text)


def mask(text: str, names: Iterable[str] = (), words: Iterable[str] = ()) -> Masked:
    """`names` are people's: each word of them counts. Of `words` (streets, towns, numbers) whole ones and long parts do."""
    seen = folded(text)
    kept: list[str] = []
    masked, at = [], 0
    for start, end in _joined(text, sorted(_spans(seen, _terms(names, 2) | _terms(words, 4)))):
        masked += [text[at:start], f"{OPEN}{len(kept)}{CLOSE}"]
        kept.append(text[start:end])
        at = end
    return Masked(tuple(_passages("".join([*masked, text[at:]]))), tuple(kept))


def is_true(passage: str, answer: str) -> bool:
    """The answer has every mark of the passage as often, no other, no half of a sign, and is of a likely length."""
    asked, told = (Counter(MARK.findall(one)) for one in (passage, answer))
    rest = MARK.sub("", answer)
    is_whole = asked == told and OPEN not in rest and CLOSE not in rest and BROKEN.search(answer) is None
    return is_whole and 0 < len(answer.strip()) <= 12 * len(passage) + 80


# What is masked


def _spans(seen: Folded, terms: set[str]) -> Iterator[tuple[int, int]]:
    """Places in the text as it was typed."""
    text = seen.typed
    for found in FOREIGN_MARK.finditer(text):
        yield found.span()
    for finding in (*links(seen, []), *phones(seen)):
        if finding.start is not None and finding.end is not None:
            yield finding.start, finding.end
    for pattern in (WITH_AT, ADDRESS, HOST):
        for found in pattern.finditer(seen.latin):
            yield seen.span(*found.span())
    for found in CODE.finditer(seen.latin):
        if _digits(found[0]) >= LEAST_DIGITS:
            yield seen.span(*found.span())
    for found in GROUPS.finditer(seen.latin):
        if _digits(found[0]) >= LEAST_GROUPED:
            yield seen.span(*found.span())
    for term in terms:
        for found in _pattern(term).finditer(seen.latin):
            yield seen.span(*found.span())


def _terms(told: Iterable[str], least: int) -> set[str]:
    """The whole and its words, as a hasty reader sees them; of names in signs without blanks also what they begin and end with."""
    terms: set[str] = set()
    for one in told:
        whole = " ".join(folded(one).latin.split())
        for part in PARTS.findall(whole):
            if WIDE.search(part):
                terms |= {part, *(part[:size] for size in (2, 3)), *(part[-size:] for size in (2, 3))}
                terms.add(part[0] + "!")  # Alone only before an honorific.
            elif len(part) >= least and part not in PARTICLES:
                terms.add(part)
        terms.add("".join(whole.split()) if WIDE.search(whole) else whole)
    return {term for term in terms if len(term) > 1}


def _pattern(term: str) -> re.Pattern[str]:
    if term.endswith("!"):
        return re.compile(rf"{re.escape(term[:-1])}(?=\s?(?:{HONORIFICS}))")
    if " " in term:
        return re.compile(r"[\s,.]{1,3}".join(map(re.escape, term.split())))
    if WIDE.search(term):
        return re.compile(r"\s{0,2}".join(map(re.escape, term)))
    if len(term) >= LEAST_ANYWHERE:  # Also spelled out, and inside a longer word.
        return re.compile(r"[^\W_]{0,40}" + r"[\s._*-]{0,2}".join(map(re.escape, term)) + r"[^\W_]{0,40}")
    ending = "[a-z]{0,2}" if len(term) >= LEAST_WITH_ENDING else ""
    return re.compile(rf"(?<![a-z0-9]){re.escape(term)}{ending}(?![a-z0-9])")


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping ones and neighbours as one; signs without a shape at the edges go with them."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        while end < len(text) and not folded(text[end]).plain and not text[end].isspace():
            end += 1
        if start >= end:
            continue
        if joined and not text[joined[-1][1] : start].strip(" \t"):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


# Passages


def _passages(text: str) -> Iterator[str]:
    """Lines, very long ones at the end of a sentence. Joined they are the text."""
    for line in BREAK.split(text):
        while len(line) > LONGEST_PASSAGE:
            cut = _cut(line)
            yield line[:cut]
            line = line[cut:]
        if line:
            yield line


def _cut(line: str) -> int:
    """Where a sentence ends, else between two words, never inside a mark."""
    ends = [found.end() for found in SENTENCE.finditer(line, 0, LONGEST_PASSAGE) if found.end() > 0]
    cut = ends[-1] if ends else line.rfind(" ", 0, LONGEST_PASSAGE) + 1 or LONGEST_PASSAGE
    for mark in MARK.finditer(line, max(0, cut - 20), min(len(line), cut + 20)):
        if mark.start() < cut < mark.end():
            return mark.start() or mark.end()
    return cut
