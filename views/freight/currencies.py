"""Currencies by their names in the reader's language: those a seller may meet today."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.numbers import get_territory_currencies
from flask_babel import get_locale


def currencies() -> list[tuple[str, str]]:
    """Every currency that is in use somewhere, as (three letters, letters and name), by letters."""
    return _currencies(str(get_locale() or "en"))


def currency_name(code: str) -> str:
    return Locale.parse(str(get_locale() or "en")).currencies.get(code, code)


@lru_cache(maxsize=20)
def _currencies(language: str) -> list[tuple[str, str]]:
    locale = Locale.parse(language)
    used = {code for land in map(str, locale.territories) if len(land) == 2 for code in _of(land)}
    return sorted((code, f"{code} · {locale.currencies.get(code, code)}") for code in used if code != "CNY")


def _of(land: str) -> list[str]:
    try:
        return get_territory_currencies(land)
    except KeyError:
        return []
