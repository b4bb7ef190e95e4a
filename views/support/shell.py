"""What stands around every page: teams, navigation, notices, the person's language and theme."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from models.people.reach import teams_of
from models.support.prepared import together
from views.support.access import current_person
from views.support.hypermedia import flashed
from views.support.language import choose_locale, direction, offered


@dataclass(frozen=True)
class Place:
    """An entry of the navigation, declared by its room: permission None means for everyone in the team."""

    section: str
    order: int
    label: Any
    icon: str
    endpoint: str
    permission: str | None
    count: Any = None
    key: str = ""


PLACES: list[Place] = []
NOTICES: list[Notice] = []
SECTIONS = ("", "selling", "team", "portal")


@dataclass(frozen=True)
class Notice:
    """`asks` gives a query of one value, or None where this person need not know; `maker` makes a banner of the value."""

    asks: Any
    maker: Any


def place(
    section: str,
    order: int,
    label: Any,
    icon: str,
    endpoint: str,
    permission: str | None,
    count: Any = None,
    key: str = "",
) -> None:
    """Adds a room to the navigation. `label` and `count` are functions, called when a page is made; `count` gives a query
    of a number. G and `key` go there."""
    PLACES.append(Place(section, order, label, icon, endpoint, permission, count, key))


def in_order() -> list[Place]:
    """Every place, as the navigation shows them."""
    return sorted(PLACES, key=lambda place: (SECTIONS.index(place.section), place.order))


def notice(asks: Any) -> Any:
    """Registers a function that may return a banner (tone, text, url, label) for the page being made. It is called with the
    value that the query of `asks` found, if it found one. All pages ask for all of it, so it is asked together."""

    def register(maker: Any) -> Any:
        NOTICES.append(Notice(asks, maker))
        return maker

    return register


def section_title(name: str) -> str:
    return {"selling": _("Selling"), "team": _("Team"), "portal": _("Portal")}.get(name, "")


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


def make_shell() -> Shell:
    locale = choose_locale()
    shell = Shell(
        locale=str(get_locale() or locale).replace("_", "-"),
        direction=direction(locale),
        theme=request.cookies.get("theme", "system"),
        languages=[(code, label, code == locale) for code, label in offered().items()],
        urls={"preferences": _address("people.preferences"), "home": _address("home.index")},
        toasts=flashed(),
    )
    person = current_person
    if not person:
        return shell
    shell.person, shell.theme = person, person.theme
    shell.urls |= {name: _address(f"people.{name}") for name in ("sign_out", "own_factors", "sessions", "own_password")}
    shell.team = team = g.get("team")
    shell.teams = [
        (one.name, "compass" if one.is_operator else "store", _address("home.dashboard", one.slug), one == team)
        for one in (g.teams if "teams" in g else teams_of(person))
    ]
    if team:
        shell.urls["search"] = _address("search.index", team.slug)
        places = [place for place in PLACES if place.permission is None or g.reach.may(place.permission)]
        asked = [place.count() if place.count else None for place in places] + [notice.asks() for notice in NOTICES]
        answers = iter(together(*(query for query in asked if query is not None)))
        values = [None if query is None else next(answers) for query in asked]
        shell.sections = _sections(zip(places, values, strict=False), team.slug)
        found = zip(NOTICES, values[len(places) :], strict=True)
        shell.notices = [made for notice, value in found if value is not None and (made := notice.maker(value))]
    return shell


def _sections(places: Iterable[tuple[Place, Any]], slug: str) -> list[tuple[str, list[Any]]]:
    """The navigation by section. Of the places we could be in, the one with the longest address is where we are."""
    items: dict[str, list[Any]] = {name: [] for name in SECTIONS}
    language = str(get_locale())
    current = SimpleNamespace(url="")
    for place, count in sorted(places, key=lambda pair: pair[0].order):
        url = _address(place.endpoint, slug)
        item = SimpleNamespace(
            label=_label(place, language),
            url=url,
            icon=place.icon,
            is_current=False,
            count=count or None,
            key=place.key,
        )
        if _is_within(place, url) and len(url) > len(current.url):
            current = item
        items[place.section].append(item)
    current.is_current = True
    return [(section_title(name), list(map(vars, entries))) for name, entries in items.items() if entries]


def _is_within(place: Place, url: str) -> bool:
    if place.endpoint == "home.dashboard":
        return request.endpoint == place.endpoint
    mine, here = url.rstrip("/"), request.path.rstrip("/")
    return here == mine or here.startswith(mine + "/")


@lru_cache(maxsize=1000)
def _label(place: Place, _language: str) -> str:
    return place.label()


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
        if "shell" not in g:
            g.shell = make_shell() if g.get("entered") else Shell()
        self.__dict__ |= vars(g.shell)  # From now on they are its own.
        return getattr(g.shell, name)
