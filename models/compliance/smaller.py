"""Which roles are smaller than another: all they allow is in it. A review takes, and never gives."""

from __future__ import annotations

from models.people.role import Role
from models.people.team import Team


def smaller_roles(team: Team, key: str) -> list[Role]:
    """The roles of the team that allow less than the one of this key, and nothing beside it."""
    offered = Role.offered_to(team)
    permissions = Role.permissions_of(offered)
    held = next((permissions[role.id] for role in offered if role.key == key), frozenset())
    return [role for role in offered if permissions[role.id] < held]
