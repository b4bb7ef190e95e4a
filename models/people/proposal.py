"""A grant that takes two people: one proposes it with a reason, another decides. Until then nothing has changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.person import Person
from models.people.reach import OutOfReach, Reach
from models.people.role import Role
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

LEAST_REASON, MOST_REASON, SHOWN = 4, 200, 200

declare("grant_proposed", say("%(actor)s proposes to give %(object)s the role %(role)s: %(reason)s"), "role", "reason")
declare("proposal_approved", say("%(actor)s agreed to give %(object)s the role %(role)s"), "role")
declare("proposal_approved_alone", say("%(actor)s decided alone to give %(object)s the role %(role)s"), "role")
declare("proposal_refused", say("%(actor)s refused to give %(object)s the role %(role)s"), "role")
declare("proposal_withdrawn", say("%(actor)s withdrew the proposal to give %(object)s the role %(role)s"), "role")


class Proposal(TeamRecord):
    """`permissions` are what the role allowed when it was proposed: nobody agrees to more than was shown."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, backref="proposals", on_delete="CASCADE")
    role = peewee.ForeignKeyField(Role, on_delete="CASCADE")
    all_stores = peewee.BooleanField(default=True)
    chosen = JsonField(default=list)
    permissions = JsonField(default=list)
    reason = peewee.CharField(max_length=MOST_REASON)
    state = StatusField("waiting", "approved", "refused", "withdrawn", default="waiting")
    proposed_by = peewee.ForeignKeyField(Person, backref="proposed", on_delete="CASCADE")
    decided_by = peewee.ForeignKeyField(Person, null=True, backref="decided", on_delete="SET NULL")
    is_solo = peewee.BooleanField(default=False)
    created_at: UtcField = created_at()
    decided_at = UtcField(null=True)

    about = About(
        why="rights that two people gave, and why", keep="as long as the events that tell of it",
        plain="id uid team role all_stores chosen permissions reason state is_solo created_at decided_at",
        staff="person proposed_by decided_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "state", "id"), False),)

    @property
    def stores(self) -> list[int] | None:
        return None if self.all_stores else self.chosen

    @property
    def is_waiting(self) -> bool:
        return self.state == "waiting"

    @classmethod
    def make(
        cls, team: Team, person: Person, role: Role, *, stores: Iterable[int] | None, reason: str, by: Any
    ) -> Proposal:
        reason = " ".join(reason.split())
        if len(reason) < LEAST_REASON:
            raise FieldRefused("reason", "Say why: a second person decides on it.")
        with write_txn():
            same = (cls.team == team) & (cls.person == person) & (cls.role == role) & (cls.state == "waiting")
            if cls.select().where(same).exists():
                raise Refused("This is proposed already and waits for a second person.")
            proposal = cls.create(
                team=team, person=person, role=role, all_stores=stores is None, chosen=sorted(set(stores or ())),
                permissions=sorted(role.permissions), reason=reason[:MOST_REASON], proposed_by=by,
            )  # fmt: skip
            track("grant_proposed", person, by=by, team=team, role=role.label, reason=proposal.reason)
        return proposal

    @classmethod
    def seen_by(cls, reach: Reach) -> list[Proposal]:
        """What waits in the team, and what was decided lately; for who keeps the teams what waits in all of them."""
        mine = cls.team == reach.team_id
        if reach.may("teams.manage"):
            mine = mine | (cls.state == "waiting")
        asked, deciding = Person.alias(), Person.alias()
        query = (
            cls.select(cls, Team, Person, Role, asked, deciding)
            .join(Team).switch(cls).join(Person, on=cls.person).switch(cls).join(Role).switch(cls)
            .join(asked, on=(cls.proposed_by == asked.id), attr="proposed_by").switch(cls)
            .join(deciding, peewee.JOIN.LEFT_OUTER, on=(cls.decided_by == deciding.id), attr="decided_by")
        )  # fmt: skip
        return list(query.where(mine).order_by((cls.state == "waiting").desc(), cls.id.desc()).limit(SHOWN))

    @classmethod
    def of(cls, reach: Reach, uid: uuid.UUID) -> Proposal:
        """A proposal this person may look at. Raises OutOfReach."""
        found = cls.get_or_none(cls.uid == uid)
        if found is None or not (found.team_id == reach.team_id or reach.may("teams.manage")):
            raise OutOfReach
        return found

    @classmethod
    def waiting(cls) -> list[Proposal]:
        """What waits in all teams, for somebody at the server."""
        return list(cls.select().where(cls.state == "waiting").order_by(cls.id).limit(SHOWN))

    @classmethod
    def waiting_for(cls, team: Team, person: Person) -> list[Proposal]:
        """What is proposed for this person in the team and waits."""
        query = cls.select(cls, Role).join(Role).where(cls.team == team, cls.person == person, cls.state == "waiting")
        return list(query.order_by(cls.id))

    @classmethod
    def count_to_decide(cls, reach: Reach) -> int:
        """How many wait for a yes or no of this person."""
        mine = (cls.proposed_by == reach.person.id) | (cls.person == reach.person.id)
        waiting = cls.select().where(cls.state == "waiting", ~mine)
        return (waiting if reach.may("teams.manage") else waiting.where(cls.team == reach.team_id)).count()

    def approve(self, *, by: Any, is_solo: bool = False) -> None:
        """Notes the yes; whoever calls gives the role in the same transaction (models/people/granting.py)."""
        with write_txn():
            self._end("approved", by, is_solo=is_solo)
            track("proposal_approved_alone" if is_solo else "proposal_approved", self.person, by=by, team=self.team_id,
                  role=self.role.label)  # fmt: skip

    def refuse(self, *, by: Any) -> None:
        """A second person says no; whoever proposed it withdraws it."""
        state = "withdrawn" if by is not None and by.id == self.proposed_by_id else "refused"
        if by is not None and by.id == self.person_id:
            raise Refused("Somebody else has to decide this: neither who proposed it nor whom it is for.")
        with write_txn():
            self._end(state, by)
            track(f"proposal_{state}", self.person, by=by, team=self.team_id, role=self.role.label)

    def _end(self, state: str, by: Any, **values: Any) -> None:
        decided_by = None if by is None else by.id
        self.move("waiting", state, decided_by=decided_by, decided_at=clock.now(), **values)
