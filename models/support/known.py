"""Rows that were shown before: as the database gave them, the values they became, and what was written of them.

The one rule: a row is the same only while all the database gives of it is the same. It is found by its key and compared whole, so
whatever changed, by whomever and in whatever process, makes a new one of it. Only a `ListOf` that says so is remembered, and
never a table with anything of a buyer or a credential in it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Lock
from typing import Any

MOST_BYTES = 12 * 1024 * 1024  # Of each half, for all lists together.
BYTES_OF_KEY, BYTES_OF_ROW, BYTES_OF_TEXT = (
    100,
    3_500,
    500,
)  # The row with its values and what holds them; what holds a text.
MOST_WAYS = 4  # One row written for so many kinds of readers, languages and layouts at a time.
MOST_OF_PAGE = 201
NEVER = {"buyer", "secret"}


class Known:
    """One row. `data` are its values by column, `made` what was written of it, by the way it is written."""

    __slots__ = ("data", "made", "row", "weight")

    def __init__(self, row: tuple[Any, ...], data: dict[str, Any]):
        self.row, self.data = row, data
        self.made: dict[Any, tuple[Any, str]] = {}
        self.weight = BYTES_OF_ROW

    def keep(self, way: Any, told: Any, text: str) -> None:
        """Keeps what was written this way of this row and of what was told besides."""
        if len(self.made) >= MOST_WAYS:
            self.made.clear()
        self.made[way] = (told, text)
        grown = BYTES_OF_TEXT + sys.getsizeof(text)
        self.weight += grown
        weigh(grown)


class Shelf:
    """The known rows of one kind of query by their keys. A row is known from the second time on: who walks through a list once leaves
    nothing behind but keys. What nobody asked for during a whole half of the memory is forgotten."""

    def __init__(self, make: Callable[[Any], dict[str, Any]], place: int):
        self._make, self._place = make, place  # Where a row has its key.
        self._seen: set[Any] = set()  # Keys of what was shown once.
        self._young: dict[Any, Known] = {}
        self._old: dict[Any, Known] = {}
        with _lock:
            _shelves.append(self)

    def known(self, rows: list[tuple[Any, ...]]) -> list[Known | None]:
        young, place, weight = self._young, self._place, 0
        found: list[Known | None] = []
        for row in rows:
            known = young.get(row[place])
            if known is None or known.row != row:
                known = self._found(row, is_young=known is not None)
                weight += known.weight if known else BYTES_OF_KEY
                if known:
                    young[row[place]] = known
            found.append(known)
        weigh(weight)
        return found

    def _found(self, row: tuple[Any, ...], *, is_young: bool) -> Known | None:
        """From the older half, or made; None for what was not seen before."""
        key = row[self._place]
        known = self._old.pop(key, None)
        if known is not None and known.row == row:
            return known
        if known is None and not is_young and key not in self._seen:
            self._seen.add(key)
            return None
        return Known(row, self._make(row))

    def grow_old(self) -> None:
        self._seen, self._young, self._old = set(), {}, self._young


class Remembering:
    """How rows become records that know what was made of them when they were shown before: `_known`, None the first time."""

    def __init__(
        self, records: Callable[[Any], list[Any]], model: Any, make: Callable[[Any], dict[str, Any]], place: int
    ):
        self._records, self._model, self._make, self._shelf = records, model, make, Shelf(make, place)

    def records(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        if len(rows) > MOST_OF_PAGE:  # No page, but all of a list.
            return self._records(rows)
        new, model, found = object.__new__, self._model, []
        for row, known in zip(rows, self._shelf.known(rows), strict=True):
            record = new(model)
            data = known.data.copy() if known else self._make(row)
            record.__dict__ = {"__data__": data, "__rel__": {}, "_dirty": set(), "_known": known}
            found.append(record)
        return found


_shelves: list[Shelf] = []
_lock, _weight = Lock(), 0


def weigh(more: int) -> None:
    """Once the younger half is full, it is the older one. Two threads at once may forget what one of them has added, which is little."""
    global _weight
    _weight += more
    if _weight >= MOST_BYTES:
        with _lock:
            _weight = 0
            for shelf in _shelves:
                shelf.grow_old()


def forget() -> None:
    """Everything; tests begin anew so."""
    for _half in range(2):
        weigh(MOST_BYTES)
