"""The people of a team, as its boss sees them. A person of several teams is managed only where they belong alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from models.people.invitation import Invitation
from models.people.person import Person
from models.people.reach import OutOfReach, Reach
from models.people.role import Grant, Role
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused


@dataclass(frozen=True)
class Employee:
    person: Person
    grants: list[Grant]

    @property
    def roles(self) -> list[Role]:
        return [grant.role for grant in self.grants]


def employees_of(team: Team) -> list[Employee]:
    """Everybody with a grant in the team, by name, with their roles (two queries)."""
    grants = Grant.select(Grant, Role, Person).join(Role).switch(Grant).join(Person).where(Grant.team == team)
    by_person: dict[int, list[Grant]] = {}
    for grant in grants.order_by(Person.name, Grant.id):
        by_person.setdefault(grant.person_id, []).append(grant)
    return [Employee(grants[0].person, grants) for grants in by_person.values()]


def employee_of(reach: Reach, uid: uuid.UUID) -> Person:
    """A person of this team whose account this team may manage. Raises OutOfReach, or Refused for shared people."""
    person = Person.select().join(Grant).where(Person.uid == uid, Grant.team == reach.team).first()
    if person is None:
        raise OutOfReach
    if person.id == reach.person.id:
        raise Refused("Nobody manages their own account here. Ask another person.")
    elsewhere = Grant.select().where(Grant.person == person, Grant.team != reach.team).exists()
    if elsewhere and not reach.team.is_operator:
        raise Refused("This person works in other teams too; the operator manages the account.")
    return person


def invite(
    team: Team,
    login: str,
    name: str,
    *,
    role: str,
    language: str = "en",
    by: Any = None,
    stores: list[int] | None = None,
) -> tuple[Person, str]:
    """A new person with a role in the team, and the token of their one-time link. Raises FieldRefused."""
    with write_txn():
        person = Person.invite(login, name, language=language, by=by, team=team)
        chosen = next((offered for offered in Role.offered_to(team) if offered.key == role), None)
        if chosen is None:
            raise FieldRefused("role", "There is no such role in this team.")
        Grant.give(person, team, chosen, stores=stores, by=by)
        token = Invitation.make(person, "invite", by=by, team=team)
    return person, token
