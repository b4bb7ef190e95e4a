"""Looking at what somebody may do, without acting as them and without opening anything of theirs. It leaves an event."""

from __future__ import annotations

from dataclasses import dataclass

from models.audit.event import declare, track
from models.people.employees import employees_of
from models.people.gates import closed_gate
from models.people.permissions import OPERATOR_ONLY, PERMISSIONS, by_area
from models.people.person import Person
from models.people.reach import Reach
from models.people.role import Grant
from models.people.team import Team
from models.support.db import write_txn
from models.support.words import Words, say

declare("rights_viewed", say("%(actor)s looked at what %(object)s may do"))


@dataclass(frozen=True)
class Right:
    """A permission: through which grants it is held (none: not at all), for which stores (None: for all)."""

    name: str
    words: Words
    grants: list[Grant]
    stores: frozenset[int] | None
    is_asleep: bool

    @property
    def is_held(self) -> bool:
        return bool(self.grants)

    @property
    def works(self) -> bool:
        return self.is_held and not self.is_asleep


@dataclass(frozen=True)
class Rights:
    person: Person
    reach: Reach
    areas: list[tuple[Words, list[Right]]]
    gate: Words | None

    @property
    def rows(self) -> list[tuple[Words, Right]]:
        """Every right beside the name of its area."""
        return [(area, right) for area, rights in self.areas for right in rights]


def look(team: Team, person: Person, *, by: Person) -> Rights | None:
    """What the person may do in the team right by right; None without any grant there."""
    reach = Reach.of(person, team)
    if reach is None:
        return None
    with write_txn():
        track("rights_viewed", person, by=by, team=team)
    grants = [(grant, grant.role.permissions) for one in employees_of(team, [person]) for grant in one.grants]
    offered = PERMISSIONS if team.is_operator else _of_sellers()
    areas = [(area, [_right(reach, grants, name) for name in names]) for area, names in by_area(offered)]
    return Rights(person, reach, areas, closed_gate(person, team))


def _of_sellers() -> list[str]:
    return [name for name in PERMISSIONS if name not in OPERATOR_ONLY]


def _right(reach: Reach, grants: list[tuple[Grant, frozenset[str]]], name: str) -> Right:
    stores = {**reach.by_permission, **reach.asleep}.get(name, frozenset())
    return Right(
        name, PERMISSIONS[name], [grant for grant, held in grants if name in held], stores, name in reach.asleep
    )
