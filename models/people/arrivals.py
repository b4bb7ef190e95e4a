"""Open invitations of a team: who has not chosen a password yet, until when their link works; renewing and withdrawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.employees import Employee, employees_of
from models.people.invitation import Invitation
from models.people.person import Person
from models.people.role import Grant
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.words import say

declare("invitation_withdrawn", say("%(actor)s withdrew the invitation of %(object)s"))


@dataclass(frozen=True)
class Arrival:
    """Somebody invited. `ends_at` is when the link dies, or died."""

    employee: Employee
    sent_at: datetime | None
    ends_at: datetime | None

    @property
    def person(self) -> Person:
        return self.employee.person

    @property
    def is_open(self) -> bool:
        return self.ends_at is not None and self.ends_at > clock.now()


def arrivals(team: Team) -> list[Arrival]:
    """Everybody of the team who was invited and has not come yet, the last invited first (three queries)."""
    people = invited(team)
    links = _links(people)
    found = {employee.person.id: employee for employee in employees_of(team, people)}
    return [_arrival(found[one.id], links.get(one.id)) for one in people if one.id in found]


def _arrival(employee: Employee, link: tuple[datetime, datetime] | None) -> Arrival:
    return Arrival(employee, *link) if link else Arrival(employee, None, None)


def invited(team: Team) -> list[Person]:
    query = Person.select().join(Grant).where(Grant.team == team, Person.state == "invited")
    return list(query.distinct().order_by(Person.id.desc()).limit(500))


def _links(people: list[Person]) -> dict[int, tuple[datetime, datetime]]:
    """When each one's newest link was made and when it ends; one that was spent does not count."""
    if not people:
        return {}
    newest = (
        Invitation.select(peewee.fn.MAX(Invitation.id))
        .where(Invitation.person.in_([person.id for person in people]), Invitation.used_at.is_null())
        .group_by(Invitation.person)
    )
    return {
        link.person_id: (link.created_at, link.expires_at)
        for link in Invitation.select().where(Invitation.id.in_(newest))
    }


def withdraw(person: Person, *, by: Any, team: Team) -> None:
    """Takes an invitation back: its link is dead, the account closed. The sign-in name stays taken. Raises AlreadyDecided."""
    with write_txn():
        person.turn(Person.state == "invited", state="suspended")
        track("invitation_withdrawn", person, by=by, team=team)
