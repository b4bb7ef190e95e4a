"""How forbidden wishes are found: per language a quick look for stems, then patterns, in the sentence around each stem only. Patterns
read folded text: small letters without accents. Stems are plain, because a plain part is looked for a hundred times faster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded

END = re.compile(r"[.!?\n。！？]")
IN_SENTENCE = r"[^.!?\n。！？]"
WIDEST = 220  # What is said of one wish stands this near to its stem.


@dataclass(frozen=True)
class Phrases:
    """The patterns of one language. One of the stems stands in every text that a pattern can find."""

    parts: tuple[str, ...]
    stems: re.Pattern[str]
    pattern: re.Pattern[str]

    @cached_property
    def is_ascii(self) -> bool:
        return all(map(str.isascii, self.parts))

    def may_stand_in(self, text: Folded) -> bool:
        return has_any(self.parts, text.ascii if self.is_ascii else text.latin)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        for start, end in self._sentences(text):
            for found in self.pattern.finditer(text, start, end):
                yield found.start(), found.end()

    def _sentences(self, text: str) -> Iterator[tuple[int, int]]:
        """The sentences with a stem; what lies between neighbours is looked at once."""
        last = (-1, -1)
        for found in self.stems.finditer(text):
            if found.end() <= last[1]:
                continue
            start = max(0, found.start() - WIDEST)
            before = [end.start() for end in END.finditer(text, start, found.start())]
            after = END.search(text, found.end(), found.end() + WIDEST)
            span = (before[-1] if before else start, after.end() if after else min(len(text), found.end() + WIDEST))
            if span[0] <= last[1]:
                last = (last[0], max(last[1], span[1]))
                continue
            if last[1] >= 0:
                yield last
            last = span
        if last[1] >= 0:
            yield last


def has_any(parts: Iterable[str], text: str) -> bool:
    return any(map(text.__contains__, parts))


def phrases(stems: str, *patterns: str) -> Phrases:
    """Stems are plain, with | between them."""
    parts = tuple(stems.split("|"))
    return Phrases(parts, re.compile("|".join(map(re.escape, parts))), re.compile("|".join(patterns)))


def find(code: str, languages: tuple[Phrases, ...], text: Folded) -> Iterator[Finding]:
    for language in languages:
        for start, end in language.places(text.latin) if language.may_stand_in(text) else ():
            yield Finding(code, *text.span(start, end))
