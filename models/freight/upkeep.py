"""What is kept beside price sheets as people look at it: whose table of fuel rates goes on, ends soon, or has holes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.channel_surcharge import ChannelSurcharge
from models.freight.dated import Held, Span, gaps, held
from models.freight.day_rate import today
from models.freight.fuel_rate import WARNS_DAYS, FuelRate
from models.freight.remote_list import RemoteList
from models.people.reach import OutOfReach


@dataclass(frozen=True)
class Series:
    """The fuel rates of a carrier, or of one of its channels, as they stand today."""

    carrier: Carrier
    channel: Channel | None
    held: tuple[Held, ...]
    day: date

    @property
    def code(self) -> str:
        return self.channel.code if self.channel else self.carrier.code

    @property
    def now(self) -> Held | None:
        return next((one for one in self.held if one.span.holds(self.day)), None)

    @property
    def next(self) -> Held | None:
        return next((one for one in self.held if one.span.first > self.day), None)

    @property
    def days_left(self) -> int | None:
        """Days until the table ends; below zero when it has. None when it goes on, or there is none."""
        last = self.held[-1].span.last if self.held else None
        return None if last is None else (last - self.day).days

    @property
    def ends(self) -> bool:
        """Does somebody have to say soon how it goes on, or should have?"""
        return self.days_left is not None and self.days_left <= WARNS_DAYS

    @property
    def gaps(self) -> list[Span]:
        """Days ahead that no rate holds, with others after them."""
        return [gap for gap in gaps(one.row for one in self.held) if gap.last is None or gap.last >= self.day]


def fuel_board(reach: Any) -> list[Series]:
    """Every carrier a person may look at, and the channels with rates of their own: those that need somebody first."""
    carriers = list(Carrier.select().where(Carrier.seen_by(reach)).order_by(Carrier.code))
    channels = {channel.id: channel for channel in Channel.select().where(Channel.seen_by(reach))}
    found = _series(carriers, channels)
    return sorted(
        found, key=lambda one: (not (one.ends or one.gaps), one.carrier.code, one.channel is not None, one.code)
    )


def to_tend(team_id: int) -> list[Series]:
    """The team's own tables that end soon without a next rate, have ended, or have holes ahead."""
    carriers = list(Carrier.select().where(Carrier.team == team_id, Carrier.is_active))
    channels = (
        {one.id: one for one in Channel.select().where(Channel.team == team_id, Channel.is_active)} if carriers else {}
    )
    return [one for one in _series(carriers, channels) if one.ends or one.gaps]


def _series(carriers: list[Carrier], channels: dict[int, Channel]) -> list[Series]:
    day = today()
    rows: dict[tuple[int, int | None], list[Any]] = {(carrier.id, None): [] for carrier in carriers}
    for rate in FuelRate.standing(carrier.id for carrier in carriers) if carriers else ():
        rows.setdefault((rate.carrier_id, rate.channel_id), []).append(rate)
    by_id = {carrier.id: carrier for carrier in carriers}
    return [
        Series(by_id[carrier], channels.get(channel) if channel else None, tuple(held(its)), day)
        for (carrier, channel), its in rows.items() if channel is None or channel in channels
    ]  # fmt: skip


@dataclass(frozen=True)
class Owner:
    """Whose fuel rates are meant: a carrier's, or one channel's."""

    carrier: Carrier
    channel: Channel | None

    @property
    def uid(self) -> Any:
        return self.channel.uid if self.channel else self.carrier.uid

    @property
    def code(self) -> str:
        return self.channel.code if self.channel else self.carrier.code

    def history(self) -> list[FuelRate]:
        return FuelRate.history(self.carrier, self.channel)

    def series(self) -> Series:
        rows = FuelRate(carrier=self.carrier, channel=self.channel).mates()
        return Series(self.carrier, self.channel, tuple(held(rows)), today())


def carriers_of(reach: Any, *, own: bool = False) -> list[Carrier]:
    """The carriers a person may look at, or those of the team."""
    condition = Carrier.team == reach.team_id if own else Carrier.seen_by(reach)
    return list(Carrier.select().where(condition).order_by(Carrier.code))


def channels_of(reach: Any, *, own: bool = False) -> list[Channel]:
    """The channels a person may look at, or those of the team, with their carriers."""
    condition = Channel.team == reach.team_id if own else Channel.seen_by(reach)
    return list(Channel.select(Channel, Carrier).join(Carrier).where(condition).order_by(Channel.code))


def surcharges_by_hand(channels: Iterable[Channel]) -> tuple[list[Held], list[ChannelSurcharge]]:
    """What stands, by channel and code with the days it really holds; and what was taken back, the newest first."""
    by_id = {channel.id: channel for channel in channels}
    series: dict[tuple[int, str], list[ChannelSurcharge]] = {}
    for row in ChannelSurcharge.of(by_id) if by_id else ():
        row.channel = by_id[row.channel_id]
        series.setdefault((row.channel_id, row.code), []).append(row)
    gone = ChannelSurcharge.of(by_id, withdrawn=True) if by_id else []
    for row in gone:
        row.channel = by_id[row.channel_id]
    standing = [one for its in series.values() for one in held(its)]
    standing.sort(key=lambda one: (one.row.channel.code, one.row.code, one.span.first))
    return standing, sorted(gone, key=lambda row: row.withdrawn_at, reverse=True)


def own_surcharge(reach: Any, uid: Any) -> ChannelSurcharge:
    """A surcharge of the team. Raises OutOfReach."""
    return reach.get(ChannelSurcharge, uid)


def seen_list(reach: Any, uid: Any) -> RemoteList:
    """A list of a carrier a person may look at; of others' carriers only what was in force. Raises OutOfReach."""
    query = RemoteList.select(*RemoteList.without_content(), Carrier).join(Carrier).where(RemoteList.uid == uid)
    found = query.where(Carrier.seen_by(reach)).first()
    if found is None or (found.team_id != reach.team_id and found.state != "in_force"):
        raise OutOfReach
    return found


@dataclass(frozen=True)
class Standing:
    """A carrier's list on a day, and the one that follows."""

    carrier: Carrier
    now: RemoteList | None
    versions: list[RemoteList]

    @property
    def next(self) -> RemoteList | None:
        ahead = [one for one in self.versions if one.state == "in_force" and one.first and one.first > today()]
        return min(ahead, key=lambda one: str(one.first), default=None)


def remote_board(reach: Any) -> list[Standing]:
    """The lists of every carrier a person may look at; of others' carriers only what is or will be in force."""
    carriers = carriers_of(reach)
    now = RemoteList.in_force([carrier.id for carrier in carriers], today()) if carriers else {}
    versions: dict[int, list[RemoteList]] = {}
    for one in RemoteList.of_carriers([carrier.id for carrier in carriers]) if carriers else ():
        versions.setdefault(one.carrier_id, []).append(one)
    return [
        Standing(
            carrier, now.get(carrier.id),
            [one for one in versions.get(carrier.id, []) if carrier.team_id == reach.team_id or one.state == "in_force"],
        )
        for carrier in carriers
    ]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What one carrier's list says of a place, with the rows that say so."""

    carrier: Carrier
    kept: RemoteList | None
    level: str
    rows: list[Any]


def look_up(reach: Any, country: str, postcode: str, city: str, day: date) -> list[Answer]:
    """How remote a place is with each carrier on a day, by its own list."""
    carriers = carriers_of(reach)
    lists = RemoteList.in_force([carrier.id for carrier in carriers], day) if carriers else {}
    found = []
    for carrier in carriers:
        one = lists.get(carrier.id)
        level = one.level_at(country, postcode, city) if one else ""
        rows = one.rows_at(country, postcode, city) if one and level else []
        found.append(Answer(carrier, one, level, rows))
    return found
