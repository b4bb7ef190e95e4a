"""Passwords that a person had, as hashes: the last ten cannot be chosen again. The first row is the present one."""

from __future__ import annotations

from typing import Any

import peewee

from models.people import password as passwords
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import UtcField
from models.support.record import About, Record

REMEMBERED = 10


class PastPassword(Record):
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    password_hash = peewee.CharField(max_length=255)
    chosen_at = UtcField(default=clock.now)

    about = About(why="keeps a person from choosing an old password again", keep="until ten others were chosen",
                  plain="id person chosen_at", secret="password_hash")  # fmt: skip

    class Meta:
        indexes = ((("person", "id"), False),)


def require_new(person: Person, password: str, field: str = "password") -> None:
    """Raises FieldRefused for one of the last ten, the present one included. Slow, so never inside a transaction."""
    query = PastPassword.select(PastPassword.password_hash).where(PastPassword.person == person)
    known = [row.password_hash for row in query.order_by(PastPassword.id.desc()).limit(REMEMBERED)]
    if passwords.fits_any(known, password):
        raise FieldRefused(
            field, "You had this password before. The last %(count)s cannot be chosen again.", count=REMEMBERED
        )


def remember(person: Any, hashed: str) -> None:
    """Adds the password just chosen, and drops what is older than the last ten."""
    with write_txn():
        PastPassword.create(person=person, password_hash=hashed, chosen_at=clock.now())
        rows = PastPassword.select(PastPassword.id).where(PastPassword.person == person)
        old = [row.id for row in rows.order_by(PastPassword.id.desc()).offset(REMEMBERED)]
        if old:
            PastPassword.delete().where(PastPassword.id.in_(old)).execute()
