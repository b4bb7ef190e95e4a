"""A card as text and back, without loss: how a version is kept. The same card always gives the same text."""

from __future__ import annotations

import dataclasses
import json
import zlib
from datetime import date
from decimal import Decimal
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from models.freight.engine.card import Card


def packed(card: Card) -> bytes:
    return zlib.compress(json.dumps(_plain(card), ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpacked(content: bytes) -> Card:
    return _made(Card, json.loads(zlib.decompress(bytes(content))))


def _plain(value: Any) -> Any:
    """Dataclasses as lists of their fields, numbers and days as text, sets in order."""
    if dataclasses.is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in sorted(value.items())}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value


def _made(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if dataclasses.is_dataclass(kind):
        return kind(*(_made(inner, one) for inner, one in zip(_kinds(kind), value, strict=True)))  # type: ignore[operator]
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        return date.fromisoformat(value)
    origin, args = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return _made(args[0], value)
    if origin is frozenset:
        return frozenset(value)
    if origin is tuple:
        return tuple(_made(args[0], inner) for inner in value)
    if args:  # A mapping.
        return {key: _made(args[1], inner) for key, inner in value.items()}
    return value


_KINDS: dict[Any, list[Any]] = {}


def _kinds(kind: Any) -> list[Any]:
    """The types of a dataclass's fields, in order; worked out once."""
    if kind not in _KINDS:
        hints = get_type_hints(kind)
        _KINDS[kind] = [hints[field.name] for field in dataclasses.fields(kind)]
    return _KINDS[kind]
