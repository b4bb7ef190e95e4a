"""Choosing a password: by a one-time link, or by the person, who then needs the present one.

The new one meets the rules and was not among the last ten. A person keeps theirs for a day at least and so many days at most.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.people import lockout, password_rules, past_password
from models.people import password as passwords
from models.people.person import Person
from models.people.reach import teams_of
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused

LEAST_AGE = timedelta(days=1)
WARNED_BEFORE = timedelta(days=14)
_most_age = timedelta(days=365)


def use_days(days: int) -> None:
    """What the settings say; handed in when the databases are opened."""
    global _most_age
    _most_age = timedelta(days=days)


def names_of(person: Person) -> list[str]:
    """Words of which a person's password must not hold a part."""
    return [person.login, person.name, *(team.name for team in teams_of(person))]


def hash_of_new(person: Person, password: str, field: str = "password") -> str:
    """The hash of a password this person may choose. Slow, so never inside a transaction. Raises FieldRefused."""
    password_rules.require_good(password, names_of(person), field)
    past_password.require_new(person, password, field)
    return passwords.hash_password(password)


def take(person: Person, hashed: str) -> None:
    """Sets the password: sessions, links and known devices of before are worth nothing now. Raises AlreadyDecided."""
    with write_txn():
        person.take_password(hashed)
        past_password.remember(person, hashed)


def change(person: Person, present: str, new: str, *, network: str) -> None:
    """The person's own change. Attempts with a wrong present password count like any other. Raises FieldRefused."""
    if not lockout.count_attempt(person.login, network) or not passwords.check_password(person.password_hash, present):
        raise FieldRefused("present_password", "This is not your present password.")
    lockout.clear(person.login, network)
    if keeps_until(person) is not None:
        raise FieldRefused(
            "password",
            "You chose your password less than a day ago. If somebody else knows it, ask for a one-time link.",
        )
    hashed = hash_of_new(person, new)
    try:
        take(person, hashed)
    except AlreadyDecided:
        raise FieldRefused("password", "Your account was changed just now. Sign in again.") from None


def keeps_until(person: Person) -> datetime | None:
    """Until when the person must keep the present password; None when it may be changed."""
    at: Any = person.password_at
    return at + LEAST_AGE if at is not None and not is_spent(person) and clock.now() < at + LEAST_AGE else None


def ends_at(person: Person) -> datetime | None:
    """When the present password has to be changed."""
    return person.password_at + _most_age if person.password_at is not None else None


def is_spent(person: Person) -> bool:
    """Older than it may get: before anything else another has to be chosen."""
    ends = ends_at(person)
    return ends is not None and clock.now() >= ends


def ends_soon(person: Person) -> bool:
    ends = ends_at(person)
    return ends is not None and clock.now() >= ends - min(WARNED_BEFORE, _most_age / 2)


def asks_when(person: Person) -> Any:
    """A query of when the person chose the present password, for what all pages ask together."""
    return Person.select(Person.password_at).where(Person.id == person.id)
