"""Which zone of a card a postcode belongs to, and how remote it is (docs/freight.md, steps 2 and 3)."""

from __future__ import annotations

import re

from models.freight.engine.card import REMOTE_LEVELS, Card

STRETCH = re.compile(r"(?:(\d{1,10})\s*[-~–—]\s*(\d{1,10})|[A-Z]+\d[A-Z\d]*\s*[-~–—]\s*[A-Z]+\d[A-Z\d]*)")
NOT_IN_A_POSTCODE = re.compile(r"[^A-Z0-9]+")


def plain_postcode(text: str) -> str:
    """A postcode in capitals, its letters and digits alone."""
    return NOT_IN_A_POSTCODE.sub("", text.upper())


def is_stretch(text: str) -> bool:
    """Is it two postcodes with a hyphen between (`0800-0899`, `IV1-IV28`) rather than one that is written with one (`100-0001`)?"""
    found = STRETCH.fullmatch(text.upper().strip())
    return found is not None and len(found[1] or "") == len(found[2] or "")


def zone_of(card: Card, country: str, postcode: str) -> str | None:
    """The zone whose area fits best: the longest prefix, else a range, else the whole country; None without service."""
    places = card.zones_by_country.get(country)
    return next(places.said_of(postcode), None) if places else None


def remoteness_of(card: Card, country: str, postcode: str) -> str:
    """The strictest remote level that holds there; empty for an ordinary place."""
    places = card.remotes_by_country.get(country)
    return max(places.said_of(postcode), key=REMOTE_LEVELS.index, default="") if places else ""
