"""From where on a rule speaks in one team, where the team wants it other than the rule says by itself."""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.compliance.rules import OF_THE_PORTAL, RULES, SETTABLE, Rule
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.record import About, TeamRecord
from models.support.words import say

declare(
    "threshold_changed",
    say("%(actor)s set the alarm %(kind)s to speak from %(value)s on (was %(was)s)"),
    "kind",
    "value",
    "was",
)


tell("threshold_changed.kind", {kind: rule.title for kind, rule in RULES.items()})


class AlarmThreshold(TeamRecord):
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    kind = peewee.CharField(max_length=40)
    value = peewee.IntegerField()

    about = About(why="how sensitive a team's alarms are", keep="while in force", plain="id team kind value")

    class Meta:
        indexes = ((("team", "kind"), True),)

    @classmethod
    def of_team(cls, team_id: int) -> dict[str, int]:
        """Every settable rule's threshold as it holds in the team."""
        own = {row.kind: row.value for row in cls.select().where(cls.team == team_id)}
        return {rule.kind: own.get(rule.kind, rule.threshold or 0) for rule in SETTABLE}

    @classmethod
    def value_of(cls, kind: str, team_id: int | None) -> int:
        row = cls.get_or_none(cls.team == (team_id or 0), cls.kind == kind)
        return row.value if row else RULES[kind].threshold or 0

    @classmethod
    def set_for(cls, team: Any, values: dict[str, int], *, by: Any) -> None:
        """Sets what differs from what holds now. Raises FieldRefused out of a rule's bounds."""
        holds = cls.of_team(team.id)
        with write_txn():
            for kind, value in values.items():
                rule = RULES[kind]
                if not rule.least <= value <= rule.most:
                    raise FieldRefused(kind, "Between %(least)s and %(most)s.", least=rule.least, most=rule.most)
                if value != holds[kind]:
                    cls.delete().where(cls.team == team, cls.kind == kind).execute()
                    cls.create(team=team, kind=kind, value=value)
                    track(
                        "threshold_changed",
                        by=by,
                        team=team.id,
                        label=team.name,
                        kind=kind,
                        value=value,
                        was=holds[kind],
                    )


def settable_in(team: Any) -> list[Rule]:
    """The rules a team may set; those of the portal are the operator's."""
    return [rule for rule in SETTABLE if team.is_operator or rule.kind not in OF_THE_PORTAL]
