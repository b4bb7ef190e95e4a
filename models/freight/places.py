"""Which zone of a card a postcode belongs to, and how remote it is (docs/freight.md, steps 2 and 3)."""

from __future__ import annotations

import re

from models.freight.card import REMOTE_LEVELS, Card

NOT_IN_A_POSTCODE = re.compile(r"[^A-Z0-9]+")


def plain_postcode(text: str) -> str:
    """A postcode in capitals, its letters and digits alone."""
    return NOT_IN_A_POSTCODE.sub("", text.upper())


def zone_of(card: Card, country: str, postcode: str) -> str | None:
    """The zone whose area fits best: the longest prefix, else a range, else the whole country; None without service."""
    places = card.zones_by_country.get(country)
    return next(places.said_of(postcode), None) if places else None


def remoteness_of(card: Card, country: str, postcode: str) -> str:
    """The strictest remote level that holds there; empty for an ordinary place."""
    places = card.remotes_by_country.get(country)
    return max(places.said_of(postcode), key=REMOTE_LEVELS.index, default="") if places else ""
