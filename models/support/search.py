"""Finding records by a text: `found(Product, team_id, "travel mug")`. A room declares once what its records are found by.

Only plain columns are declared, never one that holds personal data or a secret: the index is no place for a buyer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

MOST_FOUND = 10_001  # As far as a list counts.
MOST_SIGNS, MOST_WORDS = 80, 8
Finder = Callable[[int, list[str], int], list[int]]

_FINDERS: dict[type, Finder] = {}


def found(kind: type, team_id: int, text: str, limit: int = MOST_FOUND) -> list[int]:
    """Ids of the team's records in which every word of the text stands, the newest first, `limit` at most.

    A text without words finds nothing. Whoever asks still narrows the ids to what the person may reach.
    """
    words = words_of(text)
    return _FINDERS[kind](team_id, words, limit) if words else []


def finds(kind: type) -> Callable[[Finder], Finder]:
    """Registers the function that finds records of this kind: `(team_id, words, limit) -> ids, newest first`."""

    def register(finder: Finder) -> Finder:
        _FINDERS[kind] = finder
        return finder

    return register


def words_of(text: str) -> list[str]:
    """The words of a text, as long and as many as a search takes. What no column can hold is left out of it."""
    text = unicodedata.normalize("NFKC", text[: MOST_SIGNS * 4].encode("utf-8", "ignore").decode())
    shown = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return list(dict.fromkeys(shown[:MOST_SIGNS].split()))[:MOST_WORDS]


def any_of(column: Any, words: list[str]) -> Any:
    """Every word stands somewhere in the column (read row by row)."""
    condition = column.contains(words[0])
    for word in words[1:]:
        condition &= column.contains(word)
    return condition
