"""What a person may reach in one team: permissions and stores, computed for the team in the URL."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import peewee

from models.people.gates import inert
from models.people.person import Person
from models.people.role import Grant, GrantStore, Role, RolePermission
from models.people.team import Team
from models.support.prepared import Prepared
from models.support.record import TeamRecord


class OutOfReach(Exception):
    """It does not exist, or not for this person; both look the same from outside (404)."""


@dataclass(frozen=True)
class Reach:
    """`store_ids` is None for all stores of the team. `by_permission` maps a permission to the stores it was granted for;
    `asleep` those that were granted and cannot be used now (models/people/gates.py)."""

    person: Person
    team: Team
    permissions: frozenset[str]
    store_ids: tuple[int, ...] | None
    by_permission: dict[str, frozenset[int] | None]
    asleep: dict[str, frozenset[int] | None] = field(default_factory=dict)

    @property
    def team_id(self) -> int:
        return self.team.id

    def may(self, permission: str, store_id: int | None = None) -> bool:
        """May the person do this here (for this store, where one is meant)?"""
        if permission not in self.permissions:
            return False
        stores = self.by_permission[permission]
        return store_id is None or stores is None or store_id in stores

    def covers(self, permissions: Iterable[str], stores: Iterable[int] | None) -> bool:
        """Was the person granted all of these, for those stores (None: for all)? What sleeps is granted all the same."""
        return not self.beyond(permissions, stores)

    def beyond(self, permissions: Iterable[str], stores: Iterable[int] | None) -> list[str]:
        """Those of the permissions that the person was not granted for these stores."""
        granted, wanted = self.by_permission | self.asleep, None if stores is None else frozenset(stores)
        return sorted(one for one in permissions if one not in granted or not _within(wanted, granted[one]))

    def query(self, model: type[TeamRecord]) -> peewee.ModelSelect:
        return model.reachable(self)

    def get(self, model: type[TeamRecord], uid: uuid.UUID | str) -> Any:
        """The record of this uid, if this person may reach it. Raises OutOfReach."""
        try:
            uid = uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
        except (ValueError, AttributeError, TypeError):
            raise OutOfReach from None
        record = model.reachable(self).where(model.uid == uid).first()  # type: ignore[attr-defined]
        if record is None:
            raise OutOfReach
        return record

    @classmethod
    def of(cls, person: Person, team: Team) -> Reach | None:
        """The reach of a person in a team; None without any grant there."""
        rows = _GRANTED.all(person.id, team.id)
        if not rows:
            return None
        limited: dict[int, set[int]] = {grant: set() for grant, all_stores, _permission in rows if not all_stores}
        if limited:
            for part in GrantStore.select().where(GrantStore.grant.in_(list(limited))):
                limited[part.grant_id].add(part.store_id)
        by_permission: dict[str, frozenset[int] | None] = {}
        for grant, all_stores, permission in rows:
            if permission is None:  # A role may allow nothing.
                continue
            before = by_permission.get(permission, frozenset())
            by_permission[permission] = None if all_stores or before is None else before | limited[grant]
        asleep = {name: by_permission.pop(name) for name in inert(person, team) if name in by_permission}
        reaches_all = any(all_stores for _grant, all_stores, _permission in rows)
        every = None if reaches_all else tuple(sorted(set().union(*limited.values())))
        return cls(person, team, frozenset(by_permission), every, by_permission, asleep)


def _within(wanted: frozenset[int] | None, granted: frozenset[int] | None) -> bool:
    return granted is None or (wanted is not None and wanted <= granted)


# Of each grant one row for each permission of its role, or one without.
_GRANTED = Prepared(
    lambda person, team: (
        Grant.select(Grant.id, Grant.all_stores, RolePermission.permission)
        .join(RolePermission, peewee.JOIN.LEFT_OUTER, on=(RolePermission.role == Grant.role))
        .where(Grant.person == person, Grant.team == team)
        .order_by(Grant.id)
        .tuples()
    )
)
_TEAMS = Prepared(
    lambda person: (
        Team.select().where(Team.id.in_(Grant.select(Grant.team).where(Grant.person == person))).order_by(Team.name)
    )
)


def teams_of(person: Person) -> list[Team]:
    """Teams in which the person holds a grant, by name."""
    return _TEAMS.all(person.id)


def idle_minutes_of(person: Person) -> int:
    """The strictest idle limit among the person's roles."""
    row = Role.select(peewee.fn.MIN(Role.idle_minutes)).join(Grant).where(Grant.person == person).scalar()
    return row or 60
