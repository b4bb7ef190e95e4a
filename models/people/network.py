"""Networks from which the portal may be used: portal ∩ team ∩ person. An empty team or person list restricts nothing."""

from __future__ import annotations

import ipaddress
from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.person import Person
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import UidField, UtcField
from models.support.record import About, Record, created_at
from models.support.words import say

declare("network_allowed", say("%(actor)s allowed the network %(network)s (%(note)s)"), "network", "note")
declare("network_removed", say("%(actor)s removed the network %(network)s"), "network")


class Network(Record):
    """An allowed network. Without team and person it belongs to the portal's own list."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, null=True, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, null=True, on_delete="CASCADE")
    cidr = peewee.CharField(max_length=49)
    note = peewee.CharField(max_length=120, default="")
    created_at: UtcField = created_at()

    about = About(
        why="from where the portal may be used",
        keep="while in force",
        plain="id uid team person note created_at",
        staff="cidr",
    )

    @property
    def label(self) -> str:
        return self.cidr

    @classmethod
    def allow(
        cls, cidr: str, *, note: str = "", team: Team | None = None, person: Person | None = None, by: Any = None
    ) -> Network:
        """Adds a network ("203.0.113.0/24" or one address). Raises FieldRefused."""
        try:
            network = ipaddress.ip_network(cidr.strip(), strict=False)
        except ValueError:
            raise FieldRefused("cidr", "Write a network like 203.0.113.0/24, or one address.") from None
        with write_txn():
            row = cls.create(cidr=str(network), note=note.strip()[:120], team=team, person=person)
            track("network_allowed", row, by=by, team=team, network=str(network), note=note.strip()[:120])
        return row

    def remove(self, *, by: Any) -> None:
        with write_txn():
            track("network_removed", self, by=by, network=self.cidr)
            self.delete_instance()

    @classmethod
    def of_portal(cls) -> list:
        return cls._networks(cls.team.is_null() & cls.person.is_null())

    @classmethod
    def of_team(cls, team: Team) -> list:
        return cls._networks(cls.team == team)

    @classmethod
    def of_person(cls, person: Person) -> list:
        return cls._networks(cls.person == person)

    @classmethod
    def _networks(cls, condition: Any) -> list:
        return [ipaddress.ip_network(row.cidr) for row in cls.select(cls.cidr).where(condition)]


def network_key(address: Any) -> str:
    """The network an address is counted under: itself for IPv4, its /64 for IPv6."""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network(f"{address}/64", strict=False))
