"""The last boss of a team is never suspended by a rule: a team that nobody can enter helps nobody. An alarm says so instead."""

from __future__ import annotations

from typing import Any

from models.people.granting import BOSSES
from models.people.person import Person
from models.people.role import Grant, Role, RolePermission

MANAGES = "people.manage"


def is_last_boss(person: Any, team: Any) -> bool:
    """Is the person the only active boss, or the only active one who manages the people of the team?"""
    managing = RolePermission.select(RolePermission.role).where(RolePermission.permission == MANAGES)
    leading = Role.select(Role.id).where(Role.team.is_null(), Role.key.in_(BOSSES))
    return any(
        {grant.person_id for grant in _active(team).where(having)} == {person.id}
        for having in (Grant.role.in_(managing), Grant.role.in_(leading) & (Grant.all_stores == True))  # noqa: E712
    )


def _active(team: Any) -> Any:
    return Grant.select(Grant.person).join(Person).where(Grant.team == team, Person.state == "active")


def leads_alone(person: Any) -> bool:
    """Is the person the last boss of any team?"""
    teams = {grant.team_id for grant in Grant.select(Grant.team).where(Grant.person == person)}
    return any(is_last_boss(person, team_id) for team_id in teams)
