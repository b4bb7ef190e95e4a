"""What a change was, for the detail `changes` of an event: name, old and new of each field, in plain short values.

For business data alone: a field that may hold personal data of buyers is never handed in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

MOST_FIELDS, MOST_TEXT = 40, 160
Change = tuple[str, Any, Any]


def changes_of(fields: Iterable[Change]) -> list[list[Any]]:
    """The fields that differ; of a mapping its keys that do. At most 40, long text cut."""
    found = [[name[:80], _short(old), _short(new)] for one in fields for name, old, new in _parts(*one) if old != new]
    return found[:MOST_FIELDS]


def _parts(name: str, old: Any, new: Any) -> Iterable[Change]:
    if not (isinstance(old, Mapping) or isinstance(new, Mapping)):
        return [(name, old, new)]
    before, after = dict(old or {}), dict(new or {})
    return [(f"{name}: {key}", before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]


def _short(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        value = " · ".join(value)
    elif isinstance(value, (list, tuple, Mapping)):
        value = json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(str(value).split())
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
