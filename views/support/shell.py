"""What stands around every page: teams, navigation, notices, the person's language and theme."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, get_flashed_messages, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from models.people.reach import teams_of
from views.support.access import current_person
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
NOTICES: list[Any] = []
SECTIONS = ("", "selling", "team", "portal")


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
    """Adds a room to the navigation. `label` and `count` are functions, called when a page is made; G and `key` go there."""
    PLACES.append(Place(section, order, label, icon, endpoint, permission, count, key))


def notice(maker: Any) -> Any:
    """Registers a function that may return a banner (tone, text, url, label) for the page being made."""
    NOTICES.append(maker)
    return maker


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
        urls={"preferences": url_for("people.preferences"), "home": url_for("home.index")},
        toasts=list(get_flashed_messages(with_categories=True)),
    )
    person = current_person
    if not person:
        return shell
    shell.person, shell.theme = person, person.theme
    shell.urls["sign_out"] = url_for("people.sign_out")
    shell.team = g.get("team")
    shell.teams = [(team, url_for("home.dashboard", team=team.slug), shell.team == team) for team in teams_of(person)]
    if shell.team:
        shell.sections = _sections()
        shell.notices = [made for maker in NOTICES if (made := maker()) is not None]
    return shell


def _sections() -> list[tuple[str, list[Any]]]:
    sections = []
    blueprint = request.blueprint
    for name in SECTIONS:
        items = [
            SimpleNamespace(
                label=entry.label(),
                url=url_for(entry.endpoint),
                icon=entry.icon,
                is_current=_is_current(entry, blueprint),
                count=entry.count() if entry.count else None,
                key=entry.key,
            )
            for entry in sorted(PLACES, key=lambda entry: entry.order)
            if entry.section == name and (entry.permission is None or g.reach.may(entry.permission))
        ]
        if items:
            sections.append((section_title(name), items))
    return sections


def _is_current(entry: Place, blueprint: str | None) -> bool:
    mine = url_for(entry.endpoint).rstrip("/")
    if entry.endpoint == "home.dashboard":
        return request.endpoint == entry.endpoint
    return request.path.rstrip("/") == mine or request.path.startswith(mine + "/")


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
        return getattr(g.shell, name)
