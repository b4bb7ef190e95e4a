"""Which zone of a card a postcode belongs to, and how remote it is (docs/freight.md, steps 2 and 3)."""

from __future__ import annotations

import re

from models.freight.card import REMOTE_LEVELS, Area, Card

NOT_IN_A_POSTCODE = re.compile(r"[^A-Z0-9]+")


def plain_postcode(text: str) -> str:
    """A postcode in capitals, its letters and digits alone."""
    return NOT_IN_A_POSTCODE.sub("", text.upper())


def zone_of(card: Card, country: str, postcode: str) -> str | None:
    """The zone whose area fits best: the longest prefix, else a range, else the whole country; None without service."""
    best, found = 0, None
    for entry in card.zones:
        if entry.area.country == country and (fit := _fit(entry.area, postcode)) > best:
            best, found = fit, entry.zone
    return found


def remoteness_of(card: Card, country: str, postcode: str) -> str:
    """The strictest remote level that holds there; empty for an ordinary place."""
    levels = {entry.level for entry in card.remotes if entry.area.country == country and _fit(entry.area, postcode)}
    return max(levels, key=REMOTE_LEVELS.index, default="")


def _fit(area: Area, postcode: str) -> int:
    """How closely an area fits a postcode; 0 when it does not hold it."""
    if area.kind == "prefix":
        return 2 + len(area.low) if area.low and postcode.startswith(area.low) else 0
    if area.kind == "range":
        return 2 if _in_range(area.low, area.high, postcode) else 0
    return 1


def _in_range(low: str, high: str, postcode: str) -> bool:
    if low.isdigit() and high.isdigit() and postcode.isdigit():
        return len(low) == len(postcode) == len(high) and int(low) <= int(postcode) <= int(high)
    return bool(postcode) and low <= postcode[: len(low)] and postcode[: len(high)] <= high
