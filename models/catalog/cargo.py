"""What kind of cargo goods are: the tags that carriers ask for. A product carries tags; a parcel has those of all its goods."""

from __future__ import annotations

import re
from collections.abc import Iterable

from models.support.errors import FieldRefused
from models.support.words import say

CARGO = {
    "general": say("General goods"),
    "battery_builtin": say("Battery built in"),
    "battery_packed": say("Battery packed with it"),
    "battery_only": say("Batteries alone"),
    "magnetic": say("Magnetic"),
    "liquid": say("Liquid"),
    "paste": say("Paste"),
    "powder": say("Powder"),
    "cosmetics": say("Cosmetics"),
    "food": say("Food"),
    "wood": say("Wood"),
    "textile": say("Textile"),
    "blade": say("Blade"),
    "branded": say("Branded"),
    "medical": say("Medical"),
    "oversize": say("Oversize"),
}
ALIASES = {
    "普货": "general", "内电": "battery_builtin", "内置电池": "battery_builtin", "带电": "battery_builtin", "配电": "battery_packed",
    "配套电池": "battery_packed", "纯电": "battery_only", "纯电池": "battery_only", "带磁": "magnetic", "磁性": "magnetic",
    "液体": "liquid", "膏体": "paste", "粉末": "powder", "化妆品": "cosmetics", "食品": "food", "木制": "wood", "木质": "wood",
    "纺织": "textile", "纺织品": "textile", "刀具": "blade", "品牌": "branded", "医疗": "medical", "超大": "oversize",
}  # fmt: skip
PARTED = re.compile(r"[|,;/、，；\n]+")


def tags_of(text: str, field: str = "cargo") -> list[str]:
    """Tags as people list them, in one order: “battery_builtin|liquid”, “内电、液体”. Raises FieldRefused."""
    words = [word.strip() for word in PARTED.split(text) if word.strip()]
    return in_order([ALIASES.get(word, word.casefold().replace(" ", "_").replace("-", "_")) for word in words], field)


def in_order(tags: Iterable[str], field: str = "cargo") -> list[str]:
    """Known tags, each once. Raises FieldRefused for another."""
    given = list(tags)
    if unknown := [tag for tag in given if tag not in CARGO]:
        raise FieldRefused(
            field, "“%(tag)s” is no kind of cargo. Known are: %(tags)s.", tag=unknown[0][:40], tags=", ".join(CARGO)
        )
    return [tag for tag in CARGO if tag in given]


def cargo_words(tags: Iterable[str]) -> str:
    return ", ".join(str(CARGO.get(tag, tag)) for tag in tags)
