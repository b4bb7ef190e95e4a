"""Search everywhere: pages, actions and records, each declared by its room. Nobody is shown what they may not open.

A room says `action(…)` for what one can begin, and `@source(…)` over a function that turns a text into hits; whoever lacks
the permission is never asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from views.support.access import reach
from views.support.shell import PLACES

MOST_SIGNS, LEAST_SIGNS = 80, 2


@dataclass(frozen=True)
class Hit:
    """One line of the results. `is_exact`: the text is this record's own id, so it comes first and a jump leads to it."""

    label: str
    url: str
    icon: str
    detail: str = ""
    is_exact: bool = False


@dataclass(frozen=True)
class Source:
    """`finder(text, most)` gives hits, the best first; `more` the address of a list that shows all of them."""

    label: Callable[[], str]
    permission: str
    order: int
    finder: Callable[[str, int], Iterable[Hit]]
    more: str = ""


@dataclass(frozen=True)
class Action:
    label: Callable[[], str]
    icon: str
    endpoint: str
    permission: str
    values: dict[str, Any]


@dataclass
class Group:
    """Hits of one kind, numbered through all groups."""

    label: str
    hits: list[Hit]
    more_url: str = ""
    numbered: list[tuple[int, Hit]] = field(default_factory=list)


SOURCES: list[Source] = []
ACTIONS: list[Action] = []


def action(label: Callable[[], str], icon: str, endpoint: str, permission: str, **values: Any) -> None:
    """Declares what one can begin: the page of a form, for those who may."""
    ACTIONS.append(Action(label, icon, endpoint, permission, values))


def source(label: Callable[[], str], permission: str, order: int, more: str = "") -> Any:
    """Registers a finder of records. `more` is the endpoint of the list that takes the text as `q`."""

    def register(finder: Any) -> Any:
        SOURCES.append(Source(label, permission, order, finder, more))
        return finder

    return register


def search(text: str, most: int) -> list[Group]:
    """What this person may open and the text finds, at most so many of a kind. Without a text: all pages and actions."""
    text = text.strip()[:MOST_SIGNS]
    groups = list(_records(text, most)) if len(text) >= LEAST_SIGNS else []
    groups.sort(key=lambda group: not any(hit.is_exact for hit in group.hits))
    groups += [Group(_("Pages"), _pages(text)), Group(_("Actions"), _actions(text))]
    numbers = count()
    for group in groups:
        group.numbered = [(next(numbers), hit) for hit in group.hits]
    return [group for group in groups if group.hits]


def exact(groups: list[Group]) -> Hit | None:
    """The one record whose own id the text is."""
    hits = [hit for group in groups for hit in group.hits if hit.is_exact]
    return hits[0] if len(hits) == 1 else None


def _records(text: str, most: int) -> Iterator[Group]:
    for one in sorted(SOURCES, key=lambda source: source.order):
        if reach.may(one.permission):
            hits = sorted(one.finder(text, most + 1), key=lambda hit: not hit.is_exact)
            more_url = url_for(one.more, q=text) if one.more and len(hits) > most else ""
            yield Group(one.label(), hits[:most], more_url)


def _pages(text: str) -> list[Hit]:
    places = [place for place in PLACES if place.is_for(reach.permissions)]
    places.sort(key=lambda place: place.order)
    return [Hit(place.label(), url_for(place.endpoint), place.icon) for place in places if _names(place.label, text)]


def _actions(text: str) -> list[Hit]:
    mine = [one for one in ACTIONS if reach.may(one.permission) and _names(one.label, text)]
    return [Hit(one.label(), url_for(one.endpoint, **one.values), one.icon) for one in mine]


def _names(label: Callable[[], str], text: str) -> bool:
    """Each word stands in the label, as the person reads it or in English."""
    words = text.casefold().split()
    if not words:
        return True
    with force_locale("en"):
        english = str(label()).casefold()
    shown = str(label()).casefold()
    return all(word in shown or word in english for word in words)
