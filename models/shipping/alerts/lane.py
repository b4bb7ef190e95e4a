"""A lane, a channel to a country, and how long its parcels are usually silent: learned every night from those that arrived.

Of each parcel that ended in the last 90 days its longest wait between two events counts. Nine in ten waited no longer than what is
kept; a lane with fewer than 20 parcels has learned nothing yet. Lost parcels teach nothing: their silence is what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import peewee

from models.freight.channel import Channel
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from models.support.bulk import among, as_moment, raw_rows
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, TeamRecord

LOOKED_BACK, LEAST_PARCELS, SHARE = timedelta(days=90), 20, 90
LEAST_DAYS, MOST_DAYS = 2, 60
ARRIVED = ("delivered", "returned")
AT_ONCE = 2000
Key = tuple[int, str]
DAY = timedelta(days=1)


class Lane(TeamRecord):
    """`days` is the usual longest silence, learned from so many `parcels`."""

    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    channel = peewee.ForeignKeyField(Channel, on_delete="CASCADE", backref="+")
    country = peewee.CharField(max_length=2)
    days = peewee.IntegerField()
    parcels = peewee.IntegerField()
    learned_at = UtcField(default=clock.now)

    about = About(
        why="how long parcels of a lane are usually silent", keep="a day, then learned anew",
        plain="id team channel country days parcels learned_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "channel", "country"), True),)

    @classmethod
    def of_team(cls, team_id: int) -> dict[Key, tuple[int, int]]:
        """(channel id, country) → (days, parcels)."""
        rows = raw_rows(cls.select(cls.channel, cls.country, cls.days, cls.parcels).where(cls.team == team_id))
        return {(channel, country): (days, parcels) for channel, country, days, parcels in rows}

    @classmethod
    def shown(cls, team_id: int, most: int = 100) -> list[Lane]:
        """With their channels, those of most parcels first."""
        query = cls.select(cls, Channel).join(Channel).where(cls.team == team_id)
        return list(query.order_by(cls.parcels.desc(), cls.id).limit(most))

    @classmethod
    def learn(cls, team: Team, step: Any = None) -> int:
        """Learns every lane of a team anew. How many have a history."""
        waits: dict[Key, list[int]] = {}
        for bundle in _bundles(team.id):
            for key, wait in _longest_waits(bundle):
                waits.setdefault(key, []).append(wait)
        rows = [
            {"team": team.id, "channel": channel, "country": country, "days": usual(found), "parcels": len(found),
             "learned_at": clock.now()}
            for (channel, country), found in sorted(waits.items()) if len(found) >= LEAST_PARCELS
        ]  # fmt: skip
        with write_txn():
            if step:
                step(add=1)
            cls.delete().where(cls.team == team).execute()
            for start in range(0, len(rows), 100):
                cls.insert_many(rows[start : start + 100]).execute()
        return len(rows)


def usual(hours: Iterable[int]) -> int:
    """Whole days that nine in ten did not exceed."""
    ordered = sorted(hours)
    place = max(ceil(len(ordered) * SHARE / 100) - 1, 0)
    return min(max(ceil(ordered[place] / 24), LEAST_DAYS), MOST_DAYS)


def _bundles(team_id: int) -> Iterator[list[tuple[int, int, str]]]:
    """(parcel, channel, country) of what ended lately, so many at a time."""
    since, after = clock.now() - LOOKED_BACK, (clock.now() - LOOKED_BACK, 0)
    while True:
        beyond = (Parcel.ended_at > after[0]) | ((Parcel.ended_at == after[0]) & (Parcel.id > after[1]))
        query = Parcel.select(Parcel.id, Parcel.channel, Parcel.country, Parcel.state, Parcel.ended_at).where(
            Parcel.team == team_id, Parcel.ended_at >= max(since, after[0]), beyond
        )
        rows = raw_rows(query.order_by(Parcel.ended_at, Parcel.id).limit(AT_ONCE))
        yield [
            (parcel, channel, country) for parcel, channel, country, state, _at in rows if channel and state in ARRIVED
        ]
        if len(rows) < AT_ONCE:
            return
        after = (_moment(rows[-1][4]), rows[-1][0])


def _longest_waits(bundle: list[tuple[int, int, str]]) -> Iterator[tuple[Key, int]]:
    """The longest wait of each parcel between two of its events, in hours."""
    lanes = {parcel: (channel, country) for parcel, channel, country in bundle}
    rows = raw_rows(
        TrackingEvent.select(TrackingEvent.parcel, TrackingEvent.at)
        .where(among(TrackingEvent.parcel, list(lanes)))
        .order_by(TrackingEvent.parcel, TrackingEvent.at)
    )
    longest: dict[int, int] = {}
    before: tuple[int, datetime] | None = None
    for parcel, moment in rows:
        now = _moment(moment)
        if before is not None and before[0] == parcel:
            hours = int((now - before[1]).total_seconds() // 3600)
            longest[parcel] = max(longest.get(parcel, 0), hours)
        before = (parcel, now)
    for parcel, hours in longest.items():
        yield lanes[parcel], hours


def _moment(value: Any) -> datetime:
    moment = as_moment(value)
    assert moment is not None
    return moment
