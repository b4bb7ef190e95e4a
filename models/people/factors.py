"""The second factors of a person: what they have, what the portal wants of them, adding and removing.

Modes: `required` wants one of everybody, `strict` a passkey that verifies its user of those who manage what others rely on,
`offered` (never in production) asks only who has one.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people import recovery
from models.people.authenticator import Authenticator
from models.people.passkey import Passkey
from models.people.permissions import OPERATOR_ONLY
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.role import Grant, RolePermission
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.words import say

if TYPE_CHECKING:  # Sessions ask how far a password leads, so they come after.
    from models.people.session import Session

REQUIRED, STRICT, OFFERED = "required", "strict", "offered"
WEIGHTY = OPERATOR_ONLY | {"people.manage", "networks.manage", "audit.view", "reviews.manage", "alarms.settle"}
_mode = REQUIRED

KINDS = {"passkey": say("Passkey"), "app": say("App with codes")}
tell("factor_added.kind", KINDS)
tell("factor_removed.kind", KINDS)
declare("factor_added", say("%(actor)s added a second factor: %(kind)s"), "kind")
declare("factor_removed", say("%(actor)s removed a second factor: %(kind)s"), "kind")

Factor = Authenticator | Passkey


def use_mode(mode: str) -> None:
    """What the settings say; handed in when the databases are opened."""
    global _mode
    _mode = mode


def is_offered() -> bool:
    return _mode == OFFERED


def factors_of(person: Person) -> list[Factor]:
    return [*Passkey.of(person), *Authenticator.of(person)]


def has_factor(person: Person) -> bool:
    return bool(factors_of(person))


def needs_passkey(person: Person) -> bool:
    """In mode `strict`: may the person do what others rely on?"""
    if _mode != STRICT:
        return False
    weighty = Grant.select().join(RolePermission, on=(RolePermission.role == Grant.role))
    return weighty.where(Grant.person == person, RolePermission.permission.in_(sorted(WEIGHTY))).exists()


def must_verify(person: Person) -> bool:
    """Must the person's passkey ask for a finger, a face or a PIN?"""
    return needs_passkey(person)


def takes_codes(person: Person) -> bool:
    """A code opens the account, unless a passkey is wanted and there."""
    return not (needs_passkey(person) and _verifying(person))


def lacks(person: Person) -> str:
    """What the person must still set up before the first page: "", "factor" or "passkey"."""
    if needs_passkey(person):
        return "" if _verifying(person) else "passkey"
    return "" if is_offered() or has_factor(person) else "factor"


def _verifying(person: Person) -> bool:
    return any(key.is_verifying for key in Passkey.of(person))


def stage_after_password(person: Person) -> str:
    """How far the right password alone leads."""
    if has_factor(person):
        return "half"
    return "enrolling" if lacks(person) else "open"


def stage_after_factor(person: Person) -> str:
    return "enrolling" if lacks(person) else "open"


def is_enough(session: Session) -> bool:
    """Was the session opened by what the portal wants now? It may have been offered only, before the last start."""
    return is_offered() or session.proved_by != "password"


def added(session: Session, factor: Factor, how: str) -> tuple[str, list[str]]:
    """What follows from a factor that works: other sessions end, this one is open under a new id. Returns its token, and
    recovery codes to show once, if there were none."""
    person = session.person
    with write_txn():
        track("factor_added", person, by=person, kind=kind_of(factor))
        person.turn(Person.state == "active")
        fresh = [] if recovery.codes_left(person) else recovery.make_codes(person)
        token = session.prove(how, stage=stage_after_factor(person), epoch=person.epoch)
    return token, fresh


def remove(session: Session, uid: uuid.UUID) -> str:
    """Removes one of the person's own factors. Returns the token of the session's new id. Raises OutOfReach or Refused."""
    person = session.person
    with write_txn():
        mine = factors_of(person)
        factor = next((one for one in mine if one.uid == uid), None)
        if factor is None:
            raise OutOfReach
        factor.delete_instance()
        if lacks(person):
            raise Refused("This is the last one that the portal wants of you. Add another first, then remove this one.")
        if len(mine) == 1:
            recovery.forget(person)
        track("factor_removed", person, by=person, kind=kind_of(factor))
        person.turn(Person.state == "active")
        return session.renew(epoch=person.epoch)


def remove_all(person: Person) -> None:
    """Takes every factor of a person who lost theirs, and ends their sessions. Whoever calls leaves the event."""
    with write_txn():
        for table in (Authenticator, Passkey):
            table.delete().where(table.person == person).execute()
        recovery.forget(person)
        person.turn(Person.id == person.id)


def kind_of(factor: Factor) -> str:
    return "passkey" if isinstance(factor, Passkey) else "app"
