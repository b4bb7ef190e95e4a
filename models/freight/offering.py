"""What a team may ship with on a day: the channels offered to it, each with the price sheet that holds then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.freight.card import Card
from models.freight.channel import Channel
from models.freight.rate_card import RateCard


@dataclass(frozen=True)
class Offered:
    """`card` is what the engine reckons with: the version's cells with everything kept beside them for that day."""

    channel: Channel
    rate_card: RateCard
    card: Card


def offered(team_id: int, day: date) -> list[Offered]:
    """Every channel a team may choose on a day. A team's own channel stands before the operator's of the same code."""
    channels = {channel.id: channel for channel in Channel.offered_to(team_id).where(Channel.is_active)}
    found = [
        Offered(channels[version.channel_id], version, version.card) for version in RateCard.in_force(channels, day)
    ]
    return sorted(found, key=lambda one: (one.channel.code, one.channel.team_id != team_id))
