"""What a person may reach in one team: permissions and stores, computed for the team in the URL."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import peewee

from models.people.gates import inert
from models.people.person import Person
from models.people.role import Grant, GrantStore, Role, RolePermission
from models.people.team import Team
from models.support.matching import listed
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
    by_permission: Mapping[str, frozenset[int] | None]
    asleep: Mapping[str, frozenset[int] | None] = field(default_factory=dict)

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
        granted, wanted = {**self.by_permission, **self.asleep}, None if stores is None else frozenset(stores)
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
        return cls.of_grants(person, team, [granted(*row) for row in _GRANTED.rows(person.id, team.id)])

    @classmethod
    def of_grants(cls, person: Person, team: Team, grants: list[Granted]) -> Reach | None:
        """The reach these grants of theirs in this team give."""
        if not grants:
            return None
        return cls(person, team, *_merged(tuple(grants), inert(person, team)))


@lru_cache(maxsize=1000)
def _merged(grants: tuple[Granted, ...], inert: frozenset[str]) -> tuple[Any, ...]:
    """What grants give together while those permissions sleep: permissions, stores, which for which, and what sleeps. Nobody
    changes it, so whoever was granted the same has the same."""
    by_permission: dict[str, frozenset[int] | None] = {}
    for permissions, stores in grants:
        for permission in permissions:
            before = by_permission.get(permission, frozenset())
            by_permission[permission] = None if stores is None or before is None else before | stores
    asleep = {name: by_permission.pop(name) for name in inert if name in by_permission}
    limited = [stores for _permissions, stores in grants if stores is not None]
    every = None if len(limited) < len(grants) else tuple(sorted(frozenset().union(*limited)))
    return frozenset(by_permission), every, MappingProxyType(by_permission), MappingProxyType(asleep)


def _within(wanted: frozenset[int] | None, granted: frozenset[int] | None) -> bool:
    return granted is None or (wanted is not None and wanted <= granted)


Granted = tuple[tuple[str, ...], frozenset[int] | None]  # The permissions of a grant, and its stores (None: all).


@lru_cache(maxsize=1000)
def granted(all_stores: Any, permissions: str | None, stores: str | None) -> Granted:
    """A grant as the database tells it. A role may allow nothing."""
    ids = frozenset(map(int, stores.split(","))) if stores else frozenset()
    return tuple(permissions.split(",")) if permissions else (), None if all_stores else ids


def permissions_of(role: Any) -> Any:
    """A query of the permissions of a role."""
    return RolePermission.select(listed(RolePermission.permission)).where(RolePermission.role == role)


def stores_of(grant: Any) -> Any:
    """A query of the stores of a grant that is not for all of them."""
    return GrantStore.select(listed(GrantStore.store_id)).where(GrantStore.grant == grant)


_GRANTED = Prepared(
    lambda person, team: (
        Grant.select(Grant.all_stores, permissions_of(Grant.role), stores_of(Grant.id))
        .where(Grant.person == person, Grant.team == team)
        .order_by(Grant.id)
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
