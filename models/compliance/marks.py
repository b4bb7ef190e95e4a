"""What a review says of a person beside their rights: the second factor, registration, training, and the day of leaving."""

from __future__ import annotations

from models.people.authenticator import Authenticator
from models.people.gates import closed_gate
from models.people.passkey import Passkey
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.words import say


def factors_of(ids: list[int]) -> dict[int, str]:
    """Which second factor each person has, as stored words (two queries for all)."""
    keys = {row.person_id for row in Passkey.select(Passkey.person).where(Passkey.person.in_(ids))}
    codes = Authenticator.select(Authenticator.person).where(
        Authenticator.person.in_(ids), Authenticator.confirmed_at.is_null(False)
    )
    apps = {row.person_id for row in codes}
    return {number: _factor(number in keys, number in apps) for number in ids}


def _factor(has_key: bool, has_app: bool) -> str:
    if has_key and has_app:
        return say("Passkey and codes").to_json()
    if has_key:
        return say("Passkey").to_json()
    return (say("Codes of an app") if has_app else say("None")).to_json()


def marks_of(person: Person, team: Team) -> list[str]:
    """What stands in the way of a person, or ends their access, as stored words."""
    found = []
    if person.state != "active":
        found.append(say("Suspended") if person.state == "suspended" else say("Invited, not signed in yet"))
    if person.leaves_at is not None:
        day = clock.local(person.leaves_at, team.timezone).date()
        found.append(say("Leaves on %(day)s", day=day))
    if person.trained_on is not None:
        found.append(say("Trained on %(day)s", day=person.trained_on))
    if (closed := closed_gate(person, team)) is not None:
        found.append(closed)
    return [words.to_json() for words in found]
