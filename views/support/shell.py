"""What stands around every page: teams, navigation, notices, the person's language and theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from models.lists import many
from models.people.reach import teams_of
from models.support.prepared import together
from views.support.access import current_person
from views.support.format import language
from views.support.hypermedia import flashed
from views.support.language import choose_locale, direction, offered


@dataclass(frozen=True, eq=False)
class Place:
    """An entry of the navigation, declared by its room: permission None means for everyone in the team. `also` are the endpoints of its
    other tabs, where their addresses do not begin with its own. Whoever has the permission `unless` has a better place for it."""

    section: str
    order: int
    label: Any
    icon: str
    endpoint: str
    permission: str | None
    count: Any = None
    key: str = ""
    also: Callable[[], Iterable[str]] = tuple
    unless: str = ""

    def is_for(self, permissions: Set[str]) -> bool:
        return (self.permission is None or self.permission in permissions) and self.unless not in permissions


PLACES: list[Place] = []
NOTICES: list[Notice] = []
SECTIONS = ("", "selling", "team", "portal")


@dataclass(frozen=True)
class Notice:
    """`asks` gives a query of one value, or None where the person of this reach need not know; `maker` makes a banner of the value. Where
    nothing was found that `rests`, it is looked for again after a minute."""

    asks: Any
    maker: Any
    rests: bool = False

    def asked(self, reach: Any) -> Any:
        is_resting = self.rests and many.recall(self._key(reach))
        return None if is_resting else self.asks(reach)

    def told(self, reach: Any, value: Any) -> Any:
        """The banner, or None."""
        if value is None and self.rests and not many.recall(self._key(reach)):
            many.keep(self._key(reach), True, size=many.MANY, during=many.A_MINUTE)
        return None if value is None else self.maker(value)

    def _key(self, reach: Any) -> Any:
        return self.maker, reach.team_id, reach.permissions


def place(
    section: str,
    order: int,
    label: Any,
    icon: str,
    endpoint: str,
    permission: str | None,
    count: Any = None,
    key: str = "",
    also: Callable[[], Iterable[str]] = tuple,
    unless: str = "",
) -> None:
    """Adds a room to the navigation. `label` and `count` are functions, called when a page is made; `count` gives a query
    of a number. G and `key` go there."""
    PLACES.append(Place(section, order, label, icon, endpoint, permission, count, key, also, unless))


def in_order() -> list[Place]:
    """Every place, as the navigation shows them."""
    return sorted(PLACES, key=lambda place: (SECTIONS.index(place.section), place.order))


def notice(asks: Any, *, rests: bool = False) -> Any:
    """Registers a function that may return a banner (tone, text, url, label) for the page being made. It is called with the
    value that the query which `asks` gives for a reach found, if it found one. All pages ask for all of it, so it is asked together. What only time
    brings about, and no person, `rests`."""

    def register(maker: Any) -> Any:
        NOTICES.append(Notice(asks, maker, rests))
        return maker

    return register


@dataclass
class Shell:
    product: str = "Portolan"
    locale: str = "en"
    direction: str = "ltr"
    theme: str = "system"
    person: Any = None
    team: Any = None
    teams: list = field(default_factory=list)
    sections: list = field(default_factory=list)
    languages: list = field(default_factory=list)
    urls: dict = field(default_factory=dict)
    notices: list = field(default_factory=list)
    toasts: list = field(default_factory=list)

    @property
    def search_url(self) -> str | None:
        return self.urls.get("search")

    @property
    def plain(self) -> dict[str, Any]:
        """What stands around the main part of a page, in plain values: equal ones are made once (`part()`)."""
        person, urls = self.person, self.urls
        return {
            "product": self.product, "locale": self.locale, "direction": self.direction, "theme": self.theme, "home": urls.get("home") or "/",
            "search_url": urls.get("search"), "sections": self.sections, "team": self.team.name if self.team else None,
            "teams": self.teams, "person": person.name if person else None, "login": person.login if person else None,
            "initials": person.initials if person else None, "languages": self.languages,
            **{name: urls.get(name) for name in ("preferences", "sign_out", "own_factors", "sessions", "own_password")},
        }  # fmt: skip


def make_shell() -> Shell:
    locale = choose_locale()
    shell = Shell(
        locale=language().replace("_", "-"),
        direction=direction(locale),
        theme=request.cookies.get("theme", "system"),
        languages=[(code, label, code == locale) for code, label in offered().items()],
        urls={"preferences": _address("people.preferences"), "home": _address("home.index")},
        toasts=flashed(),
    )
    person, kept = current_person._get_current_object(), g._get_current_object()  # type: ignore[attr-defined]
    if not person:
        return shell
    shell.person, shell.theme = person, person.theme
    shell.urls |= {name: _address(f"people.{name}") for name in ("sign_out", "own_factors", "sessions", "own_password")}
    shell.team = team = kept.get("team")
    shell.teams = [
        (one.name, "compass" if one.is_operator else "store", _address("home.dashboard", one.slug), one == team)
        for one in (kept.teams if "teams" in kept else teams_of(person))
    ]
    if team:
        shell.urls["search"] = _address("search.index", team.slug)
        places = _places(kept.reach.permissions, len(PLACES))
        keys = [(place.endpoint, team.id, kept.reach.store_ids) for place in places if place.count]
        known = [many.recall(key) for key in keys]
        asking = [place.count for place in places if place.count]
        asked = [None if held is not None else ask() for ask, held in zip(asking, known, strict=True)]
        asked += [notice.asked(kept.reach) for notice in NOTICES]
        answers = iter(together(*(query for query in asked if query is not None)))
        values = [None if query is None else next(answers) for query in asked]
        counts = tuple(_counted(*each) for each in zip(keys, known, values, strict=False))
        where = _where(places, team.slug, request.endpoint, request.path)
        shell.sections = _sections(places, team.slug, shell.locale, where, counts)
        found = zip(NOTICES, values[len(counts) :], strict=True)
        shell.notices = [made for notice, value in found if (made := notice.told(kept.reach, value))]
    return shell


def _counted(key: Any, held: int | None, found: Any) -> Any:
    """A count of the navigation; a thousand and more may be that of a moment ago."""
    if held is not None or found is None:
        return held
    return many.keep(key, found)


@lru_cache(maxsize=1000)
def _places(permissions: frozenset[str], _how_many: int) -> tuple[Place, ...]:
    """What a person of these permissions finds in the navigation, in its order."""
    return tuple(place for place in in_order() if place.is_for(permissions))


def _where(places: tuple[Place, ...], slug: str, endpoint: str | None, path: str) -> int | None:
    """Where we are: of the places we could be in, the one with the longest address."""
    here, longest, found = path.rstrip("/"), "", None
    for number, mine in _addresses(places, slug):
        is_dashboard = places[number].endpoint == "home.dashboard"
        if len(mine) <= len(longest):
            continue
        is_below = here.startswith(mine) and here[len(mine) : len(mine) + 1] in ("", "/")
        if endpoint == "home.dashboard" if is_dashboard else is_below:
            longest, found = mine, number
    return found


@lru_cache(maxsize=1000)
def _addresses(places: tuple[Place, ...], slug: str) -> tuple[tuple[int, str], ...]:
    """Each address that begins those of a place, with the place's number."""
    return tuple(
        (number, _address(endpoint, slug).rstrip("/"))
        for number, place in enumerate(places)
        for endpoint in (place.endpoint, *place.also())
    )


@lru_cache(maxsize=1000)
def _sections(
    places: tuple[Place, ...], slug: str, _language: str, where: int | None, counts: tuple[Any, ...]
) -> list[tuple[str, list[Any]]]:
    """The navigation by section, made once for each language, place and set of counts. Nobody changes it."""
    titles = {"selling": _("Selling"), "team": _("Team"), "portal": _("Portal")}
    items: dict[str, list[Any]] = {name: [] for name in SECTIONS}
    numbers = iter(counts)
    for number, place in enumerate(places):
        count = next(numbers) if place.count else None
        entry = {"label": place.label(), "url": _address(place.endpoint, slug), "icon": place.icon, "key": place.key}
        items[place.section].append(entry | {"is_current": number == where, "count": count or None})
    return [(titles.get(name, ""), entries) for name, entries in items.items() if entries]


@lru_cache(maxsize=10_000)
def _address(endpoint: str, team: str | None = None) -> str:
    """An address that every page shows, made once."""
    return url_for(endpoint, team=team) if team else url_for(endpoint)


def install(app: Flask) -> None:
    @app.context_processor
    def _shell() -> dict[str, Any]:
        # Made once a page, when the layout first asks; fragments never pay for it.
        return {"shell": LazyShell(), "reach": g.get("reach"), "current_team": g.get("team")}


class LazyShell:
    """Builds the shell at the first attribute a template asks for; a bare one when the request never got in."""

    def __getattr__(self, name: str) -> Any:
        kept = g._get_current_object()  # type: ignore[attr-defined]
        if "shell" not in kept:
            kept.shell = make_shell() if kept.get("entered") else Shell()
        self.__dict__ |= vars(kept.shell)  # From now on they are its own.
        return getattr(kept.shell, name)
