"""Which language, direction and zone a page is in: the person's, else the browser's."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, g, request
from flask_babel import Babel, gettext
from flask_login import current_user

from config.settings import PROJECT
from models.people.person import LANGUAGES
from models.support import words

CATALOGS = PROJECT / "translations"
PREVIEW = {"ar": "العربية (RTL)"}
RIGHT_TO_LEFT = {"ar", "he", "fa"}


def offered() -> dict[str, str]:
    """Languages a person may choose. Outside production Arabic is offered too, to look at the layout from the right."""
    return LANGUAGES if current_app.config["SETTINGS"].is_production else LANGUAGES | PREVIEW


def choose_locale() -> str:
    if current_user and current_user.is_authenticated:
        return current_user.language
    asked = request.cookies.get("language", "")
    if asked in offered():
        return asked
    best = request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-Hans"], default="en")
    return "zh_Hans" if best.startswith("zh") else "en"


def choose_zone() -> str:
    if current_user and current_user.is_authenticated and current_user.timezone:
        return current_user.timezone
    return g.team.timezone if g.get("team") else "Asia/Shanghai"


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
        fresh = target.with_suffix(".new")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(target)


def install(app: Flask) -> None:
    compile_catalogs()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGS)
    Babel(app, locale_selector=choose_locale, timezone_selector=choose_zone)
    words.use_translator(gettext)
