"""A carrier: the company that moves parcels. The operator's are offered to every team; a team may have its own."""

from __future__ import annotations

import re
from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.team import Team
from models.support.db import db, write_txn
from models.support.errors import FieldRefused
from models.support.fields import UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,39}")
WEBSITE = re.compile(r"https://[^\s<>\"']{1,180}")

declare("carrier_saved", say("%(actor)s saved the carrier %(object)s"), "code", "fields")


class Carrier(TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    code = peewee.CharField(max_length=40)
    name = peewee.CharField(max_length=80)
    name_cn = peewee.CharField(max_length=80, default="")
    website = peewee.CharField(max_length=200, default="")
    track_key = peewee.IntegerField(null=True)
    is_active = peewee.BooleanField(default=True)
    created_at: UtcField = created_at()

    about = About(
        why="who moves parcels", keep="while its price sheets and quotes are kept",
        plain="id uid team code name name_cn website track_key is_active created_at",
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
        with write_txn():
            self._set(values)
            self.save()
            track("carrier_saved", self, by=by, code=self.code, fields=sorted(values))

    def _set(self, values: dict[str, Any]) -> None:
        if not (values.get("name", self.name) or "").strip():
            raise FieldRefused("name", "A carrier needs a name.")
        if (website := values.get("website")) and not WEBSITE.fullmatch(website):
            raise FieldRefused("website", "A website begins with https://.")
        for name, value in values.items():
            setattr(self, name, value.strip()[:200] if isinstance(value, str) else value)


def code_of(text: str) -> str:
    """A code as sheets and labels write it. Raises FieldRefused."""
    code = text.strip()
    if not CODE.fullmatch(code):
        raise FieldRefused("code", "A code has letters, digits, dots or hyphens, at most 40.")
    return code
