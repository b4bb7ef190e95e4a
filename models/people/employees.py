"""The people of a team, as its boss sees them. A person of several teams is managed only where they belong alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.people.granting import require_a_boss_stays, require_may_give, require_may_manage, takes_two
from models.people.invitation import Invitation
from models.people.person import Person
from models.people.reach import OutOfReach, Reach
from models.people.role import Grant, GrantStore, Role
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused


@dataclass(frozen=True)
class Employee:
    person: Person
    grants: list[Grant]
    stores: dict[int, list[int]]  # The store ids of each grant that is not for all of them.

    @property
    def roles(self) -> list[Role]:
        return [grant.role for grant in self.grants]


def employees_of(team: Team, people: Iterable[Person] | None = None) -> list[Employee]:
    """Everybody with a grant in the team (or those of them named), by name, with roles and stores (two queries)."""
    grants = Grant.select(Grant, Role, Person).join(Role).switch(Grant).join(Person).where(Grant.team == team)
    if people is not None:
        grants = grants.where(Grant.person.in_([person.id for person in people]))
    by_person: dict[int, list[Grant]] = {}
    for grant in grants.order_by(Person.name, Grant.id):
        by_person.setdefault(grant.person_id, []).append(grant)
    stores = _stores([grant for found in by_person.values() for grant in found if not grant.all_stores])
    return [
        Employee(found[0].person, found, {one.id: stores.get(one.id, []) for one in found if not one.all_stores})
        for found in by_person.values()
    ]


def _stores(grants: list[Grant]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    if grants:
        for part in GrantStore.select().where(GrantStore.grant.in_([grant.id for grant in grants])):
            found.setdefault(part.grant_id, []).append(part.store_id)
    return found


def colleague_of(reach: Reach, uid: uuid.UUID) -> Person:
    """A person of this team, to look at. Raises OutOfReach."""
    person = Person.select().join(Grant).where(Person.uid == uid, Grant.team == reach.team).first()
    if person is None:
        raise OutOfReach
    return person


def employee_of(reach: Reach, uid: uuid.UUID) -> Person:
    """A person of this team whose account this person may manage. Raises OutOfReach, or Refused with the reason why not."""
    person = colleague_of(reach, uid)
    if why := why_not_managed(reach, person):
        raise why
    return person


def grantee_of(reach: Reach, uid: uuid.UUID) -> Person:
    """A person of this team whose roles here this person may change; the account itself may belong to the operator's care."""
    person = colleague_of(reach, uid)
    if why := why_no_grants(reach, person):
        raise why
    return person


def why_not_managed(reach: Reach, person: Person) -> Refused | None:
    """Why this person's account is not managed by that one; None where it is."""
    elsewhere = Grant.select().where(Grant.person == person, Grant.team != reach.team).exists()
    if elsewhere and not reach.team.is_operator and person.id != reach.person.id:
        return Refused("This person works in other teams too; the operator manages the account.")
    return why_no_grants(reach, person)


def why_no_grants(reach: Reach, person: Person) -> Refused | None:
    """Why this person's roles in the team are not changed by that one; None where they are."""
    if person.id == reach.person.id:
        return Refused("Nobody manages their own account here. Ask another person.")
    try:
        require_may_manage(reach, person)
    except Refused as refused:
        return refused
    return None


def suspend(person: Person, team: Team, reason: str, *, by: Any) -> None:
    """Ends the person's access at once. Raises LastBoss."""
    with write_txn():
        require_a_boss_stays(team, person)
        person.suspend(reason, by=by, team=team)


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
        chosen = next((offered for offered in Role.offered_to(team) if offered.key == role), None)
        if chosen is None:
            raise FieldRefused("role", "There is no such role in this team.")
        chosen.hold()
        try:
            require_may_give(by, team, chosen, stores)
        except Refused as refused:
            raise FieldRefused("role", refused.words) from None
        person = Person.invite(login, name, language=language, by=by, team=team)
        Grant.give(person, team, chosen, stores=stores, by=by)
        token = Invitation.make(person, "invite", by=by, team=team)
    return person, token


def require_invitable(role: Role) -> None:
    """Raises FieldRefused for a role that a newcomer does not begin with: a second person agrees to it later."""
    if takes_two(role):
        raise FieldRefused(
            "role", "This role takes a second person's yes. Invite with another role, then propose this one on the person's page."
        )  # fmt: skip
