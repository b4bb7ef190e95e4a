"""Leaving: an instant at which everything of a person ends. The door looks at it on each request (`Person.is_active`), so it holds
to the second whether or not a job runs; the job only closes the account and leaves the event."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from models.audit.event import declare, track
from models.people.granting import require_a_boss_stays
from models.people.person import Person
from models.people.reach import teams_of
from models.people.role import Grant
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.words import say

declare("leaving_set", say("%(actor)s set when the access of %(object)s ends: %(at)s"), "at")
declare("leaving_withdrawn", say("%(actor)s withdrew that %(object)s leaves"))
declare("person_left", say("%(object)s left: the access ended at %(at)s"), "at")


def moment_of(day: date, hour: time, zone: str) -> datetime:
    """A day and a time of the team's wall clock as UTC; an hour that summer time skips or doubles is its first."""
    return clock.parse_iso(datetime.combine(day, hour, ZoneInfo(zone)).isoformat())


def leave(person: Person, at: datetime | None, *, by: Any, team: Any = None) -> None:
    """Sets the instant at which everything ends (UTC); None withdraws it. Raises FieldRefused for one that is past, and LastBoss."""
    if at is not None and at <= clock.now():
        raise FieldRefused("day", "This moment is past. To end the access now, suspend the account.")
    with write_txn():
        now = person.reload()
        if now.has_left or now.state == "suspended":
            raise Refused("This person has no access any more. Restore the account first.")
        if at == now.leaves_at:
            return
        if at is not None and by is not None:  # Whoever is at the server may send anybody away.
            for one in teams_of(person):
                require_a_boss_stays(one, person)
        person.change(leaves_at=at)
        if at is None:
            track("leaving_withdrawn", person, by=by, team=team)
        else:
            track("leaving_set", person, by=by, team=team, at=at)


def see_off() -> int:
    """Closes the accounts of those whose moment has come. Returns how many."""
    is_over = (Person.leaves_at <= clock.now()) & (Person.state != "suspended")
    return sum(_see_off(person) for person in list(Person.select().where(is_over).limit(500)))


def _see_off(person: Person) -> bool:
    is_over = (Person.leaves_at <= clock.now()) & (Person.state != "suspended")
    with write_txn():
        try:
            person.turn(is_over, state="suspended")
        except AlreadyDecided:
            return False
        teams = {grant.team_id for grant in Grant.select(Grant.team).where(Grant.person == person)}
        for team_id in sorted(teams) or [None]:
            track("person_left", person, team=team_id, at=person.leaves_at)
    return True
