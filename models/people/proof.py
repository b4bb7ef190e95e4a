"""Proving who one is: the second step of signing in, and again before a sensitive act of a session that stands open.

Every try is counted like a sign-in before anything is verified; the fifth wrong one in a row ends the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people import factors, lockout
from models.people import password as passwords
from models.people.authenticator import take_code
from models.people.passkey import Site, take_passkey
from models.people.person import Person
from models.people.recovery import take_recovery_code
from models.people.session import Session
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.words import say

tell(
    "how",
    {"password": say("Password"), "code": say("Code"), "passkey": say("Passkey"), "recovery": say("Recovery code")},
)
declare("identity_proved", say("%(actor)s proved who they are (%(how)s)"), "how")
declare("proof_refused", say("Somebody failed to prove that they are %(object)s (%(how)s)"), "how")


class ProofRefused(FieldRefused):
    """One text for a wrong proof and for a locked account."""

    def __init__(self, field: str):
        super().__init__(field, "That is not right, or the account is locked for a while.")


@dataclass(frozen=True)
class Shown:
    """What a person shows: one of the three. `site` belongs to the passkey's answer."""

    password: str = ""
    code: str = ""
    passkey: str = ""
    site: Site | None = None

    @property
    def field(self) -> str:
        return "passkey" if self.passkey else "password" if self.password else "code"


@dataclass(frozen=True)
class Ways:
    """What the person may prove themselves with: a factor where they have one, else the password."""

    password: bool
    code: bool
    passkey: bool

    @classmethod
    def of(cls, person: Person) -> Ways:
        kinds = {factors.kind_of(factor) for factor in factors.factors_of(person)}
        return cls(not kinds, "app" in kinds and factors.takes_codes(person), "passkey" in kinds)


def prove(session: Session, shown: Shown, *, network: str, **where: Any) -> str:
    """Proves the person of a session by what they show. Returns the token of its new id. Raises ProofRefused or Busy.

    `where` is the address and device from which it is proved.
    """
    person = session.person
    is_allowed = lockout.count_attempt(person.login, network)
    how, is_right = _verified(session, shown, is_allowed)
    with write_txn():
        if is_right:
            token = session.prove(how, stage=factors.stage_after_factor(person), **where)
            lockout.clear(person.login, network)
            track("identity_proved", person, by=person, how=how)
        else:
            track("proof_refused", person, how=shown.field)
            session.note_wrong_proof()
    if not is_right:
        raise ProofRefused(shown.field)
    return token


def _verified(session: Session, shown: Shown, is_allowed: bool) -> tuple[str, bool]:
    """How it was proved, and whether it was. Behind a closed bucket nothing true is looked at."""
    person = session.person
    if not factors.has_factor(person):
        stored = person.password_hash if is_allowed else None
        return "password", passwords.check_password(stored, shown.password)
    if not is_allowed:
        return shown.field, False
    if shown.passkey and shown.site is not None:
        return "passkey", take_passkey(session, shown.site, shown.passkey, must_verify=factors.must_verify(person))
    if factors.takes_codes(person) and take_code(person, shown.code):
        return "code", True
    return "recovery", take_recovery_code(person, shown.code)
