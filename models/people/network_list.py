"""A list of allowed networks, of the portal, a team or a person, as those who keep it see and change it.

Nobody shuts themselves out: a change after which the list would refuse the address it is made from is refused itself.
On the host `./portolan network` changes any list without that question.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from models.people.employees import employee_of
from models.people.network import Network
from models.people.person import Person
from models.people.reach import OutOfReach, Reach
from models.people.role import Grant
from models.people.team import Team
from models.support.db import is_sqlite, write_txn
from models.support.errors import FieldRefused, Refused


@dataclass(frozen=True)
class NetworkList:
    """Without team and person it is the portal's own, which may never be empty; an empty one of theirs restricts nothing."""

    team: Team | None = None
    person: Person | None = None

    @property
    def is_portals(self) -> bool:
        return self.team is None and self.person is None

    @property
    def rows(self) -> list[Network]:
        return list(self._query.order_by(Network.id))

    @property
    def _query(self) -> Any:
        return Network.select().where(
            Network.team == self.team if self.team else Network.team.is_null(),
            Network.person == self.person if self.person else Network.person.is_null(),
        )

    def lets_in(self, address: Any) -> bool:
        rows = self.rows
        return any(address in ip_network(row.cidr) for row in rows) or (not rows and not self.is_portals)

    def allow(self, cidr: str, note: str, *, by: Person, here: Any, team: Team) -> Network:
        """Adds a network. `here` is the address the change is made from, `team` where it is made. Raises FieldRefused."""
        with write_txn():
            self._hold()
            row = Network.allow(cidr, note=note, team=self.team, person=self.person, by=by, where=team)
            if sum(other.cidr == row.cidr for other in self.rows) > 1:
                raise FieldRefused("cidr", "This network is on the list already.")
            self._require_way_in(by, here, "cidr")
        return row

    def remove(self, row: Network, *, by: Person, here: Any, team: Team) -> None:
        """Takes a network off. Raises Refused when nobody, or not the one who does it, would get in any more."""
        with write_txn():
            self._hold()
            row.remove(by=by, where=team)
            if self.is_portals and not self.rows:
                raise Refused("The portal's list needs at least one network, or nobody could come in.")
            self._require_way_in(by, here)

    def _hold(self) -> None:
        """Two changes at once follow each other, so that the second sees what the first one left."""
        if not is_sqlite():
            list(self._query.for_update())

    def _require_way_in(self, by: Person, here: Any, field: str = "") -> None:
        if (self.person is not None and self.person.id != by.id) or self.lets_in(here):
            return
        words = "That would shut you out: you are at %(address)s. Allow a network with that address first."
        raise FieldRefused(field, words, address=here) if field else Refused(words, address=here)


def portals_list(reach: Reach) -> NetworkList:
    """The portal's own list, for those of the operator's team. Raises OutOfReach."""
    if not reach.team.is_operator:
        raise OutOfReach
    return NetworkList()


def teams_list(reach: Reach) -> NetworkList:
    return NetworkList(team=reach.team)


def persons_list(reach: Reach, uid: uuid.UUID) -> NetworkList:
    """The list of a person whose account this team may manage, or one's own. Raises OutOfReach or Refused."""
    own = Person.get_by_id(reach.person.id) if uid == reach.person.uid else None
    return NetworkList(person=own or employee_of(reach, uid))


def list_with(reach: Reach, uid: uuid.UUID) -> tuple[NetworkList, Network]:
    """The network of this uid and the list it stands on. Raises OutOfReach, or Refused for people shared with others."""
    row = Network.get_or_none(Network.uid == uid)
    if row is None or (row.team_id is not None and row.team_id != reach.team_id):
        raise OutOfReach
    if row.person_id is not None:
        person: Any = row.person
        return persons_list(reach, person.uid), row
    return (teams_list(reach) if row.team_id is not None else portals_list(reach)), row


def people_with_lists(team: Team) -> dict[Person, int]:
    """Everybody of the team by name, with how many networks their own list holds (two queries)."""
    people = (
        Person.select().where(Person.id.in_(Grant.select(Grant.person).where(Grant.team == team))).order_by(Person.name)
    )
    found = list(people)
    counts: dict[int, int] = {}
    for row in Network.select(Network.person).where(Network.person.in_([person.id for person in found])):
        counts[row.person_id] = counts.get(row.person_id, 0) + 1
    return {person: counts.get(person.id, 0) for person in found}
