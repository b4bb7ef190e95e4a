"""Decisions that take two people. A company of one may run `two_person = solo`; then its one person decides alone, which the
page and the event say. As soon as somebody else works there, it takes two again."""

from __future__ import annotations

from typing import Any

from models.people.person import Person
from models.people.role import Grant

STRICT, SOLO = "strict", "solo"
_mode = STRICT


def use_mode(mode: str) -> None:
    """What the settings say; handed in when the databases are opened."""
    global _mode
    _mode = mode


def is_solo() -> bool:
    return _mode == SOLO


def decides_alone(person: Any, team: Any) -> bool:
    """May the person decide what takes two people elsewhere? Only where nobody else works in the team."""
    if _mode != SOLO:
        return False
    others = Grant.select().join(Person).where(Grant.team == team, Person.id != person.id, Person.state == "active")
    return not others.exists()
