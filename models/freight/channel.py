"""A channel: one shipping service of a carrier, priced by its rate cards. The operator's are offered to every team."""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.freight.carrier import Carrier, code_of
from models.people.team import Team
from models.support.db import db, write_txn
from models.support.errors import FieldRefused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

KINDS = {
    "small_parcel": say("Small parcel line"),
    "express": say("Express"),
    "postal": say("Postal"),
    "fba_air": say("FBA by air"),
    "fba_sea": say("FBA by sea"),
    "fba_rail": say("FBA by rail"),
    "fba_truck": say("FBA by truck"),
    "local": say("Local delivery"),
}
LABEL_APIS = ("none", "manual", "yunexpress", "yanwen", "4px")

declare("channel_saved", say("%(actor)s saved the channel %(object)s"), "code", "fields")
declare("channel_switched", say("%(actor)s switched the channel %(object)s: offered %(is_active)s"), "is_active")


class Channel(TeamRecord):
    """`includes_*` say what the prices hold already; they are shown, not reckoned with."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    carrier = peewee.ForeignKeyField(Carrier, on_delete="RESTRICT", backref="channels")
    code = peewee.CharField(max_length=40)
    name = peewee.CharField(max_length=80)
    name_cn = peewee.CharField(max_length=80, default="")
    kind = StatusField(*KINDS, default="small_parcel")
    is_active = peewee.BooleanField(default=True)
    includes_fuel = peewee.BooleanField(default=False)
    includes_duty = peewee.BooleanField(default=False)
    includes_clearance = peewee.BooleanField(default=False)
    label_api = StatusField(*LABEL_APIS, default="none")
    created_at: UtcField = created_at()

    about = About(
        why="the shipping services a team may choose from", keep="while its price sheets and quotes are kept",
        plain="id uid team carrier code name name_cn kind is_active includes_fuel includes_duty includes_clearance label_api "
        "created_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "code"), True), (("team", "is_active", "code"), False))

    @property
    def label(self) -> str:
        return self.code

    @classmethod
    def make(cls, team: Team, carrier: Carrier, *, code: str, by: Any = None, **values: Any) -> Channel:
        """A new channel of a team. Raises FieldRefused."""
        if carrier.team_id != team.id:
            raise FieldRefused("carrier", "This carrier belongs to another team.")
        channel = cls(team=team, carrier=carrier, code=code_of(code))
        channel._set(values)
        with write_txn():
            try:
                with db.atomic():
                    channel.save(force_insert=True)
            except peewee.IntegrityError:
                raise FieldRefused("code", "This code is taken.") from None
            track("channel_saved", channel, by=by, code=channel.code, fields=sorted(values))
        return channel

    def edit(self, *, by: Any = None, **values: Any) -> None:
        with write_txn():
            self._set(values)
            self.save()
            track("channel_saved", self, by=by, code=self.code, fields=sorted(values))

    def switch(self, is_active: bool, *, by: Any = None) -> None:
        """Offers the channel, or stops offering it. What was quoted stays."""
        with write_txn():
            self.change(is_active=is_active)
            track("channel_switched", self, by=by, is_active=is_active)

    def _set(self, values: dict[str, Any]) -> None:
        if not (values.get("name", self.name) or "").strip():
            raise FieldRefused("name", "A channel needs a name.")
        if values.get("kind", self.kind) not in KINDS:
            raise FieldRefused("kind", "Choose from the list.")
        if values.get("label_api", self.label_api) not in LABEL_APIS:
            raise FieldRefused("label_api", "Choose from the list.")
        for name, value in values.items():
            setattr(self, name, value.strip()[:80] if isinstance(value, str) else value)

    @classmethod
    def offered_to(cls, team_id: int) -> Any:
        """The channels a team may ship with, on or off: its own, and the operator's."""
        operator = Team.select(Team.id).where(Team.is_operator)
        return cls.select().where((cls.team == team_id) | (cls.team.in_(operator) & cls.is_active))
