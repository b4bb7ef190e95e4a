"""A carrier: the company that moves parcels. The operator's are offered to every team; a team may have its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.reach import OutOfReach
from models.people.team import Team
from models.support.db import db, write_txn
from models.support.errors import FieldRefused
from models.support.fields import UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,39}")
OFFERED = {True: say("yes"), False: say("no")}
WEBSITE = re.compile(r"https://[^\s<>\"']{1,180}")

declare("carrier_saved", say("%(actor)s saved the carrier %(object)s"), "code", "fields", "changes")
declare("carrier_switched", say("%(actor)s switched the carrier %(object)s: offered %(is_active)s"), "is_active")
tell("carrier_switched.is_active", OFFERED)
tell("carrier_saved.fields", {
    "name": say("Name"), "name_cn": say("Chinese name"), "website": say("Website"), "track_key": say("Number at 17TRACK"),
    "amazon_name": say("How Amazon spells it"),
})  # fmt: skip


class Carrier(TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    code = peewee.CharField(max_length=40)
    name = peewee.CharField(max_length=80)
    name_cn = peewee.CharField(max_length=80, default="")
    website = peewee.CharField(max_length=200, default="")
    track_key = peewee.IntegerField(null=True)
    amazon_name = peewee.CharField(max_length=80, default="", constraints=[peewee.SQL("DEFAULT ''")])
    is_active = peewee.BooleanField(default=True)
    created_at: UtcField = created_at()

    about = About(
        why="who moves parcels", keep="while its price sheets and quotes are kept",
        plain="id uid team code name name_cn website track_key amazon_name is_active created_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "code"), True),)

    @property
    def label(self) -> str:
        return self.code

    @classmethod
    def make(cls, team: Team, *, code: str, by: Any = None, **values: Any) -> Carrier:
        """A new carrier of a team. Raises FieldRefused."""
        carrier = cls(team=team, code=code_of(code))
        carrier._set(values)
        with write_txn():
            try:
                with db.atomic():
                    carrier.save(force_insert=True)
            except peewee.IntegrityError:
                raise FieldRefused("code", "This code is taken.") from None
            track("carrier_saved", carrier, by=by, code=carrier.code, fields=sorted(values))
        return carrier

    def edit(self, *, by: Any = None, **values: Any) -> None:
        """Changes what is given; the code stays, since sheets and bills name it."""
        with write_txn():
            if changes := change_fields(self, self._set, values):
                self.save()
                track("carrier_saved", self, by=by, code=self.code, fields=[one[0] for one in changes], changes=changes)

    def switch(self, is_active: bool, *, by: Any = None) -> None:
        """A carrier that is off is not offered for new channels. Its channels stay as they are."""
        with write_txn():
            self.change(is_active=is_active)
            track("carrier_switched", self, by=by, is_active=is_active)

    @classmethod
    def seen_by(cls, reach: Any) -> Any:
        """The condition of those a person may look at: the team's, and the operator's that are on."""
        operator = Team.select(Team.id).where(Team.is_operator)
        return (cls.team == reach.team_id) | (cls.team.in_(operator) & cls.is_active)

    def _set(self, values: dict[str, Any]) -> None:
        if not (values.get("name", self.name) or "").strip():
            raise FieldRefused("name", "A carrier needs a name.")
        if (website := values.get("website")) and not WEBSITE.fullmatch(website):
            raise FieldRefused("website", "A website begins with https://.")
        set_fields(self, values)

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> Carrier:
        """The carrier of this uid, if this person may look at it. Raises OutOfReach."""
        return cls.select().where(cls.uid == uid, cls.seen_by(reach)).first() or not_found()

    @classmethod
    def of_team(cls, team: Team) -> list[Carrier]:
        """Those a team may make channels of."""
        return list(cls.select().where(cls.team == team, cls.is_active).order_by(cls.code))


def code_of(text: str) -> str:
    """A code as sheets and labels write it. Raises FieldRefused."""
    code = text.strip()
    if not CODE.fullmatch(code):
        raise FieldRefused("code", "A code has letters, digits, dots or hyphens, at most 40.")
    return code


def set_fields(record: Any, values: dict[str, Any]) -> None:
    """Text trimmed and cut to what its column holds."""
    for name, value in values.items():
        most = getattr(record._meta.fields[name], "max_length", None)
        setattr(record, name, value.strip()[:most] if isinstance(value, str) else value)


def change_fields(record: Any, put: Callable[[dict[str, Any]], None], values: dict[str, Any]) -> list[list[Any]]:
    """Puts the values and returns what differs: name, old, new."""
    before = {name: getattr(record, name) for name in values}
    put(values)
    return [[name, old, getattr(record, name)] for name, old in before.items() if old != getattr(record, name)]


def not_found() -> NoReturn:
    raise OutOfReach
