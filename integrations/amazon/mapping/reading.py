"""Reading payloads without trusting them: a wrong type reads as missing, never as an exception."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MOST = Decimal(10) ** 12


class Unreadable(ValueError):
    """The part that names a thing or dates it is missing, so it cannot be kept as such."""


def dig(payload: Any, *path: str) -> Any:
    """The value at a path of keys; None when anything on the way is missing or no object."""
    try:
        for key in path:
            payload = payload[key]
    except (KeyError, TypeError):
        return None
    return payload


def text(payload: Any, *path: str) -> str:
    """The text at a path, trimmed; empty when there is none. Asked dozens of times an order, so it asks nobody else."""
    try:
        for key in path:
            payload = payload[key]
    except (KeyError, TypeError):
        return ""
    if not isinstance(payload, str):
        return ""
    return payload.strip() if payload.isprintable() else storable(payload).strip()


def storable(value: str) -> str:
    """Text without what no database takes: zero characters, and halves of characters."""
    if value.isprintable():
        return value
    return value.replace("\0", "").encode("utf-8", "ignore").decode()


def items(payload: Any, *path: str) -> list[Any]:
    value = dig(payload, *path) if path else payload
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(payload: Any, *path: str) -> list[str]:
    value = dig(payload, *path)
    return [storable(item) for item in value if isinstance(item, str)] if isinstance(value, list) else []


def whole(payload: Any, *path: str) -> int | None:
    """A whole number that fits into a column."""
    value = dig(payload, *path)
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
    return value if fits else None


def moment(payload: Any, *path: str) -> datetime | None:
    """An ISO 8601 time as naive UTC."""
    value = dig(payload, *path)
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip().removesuffix("Z"))
    except ValueError:
        return None
    if not 1990 <= parsed.year <= 2200:
        return None
    return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed


def amount(payload: Any, *path: str) -> tuple[Decimal, str] | None:
    """A money object {amount, currencyCode} as (Decimal, currency)."""
    money = dig(payload, *path)
    if money is None:
        return None
    raw, currency = dig(money, "amount"), text(money, "currencyCode")
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)) or len(currency) != 3:
        return None
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        return None
    return (number, currency) if number.is_finite() and abs(number) < MOST else None
