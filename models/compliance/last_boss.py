"""The last boss of a team is never suspended by a rule: a team that nobody can enter helps nobody. An alarm says so instead."""

from __future__ import annotations

from typing import Any

from models.people.person import Person
from models.people.role import Grant, RolePermission

MANAGES = "people.manage"


def is_last_boss(person: Any, team: Any) -> bool:
    """Is the person the only active one who manages the people of the team?"""
    managing = (
        Grant.select(Grant.person)
        .join(RolePermission, on=(RolePermission.role == Grant.role))
        .join(Person, on=(Person.id == Grant.person))
        .where(Grant.team == team, RolePermission.permission == MANAGES, Person.state == "active")
    )
    bosses = {grant.person_id for grant in managing}
    return bosses == {person.id}


def leads_alone(person: Any) -> bool:
    """Is the person the last boss of any team?"""
    teams = {grant.team_id for grant in Grant.select(Grant.team).where(Grant.person == person)}
    return any(is_last_boss(person, team_id) for team_id in teams)
