"""A channel: one shipping service of a carrier, priced by its rate cards. The operator's are offered to every team."""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.freight.carrier import OFFERED, Carrier, change_fields, code_of, not_found, set_fields
from models.people.team import Team
from models.support.db import db, write_txn
from models.support.errors import FieldRefused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

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
TO_AMAZON = ("fba_air", "fba_sea", "fba_rail", "fba_truck")  # They lead to Amazon's warehouses, not to buyers.
INCLUDES = {
    "includes_fuel": say("fuel"),
    "includes_duty": say("duty"),
    "includes_clearance": say("clearance"),
}
LABEL_APIS = {
    "none": say("None"),
    "manual": say("By hand"),
    "yunexpress": say("YunExpress"),
    "yanwen": say("Yanwen"),
    "4px": say("4PX"),
}

declare("channel_saved", say("%(actor)s saved the channel %(object)s"), "code", "fields", "changes")
declare("channel_switched", say("%(actor)s switched the channel %(object)s: offered %(is_active)s"), "is_active")
tell("channel_switched.is_active", OFFERED)
tell("channel_saved.kind", KINDS)
tell("channel_saved.label_api", LABEL_APIS)
tell("channel_saved.fields", {
    "name": say("Name"), "name_cn": say("Chinese name"), "kind": say("Kind"), "label_api": say("Labels"),
    "includes_fuel": say("Fuel included"), "includes_duty": say("Duty and tax included"),
    "includes_clearance": say("Customs clearance included"),
})  # fmt: skip


class Channel(TeamRecord):
    """`includes_*` say what the prices hold already. They are shown; fuel that is held is not charged at the carrier's rate."""

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
        """Changes what is given; the code and the carrier stay, since labels and sheets name them."""
        with write_txn():
            if changes := change_fields(self, self._set, values):
                self.save()
                track("channel_saved", self, by=by, code=self.code, fields=[one[0] for one in changes], changes=changes)

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
        set_fields(self, values)

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    @property
    def label_api_words(self) -> Words:
        return LABEL_APIS[self.label_api]

    @property
    def includes(self) -> list[Words]:
        """What the prices hold already, in words."""
        return [words for name, words in INCLUDES.items() if getattr(self, name)]

    @classmethod
    def seen_by(cls, reach: Any) -> Any:
        """The condition of those a person may look at: the team's, and the operator's that are offered."""
        operator = Team.select(Team.id).where(Team.is_operator)
        return (cls.team == reach.team_id) | (cls.team.in_(operator) & cls.is_active)

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> Channel:
        """The channel of this uid with its carrier, if this person may look at it. Raises OutOfReach."""
        query = cls.select(cls, Carrier).join(Carrier, on=(cls.carrier == Carrier.id))
        return query.where(cls.uid == uid, cls.seen_by(reach)).first() or not_found()

    @classmethod
    def of_carrier(cls, carrier: Carrier, reach: Any) -> list[Channel]:
        """Those a person may look at."""
        return list(cls.select().where(cls.carrier == carrier, cls.seen_by(reach)).order_by(cls.code))

    @classmethod
    def offered_to(cls, team_id: int) -> Any:
        """The channels a team may ship with, on or off: its own, and the operator's."""
        operator = Team.select(Team.id).where(Team.is_operator)
        return cls.select().where((cls.team == team_id) | (cls.team.in_(operator) & cls.is_active))
