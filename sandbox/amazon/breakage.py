"""Answers that no longer fit Amazon's schema, for the `schema_break` fault: unknown fields, unknown words in an
enumeration, numbers as text, lists that are null, fields that are missing. Which one follows from a running number."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Place = tuple[Any, Any]  # A container and the key or index in it.


def broken(body: dict[str, Any], number: int) -> dict[str, Any]:
    body = copy.deepcopy(body)
    breaks = (_add_fields, _invent_words, _mistype, _drop)
    breaks[number % len(breaks)](body)
    return body


def _add_fields(body: dict[str, Any]) -> None:
    for container, key in list(_places(body)):
        if isinstance(container[key], dict):
            container[key]["newField"] = {"since": "tomorrow"}
    body["newField"] = [1, "two", None]


def _invent_words(body: dict[str, Any]) -> None:
    for container, key in _places(body):
        value = container[key]
        if isinstance(value, str) and value.isupper() and value.replace("_", "").isalpha() and len(value) > 3:
            container[key] = "SOMETHING_NEW"


def _mistype(body: dict[str, Any]) -> None:
    for container, key in list(_places(body)):
        value = container[key]
        if isinstance(value, bool):
            container[key] = str(value).lower()
        elif isinstance(value, int | float):
            container[key] = str(value)
        elif isinstance(value, list) and value and not isinstance(value[0], dict):
            container[key] = None


def _drop(body: dict[str, Any]) -> None:
    """Every second field that is not an identifier disappears."""
    for container, key in list(_places(body))[::2]:
        if (
            isinstance(container, dict)
            and not str(key).endswith(("Id", "sku"))
            and not isinstance(container[key], list)
        ):
            container.pop(key, None)


def _places(value: Any) -> Iterator[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)
