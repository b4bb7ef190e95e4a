"""What a person did around an alarm, from the event log, to judge it by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.audit.event import Event
from models.compliance.alarm import Alarm

BEFORE, AFTER, MOST = timedelta(hours=2), timedelta(minutes=30), 50


def around(alarm: Alarm, reach: Any) -> list[Event]:
    """The person's events of two hours before and half an hour after: of the team that looks, and of no team."""
    if alarm.person_id is None:
        return []
    query = Event.select().where(
        Event.actor_id == alarm.person_id,
        Event.at >= alarm.first_at - BEFORE,
        Event.at <= alarm.last_at + AFTER,
        (Event.team_id == reach.team_id) | Event.team_id.is_null(),
    )
    return list(query.order_by(Event.id.desc()).limit(MOST))
