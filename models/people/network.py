"""Networks from which the portal may be used: portal ∩ team ∩ person. An empty team or person list restricts nothing."""

from __future__ import annotations

import ipaddress
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.person import Person
from models.people.session import Session, hash_of
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import UidField, UtcField
from models.support.prepared import Prepared
from models.support.record import About, Record, created_at
from models.support.words import say

declare("network_allowed", say("%(actor)s allowed the network %(network)s (%(note)s)"), "network", "note")
declare("network_removed", say("%(actor)s removed the network %(network)s"), "network")
declare(
    "network_of_person_allowed",
    say("%(actor)s allowed the network %(network)s for %(object)s (%(note)s)"),
    "network",
    "note",
)
declare("network_of_person_removed", say("%(actor)s removed the network %(network)s of %(object)s"), "network")


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

    @property
    def is_everybody(self) -> bool:
        """The whole internet: a list with it restricts nobody."""
        return ipaddress.ip_network(self.cidr).prefixlen == 0

    @classmethod
    def allow(
        cls,
        cidr: str,
        *,
        note: str = "",
        team: Team | None = None,
        person: Person | None = None,
        by: Any = None,
        where: Team | None = None,
    ) -> Network:
        """Adds a network ("203.0.113.0/24" or one address). `where` is the team in whose log it stands. Raises FieldRefused."""
        network, note = read_network(cidr), note.strip()[:120]
        with write_txn():
            row = cls.create(cidr=str(network), note=note, team=team, person=person)
            kind = "network_of_person_allowed" if person else "network_allowed"
            track(kind, person or row, by=by, team=team or where, network=str(network), note=note)
        return row

    def remove(self, *, by: Any, where: Team | None = None) -> None:
        with write_txn():
            kind = "network_of_person_removed" if self.person_id else "network_removed"
            track(kind, self.person or self, by=by, team=self.team_id or where, network=self.cidr)
            self.delete_instance()

    @classmethod
    def of_portal(cls) -> list:
        return cls.at_the_door("", "").portal

    @classmethod
    def at_the_door(cls, token: str, slug: str) -> Networks:
        """The portal's list, with those of the person whom the session's token names and of the team (one query)."""
        found = Networks()
        for cidr, person_id, team_id in _AT_THE_DOOR.all(hash_of(token), slug):
            whose = found.person if person_id is not None else found.team if team_id is not None else found.portal
            whose.append(_parsed(cidr))
        return found


def read_network(text: str) -> Any:
    """A network as people write it; an IPv4 network in IPv6 clothes is the IPv4 network. Raises FieldRefused."""
    try:
        network = ipaddress.ip_network(unicodedata.normalize("NFKC", text).strip(), strict=False)
        if "%" in text:  # The name of an interface means nothing elsewhere.
            raise ValueError
    except ValueError:
        raise FieldRefused("cidr", "Write a network like 203.0.113.0/24, or one address.") from None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None and network.prefixlen >= 96:
        return ipaddress.ip_network((mapped, network.prefixlen - 96))
    return network


@dataclass(frozen=True)
class Networks:
    """Who allows what; an empty list of a team or a person restricts nothing."""

    portal: list = field(default_factory=list)
    person: list = field(default_factory=list)
    team: list = field(default_factory=list)

    @classmethod
    def of(cls, *listed: str | None) -> Networks:
        """Of the portal, the person and the team, each with commas between them."""
        return cls(*([_parsed(cidr) for cidr in text.split(",")] if text else [] for text in listed))


_AT_THE_DOOR = Prepared(
    lambda token_hash, slug: (
        Network.select(Network.cidr, Network.person, Network.team)
        .where(
            (Network.team.is_null() & Network.person.is_null())
            | (Network.person == Session.select(Session.person).where(Session.token_hash == token_hash))
            | (Network.team == Team.select(Team.id).where(Team.slug == slug))
        )
        .tuples()
    )
)


@lru_cache(maxsize=10_000)
def _parsed(cidr: str) -> Any:
    return ipaddress.ip_network(cidr)


def network_key(address: Any) -> str:
    """The network an address is counted under: itself for IPv4, its /64 for IPv6."""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network(f"{address}/64", strict=False))
