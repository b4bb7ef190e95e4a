"""Proving again who one is: before a sensitive act of a session that stands open, and as the second step of signing in.

Every try is counted like a sign-in before anything is verified; the fifth wrong one in a row ends the session.
"""

from __future__ import annotations

from models.audit.event import declare, track
from models.people import lockout
from models.people import password as passwords
from models.people.session import Session
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.words import say

declare("identity_proved", say("%(actor)s proved who they are (%(how)s)"), "how")
declare("proof_refused", say("Somebody failed to prove that they are %(object)s (%(how)s)"), "how")


class ProofRefused(FieldRefused):
    """One text for a wrong proof and for a locked account."""

    def __init__(self, field: str):
        super().__init__(field, "That is not right, or the account is locked for a while.")


def prove_by_password(session: Session, password: str, *, network: str) -> str:
    """Proves an open session by the password. Returns the token of its new id. Raises ProofRefused or Busy."""
    person = session.person
    is_allowed = lockout.count_attempt(person.login, network)
    is_right = passwords.check_password(person.password_hash if is_allowed else None, password)
    return settle(session, "password", is_allowed and is_right, network=network)


def settle(session: Session, how: str, is_right: bool, *, network: str, field: str = "") -> str:
    """What follows from a proof that was counted and verified. Returns the token of the session's new id."""
    person = session.person
    with write_txn():
        if is_right:
            token = session.prove(how)
            lockout.clear(person.login, network)
            track("identity_proved", person, by=person, how=how)
        else:
            track("proof_refused", person, how=how)
            session.note_wrong_proof()
    if not is_right:
        raise ProofRefused(field or how)
    return token
