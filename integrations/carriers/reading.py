"""Reading what carriers send without trusting it: a wrong type reads as missing, never as an exception."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from integrations.amazon.mapping.reading import dig, items, storable

LONGEST_DESCRIPTION, LONGEST_PLACE, LONGEST_WORD = 1000, 200, 80


def text(payload: Any, *path: str, most: int = LONGEST_PLACE) -> str:
    value = dig(payload, *path)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return storable(value).strip()[:most] if isinstance(value, str) else ""


def number(payload: Any, *path: str) -> int | None:
    value = dig(payload, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def moment(value: str) -> tuple[datetime, int | None] | None:
    """An ISO 8601 time as naive UTC, and how many minutes it is ahead of UTC (None when it does not say)."""
    try:
        parsed = datetime.fromisoformat(value)
        if not 1990 <= parsed.year <= 2200:
            return None
        offset = parsed.utcoffset()
        if offset is None:
            return parsed.replace(microsecond=0), None
        return parsed.astimezone(UTC).replace(tzinfo=None, microsecond=0), round(offset.total_seconds() / 60)
    except (ValueError, OverflowError):
        return None


__all__ = ["LONGEST_DESCRIPTION", "LONGEST_PLACE", "LONGEST_WORD", "dig", "items", "moment", "number", "text"]
