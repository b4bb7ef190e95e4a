"""What reviews and alarms put into the queues of people: the board of everybody's work and a place of one's own show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from models.compliance.alarm import Alarm
from models.compliance.line import PERMISSION, ReviewLine
from models.compliance.review import AccessReview
from models.support.words import say
from models.workload.queues import Counts, holders, queue


@queue("reviews", say("Access review: lines to decide"), "shield-check")
def reviews(team_id: int, people: Sequence[int]) -> Counts:
    """Lines of the open review nobody decided, for everybody who may; nobody's own."""
    lines = (
        ReviewLine.select(ReviewLine.person, peewee.fn.COUNT(ReviewLine.id))
        .join(AccessReview)
        .where(AccessReview.team == team_id, AccessReview.state == "open", ReviewLine.decision == "")
        .group_by(ReviewLine.person)
    )
    return _of_others(lines, team_id, PERMISSION, people)


@queue("alarms", say("Alarms to settle"), "warning", "bad")
def alarms(team_id: int, people: Sequence[int]) -> Counts:
    """Open alarms of the team, for everybody who may settle them; nobody's own."""
    found = Alarm.select(Alarm.person, peewee.fn.COUNT(Alarm.id)).where(Alarm.team == team_id, Alarm.state == "open")
    return _of_others(found.group_by(Alarm.person), team_id, "alarms.settle", people)


def _of_others(found: Any, team_id: int, permission: str, people: Sequence[int]) -> Counts:
    counts: dict[int | None, int] = dict(found.tuples())
    total = sum(counts.values())
    if not total:
        return {}
    return {person: total - counts.get(person, 0) for person in holders(team_id, permission) if person in people}
