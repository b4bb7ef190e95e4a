"""Compliance: access reviews, alarms and their rules, canary orders."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint

from models.support import clock
from models.support.words import Words

bp = Blueprint("compliance", __name__)


@bp.app_template_filter("said")
def said(text: str) -> str:
    """Words that were stored, in the reader's language."""
    return str(Words.from_json(text)) if text else ""


@bp.app_template_filter("instant")
def instant(text: str) -> datetime:
    """A moment that was stored as text."""
    return clock.parse_iso(text)


@bp.app_template_filter("role_name")
def role_name(name: str) -> str:
    """The name a role had, in the reader's language where Portolan knows it."""
    return str(Words(name))


@bp.app_template_filter("pairs")
def pairs(stores: list[dict]) -> list[tuple[int, str]]:
    """Stores as the options of a field."""
    return [(store["id"], store["name"]) for store in stores]


from views.compliance import alarms, canaries, counting, needs, overview, reviews, rules  # noqa: E402, F401 (they add themselves)
