"""What "reduce" takes from a person: whole roles, some stores of a role, or a role for a smaller one. Pure: it reads what the
line wrote down and what a form chose, and knows no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.support.errors import FieldRefused


@dataclass(frozen=True)
class Choice:
    """`taken` are uids of grants; `stores` gives the store ids that a grant keeps; `roles` the key that replaces a role."""

    taken: tuple[str, ...] = ()
    stores: dict[str, tuple[int, ...]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """As a line keeps it."""
        return {"taken": list(self.taken), "stores": {k: list(v) for k, v in self.stores.items()}, "roles": self.roles}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Choice:
        stores = {uid: tuple(ids) for uid, ids in kept.get("stores", {}).items()}
        return cls(tuple(kept.get("taken", ())), stores, dict(kept.get("roles", {})))


def read_choice(before: dict[str, Any], chosen: dict[str, Any]) -> Choice:
    """A choice that takes something and leaves something. Raises FieldRefused."""
    grants = {grant["uid"]: grant for grant in before.get("grants", [])}
    taken = tuple(uid for uid in chosen.get("taken", ()) if uid in grants)
    stores = {
        uid: _fewer(grants[uid], ids)
        for uid, ids in chosen.get("stores", {}).items()
        if uid in grants and uid not in taken
    }
    roles = {
        uid: key
        for uid, key in chosen.get("roles", {}).items()
        if uid in grants and uid not in taken and key and key != grants[uid]["role"]
    }
    choice = Choice(taken, {uid: ids for uid, ids in stores.items() if ids is not None}, roles)
    if not (choice.taken or choice.stores or choice.roles):
        raise FieldRefused("decision", "Choose what is taken: a role, some stores, or a smaller role.")
    if len(choice.taken) == len(grants):
        raise FieldRefused("decision", "This takes everything. Choose Remove for that.")
    return choice


def _fewer(grant: dict[str, Any], ids: Any) -> tuple[int, ...] | None:
    """The stores that stay; None where all of them do. Raises FieldRefused when none would."""
    offered = {store["id"] for store in grant.get("choosable", [])}
    stays = tuple(sorted(offered & set(ids)))
    if not stays:
        raise FieldRefused("decision", "A role needs at least one store. Take the whole role instead.")
    return None if set(stays) == offered else stays
