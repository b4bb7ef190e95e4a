"""When a team wants to be told that a parcel is at risk. A team without rules of its own has the usual ones (docs/shipping.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import peewee

from models.audit.changes import changes_of
from models.audit.event import declare, track
from models.audit.telling import NO, YES, tell
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import UtcField
from models.support.job_run import wake
from models.support.record import About, TeamRecord
from models.support.words import say

JOB = "shipping.alerts"
# Each with the least and the most that makes sense.
LIMITS = {
    "ship_by_hours": (1, 240),
    "scan_hours": (1, 720),
    "not_found_days": (1, 60),
    "silent_days": (1, 60),
    "pickup_days": (1, 60),
}

declare("alert_rules_changed", say("%(actor)s changed when parcels are at risk: %(changes)s"), "changes")


LABELS = {
    "ship_by_hours": say("Ship-by day near"),
    "scan_hours": say("Not scanned after"),
    "not_found_days": say("Number unknown for"),
    "silent_days": say("Silent for"),
    "pickup_days": say("Waits to be collected for"),
}
tell(
    "alert_rules_changed.fields", {**LABELS, "is_learning": say("Learn from each lane how long its parcels are silent")}
)
tell("alert_rules_changed.is_learning", {"True": YES, "False": NO})


class AlertRules(TeamRecord):
    """`silent_days` holds where a lane has no history of its own, or where `is_learning` is off."""

    team = peewee.ForeignKeyField(Team, unique=True, on_delete="CASCADE")
    ship_by_hours = peewee.IntegerField(default=24)
    scan_hours = peewee.IntegerField(default=48)
    not_found_days = peewee.IntegerField(default=5)
    silent_days = peewee.IntegerField(default=7)
    pickup_days = peewee.IntegerField(default=3)
    is_learning = peewee.BooleanField(default=True)
    changed_at = UtcField(default=clock.now)

    about = About(
        why="when a parcel counts as at risk", keep="while in use",
        plain="id team ship_by_hours scan_hours not_found_days silent_days pickup_days is_learning changed_at",
    )  # fmt: skip

    @property
    def label(self) -> str:
        return ""

    @property
    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*LIMITS, "is_learning")}

    @classmethod
    def of(cls, team_id: int) -> AlertRules:
        """The team's own, or the usual ones (then nothing is stored)."""
        return cls.get_or_none(cls.team == team_id) or cls(team=team_id)

    @classmethod
    def keep(cls, team: Team, values: Mapping[str, Any], *, by: Any = None) -> AlertRules:
        """Raises FieldRefused for what makes no sense."""
        for name, (least, most) in LIMITS.items():
            if not least <= values[name] <= most:
                raise FieldRefused(name, "Between %(least)s and %(most)s.", least=least, most=most)
        with write_txn():
            Team.take_turn(team.id)
            rules = cls.of(team.id)
            old = rules.values
            wanted = {name: values[name] for name in old}
            if old == wanted:
                return rules
            if rules.id:
                rules.change(**wanted, changed_at=clock.now())
            else:
                rules = cls.create(team=team, **wanted)
            changes = changes_of((name, old[name], wanted[name]) for name in old)
            track("alert_rules_changed", rules, by=by, changes=changes)
            wake(JOB)
        return rules
