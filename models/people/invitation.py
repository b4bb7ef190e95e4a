"""A one-time link that lets a person choose a password: for a first account, a newcomer, or a forgotten password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people import choosing, lockout
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import StatusField, UtcField
from models.support.record import About, Record, created_at
from models.support.words import say

LIFETIME = {"setup": timedelta(hours=24), "invite": timedelta(hours=24), "reset": timedelta(minutes=30)}

tell("purpose", {"setup": say("first person"), "invite": say("invitation"), "reset": say("new password")})
declare("link_made", say("%(actor)s made a one-time link for %(object)s (%(purpose)s)"), "purpose")


class LinkSpent(Refused):
    """The link was used, replaced or has expired."""

    def __init__(self) -> None:
        super().__init__("This link has been used or is too old. Ask the person who sent it for a new one.")


class Invitation(Record):
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    token_hash = peewee.CharField(max_length=64, unique=True)
    purpose = StatusField("setup", "invite", "reset")
    epoch = peewee.IntegerField()
    created_at: UtcField = created_at()
    expires_at = UtcField()
    used_at = UtcField(null=True)

    about = About(why="lets a person choose a password", keep="30 days after it expired",
                  plain="id person purpose epoch created_at expires_at used_at", secret="token_hash")  # fmt: skip

    @classmethod
    def make(cls, person: Person, purpose: str, *, by: Any = None, team: Any = None) -> str:
        """A fresh token for the person; earlier open links die. Returns the token, shown once."""
        token = secrets.token_urlsafe(32)
        with write_txn():
            cls.update(used_at=clock.now()).where(cls.person == person, cls.used_at.is_null()).execute()
            cls.create(person=person, token_hash=_hash(token), purpose=purpose, epoch=person.epoch,
                       expires_at=clock.now() + LIFETIME[purpose])  # fmt: skip
            track("link_made", person, by=by, team=team, purpose=purpose)
        return token

    @classmethod
    def of_token(cls, token: str) -> Invitation:
        """The open link of a token. Raises LinkSpent."""
        link = cls.get_or_none(cls.token_hash == _hash(token[:100]))
        if link is None or not link.is_open:
            raise LinkSpent()
        return link

    @property
    def is_open(self) -> bool:
        is_theirs = self.epoch == self.person.epoch and not self.person.has_left
        return self.used_at is None and self.expires_at > clock.now() and is_theirs

    def use(self, password: str) -> Person:
        """Chooses the password and spends the link, together. Raises LinkSpent or FieldRefused."""
        person, cls = self.person, type(self)
        hashed = choosing.hash_of_new(person, password)
        with write_txn():
            if not cls.update(used_at=clock.now()).where(cls.id == self.id, cls.used_at.is_null()).execute():
                raise LinkSpent()
            try:
                choosing.take(person, hashed)
            except AlreadyDecided:  # Suspended, or another password chosen, while this one was hashed.
                raise LinkSpent() from None
            lockout.forgive(person)
        return person


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
