"""What counts as work: figures of a person that are made of events and of nothing else.

    measure("rows_imported", say("Rows imported"), products_imported=("created", "changed"))

A room declares its measures beside its events. Nobody's screen is watched: what leaves no event is not counted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.audit.telling import tell
from models.support.words import Words

ACTS = "acts"  # Every event a person left in a team, of whatever kind.


@dataclass(frozen=True)
class Measure:
    """`parts` maps each kind of event to the details whose sum it adds; to nothing when it adds one. `seconds` names the
    detail that holds how long the other side waited: then there is a median beside the count."""

    key: str
    words: Words
    parts: Mapping[str, tuple[str, ...]]
    seconds: str = ""


MEASURES: dict[str, Measure] = {}
_BY_KIND: dict[str, list[Measure]] = {}
_WORDS: dict[str, Words] = {}
tell("measure", _WORDS)


def measure(key: str, words: Words, *kinds: str, seconds: str = "", **summed: tuple[str, ...]) -> None:
    """Declares a figure. `kinds` add one each; `summed` says kind=(details) whose sum is added."""
    declared = Measure(key, words, {kind: () for kind in kinds} | summed, seconds)
    if not key.isidentifier() or key == ACTS or MEASURES.get(key, declared) != declared:
        raise ValueError(f"The measure {key} is declared twice, or has a name that cannot be used.")
    if key not in MEASURES:
        MEASURES[key] = declared
        _WORDS[key] = words
        for kind in declared.parts:
            _BY_KIND.setdefault(kind, []).append(declared)


def measures_of(kind: str) -> list[Measure]:
    """The measures to which a kind of event adds."""
    return _BY_KIND.get(kind, [])


def needs_details(kind: str) -> bool:
    """Does what it adds stand in its details?"""
    return any(one.parts[kind] or one.seconds for one in measures_of(kind))


def added(kind: str, details: Mapping[str, Any]) -> list[tuple[Measure, int]]:
    """What an event adds to which measure; what would add nothing is left out."""
    found = []
    for one in measures_of(kind):
        names = one.parts[kind]
        count = sum(max(0, whole(details.get(name))) for name in names) if names else 1
        if count:
            found.append((one, count))
    return found


def whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def fingerprint() -> str:
    """Changes when what counts as work changes: then everything is counted anew."""
    said = sorted((one.key, sorted((kind, list(names)) for kind, names in one.parts.items()), one.seconds)
                  for one in MEASURES.values())  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
