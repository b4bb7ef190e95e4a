"""Countries by their names in the reader's language."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from babel import Locale
from flask import has_request_context
from flask_babel import get_locale

from models.audit import telling

NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def countries() -> list[tuple[str, str]]:
    """Every country as (two letters, name), by name."""
    return _countries(str(get_locale() or "en"))


def country_name(code: str) -> str:
    return _names(str(get_locale() or "en")).get(code, code)


@lru_cache(maxsize=20)
def _names(language: str) -> dict[str, str]:
    named = Locale.parse(language).territories
    return {
        code: name for code, name in named.items() if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    }


@lru_cache(maxsize=20)
def _countries(language: str) -> list[tuple[str, str]]:
    return sorted(_names(language).items(), key=lambda pair: unicodedata.normalize("NFKD", pair[1]).casefold())


telling.write_country = lambda code: country_name(code) if has_request_context() else code
