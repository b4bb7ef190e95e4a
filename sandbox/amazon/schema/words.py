"""Labels in the languages the sandbox speaks: English, German, Japanese, Chinese. Any other locale gets English."""

from __future__ import annotations

from typing import Any

from sandbox.amazon.marketplaces import Marketplace, data

LANGUAGES = ("en", "de", "ja", "zh")
LOCALES = (
    "ar", "ar_AE", "de", "de_DE", "en", "en_AE", "en_AU", "en_CA", "en_GB", "en_IN", "en_SG", "en_US", "es", "es_ES",
    "es_MX", "es_US", "fr", "fr_CA", "fr_FR", "it", "it_IT", "ja", "ja_JP", "nl", "nl_NL", "pl", "pl_PL", "pt", "pt_BR",
    "pt_PT", "sv", "sv_SE", "tr", "tr_TR", "zh", "zh_CN", "zh_TW",
)  # fmt: skip
YES_NO = (("No", "Nein", "いいえ", "否"), ("Yes", "Ja", "はい", "是"))


def spoken(locale: str | None, marketplace: Marketplace) -> str:
    """The locale an answer is written in: the one asked for or the marketplace's, English where we have no words."""
    wanted = marketplace.language if locale in (None, "DEFAULT") else str(locale)
    return wanted if wanted[:2] in LANGUAGES else "en_US"


def index(locale: str) -> int:
    return LANGUAGES.index(locale[:2]) if locale[:2] in LANGUAGES else 0


def field(name: str, locale: str) -> str:
    labels = data("fields").get(name)
    return str(labels[index(locale)]) if labels else name.replace("_", " ").title()


def attribute(name: str, locale: str) -> str:
    """The attribute's title as shoppers' language has it; the bare name if we do not know it."""
    spec, number = find(name)
    return str(spec["title"][index(locale)]).replace("{n}", number) if spec else name


def find(name: str) -> tuple[dict[str, Any] | None, str]:
    """An attribute's data, and its number when it is one of a row (`other_product_image_locator_3`)."""
    known: dict[str, Any] = data("attributes")
    if name in known:
        return known[name], ""
    stem, _, number = name.rpartition("_")
    spec = known.get(stem)
    return (spec, number) if spec and number.isdigit() and 1 <= int(number) <= spec.get("repeat", 0) else (None, "")
