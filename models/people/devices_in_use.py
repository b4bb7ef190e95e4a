"""Where a person is signed in: their living sessions, ending one of them or all others."""

from __future__ import annotations

import uuid
from typing import Any

from models.people.browser import browser_of
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.session import Session
from models.support.db import write_txn


def living(person: Person) -> list[Session]:
    """The person's open sessions, the latest used first."""
    query = (
        Session.select(Session, Person)
        .join(Person)
        .where(Session.person == person, Session.ended_at.is_null(), Session.stage == "open")
    )
    return [one for one in query.order_by(Session.last_seen_at.desc()) if one.is_alive]


def ended(person: Person, most: int = 10) -> list[Session]:
    """The last ones that are over."""
    query = Session.select(Session, Person).join(Person).where(Session.person == person, Session.stage == "open")
    return [one for one in query.order_by(Session.id.desc()).limit(most * 3) if not one.is_alive][:most]


def end_one(person: Person, uid: uuid.UUID) -> Session:
    """Ends one of the person's own. Raises OutOfReach."""
    found = next((one for one in living(person) if one.uid == uid), None)
    if found is None:
        raise OutOfReach
    found.end(by=person)
    return found


def end_others(person: Person, kept: Session) -> int:
    """Ends all but this one. Returns how many."""
    others = [one for one in living(person) if one.id != kept.id]
    with write_txn():
        for one in others:
            one.end(by=person)
    return len(others)


def device_words(session: Any) -> tuple[str, str]:
    return browser_of(session.device)
