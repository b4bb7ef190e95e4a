"""A person is one human with one account: invited, never shared, the sign-in name never used again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import peewee

from models.audit import feed
from models.audit.changes import changes_of
from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.names import is_shared, things_of
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, Record, created_at
from models.support.words import say

LOGIN = re.compile(r"[a-z][a-z0-9._\-]{1,38}[a-z0-9]")
LANGUAGES = {"en": "English", "zh_Hans": "中文"}
THEMES = ("system", "light", "dark")

declare("person_invited", say("%(actor)s invited %(object)s"))
declare("password_chosen", say("%(actor)s chose a password"))
declare("person_suspended", say("%(actor)s suspended %(object)s: %(reason)s"), "reason")
declare("person_restored", say("%(actor)s restored %(object)s"))
declare("person_changed", say("%(actor)s changed the account of %(object)s"), "fields", "changes")
declare("sessions_ended", say("%(actor)s ended every session of %(object)s"))
declare("preferences_changed", say("%(actor)s changed their preferences"), "language", "theme", "timezone")
tell("language", LANGUAGES)
tell("theme", {"system": say("As the device"), "light": say("Light"), "dark": say("Dark")})
tell("person_changed.fields", {"name": say("Name"), "language": say("Language")})


class Person(Record):
    uid = UidField()
    login = peewee.CharField(max_length=40, unique=True)
    name = peewee.CharField(max_length=120)
    password_hash = peewee.CharField(max_length=255, null=True)
    password_at = UtcField(null=True)
    state = StatusField("invited", "active", "suspended", default="invited")
    epoch = peewee.IntegerField(default=1)
    language = peewee.CharField(max_length=12, default="en")
    timezone = peewee.CharField(max_length=64, default="")
    theme = peewee.CharField(max_length=8, default="system")
    created_at: UtcField = created_at()
    last_seen_at = UtcField(null=True)
    registered_on = peewee.DateField(null=True)
    trained_on = peewee.DateField(null=True)
    leaves_at = UtcField(null=True)

    about = About(
        why="who may sign in, and what they did", keep="while employed, then as long as the events that name them",
        plain="id uid state epoch language timezone theme created_at password_at",
        staff="login name last_seen_at registered_on trained_on leaves_at", secret="password_hash",
    )  # fmt: skip

    # What Flask-Login asks of a signed-in person.
    is_authenticated = True
    is_anonymous = False

    @property
    def label(self) -> str:
        return self.login

    @property
    def initials(self) -> str:
        words = self.name.split()
        return ("".join(word[0] for word in words[:2]) or self.login[:2]).upper()

    @property
    def is_active(self) -> bool:
        """May the person act now? The very instant somebody leaves ends it, whatever jobs run or do not."""
        return self.state == "active" and not self.has_left

    @property
    def has_left(self) -> bool:
        return self.leaves_at is not None and self.leaves_at <= clock.now()

    @property
    def is_leaving(self) -> bool:
        return self.leaves_at is not None and not self.has_left

    @classmethod
    def invite(cls, login: str, name: str, *, language: str = "en", by: Any = None, team: Any = None) -> Person:
        """A new account without a password. Raises FieldRefused for a bad, shared or used sign-in name."""
        login, name = login.strip().lower(), name.strip()
        if not LOGIN.fullmatch(login):
            raise FieldRefused("login", "A sign-in name has 3 to 40 small letters, digits, dots or hyphens.")
        _require_own_name(login, name, things_of(team))
        with write_txn():
            if cls.select().where(cls.login == login).exists():
                raise FieldRefused("login", "This sign-in name is or was in use; names are never given twice.")
            person = cls.create(login=login, name=name[:120], language=language)
            track("person_invited", person, by=by, team=team)
        return person

    @classmethod
    def by_login(cls, login: str) -> Person | None:
        return cls.get_or_none(cls.login == as_login(login))

    def take_password(self, hashed: str) -> None:
        """Sets the password and ends every session. Raises AlreadyDecided when the account changed meanwhile.

        The rules a password meets and its history are looked after in choosing.py.
        """
        with write_txn():
            self.turn(Person.epoch == self.epoch, password_hash=hashed, password_at=clock.now(),
                       state="active" if self.state == "invited" else self.state)  # fmt: skip
            track("password_chosen", self, by=self)

    def suspend(self, reason: str, *, by: Any, team: Any = None) -> None:
        """Ends the person's access at once, open sessions included."""
        with write_txn():
            self.turn(Person.state.in_(("invited", "active")), state="suspended")
            track("person_suspended", self, by=by, team=team, reason=reason)

    def restore(self, *, by: Any, team: Any = None) -> None:
        with write_txn():
            state = "active" if self.reload().password_hash else "invited"
            leaves_at = None if self.has_left else self.leaves_at
            self.turn(Person.state == "suspended", state=state, leaves_at=leaves_at)
            track("person_restored", self, by=by, team=team)

    def rename(self, name: str, language: str, *, by: Any, team: Any = None) -> None:
        """The display name and the language; the sign-in name never changes."""
        name = " ".join(name.split())
        _require_own_name("", name)
        changed = [key for key, value in (("name", name), ("language", language)) if getattr(self, key) != value]
        with write_txn():
            if changed:
                told = changes_of(
                    [("language", self.language, language)]
                )  # Names are people's own: an event keeps none.
                self.change(name=name[:120], language=language)
                track("person_changed", self, by=by, team=team, fields=changed, changes=told)

    def end_sessions(self, *, by: Any, team: Any = None) -> None:
        """Signs the person out everywhere. Their open one-time links die too."""
        with write_txn():
            self.turn(Person.state.in_(("active", "invited")))
            track("sessions_ended", self, by=by, team=team)

    def renew_rights(self) -> None:
        """Rights changed: every session ends, so that the next one begins with what holds now."""
        with write_txn():
            if self.reload().state == "active":  # Somebody invited has no session, and keeps the link.
                self.turn(Person.state == "active")

    def turn(self, condition: Any, **values: Any) -> None:
        """Changes the account if the condition holds, and moves its epoch on, so that no older session or link fits.

        The epoch counts in the database: a stale copy of this person must not set it back.
        """
        values["epoch"] = Person.epoch + 1
        if not Person.update(values).where(Person.id == self.id, condition).execute():
            raise AlreadyDecided()
        self.__data__.update(self.reload().__data__)

    def prefer(self, *, language: str, theme: str, timezone: str) -> None:
        with write_txn():
            self.change(language=language, theme=theme, timezone=timezone)
            track("preferences_changed", self, by=self, language=language, theme=theme, timezone=timezone)

    @classmethod
    def names(cls, ids: Iterable[int]) -> dict[int, str]:
        """Display names by id, for sentences about events."""
        wanted = {i for i in ids if i}
        return {p.id: p.name for p in cls.select(cls.id, cls.name).where(cls.id.in_(wanted))} if wanted else {}


def as_login(typed: str) -> str:
    """A sign-in name as somebody typed it: one spelling for the account and for what is counted of its tries, so without
    capitals, signs that nobody sees, and spaces around it."""
    return "".join(sign for sign in typed.lower() if sign.isprintable()).strip()[:40].strip()


def _require_own_name(login: str, name: str, things: Iterable[str] = ()) -> None:
    """Raises FieldRefused for names that belong to nobody, or to everybody."""
    if login and is_shared(login, things):
        raise FieldRefused(
            "login", "“%(login)s” could be anybody. An account belongs to one person: use their own name, like li.wei.",
            login=login,
        )  # fmt: skip
    if not name:
        raise FieldRefused("name", "A person needs a name.")
    if len(name) > 1 and is_shared(name):
        raise FieldRefused("name", "“%(name)s” could be anybody. Write the person's own name.", name=name)


feed.names_of = Person.names
