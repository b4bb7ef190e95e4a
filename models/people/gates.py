"""Who may touch buyers' data: where a team wants it, only people who are registered, and trained not too long ago.

The rights stay given; they are inert while a gate is closed, which the page says. No question to the database: both stand in
rows that the door has read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.permissions import TOUCHES_BUYERS
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import Words, say

declare("registration_noted", say("%(actor)s noted the registration of %(object)s: %(day)s"), "day")
declare("training_noted", say("%(actor)s noted the training of %(object)s: %(day)s"), "day")
declare("gates_changed", say("%(actor)s changed what people of %(object)s need before they touch buyers' data"),
        "registration", "training_days")  # fmt: skip
for _event in ("registration_noted", "training_noted"):
    tell(f"{_event}.day", {"": say("none any more")})
tell("gates_changed.training_days", {0: say("no matter how many")})
LONGEST = 730


def closed_gate(person: Person, team: Team) -> Words | None:
    """Why this person's rights to buyers' data are inert in the team, as a sentence; None while nothing stands in the way."""
    if team.needs_registration and person.registered_on is None:
        return say("Buyers' data stays closed until the registration is noted.")
    if team.training_days and trained_until(person, team) is None:
        return say("Buyers' data stays closed until a training is noted.")
    if is_training_due(person, team):
        return say(
            "Buyers' data stays closed: the last training is more than %(days)s days ago.", days=team.training_days
        )
    return None


def inert(person: Person, team: Team) -> frozenset[str]:
    """The permissions that sleep because a gate is closed."""
    return TOUCHES_BUYERS if closed_gate(person, team) else frozenset()


def trained_until(person: Person, team: Team) -> date | None:
    """The last day on which the training counts; None without one, or where the team asks for none."""
    if person.trained_on is None or not team.training_days:
        return None
    return person.trained_on + timedelta(days=team.training_days)


def is_training_due(person: Person, team: Team) -> bool:
    """Is there no training that counts today?"""
    until = trained_until(person, team)
    return bool(team.training_days) and (until is None or until < clock.local(clock.now(), team.timezone).date())


def want(team: Team, *, registration: bool, training_days: int | None, by: Any) -> None:
    """What the team wants before somebody touches buyers' data: a registration, a training every so many days (None: none)."""
    if training_days is not None and not 1 <= training_days <= LONGEST:
        raise FieldRefused("training_days", "Between 1 and %(most)s days.", most=LONGEST)
    if (team.needs_registration, team.training_days) == (registration, training_days):
        return
    with write_txn():
        team.change(needs_registration=registration, training_days=training_days)
        track("gates_changed", team, by=by, registration=registration, training_days=training_days)


def note(person: Person, team: Team, *, registered_on: date | None, trained_on: date | None, by: Any) -> None:
    """When the person was formally registered, and last trained in handling buyers' data."""
    if by is not None and by.id == person.id:
        raise Refused("Nobody changes their own rights. Ask another person.")
    today = clock.local(clock.now(), team.timezone).date()
    for field, day in (("registered_on", registered_on), ("trained_on", trained_on)):
        if day is not None and day > today:
            raise FieldRefused(field, "This day is still to come.")
    with write_txn():
        if registered_on != person.registered_on:
            person.change(registered_on=registered_on)
            track("registration_noted", person, by=by, team=team, day=str(registered_on or ""))
        if trained_on != person.trained_on:
            person.change(trained_on=trained_on)
            track("training_noted", person, by=by, team=team, day=str(trained_on or ""))
