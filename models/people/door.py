"""What the door asks at every request, in one question: the session of a token, its person, their teams, what they were granted in
the team of the address, and from which networks all of it may be used. Nothing is kept: whoever loses a right has it no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import peewee

from models.people.network import Network, Networks
from models.people.person import Person
from models.people.reach import Granted, Reach, granted, permissions_of, stores_of
from models.people.role import Grant
from models.people.session import MOST_TOKEN, Session, hash_of
from models.people.team import Team
from models.support.matching import listed
from models.support.prepared import Prepared
from models.support.records import part_of


@dataclass
class Door:
    """Whoever comes. The session may have ended: `session.seen()` tells. Without one there are only networks."""

    networks: Networks
    session: Session | None = None
    teams: list[Team] = field(default_factory=list)
    grants: list[Granted] = field(default_factory=list)  # In the team of the address.

    @classmethod
    def of(cls, token: str, slug: str) -> Door:
        rows = _ASKED.rows(slug, hash_of(token)) if 0 < len(token) <= MOST_TOKEN else []
        if not rows:
            return cls(Network.at_the_door("", slug))
        first, teams = rows[0], dict[int, Team]()
        session = _SESSION.make(first)
        session.__rel__["person"] = _PERSON.make(first)
        for row in rows:
            if row[_TEAM.start] is not None and row[_TEAM.start] not in teams:
                teams[row[_TEAM.start]] = _TEAM.make(row)
        *_columns, _slug, _all, _permissions, _stores, portal, person, team = first
        grants = [granted(*row[_END + 1 : _END + 4]) for row in rows if row[_END] == slug]
        return cls(Networks.of(portal, person, team), session, list(teams.values()), grants)

    def reach(self, slug: str) -> Reach | None:
        """What the session's person may in this team of the address; None for a team that is not theirs."""
        team = next((team for team in self.teams if team.slug == slug), None)
        return Reach.of_grants(self.session.person, team, self.grants) if self.session and team else None


_SESSION = part_of(Session)
_PERSON = part_of(Person, len(_SESSION.names))
_TEAM = part_of(Team, _PERSON.start + len(_PERSON.names))
_END = _TEAM.start + len(_TEAM.names)


def _asked(slug: Any, hashed: Any) -> Any:
    """A row for each grant of the person, in whatever team, or one without."""
    there, named = Team.alias("there"), Network.select(listed(Network.cidr))
    here = [(Team.slug == slug, permissions_of(Grant.role))]
    columns = (
        Team.slug, Grant.all_stores, peewee.Case(None, here, None), stores_of(Grant.id),
        named.where(Network.team.is_null(), Network.person.is_null()),
        named.where(Network.person == Person.id),
        named.where(Network.team == there.select(there.id).where(there.slug == slug)),
    )  # fmt: skip
    query = Session.select(Session, Person, Team, *columns).join(Person)
    query = query.join(Grant, peewee.JOIN.LEFT_OUTER, on=(Grant.person == Person.id))
    query = query.join(Team, peewee.JOIN.LEFT_OUTER, on=(Grant.team == Team.id))
    return query.where(Session.token_hash == hashed).order_by(Team.name, Grant.id)


_ASKED = Prepared(_asked)
