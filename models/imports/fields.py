"""The columns an importer knows, by name, label and other headings, and the guess which column of a file is which.

A field may take parts: `price` with the part `EUR` is the column `price:EUR`, and “Price (EUR)” or “价格 EUR” mean it too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.support.words import Words

IGNORED = ""


@dataclass(frozen=True)
class Part:
    """What may stand behind a field's name. `words` are other ways to write a part; `offered` are those a person may choose
    without typing; `joint` stands between name and part."""

    pattern: str
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    offered: tuple[str, ...] = ()
    joint: str = ":"

    def read(self, text: str) -> str:
        """The part a heading means, or nothing."""
        for each in (text, text.strip(" ()（）[]:：")):
            if re.fullmatch(self.pattern, each):
                return each
        wanted = folded(text)
        for part, others in self.words.items():
            if wanted in {folded(part), *map(folded, others)}:
                return part
        return ""


@dataclass(frozen=True)
class Field:
    """One column, or a family of them when it takes parts. `alone` lists headings that mean one part all by themselves."""

    name: str
    label: Words
    aliases: tuple[str, ...] = ()
    required: bool = False
    part: Part | None = None
    alone: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def column(self, part: str) -> str:
        return f"{self.name}{self.part.joint}{part}" if self.part else self.name

    def columns(self) -> list[str]:
        """The columns a person may choose from."""
        return [self.column(part) for part in self.part.offered] if self.part else [self.name]

    def takes(self, column: str) -> bool:
        """Is this the exact name of one of its columns?"""
        if self.part is None:
            return column == self.name
        head = self.name + self.part.joint
        return column.startswith(head) and bool(re.fullmatch(self.part.pattern, column[len(head) :]))

    def label_of(self, column: str) -> str:
        """What people call the column, in the reader's language."""
        part = column[len(self.name + self.part.joint) :] if self.part else ""
        return f"{self.label} – {part}" if part else str(self.label)

    def guess(self, heading: str) -> str:
        """The column this heading means, or nothing."""
        wanted = folded(heading)
        for part, others in self.alone.items():
            if wanted in map(folded, others):
                return self.column(part)
        if self.part is None:
            return self.name if wanted in {folded(self.name), *map(folded, self.aliases)} else ""
        return self._guess_part(unicodedata.normalize("NFKC", heading).strip())

    def _guess_part(self, heading: str) -> str:
        assert self.part is not None
        if self.part.joint and heading.startswith(self.name + self.part.joint):
            return ""  # Meant exactly, and wrong.
        for alias in (self.name, *self.aliases):
            pattern = r"[\s_\-:.]*".join(map(re.escape, alias.split()))
            for shape in (rf"{pattern}[\s_\-:.(]*(?P<part>.+)", rf"(?P<part>.+?)[\s_\-:.)]*{pattern}"):
                found = re.fullmatch(shape, heading, re.IGNORECASE)
                if found and (part := self.part.read(found["part"].strip())):
                    return self.column(part)
        return ""


def folded(heading: str) -> str:
    """A heading as it is compared: without case, width, spaces, marks and a unit in brackets."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"[(\[](mm|g|克|毫米|grams?|optional|选填|可选|required|必填)[)\]]", "", text)
    return re.sub(r"[\W_]+", "", text) or text.strip()


def field_of(fields: Iterable[Field], column: str) -> Field | None:
    return next((each for each in fields if each.takes(column)), None)


def guess_column(fields: Sequence[Field], heading: str) -> str:
    """The column a heading means: by its exact name first, then by what else it may be called."""
    exact = unicodedata.normalize("NFKC", heading).strip()
    if field_of(fields, exact):
        return exact
    if not folded(exact):
        return IGNORED
    return next((column for each in fields if (column := each.guess(heading))), IGNORED)


def guess(fields: Sequence[Field], headings: Sequence[str]) -> list[str]:
    """A column for each heading; the first of two that mean the same has it, exact names before others."""
    guessed = [guess_column(fields, heading) for heading in headings]
    order = sorted(range(len(headings)), key=lambda place: (headings[place].strip() != guessed[place], place))
    taken: set[str] = set()
    for place in order:
        if guessed[place] in taken:
            guessed[place] = IGNORED
        taken.add(guessed[place] or "\0")
    return guessed


def missing(fields: Iterable[Field], mapping: Iterable[str]) -> list[Field]:
    """Required fields that no column fills."""
    chosen = set(mapping)
    return [each for each in fields if each.required and not any(each.takes(column) for column in chosen)]


def doubled(mapping: Iterable[str]) -> list[str]:
    """Columns that stand twice in a mapping."""
    named = [column for column in mapping if column]
    return sorted({column for column in named if named.count(column) > 1})
