"""What carriers said of a parcel, kept once however often it is told. Append-only: late news is news, not a correction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.status import Event, Status, description_hash
from models.shipping.status_words import status_words
from models.support import clock
from models.support.fields import UtcField
from models.support.record import About, TeamRecord
from models.support.words import Words


class TrackingEvent(TeamRecord):
    """`at` is when it happened (UTC), `arrived_at` when we heard of it; `offset_minutes` gives the place's own clock."""

    id = peewee.BigAutoField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    parcel = peewee.ForeignKeyField(Parcel, index=False, backref="events", on_delete="CASCADE")
    provider = peewee.CharField(max_length=20)
    at = UtcField()
    digest = peewee.CharField(max_length=64)
    description = peewee.CharField(max_length=500)
    location = peewee.CharField(max_length=160, default="")
    status = peewee.CharField(max_length=40, default="")
    sub_status = peewee.CharField(max_length=80, default="")
    offset_minutes = peewee.IntegerField(null=True)
    arrived_at = UtcField(default=clock.now)

    about = About(
        why="where a parcel was, and when", keep="as the parcel",
        plain="id team parcel provider at digest description location status sub_status offset_minutes arrived_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("parcel", "provider", "at", "digest"), True),)

    @classmethod
    def keep(cls, parcel: Parcel, events: Iterable[Event]) -> int:
        """Stores those that are new; how many those were. Inside an open transaction."""
        rows = [
            {
                "team": parcel.team_id, "parcel": parcel.id, "provider": event.provider[:20], "at": event.time_utc,
                "digest": description_hash(event.description), "description": event.description[:500],
                "location": event.location[:160], "status": event.status.main if event.status else "",
                "sub_status": event.status.sub if event.status else "", "offset_minutes": event.offset_minutes,
                "arrived_at": clock.now(),
            }
            for event in events
        ]  # fmt: skip
        if not rows:
            return 0
        before = cls.count_of(parcel)
        cls.insert_many(rows).on_conflict_ignore().execute()
        return cls.count_of(parcel) - before

    @classmethod
    def count_of(cls, parcel: Parcel) -> int:
        return cls.select().where(cls.parcel == parcel).count()

    @classmethod
    def of(cls, parcel: Parcel) -> list[TrackingEvent]:
        """The latest first."""
        return list(cls.select().where(cls.parcel == parcel).order_by(cls.at.desc(), cls.id.desc()))

    @property
    def event(self) -> Event:
        """As the pure engine reads it (models/shipping/status.py)."""
        status: Any = Status(self.status, self.sub_status) if self.status else None
        return Event(self.provider, self.at, self.description, self.location, status, self.offset_minutes)

    @property
    def words(self) -> Words | None:
        """What its status is called."""
        return status_words(self.status, self.sub_status)

    @property
    def told_words(self) -> str:
        """The carrier's own words, where they say more than the status."""
        words = self.words
        return "" if words is not None and words.message == self.description else self.description

    @property
    def local_text(self) -> str:
        """On the clock of the place, where the carrier told it: 2026-03-02 10:05 UTC+08:00."""
        local, minutes = self.event.local_time, self.offset_minutes or 0
        hours, rest = divmod(abs(minutes), 60)
        return f"{local:%Y-%m-%d %H:%M} UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}" if local else ""
