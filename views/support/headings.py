"""What stands above the rows of a list: its views as tabs, and the headings of its columns. What is the same for everybody is made once
for each language, and nobody changes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from models.lists.list_of import Column, ListOf, opposite
from models.lists.saved_view import SavedView

ASC, DESC = "ascending", "descending"


@dataclass(frozen=True)
class Tab:
    """A view as a tab. saved: the record, where it is not one of the room's own."""

    key: str
    label: Any
    url: str
    is_current: bool
    count: Any = None
    saved: SavedView | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """Its count comes to stand at `count_id`, when the page does not have it yet."""
        return {
            "label": str(self.label),
            "url": self.url,
            "is_current": self.is_current,
            "count": self.count,
            "count_id": f"count-{self.key}",
        }


@lru_cache(maxsize=2000)
def own_tabs(
    a_list: ListOf, _language: str, counts: tuple[tuple[str, int], ...], index: str, current: str, query: str
) -> list[Tab]:
    found = dict(counts)
    return [
        tab_of(view.key, str(view.label), view.query, found.get(view.key), index, current, query)
        for view in a_list.views
    ]


def tab_of(
    key: str, label: str, query: str, count: Any, index: str, current: str, asked: str, saved: SavedView | None = None
) -> Tab:
    if current:
        is_current = key == current
    else:
        is_current = saved is None and query == asked  # Both in the list's order.
    marked = key if saved is not None or not query else ""
    joined = "&".join(part for part in (f"view={marked}" if marked else "", query) if part)
    return Tab(key, label, f"{index}?{joined}" if joined else index, is_current, count, saved)


@lru_cache(maxsize=2000)
def heads_of(a_list: ListOf, _language: str, current: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [_head(column, current, a_list.sort) for column in map(a_list.column, names) if column]


def _head(column: Column, current: str, usual: str) -> dict[str, Any]:
    head: dict[str, Any] = {"label": str(column.label), "end": column.is_end, "name": column.name, "turns_to": None}
    if column.sort:
        turned = opposite(column.sort) if current == column.sort else column.sort
        is_mine = current in (column.sort, opposite(column.sort))
        head["sorted"] = (DESC if current.startswith("-") else ASC) if is_mine else ""
        head["turns_to"] = turned if turned != usual else ""
    return head
