"""Typed fields: what the two databases would otherwise store differently, and what may never be stored in clear."""

from __future__ import annotations

import json
import os
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import peewee
from peewee import Check

_LONG_WAY = json.JSONEncoder(separators=(",", ":")).encode
EPOCH, MILLISECOND = datetime(1970, 1, 1), timedelta(milliseconds=1)


class UtcField(peewee.DateTimeField):
    """A moment as naive UTC. A moment with a zone is refused: convert where it enters."""

    def db_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return super().db_value(value)
        if value.tzinfo is not None:
            raise ValueError(f"{self.name} wants naive UTC.")
        return value


class StatusField(peewee.CharField):
    """One of a few words, also guarded by the database."""

    def __init__(self, *choices: str, **kwargs: Any):
        self.allowed = choices
        kwargs.setdefault("max_length", 32)
        super().__init__(**kwargs)

    def bind(self, model: Any, name: str, set_attribute: bool = True) -> None:
        if self.allowed:
            words = ", ".join(f"'{word}'" for word in self.allowed)
            self.constraints = [*(self.constraints or []), Check(f'"{name}" IN ({words})')]
        super().bind(model, name, set_attribute)


class ExactDecimalField(peewee.Field):
    """A Decimal kept as text: SQLite would make it a float."""

    field_type = "VARCHAR"

    def get_modifiers(self) -> Any:
        return [40]

    def db_value(self, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"{self.name} wants a Decimal, not {type(value).__name__}.")
        if not value.is_finite():
            raise ValueError(f"{self.name} wants a finite number.")
        if len(text := format(value, "f")) > 40:
            raise ValueError(f"{self.name} takes at most 40 signs.")
        return text

    def python_value(self, value: Any) -> Any:
        return None if value is None else Decimal(value)


def compact(value: Any) -> str:
    """As JSON in one line. Halves of characters, numbers beyond 64 bits and keys that are no text, none of which orjson takes, are
    spelled the long way."""
    try:
        return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()
    except TypeError:
        return _LONG_WAY(value)


class JsonField(peewee.TextField):
    """JSON as text, the same on both databases. Not for queries: what is asked for gets a column."""

    def db_value(self, value: Any) -> Any:
        return None if value is None else compact(value)

    def python_value(self, value: Any) -> Any:
        return None if value is None else json.loads(value)


class UidField(peewee.UUIDField):
    """What a URL names a record by."""

    def __init__(self, **kwargs: Any):
        super().__init__(unique=True, default=uuid.uuid4, **kwargs)


def uid_in_order(moment: datetime) -> uuid.UUID:
    """A uid that begins with a moment (version 7). Rows made together then lie together in its index, which makes bringing
    in many of them cheaper than random ones would."""
    milliseconds = (moment - EPOCH) // MILLISECOND
    random = int.from_bytes(os.urandom(10))
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | (random >> 68) << 64 | 2 << 62 | random & (1 << 62) - 1)


class SealedField(peewee.BlobField):
    """Ciphertext of the vault. It takes nothing else, so clear text cannot be stored by mistake."""

    def db_value(self, value: Any) -> Any:
        self.require_sealed(value)
        return super().db_value(value)

    def require_sealed(self, value: Any) -> None:
        """Raises TypeError for anything but ciphertext or None."""
        if value is not None and not (isinstance(value, bytes) and value[:2] == b"\x01p"):
            raise TypeError(f"{self.name} is sealed: seal the value first.")

    def python_value(self, value: Any) -> Any:
        return None if value is None else bytes(value)
