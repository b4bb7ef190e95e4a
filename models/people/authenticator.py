"""Codes from an app on the person's telephone (TOTP: SHA-1, six digits, 30 seconds). The secret is sealed under the person's
own key; a code opens once: the last step that was used only ever moves forward, by a conditional UPDATE."""

from __future__ import annotations

import hmac
import re
from datetime import UTC, timedelta
from typing import Any

import peewee
import pyotp
import segno

from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import SealedField, UidField, UtcField
from models.support.record import About, Record, created_at
from models.vault.seal import Sealed

STEP_SECONDS, STEPS_ASIDE = 30, 1
MOST, UNCONFIRMED_FOR = 5, timedelta(minutes=15)
CODE = re.compile(r"[0-9]{6}")


class Authenticator(Sealed, Record):
    """An app that makes codes. Without `confirmed_at` it was offered and has not proved yet that it works; until then its name
    is the place where it was offered."""

    uid = UidField()
    person = peewee.ForeignKeyField(Person, backref="authenticators", on_delete="CASCADE")
    name = peewee.CharField(max_length=60)
    secret = SealedField()
    last_step = peewee.BigIntegerField(default=0)
    created_at: UtcField = created_at()
    confirmed_at = UtcField(null=True)
    last_used_at = UtcField(null=True)

    about = About(why="the second step of signing in", keep="until its person removes it",
                  plain="id uid person last_step created_at confirmed_at last_used_at", staff="name", secret="secret")  # fmt: skip

    def seal_subject(self) -> str:
        return f"person:{self.person.uid}"

    def seal_row(self) -> str:
        return str(self.uid)

    @property
    def label(self) -> str:
        return self.name

    @classmethod
    def of(cls, person: Person) -> list[Authenticator]:
        """Those that work, oldest first."""
        return list(cls.select().where(cls.person == person, cls.confirmed_at.is_null(False)).order_by(cls.id))

    @classmethod
    def offered_to(cls, person: Person, place: str = "") -> Authenticator:
        """The one that is being set up, the same one while the page is reloaded; another after a quarter of an hour.

        `place` is the session that asks: whoever else knows the password must not see the secret that the person takes.
        """
        open_one = cls.confirmed_at.is_null() & (cls.person == person)
        is_young = cls.created_at > clock.now() - UNCONFIRMED_FOR
        offered = cls.get_or_none(open_one, is_young, cls.name == place)
        return offered if offered is not None else cls._offer(person, place, open_one & ~is_young)

    @classmethod
    def _offer(cls, person: Person, place: str, old: Any) -> Authenticator:
        fresh = cls(person=person, name=place)
        fresh.seal(secret=pyotp.random_base32(32))
        with write_txn():
            cls.delete().where(old).execute()
            fresh.save(force_insert=True)
        return fresh

    @property
    def clear_secret(self) -> str:
        """The secret in base32, to be typed into an app that cannot see the picture."""
        return self.unseal("secret") or ""

    def address(self, issuer: str) -> str:
        return pyotp.TOTP(self.clear_secret, name=self.person.login, issuer=issuer).provisioning_uri()

    def picture(self, issuer: str) -> str:
        """The address as a picture to point the telephone at: a data URI of an SVG without style and script."""
        return segno.make(self.address(issuer), error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff")

    def take(self, typed: str) -> bool:
        """Uses a code up. False for a wrong one and for one that was used before, also a moment ago by somebody else."""
        step = self.step_of(typed)
        if step is None:
            return False
        cls = type(self)
        with write_txn():
            unused = (cls.id == self.id) & (cls.last_step < step)
            return bool(cls.update(last_step=step, last_used_at=clock.now()).where(unused).execute())

    def step_of(self, typed: str) -> int | None:
        """The step whose code was typed, of those around now."""
        code = re.sub(r"[\s-]", "", typed)
        if not CODE.fullmatch(code):
            return None
        now = int(clock.now().replace(tzinfo=UTC).timestamp()) // STEP_SECONDS
        maker = pyotp.TOTP(self.clear_secret)
        steps = range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1)
        return next((step for step in steps if hmac.compare_digest(maker.generate_otp(step), code)), None)

    def confirm(self, typed: str, name: str) -> None:
        """The first code shows that the app works. Raises FieldRefused."""
        cls = type(self)
        with write_txn():
            if cls.select().where(cls.person == self.person_id, cls.confirmed_at.is_null(False)).count() >= MOST:
                raise FieldRefused("code", "At most %(most)s apps. Remove one first.", most=MOST)
            if not self.take(typed):
                raise FieldRefused(
                    "code",
                    "This code is not right. Is the clock of your telephone set by itself? Type the code that it shows now.",
                )
            self.change(confirmed_at=clock.now(), name=name.strip()[:60])
            cls.delete().where(cls.person == self.person_id, cls.confirmed_at.is_null()).execute()


def take_code(person: Person, typed: str) -> bool:
    """Uses a code of one of the person's apps up."""
    return any(authenticator.take(typed) for authenticator in Authenticator.of(person))
