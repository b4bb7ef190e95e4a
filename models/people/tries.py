"""Failed sign-ins that a person should know of: from where, how often and when last. They stay until the person has seen them.

Where from is the address the door let in (models/audit/origin.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.origin import current_origin
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.prepared import Prepared
from models.support.record import About, Record
from models.support.words import say

OWN_MOST, OWN_WITHIN = (
    3,
    timedelta(minutes=15),
)  # Few failures from where the person then signs in are their own mistakes.
KEPT = timedelta(days=30)

declare("failed_tries_seen", say("%(actor)s has seen that somebody tried to sign in as them"))


class FailedTry(Record):
    """Failures to sign in as a person from one address."""

    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    address = peewee.CharField(max_length=45)
    times = peewee.IntegerField(default=1)
    first_at = UtcField(default=clock.now)
    last_at = UtcField(default=clock.now)

    about = About(why="tells a person that somebody tried to sign in as them", keep="until they have seen it, at most 30 days",
                  plain="id person times first_at last_at", staff="address")  # fmt: skip

    class Meta:
        indexes = ((("person", "address"), True),)


def note(person: Person) -> None:
    """Counts one failure to sign in as this person from here."""
    with write_txn():
        FailedTry.insert(person=person, address=current_origin().address).on_conflict(
            conflict_target=[FailedTry.person, FailedTry.address],
            update={FailedTry.times: FailedTry.times + 1, FailedTry.last_at: clock.now()},
        ).execute()


def were_own(person: Person) -> None:
    """The person signed in from here: the few failures just before were theirs."""
    FailedTry.delete().where(
        FailedTry.person == person, FailedTry.address == current_origin().address,
        FailedTry.times <= OWN_MOST, FailedTry.last_at > clock.now() - OWN_WITHIN,
    ).execute()  # fmt: skip


def tries_at(person: Person) -> list[FailedTry]:
    """What the person has not seen yet, latest first."""
    return list(FailedTry.select().where(FailedTry.person == person).order_by(FailedTry.last_at.desc()).limit(100))


def count_at(person: Person) -> Any:
    """Asks how many failures the person has not seen; nothing when there is none."""
    return _UNSEEN.asking(person.id)


_UNSEEN = Prepared(lambda person: FailedTry.select(peewee.fn.SUM(FailedTry.times)).where(FailedTry.person == person))


def were_seen(person: Person) -> None:
    with write_txn():
        if FailedTry.delete().where(FailedTry.person == person).execute():
            track("failed_tries_seen", person, by=person)


def forget_old() -> int:
    with write_txn():
        return FailedTry.delete().where(FailedTry.last_at < clock.now() - KEPT).execute()
