"""What a team may ship with on a day: the channels offered to it, each with the price sheet that holds then.

A price sheet is reckoned with what is kept beside it: the channel's own fuel rates, else its carrier's, else the sheet's; the
carrier's remote places with the sheet's; the channel's surcharges by hand after the sheet's. A process remembers what it made
under what it was made of. Rows beside a sheet are only ever added or withdrawn, so how many there are and how many of those
were withdrawn tells one state from every other, also when another process changed them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

import peewee

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.channel_surcharge import ChannelSurcharge, surcharges_of
from models.freight.engine.card import Card
from models.freight.far_places import FarCountry, FarPlaces
from models.freight.fuel_rate import FuelRate, table_of
from models.freight.rate_card import RateCard, in_force_on
from models.freight.remote_list import RemoteList
from models.people.team import Team
from models.support.db import db
from models.support.prepared import Prepared

Stamp = tuple[int, int]  # How many rows there ever were, and how many of them were withdrawn.
Series = tuple[int, int | None]  # A carrier, and a channel where it is the channel's own.
NOTHING: Stamp = (0, 0)
MOST_CARDS = 600
_cards: dict[tuple[Any, ...], Card] = {}


@dataclass(frozen=True)
class Offered:
    """`card` is what the engine reckons with: the version's cells with everything kept beside them for that day."""

    channel: Channel
    rate_card: RateCard
    card: Card


def offered(team_id: int, day: date) -> list[Offered]:
    """Every channel a team may choose on a day. A team's own channel stands before the operator's of the same code."""
    versions = _IN_FORCE.all(team_id, day)
    beside = Beside([version.channel for version in versions], day)
    found = [Offered(version.channel, version, beside.composed(version, version.channel)) for version in versions]
    return sorted(found, key=lambda one: (one.channel.code, one.channel.team_id != team_id))


def _in_force(team: Any, day: Any) -> Any:
    """The versions that hold, one a channel, with their channels and carriers."""
    operator = Team.select(Team.id).where(Team.is_operator)
    return (
        RateCard.select(*RateCard.without_content(), Channel, Carrier)
        .join(Channel, on=(RateCard.channel == Channel.id))
        .join(Carrier, on=(Channel.carrier == Carrier.id))
        .where(Channel.is_active, (Channel.team == team) | Channel.team.in_(operator), *in_force_on(day))
        .order_by(Channel.code, RateCard.version)
    )


_IN_FORCE = Prepared(_in_force)


class Beside:
    """What is kept beside the price sheets of some channels, as it stands now (three questions)."""

    def __init__(self, channels: Iterable[Channel], day: date):
        channels = list(channels)
        carriers = tuple({channel.carrier_id for channel in channels})
        self._database = str(db.obj.database)
        self._fuels = _stamps(_FUELS, carriers)
        self._surcharges = _stamps(_SURCHARGES, tuple(channel.id for channel in channels))
        self._lists = RemoteList.in_force(carriers, day) if carriers else {}

    def composed(self, version: RateCard, channel: Channel) -> Card:
        """The card the engine reckons with; the same one again as long as it is made of the same."""
        series, far = self._series(channel), self._lists.get(channel.carrier_id)
        made_of = (
            self._database, version.id, version.digest, channel.code, version.effective_from, version.effective_to,
            series, self._fuels.get(series, NOTHING) if series else NOTHING,
            channel.id, self._surcharges.get((channel.id,), NOTHING), (far.id, far.digest) if far else None,
        )  # fmt: skip
        if made_of not in _cards:
            if len(_cards) >= MOST_CARDS:
                _cards.clear()
            _cards[made_of] = self._make(version, channel, series, far)
        return _cards[made_of]

    def _make(self, version: RateCard, channel: Channel, series: Series | None, far: RemoteList | None) -> Card:
        card = version.card
        if series is not None:
            card = replace(card, fuels=table_of(FuelRate(carrier=series[0], channel=series[1]).mates()))
        if (channel.id,) in self._surcharges:
            card = replace(card, surcharges=(*card.surcharges, *surcharges_of(ChannelSurcharge.of([channel.id]))))
        if far is not None:
            values = {each.name: getattr(card, each.name) for each in fields(card)}
            card = CardWithList(**values, far=far.places)
        return card

    def _series(self, channel: Channel) -> Series | None:
        """Whose fuel rates count: the channel's own, else its carrier's; None without any that stands.

        A channel whose prices hold fuel already is not charged its carrier's besides.
        """
        own, carriers = (channel.carrier_id, channel.id), (channel.carrier_id, None)
        for series in (own,) if channel.includes_fuel else (own, carriers):
            total, withdrawn = self._fuels.get(series, NOTHING)
            if total > withdrawn:
                return series
        return None


def _counted(model: Any, among: Any, *columns: Any) -> Prepared:
    """How many rows there are of each series, and how many were withdrawn."""
    counts = (peewee.fn.COUNT(model.id), peewee.fn.COUNT(model.withdrawn_at))
    return Prepared(lambda ids: model.select(*columns, *counts).where(among.in_(ids)).group_by(*columns).tuples())


_FUELS = _counted(FuelRate, FuelRate.carrier, FuelRate.carrier, FuelRate.channel)
_SURCHARGES = _counted(ChannelSurcharge, ChannelSurcharge.channel, ChannelSurcharge.channel)


def _stamps(counted: Prepared, ids: tuple[int, ...]) -> dict[tuple[Any, ...], Stamp]:
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in counted.all(ids)} if ids else {}


@dataclass(frozen=True)
class CardWithList(Card):
    """A card whose carrier has a list of remote places: asked, both answer."""

    far: FarPlaces | None = None

    @cached_property
    def remotes_by_country(self) -> Any:
        own = Card.remotes_by_country.func(self)
        far = self.far.countries if self.far else {}
        return {country: _Both(own.get(country), far.get(country)) for country in own.keys() | far.keys()}


class _Both:
    """The remote places of one country in a price sheet and in a carrier's list."""

    def __init__(self, own: Any, far: FarCountry | None):
        self._parts = [part for part in (own, far) if part is not None]

    def said_of(self, postcode: str) -> Iterable[str]:
        for part in self._parts:
            yield from part.said_of(postcode)
