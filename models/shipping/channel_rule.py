"""A team's own rule for channels: the cheapest that arrives within so many days, some channels left out. One for all countries, and one
for each country that wants another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import Country, tell
from models.freight.asking import Answer
from models.freight.channel import TO_AMAZON, Channel
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.fields import JsonField, UidField
from models.support.record import About, TeamRecord
from models.support.words import say

COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
MOST_DAYS, MOST_RULES = 120, 100

declare("channel_rule_saved", say("%(actor)s changed the rule for channels (%(object)s)"), "days", "without")
declare("channel_rule_removed", say("%(actor)s removed the rule for channels (%(object)s)"))
for _event in ("channel_rule_saved", "channel_rule_removed"):
    tell(f"{_event}.object", lambda label, beside: say("all other countries") if label == "*" else Country(label))
tell("channel_rule_saved.days", {0: say("no matter how many")})


class ChannelRule(TeamRecord):
    """`country` is empty for the rule of all others; `days` empty where only the price counts. `without` are ids of channels."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    country = peewee.CharField(max_length=2, default="")
    days = peewee.IntegerField(null=True)
    without = JsonField(default=list)

    about = About(
        why="which channel a team's parcels go by", keep="while in use", plain="id uid team country days without"
    )

    class Meta:
        indexes = ((("team", "country"), True),)

    @property
    def label(self) -> str:
        return self.country or "*"

    @classmethod
    def of_team(cls, team_id: int) -> list[ChannelRule]:
        """The one for all countries first."""
        return list(cls.select().where(cls.team == team_id).order_by(cls.country))

    @classmethod
    def channels(cls, team_id: int) -> list[Channel]:
        """Those a rule may leave out."""
        to_buyers = Channel.offered_to(team_id).where(Channel.is_active, Channel.kind.not_in(TO_AMAZON))
        return list(to_buyers.order_by(Channel.code))

    @classmethod
    def to(cls, team_id: int, country: str) -> ChannelRule | None:
        """The country's own rule, else the one for all."""
        found = cls.select().where(cls.team == team_id, cls.country.in_(("", country)))
        return found.order_by(cls.country.desc()).first()

    @classmethod
    def keep(
        cls, team: Team, country: str, *, days: int | None, without: Iterable[Channel] = (), by: Any = None
    ) -> ChannelRule:
        """Sets the rule of a country, or of all with an empty one. Raises FieldRefused."""
        country = country.strip().upper()
        if country and not COUNTRY.fullmatch(country):
            raise FieldRefused("country", "The country's two letters, such as DE.")
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise FieldRefused("days", "Between 1 and %(most)s days.", most=MOST_DAYS)
        channels = sorted(without, key=lambda channel: channel.code)
        values = {"days": days, "without": [channel.id for channel in channels]}
        with write_txn():
            Team.take_turn(team.id)  # Two who write the rule of one country follow each other.
            rule = cls.get_or_none(cls.team == team, cls.country == country)
            if rule is not None:
                rule.change(**values)
            elif cls.select().where(cls.team == team).count() >= MOST_RULES:
                raise FieldRefused("country", "At most %(most)s rules.", most=MOST_RULES)
            else:
                rule = cls.create(team=team, country=country, **values)
            track("channel_rule_saved", rule, by=by, days=days or 0, without=[channel.code for channel in channels])
        return rule

    def remove(self, *, by: Any = None) -> None:
        with write_txn():
            if not ChannelRule.delete().where(ChannelRule.id == self.id).execute():
                raise AlreadyDecided()
            track("channel_rule_removed", self, by=by)

    def allows(self, answer: Answer) -> bool:
        """Not left out, and in time where days are asked for; a channel that names no days is not in time."""
        if answer.offered.channel.id in self.without:
            return False
        eta = answer.quote.eta
        return self.days is None or (eta is not None and eta[1] <= self.days)
