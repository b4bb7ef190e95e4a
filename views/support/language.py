"""Which language, direction and zone a page is in: the person's, else the browser's."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, current_app, g, request
from flask.globals import _cv_app
from flask_babel import Babel, get_translations, gettext
from markupsafe import Markup

from config.settings import PROJECT
from models.people.person import LANGUAGES
from models.people.reach import teams_of
from models.support import words
from views.support.access import current_person
from views.support.templates import written

CATALOGS = PROJECT / "translations"
MOST_SENTENCES = 10_000
PREVIEW = {"ar": "العربية (RTL)"}
RIGHT_TO_LEFT = {"ar", "he", "fa"}


def offered() -> dict[str, str]:
    """Languages a person may choose. Outside production Arabic is offered too, to look at the layout from the right."""
    return LANGUAGES if current_app.config["SETTINGS"].is_production else LANGUAGES | PREVIEW


def choose_locale() -> str:
    person = current_person._get_current_object()  # type: ignore[attr-defined]
    if person:
        return person.language
    asked = request.cookies.get("language", "")
    if asked in offered():
        return asked
    best = request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-Hans"], default="en")
    return "zh_Hans" if best.startswith("zh") else "en"


_parsed = lru_cache(maxsize=100)(Locale.parse)


def choose_zone() -> str:
    person, team = current_person._get_current_object(), g.get("team")  # type: ignore[attr-defined]
    if person and person.timezone:
        return person.timezone
    if team:
        return team.timezone
    if "teams" not in g:
        g.teams = teams_of(person) if person else []
    return g.teams[0].timezone if g.teams else "Asia/Shanghai"  # A person's own pages are on the clock of their team.


def direction(locale: str) -> str:
    return "rtl" if locale.split("_")[0] in RIGHT_TO_LEFT else "ltr"


def compile_catalogs(folder: Path = CATALOGS) -> None:
    """Writes the binary catalogs gettext reads, where a `.po` file is newer than its own."""
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3])
        fresh = target.with_suffix(f".{os.getpid()}.mo")  # Several processes may begin at once, after an update.
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(target)


def install(app: Flask) -> None:
    compile_catalogs()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGS)
    Babel(app, locale_selector=lambda: _parsed(choose_locale()), timezone_selector=choose_zone)
    app.jinja_env.globals |= {"_": in_template, "gettext": in_template, "ngettext": many_in_template}
    words.use_translator(in_model)


# A page says hundreds of sentences: templates look them up in a dictionary of their language, found once a request.


class Sentences(dict[str, Markup]):
    """What was said so far in one language. Messages are ours, so there are only so many; more are not kept."""

    def __init__(self, catalog: Any):
        super().__init__()
        self.catalog = catalog

    def __missing__(self, message: str) -> Markup:
        said = Markup(self.catalog.ugettext(message))
        if len(self) < MOST_SENTENCES:
            self[message] = said
        return said


def _context() -> Any:
    """`g`, found without its proxy, which costs several times as much."""
    return _cv_app.get().g


def _said() -> Sentences:
    try:
        return _context().sentences
    except AttributeError:
        catalog: Any = get_translations()
        if not hasattr(catalog, "said"):  # Kept with the catalogue, which lives as long as the app.
            catalog.said = Sentences(catalog)
        g.sentences = catalog.said
        return g.sentences


def sentence(message: str) -> Markup:
    """A message in the reader's language as it is, its %(names)s still to be filled."""
    return _said()[message]


def in_template(message: str, /, **params: Any) -> Markup:
    """A message in the reader's language; parameters are escaped."""
    text = _said()[message]
    if not params:
        return text
    return Markup(str.__mod__(text, {name: _put(value) for name, value in params.items()}))


def _put(value: Any) -> Any:
    """A parameter as it stands in a sentence."""
    return value if type(value) is int else written(value)


def in_model(message: str) -> str:
    """A message of a model in the reader's language. Outside of a request that is the one a job speaks, or nobody's."""
    if language := words.spoken():
        return str(_catalog(language).gettext(message))
    try:
        return str(_said()[message])
    except LookupError:
        return gettext(message)


@lru_cache(maxsize=20)
def _catalog(language: str) -> Any:
    return Translations.load(str(CATALOGS), [language])


def many_in_template(one: str, many: str, num: int, /, **params: Any) -> Markup:
    """The form of a message for a number, which stands in it as %(num)s."""
    return Markup(_said().catalog.ungettext(one, many, num)) % {"num": num, **params}
