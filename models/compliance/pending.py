"""What of reviews and alarms waits for a person in one team, asked in one statement because a first page asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from models.compliance.alarm import Alarm
from models.compliance.line import ReviewLine
from models.compliance.review import AccessReview
from models.support import clock
from models.support.fields import UtcField
from models.support.prepared import Prepared, together


@dataclass(frozen=True)
class Pending:
    """Open alarms the person may settle, lines of the open review they may decide, and until when."""

    alarms: int = 0
    lines: int = 0
    due_at: datetime | None = None

    @property
    def days_left(self) -> int:
        return max(0, (self.due_at - clock.now()).days) if self.due_at else 0


def pending(reach: Any) -> Pending:
    """Nothing about oneself is in it, since somebody else has to act there."""
    alarms = _ALARMS_OPERATOR if reach.team.is_operator else _ALARMS
    asked = (
        alarms.asking(reach.team_id, reach.person.id),
        _LINES.asking(reach.team_id, reach.person.id),
        _DUE.asking(reach.team_id),
    )
    count, lines, due = together(*asked)
    return Pending(count or 0, lines or 0, UtcField().python_value(due) if due else None)


def _alarms(mine: Any, person: Any) -> Any:
    others = Alarm.person.is_null() | (Alarm.person != person)
    return Alarm.select(peewee.fn.COUNT(Alarm.id)).where(mine, Alarm.state == "open", others)


_ALARMS = Prepared(lambda team, person: _alarms(Alarm.team == team, person))
_ALARMS_OPERATOR = Prepared(
    lambda team, person: _alarms((Alarm.team == team) | Alarm.team.is_null() | Alarm.with_operator, person)
)
_LINES = Prepared(
    lambda team, person: (
        ReviewLine.select(peewee.fn.COUNT(ReviewLine.id))
        .join(AccessReview)
        .where(
            AccessReview.team == team,
            AccessReview.state == "open",
            ReviewLine.decision == "",
            ReviewLine.person.is_null() | (ReviewLine.person != person),
        )
    )
)
_DUE = Prepared(
    lambda team: AccessReview.select(AccessReview.due_at).where(AccessReview.team == team, AccessReview.state == "open")
)
