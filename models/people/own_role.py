"""A team's own roles: made, copied, changed and removed by people who hold everything the role allows and do not have it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.granting import MoreThanOwn
from models.people.permissions import OPERATOR_ONLY, PERMISSIONS, TAKES_TWO
from models.people.person import Person
from models.people.proposal import Proposal
from models.people.reach import OutOfReach, Reach
from models.people.role import Grant, Role
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say

MOST_NAME, MOST_ROLES = 60, 40
IDLE = (15, 30, 60)

declare("role_made", say("%(actor)s made the role %(object)s: %(permissions)s"), "permissions")
declare("role_changed", say("%(actor)s changed the role %(object)s: added %(added)s, removed %(removed)s"),
        "added", "removed", "idle_minutes")  # fmt: skip
declare("role_renamed", say("%(actor)s renamed the role %(object)s, before %(before)s"), "before")
declare("role_removed", say("%(actor)s removed the role %(object)s"))


def of(reach: Reach, uid: uuid.UUID) -> Role:
    """A role of this team, its own or a built-in one that it is offered. Raises OutOfReach."""
    role = next((role for role in Role.offered_to(reach.team) if role.uid == uid), None)
    if role is None:
        raise OutOfReach
    return role


def offered_permissions(reach: Reach) -> list[str]:
    """What a role of this team may allow at all."""
    return [name for name in PERMISSIONS if reach.team.is_operator or name not in OPERATOR_ONLY]


def make(reach: Reach, name: str, permissions: Iterable[str], idle_minutes: int = 60) -> Role:
    """A new role of the team. Raises FieldRefused."""
    chosen = frozenset(permissions)
    with write_txn():
        name = _good_name(reach, name)
        _require_good(reach, chosen)
        if Role.select().where(Role.team == reach.team).count() >= MOST_ROLES:
            raise Refused("A team has at most %(most)s roles of its own.", most=MOST_ROLES)
        key = f"own-{secrets.token_hex(6)}"
        role = Role.create(team=reach.team, key=key, name=name, idle_minutes=_idle(idle_minutes, chosen))
        role.set_permissions(chosen)
        track("role_made", role, by=reach.person, team=reach.team, permissions=sorted(chosen))
    return role


def change(reach: Reach, role: Role, name: str, permissions: Iterable[str], idle_minutes: int) -> None:
    """Another name, other permissions. The sessions of everybody who has the role end. Raises FieldRefused or Refused."""
    _require_own(reach, role)
    chosen = frozenset(permissions)
    with write_txn():
        role.hold()
        name, before, had = _good_name(reach, name, but=role.id), role.name, role.permissions
        _require_good(reach, chosen | had)
        holders = _holders(role)
        if holders and (chosen - had) & TAKES_TWO:
            raise FieldRefused(
                "permissions", "People have this role, and a right is added that takes two people. Copy the role and give the copy."
            )  # fmt: skip
        idle = _idle(idle_minutes, chosen)
        if name != before:
            role.change(name=name)
            track("role_renamed", role, by=reach.person, team=reach.team, before=before)
        if chosen != had or idle != role.idle_minutes:
            role.change(idle_minutes=idle)
            role.set_permissions(chosen)
            track("role_changed", role, by=reach.person, team=reach.team, added=sorted(chosen - had), removed=sorted(had - chosen),
                  idle_minutes=idle)  # fmt: skip
            for person in holders:
                person.renew_rights()


def remove(reach: Reach, role: Role) -> None:
    """Takes away a role that nobody has. Raises Refused."""
    _require_own(reach, role)
    with write_txn():
        if Grant.select().where(Grant.role == role).exists():
            raise Refused("People have this role. Take it from them first.")
        _require_good(reach, role.permissions)
        track("role_removed", role, by=reach.person, team=reach.team)
        Proposal.delete().where(Proposal.role == role).execute()
        role.delete_instance()


def in_use(reach: Reach) -> dict[int, int]:
    """How many people of the team have each role, by its id (one query)."""
    rows = Grant.select(Grant.role, peewee.fn.COUNT(Grant.person)).where(Grant.team == reach.team).group_by(Grant.role)
    return dict(tuple(row) for row in rows.tuples())  # type: ignore[misc, arg-type]


def _require_own(reach: Reach, role: Role) -> None:
    if role.is_built_in:
        raise Refused("A built-in role stays as it is. Copy it and change the copy.")
    if Grant.select().where(Grant.role == role, Grant.person == reach.person.id).exists():
        raise Refused("You have this role yourself. Nobody changes their own rights; ask another person.")


def _require_good(reach: Reach, permissions: frozenset[str]) -> None:
    if not permissions:
        raise FieldRefused("permissions", "A role allows something. Choose at least one.")
    if permissions - set(offered_permissions(reach)):
        raise FieldRefused("permissions", "Choose from the list.")
    if beyond := reach.beyond(permissions, None):
        raise FieldRefused("permissions", MoreThanOwn(beyond).words)


def _good_name(reach: Reach, name: str, but: int = 0) -> str:
    name = " ".join(name.split())
    if not name:
        raise FieldRefused("name", "A role needs a name.")
    if len(name) > MOST_NAME:
        raise FieldRefused("name", "At most %(most)s characters.", most=MOST_NAME)
    for other in Role.offered_to(reach.team):
        if other.id != but and name.casefold() in (other.name.casefold(), str(other.words).casefold()):
            raise FieldRefused("name", "There is a role of this name already.")
    return name


def _idle(minutes: int, permissions: frozenset[str]) -> int:
    """Rights that weigh, or buyers' data, end a session after 15 minutes of standing still, whatever was chosen."""
    weighs = permissions & (TAKES_TWO | {"pii.reveal", "stores.connect", "teams.manage"})
    return 15 if weighs else minutes if minutes in IDLE else 60


def _holders(role: Role) -> list[Any]:
    return list(Person.select().join(Grant).where(Grant.role == role))
