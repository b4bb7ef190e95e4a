"""What a leaver holds passes to colleagues, room by room, in one transaction. Each room says in a few lines what open work a person
has and how it changes hands:

    @hands_over("views", say("Shared views"), held=views_of)
    def pass_views(team, person, to): …   # Returns how many passed on.

Whoever takes it over must hold the right that each piece needs, for they go on with their own rights, never with the leaver's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.person import Person
from models.people.reach import Reach
from models.people.role import Grant
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.words import Words, say

SHOWN = 5

declare(
    "work_handed_over", say("%(actor)s handed %(count)s × %(kind)s of %(object)s over to %(to)s"), "kind", "count", "to"
)
tell("work_handed_over.kind", lambda key, beside: KINDS[key].label if key in KINDS else None)


@dataclass(frozen=True)
class Held:
    """One piece of open work: what it is called, and which permission going on with it needs."""

    label: Any
    permission: str


Held_by = Callable[[Team, Person], list[Held]]
Pass_on = Callable[[Team, Person, Person], int]


@dataclass(frozen=True)
class Kind:
    key: str
    label: Words
    held: Held_by
    pass_on: Pass_on


@dataclass(frozen=True)
class Share:
    """What a person holds of one kind, and who of the team could take it."""

    kind: Kind
    held: list[Held]
    takers: list[Person]

    @property
    def first(self) -> list[Any]:
        return [one.label for one in self.held[:SHOWN]]

    @property
    def more(self) -> int:
        return max(0, len(self.held) - SHOWN)


KINDS: dict[str, Kind] = {}


def hands_over(key: str, label: Words, *, held: Held_by) -> Callable[[Pass_on], Pass_on]:
    """Registers how one kind of open work changes hands."""

    def register(pass_on: Pass_on) -> Pass_on:
        KINDS[key] = Kind(key, label, held, pass_on)
        return pass_on

    return register


def shares_of(team: Team, person: Person) -> list[Share]:
    """The person's open work in this team, kind by kind; kinds of which there is none are left out."""
    found = [(kind, held) for kind in KINDS.values() if (held := kind.held(team, person))]
    colleagues = colleagues_of(team, person) if found else []
    return [Share(kind, held, _takers(held, colleagues)) for kind, held in found]


def colleagues_of(team: Team, person: Person) -> list[tuple[Person, Reach]]:
    """The active people of the team besides this one, who stay, with what they may do."""
    people = Person.select().join(Grant).where(Grant.team == team, Person.id != person.id, Person.state == "active")
    staying = [one for one in people.distinct().order_by(Person.name) if one.is_active and not one.is_leaving]
    reaches = ((one, Reach.of(one, team)) for one in staying)
    return [(one, reach) for one, reach in reaches if reach is not None]


def _takers(held: list[Held], colleagues: list[tuple[Person, Reach]]) -> list[Person]:
    needed = {one.permission for one in held}
    return [person for person, reach in colleagues if all(reach.may(permission) for permission in needed)]


def hand_over(team: Team, person: Person, to: Mapping[str, str], *, by: Any) -> int:
    """Passes each named kind to the colleague of this uid, all of it or nothing. Returns how many pieces. Raises FieldRefused."""
    with write_txn():
        passed = 0
        for share in shares_of(team, person):
            if wanted := to.get(share.kind.key):
                passed += _pass(share, team, person, wanted, by)
    return passed


def _pass(share: Share, team: Team, person: Person, wanted: str, by: Any) -> int:
    taker = next((one for one in share.takers if str(one.uid) == wanted), None)
    if taker is None:
        raise FieldRefused(f"to-{share.kind.key}", "This person cannot go on with it. Choose from the list.")
    count = share.kind.pass_on(team, person, taker)
    if count:
        track("work_handed_over", person, by=by, team=team, kind=share.kind.key, count=count, to=taker.login)
    return count
