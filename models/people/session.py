"""Signing in: a server-side session named by a random token of which only the hash is stored.

A session ends by itself when it stands still or grows old, and at once when its person's epoch moves.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import peewee
from peewee import SQL

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people import factors, lockout, tries
from models.people import password as passwords
from models.people.person import Person, as_login
from models.people.reach import idle_minutes_of
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.prepared import Prepared
from models.support.record import About, Record, created_at
from models.support.words import say

ABSOLUTE = timedelta(hours=12)
MOST_SESSIONS = 5
KEPT_AFTER_END = timedelta(days=30)
FRESH = timedelta(minutes=5)  # So long after a proof may a person do what `@fresh` stands at.
HALF_OPEN = timedelta(minutes=15)  # So long may a second factor, or its enrolment, take.
MOST_WRONG = 5
MOST_TOKEN = 100

declare("person_signed_in", say("%(actor)s signed in"))
declare("person_signed_out", say("%(actor)s signed out"))
declare("sign_in_refused", say("Somebody failed to sign in as %(object)s"))
tell("sign_in_refused.object", {"?": say("somebody nobody knows here")})
declare("session_ended", say("%(actor)s ended a session of %(object)s"))


class SignInRefused(Refused):
    """One text for every reason, so that nothing is learned from it."""

    def __init__(self) -> None:
        super().__init__("The sign-in name or the password is wrong, or the account is locked for a while.")


class Session(Record):
    uid = UidField()
    token_hash = peewee.CharField(max_length=64, unique=True)
    person = peewee.ForeignKeyField(Person, backref="sessions", on_delete="CASCADE")
    epoch = peewee.IntegerField()
    idle_minutes = peewee.IntegerField()
    created_at: UtcField = created_at()
    last_seen_at = UtcField(default=clock.now)
    ended_at = UtcField(null=True)
    address = peewee.CharField(max_length=45, default="")
    device = peewee.CharField(max_length=200, default="")
    stage = StatusField("half", "enrolling", "open", default="open", constraints=[SQL("DEFAULT 'open'")])
    proved_at = UtcField(null=True)
    proved_by = StatusField(
        "password", "code", "passkey", "recovery", default="password", constraints=[SQL("DEFAULT 'password'")]
    )
    wrong_proofs = peewee.IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    challenge = peewee.CharField(max_length=100, default="", constraints=[SQL("DEFAULT ''")])
    challenge_until = UtcField(null=True)

    about = About(
        why="keeps a person signed in, and shows them where", keep="30 days after it ended",
        plain="id uid person epoch idle_minutes created_at last_seen_at ended_at stage proved_at proved_by wrong_proofs challenge challenge_until",
        staff="address device", secret="token_hash",
    )  # fmt: skip

    class Meta:
        indexes = ((("person", "ended_at"), False),)

    @property
    def is_alive(self) -> bool:
        return (
            self.ended_at is None
            and self.person.is_active
            and self.epoch == self.person.epoch
            and clock.now() < self.last_seen_at + timedelta(minutes=self.idle_minutes)
            and clock.now() < self.created_at + (ABSOLUTE if self.is_open else HALF_OPEN)
        )

    @property
    def is_open(self) -> bool:
        """Signed in wholly; a half-open session may reach nothing but the pages of the second factor."""
        return self.stage == "open"

    @property
    def is_fresh(self) -> bool:
        """The person proved who they are a moment ago."""
        return self.is_open and self.proved_at is not None and clock.now() < self.proved_at + FRESH

    @classmethod
    def open(
        cls, person: Person, *, address: str, device: str, stage: str = "open", proved_by: str = "password"
    ) -> tuple[Session, str]:
        """A new session and its token (shown to the browser once, never stored). The oldest beyond five end."""
        token = secrets.token_urlsafe(32)
        with write_txn():
            session = cls.create(
                token_hash=hash_of(token), person=person, epoch=person.epoch, idle_minutes=idle_minutes_of(person),
                address=address, device=device[:200], stage=stage, proved_by=proved_by, proved_at=clock.now(),
            )  # fmt: skip
            session._arrived()
        return session, token

    def _arrived(self) -> None:
        """Ends the oldest sessions beyond five, of those that are as far as this one: who only knows the password ends nothing."""
        cls = type(self)
        alike = cls.stage == "open" if self.is_open else cls.stage != "open"
        living = cls.select(cls.id).where(cls.person == self.person_id, cls.ended_at.is_null(), alike)
        if surplus := [row.id for row in living.order_by(cls.id.desc()).offset(MOST_SESSIONS)]:
            cls.update(ended_at=clock.now()).where(cls.id.in_(surplus)).execute()
        if self.is_open:
            self.person.change(last_seen_at=clock.now())
            track("person_signed_in", self.person, by=self.person)

    def prove(self, how: str, **values: Any) -> str:
        """Notes that the person proved who they are, under a new id. Returns its token; the old one is dead at once."""
        was_open = self.is_open
        with write_txn():
            token = self.renew(proved_at=clock.now(), proved_by=how, wrong_proofs=0, last_seen_at=clock.now(), **values)
            if self.is_open and not was_open:
                self._arrived()
        return token

    def renew(self, **values: Any) -> str:
        """A new id for this session, with these columns changed. Raises AlreadyDecided when it was renewed or ended meanwhile."""
        token, cls = secrets.token_urlsafe(32), type(self)
        values["token_hash"] = hash_of(token)
        with write_txn():
            unchanged = (cls.id == self.id) & (cls.token_hash == self.token_hash) & cls.ended_at.is_null()
            if not cls.update(values).where(unchanged).execute():
                raise AlreadyDecided()
        self.__data__.update(values)
        return token

    def note_wrong_proof(self) -> bool:
        """Counts a wrong proof; the fifth in a row ends the session. True: it has ended."""
        cls = type(self)
        with write_txn():
            cls.update(wrong_proofs=cls.wrong_proofs + 1).where(cls.id == self.id).execute()
            if cls.select(cls.wrong_proofs).where(cls.id == self.id).scalar() < MOST_WRONG:
                return False
            cls.update(ended_at=clock.now()).where(cls.id == self.id, cls.ended_at.is_null()).execute()
        return True

    @classmethod
    def of_token(cls, token: str | None) -> Session | None:
        """The living session of a cookie's token."""
        session = _BY_HASH.first(hash_of(token)) if token and len(token) <= MOST_TOKEN else None
        return session.seen() if session is not None else None

    def seen(self) -> Session | None:
        """The session if it lives, noted as seen at most once a minute."""
        if not self.is_alive:
            return None
        if clock.now() - self.last_seen_at > timedelta(minutes=1):
            with write_txn():
                self.change(last_seen_at=clock.now())
                self.person.change(last_seen_at=clock.now())
        return self

    def end(self, *, by: Any = None) -> None:
        with write_txn():
            cls = type(self)
            if (
                cls.update(ended_at=clock.now()).where(cls.id == self.id, cls.ended_at.is_null()).execute()
                and self.is_open
            ):
                kind = "person_signed_out" if by is None or by.id == self.person_id else "session_ended"
                track(kind, self.person, by=by or self.person)

    @classmethod
    def forget_ended(cls) -> int:
        with write_txn():
            return cls.delete().where(cls.last_seen_at < clock.now() - KEPT_AFTER_END).execute()


_BY_HASH = Prepared(lambda hashed: Session.select(Session, Person).join(Person).where(Session.token_hash == hashed))


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(login: str, password: str, *, address: str, network: str, device: str) -> tuple[Session, str]:
    """Checks a password and opens a session. The attempt is counted before anything is verified.

    Raises SignInRefused (one text for all reasons) or Busy.
    """
    login = as_login(login)
    person = Person.by_login(login)
    if not lockout.count_attempt(login, network):
        passwords.check_password(None, password)
        _refuse(person)
    known = person if person is not None and person.is_active else None
    if not passwords.check_password(known.password_hash if known else None, password) or known is None:
        _refuse(person)
    assert known is not None
    stage = factors.stage_after_password(known)
    if stage == "open":
        lockout.clear(login, network)
    else:  # The second step settles it: a right password alone forgives nothing, and is no failure either.
        lockout.take_back(login, network)
    if passwords.needs_rehash(known.password_hash or ""):
        known.change(password_hash=passwords.hash_password(password))
    return Session.open(known, address=address, device=device, stage=stage)


def _refuse(person: Person | None) -> None:
    """Leaves an event for a name that nobody has too, without the name: it takes as long, and may be a password."""
    with write_txn():
        track("sign_in_refused", person, label=None if person else "?")
        if person:
            tries.note(person)
    raise SignInRefused()
