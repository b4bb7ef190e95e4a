"""Roles are permission tables; a grant gives a person a role in a team, for all its stores or for some."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.changes import changes_of
from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.permissions import DEFAULT_ROLES
from models.people.person import Person
from models.people.team import Team
from models.support.db import is_sqlite, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import UidField, UtcField
from models.support.record import About, Record, created_at
from models.support.words import Words, say

declare("grant_given", say("%(actor)s gave %(object)s the role %(role)s (%(scope)s)"), "role", "scope")
declare("grant_changed", say("%(actor)s changed the stores of %(object)s's role %(role)s: %(scope)s"), "role", "scope",
        "changes")  # fmt: skip
tell("grant_changed.fields", {"scope": say("Stores")})
declare("grant_taken", say("%(actor)s took the role %(role)s from %(object)s"), "role")


class Role(Record):
    """`team` is empty for the roles every portal has; a team's own roles carry it."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, null=True, backref="roles", on_delete="RESTRICT")
    key = peewee.CharField(max_length=40)
    name = peewee.CharField(max_length=80)
    idle_minutes = peewee.IntegerField(default=60)
    for_operator = peewee.BooleanField(default=False)

    about = About(why="what groups of people may do", keep="while in use",
                  plain="id uid team key name idle_minutes for_operator")  # fmt: skip

    class Meta:
        indexes = ((("team", "key"), True),)

    @property
    def words(self) -> Words | str:
        """The name of a built-in role in the reader's language, of a team's own as the team wrote it."""
        return self.name if self.team_id else Words(self.name)

    @property
    def label(self) -> str:
        """As events name it."""
        return self.name if self.team_id else self.key

    @property
    def is_built_in(self) -> bool:
        return self.team_id is None

    @property
    def permissions(self) -> frozenset[str]:
        rows = RolePermission.select(RolePermission.permission).where(RolePermission.role == self)
        return frozenset(row.permission for row in rows)

    @classmethod
    def permissions_of(cls, roles: Iterable[Role]) -> dict[int, frozenset[str]]:
        """What each role allows, by its id (one query)."""
        found: dict[int, set[str]] = {role.id: set() for role in roles}
        for row in RolePermission.select().where(RolePermission.role.in_(list(found))):
            found[row.role_id].add(row.permission)
        return {role: frozenset(names) for role, names in found.items()}

    @classmethod
    def install_defaults(cls) -> None:
        """Brings the built-in roles to what this version says. Run with the migrations; changes nothing when equal."""
        with write_txn():
            for default in DEFAULT_ROLES:
                values = {
                    "name": default.name.message,
                    "idle_minutes": default.idle_minutes,
                    "for_operator": default.for_operator,
                }
                role = cls.get_or_none(cls.team.is_null(), cls.key == default.key)
                if role is None:
                    role = cls.create(key=default.key, **values)
                elif any(getattr(role, name) != value for name, value in values.items()):
                    role.change(**values)
                role.set_permissions(default.permissions)

    def set_permissions(self, wanted: frozenset[str]) -> None:
        if (have := self.permissions) == wanted:
            return
        RolePermission.delete().where(
            RolePermission.role == self, RolePermission.permission.not_in(list(wanted))
        ).execute()
        if new := wanted - have:
            RolePermission.insert_many([{"role": self.id, "permission": p} for p in sorted(new)]).execute()

    def hold(self) -> None:
        """Giving a role and changing what it allows follow each other, so that nobody gives what was added meanwhile."""
        if not is_sqlite():
            Role.select(Role.id).where(Role.id == self.id).for_update().execute()  # type: ignore[attr-defined]

    @classmethod
    def built_in(cls, key: str) -> Role:
        return cls.get(cls.team.is_null(), cls.key == key)

    @classmethod
    def offered_to(cls, team: Team) -> list[Role]:
        """Roles that can be given in a team: the built-in ones of its kind and its own."""
        built_in = cls.team.is_null() & (cls.for_operator == False) if not team.is_operator else cls.team.is_null()  # noqa: E712
        order = {default.key: place for place, default in enumerate(DEFAULT_ROLES)}
        roles = cls.select().where(built_in | (cls.team == team))
        return sorted(roles, key=lambda role: (not role.is_built_in, order.get(role.key, 99), role.name.casefold()))


class RolePermission(Record):
    role = peewee.ForeignKeyField(Role, backref="rows", on_delete="CASCADE")
    permission = peewee.CharField(max_length=60)

    about = About(why="what a role allows", keep="while in use", plain="id role permission")

    class Meta:
        indexes = ((("role", "permission"), True),)


class Grant(Record):
    uid = UidField()
    person = peewee.ForeignKeyField(Person, backref="grants", on_delete="RESTRICT")
    team = peewee.ForeignKeyField(Team, backref="grants", on_delete="RESTRICT")
    role = peewee.ForeignKeyField(Role, on_delete="RESTRICT")
    all_stores = peewee.BooleanField(default=True)
    created_at: UtcField = created_at()

    about = About(why="who may do what, where", keep="while given; the events keep its history",
                  plain="id uid person team role all_stores created_at")  # fmt: skip

    class Meta:
        indexes = ((("person", "team", "role"), True), (("team", "person"), False))

    @classmethod
    def give(
        cls, person: Person, team: Team, role: Role, *, stores: Iterable[int] | None = None, by: Any = None
    ) -> Grant:
        """Gives a role, for all stores (None) or the store ids named. Nobody changes their own rights. Raises Refused."""
        if by is not None and by.id == person.id:
            raise Refused("Nobody changes their own rights. Ask another person.")
        if role.for_operator and not team.is_operator:
            raise Refused("This role exists only in the operator's team.")
        if role.team_id is not None and role.team_id != team.id:
            raise Refused("This role belongs to another team.")
        with write_txn():
            if cls.select().where(cls.person == person, cls.team == team, cls.role == role).exists():
                raise Refused("This person has that role already.")
            grant = cls.create(person=person, team=team, role=role, all_stores=stores is None)
            chosen = sorted(set(stores or ()))
            if chosen:
                GrantStore.insert_many([{"grant": grant.id, "store_id": store} for store in chosen]).execute()
            track("grant_given", person, by=by, team=team, role=role.label, scope=_scope(stores))
            person.renew_rights()
        return grant

    def take(self, *, by: Any) -> None:
        if by is not None and by.id == self.person_id:
            raise Refused("Nobody changes their own rights. Ask another person.")
        with write_txn():
            GrantStore.delete().where(GrantStore.grant == self).execute()
            if not self.delete_instance():
                raise AlreadyDecided()
            track("grant_taken", self.person, by=by, team=self.team_id, role=self.role.label)
            self.person.renew_rights()

    def reach_stores(self, stores: Iterable[int] | None, *, by: Any) -> None:
        """From now on for all stores (None) or the store ids named. Nobody changes their own rights."""
        if by is not None and by.id == self.person_id:
            raise Refused("Nobody changes their own rights. Ask another person.")
        chosen = sorted(set(stores or ()))
        with write_txn():
            if (self.all_stores, self.store_ids) == (stores is None, chosen):
                return
            before = _scope(None if self.all_stores else self.store_ids)
            self.change(all_stores=stores is None)
            GrantStore.delete().where(GrantStore.grant == self).execute()
            if chosen:
                GrantStore.insert_many([{"grant": self.id, "store_id": store} for store in chosen]).execute()
            track("grant_changed", self.person, by=by, team=self.team_id, role=self.role.label, scope=_scope(stores),
                  changes=changes_of([("scope", before, _scope(stores))]))  # fmt: skip
            self.person.renew_rights()

    @property
    def store_ids(self) -> list[int]:
        """The stores it names, by id; none where it is for all of them."""
        query = GrantStore.select(GrantStore.store_id).where(GrantStore.grant == self)
        return sorted(row.store_id for row in query)


class GrantStore(Record):
    """Stores of a grant that is not for all of them (ids; stores are a later room)."""

    grant = peewee.ForeignKeyField(Grant, backref="stores", on_delete="CASCADE")
    store_id = peewee.IntegerField()

    about = About(why="which stores a grant reaches", keep="as its grant", plain="id grant store_id")

    class Meta:
        indexes = ((("grant", "store_id"), True),)


def _scope(stores: Iterable[int] | None) -> str:
    return "all stores" if stores is None else f"{len(set(stores))} stores"
