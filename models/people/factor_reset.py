"""Somebody lost every second factor: a person who manages people asks for a reset, another approves, and a day later it is done.

The delay is there for the person: until then the notice on their screen lets them stop it.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.people import factors
from models.people.person import Person
from models.people.reach import OutOfReach, Reach
from models.people.team import Team
from models.people.two_people import decides_alone
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.prepared import Prepared
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

DELAY, SHOWN_FOR = timedelta(hours=24), timedelta(days=7)
LEAST_REASON, MOST_REASON = 8, 200
OPEN = ("asked", "approved")

declare("factor_reset_asked", say("%(actor)s asked to reset the second factor of %(object)s: %(reason)s"), "reason")
declare("factor_reset_approved", say("%(actor)s approved resetting the second factor of %(object)s"), "is_solo")
declare("factor_reset_refused", say("%(actor)s refused to reset the second factor of %(object)s"))
declare("factor_reset_stopped", say("%(actor)s stopped the reset of their second factor"))
declare("factors_reset", say("The second factor of %(object)s was reset: %(reason)s"), "reason")


class FactorReset(TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    reason = peewee.CharField(max_length=MOST_REASON)
    state = StatusField("asked", "approved", "done", "refused", "stopped", default="asked")
    asked_by = peewee.ForeignKeyField(Person, backref="asked_resets", on_delete="CASCADE")
    approved_by = peewee.ForeignKeyField(Person, backref="approved_resets", null=True, on_delete="SET NULL")
    created_at: UtcField = created_at()
    due_at = UtcField(null=True)
    done_at = UtcField(null=True)

    about = About(why="lets a person in again who lost their second factor", keep="as long as the account",
                  plain="id uid team person state asked_by approved_by created_at due_at done_at", staff="reason")  # fmt: skip

    class Meta:
        indexes = ((("state", "due_at"), False), (("person", "state"), False))

    @property
    def label(self) -> str:
        return self.person.login

    @property
    def is_asked(self) -> bool:
        return self.state == "asked"

    @classmethod
    def ask(cls, person: Person, team: Team, reason: str, *, by: Any) -> FactorReset:
        """Asks for a reset. Raises FieldRefused or Refused."""
        reason = " ".join(reason.split())
        if len(reason) < LEAST_REASON:
            raise FieldRefused("reason", "Say in a few words how you know that it is they who ask.")
        with write_txn():
            if not factors.has_factor(person):
                raise Refused("This person has no second factor to reset.")
            if cls.select().where(cls.person == person, cls.state.in_(OPEN)).exists():
                raise Refused("A reset has been asked for already.")
            asked = cls.create(team=team, person=person, reason=reason[:MOST_REASON], asked_by=by)
            track("factor_reset_asked", person, by=by, team=team, reason=asked.reason)
            if decides_alone(by, team):
                asked.approve(by=by)
        return asked

    def approve(self, *, by: Any) -> None:
        """A second person says yes; it is done when the delay is over. Raises Refused or AlreadyDecided."""
        if by.id == self.person_id:
            raise Refused("Nobody approves the reset of their own second factor.")
        is_solo = by.id == self.asked_by_id
        if is_solo and not decides_alone(by, self.team):
            raise Refused("Somebody else has to approve what you asked for.")
        with write_txn():
            due = clock.now() + (timedelta() if factors.is_offered() else DELAY)
            self.move("asked", "approved", approved_by=by.id, due_at=due)
            track("factor_reset_approved", self.person, by=by, team=self.team_id, is_solo=is_solo)
            if factors.is_offered():
                self.carry_out()

    def refuse(self, *, by: Any) -> None:
        """Also whoever asked may take it back, and who approved it may think again until it is done."""
        with write_txn():
            self.move(OPEN, "refused")
            track("factor_reset_refused", self.person, by=by, team=self.team_id)

    def stop(self, *, by: Person) -> None:
        """The person themselves says that they lost nothing."""
        if by.id != self.person_id:
            raise OutOfReach
        with write_txn():
            self.move(OPEN, "stopped")
            track("factor_reset_stopped", self.person, by=by, team=self.team_id)

    def carry_out(self) -> None:
        with write_txn():
            self.move("approved", "done", done_at=clock.now())
            factors.remove_all(self.person)
            track("factors_reset", self.person, team=self.team_id, reason=self.reason)

    @classmethod
    def carry_out_due(cls) -> int:
        """Does what has waited its day. Returns how many."""
        due = list(cls.select().where(cls.state == "approved", cls.due_at <= clock.now()))
        for reset in due:
            reset.carry_out()
        return len(due)

    @classmethod
    def open_in(cls, reach: Reach) -> list[FactorReset]:
        """Those of the team that are not over, in the order they came."""
        return list(cls.reachable(reach).where(cls.state.in_(OPEN)).order_by(cls.id))

    @classmethod
    def to_decide(cls, reach: Reach) -> Any:
        """A query of what waits for this person's yes or no."""
        mine = (cls.asked_by == reach.person.id) | (cls.person == reach.person.id)
        return cls.reachable(reach).where(cls.state == "asked", ~mine)

    @classmethod
    def decidable(cls, reach: Reach, uid: uuid.UUID) -> FactorReset:
        """One of the team's. Raises OutOfReach."""
        return reach.get(cls, uid)

    @classmethod
    def open_for(cls, person: Person) -> Any:
        """Asks for the uid of a reset that somebody asked for this person."""
        return _OPEN_FOR.asking(person.id)

    @classmethod
    def own(cls, person: Person, uid: uuid.UUID) -> FactorReset:
        """One that is for this person. Raises OutOfReach."""
        found = cls.get_or_none(cls.uid == uid, cls.person == person)
        if found is None:
            raise OutOfReach
        return found

    @classmethod
    def of_person(cls, person: Person) -> list[FactorReset]:
        """What is open for a person, and what was done lately."""
        lately = (cls.state == "done") & (cls.done_at > clock.now() - SHOWN_FOR)
        return list(cls.select().where(cls.person == person, cls.state.in_(OPEN) | lately).order_by(cls.id.desc()))


def reset_at_the_host(person: Person, reason: str) -> None:
    """Break-glass: whoever is at the server may do it at once, and it leaves an event."""
    with write_txn():
        FactorReset.update(state="refused").where(FactorReset.person == person, FactorReset.state.in_(OPEN)).execute()
        factors.remove_all(person)
        track("factors_reset", person, reason=reason)


_OPEN_FOR = Prepared(
    lambda person: (
        FactorReset.select(FactorReset.uid).where(FactorReset.person == person, FactorReset.state.in_(OPEN)).limit(1)
    )
)
