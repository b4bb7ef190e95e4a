"""The two price sheets of the public examples as approved channels of a team, for tests of prices and quotes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Between
from models.freight.engine.parcel import Parcel
from models.freight.engine.quoting import quote
from models.freight.offering import Offered, offered
from models.freight.rate_card import RateCard
from tests.freight.sheets import EXPRESS, LINE, card

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


def approved(team: Any, maker: Any, approver: Any, **sheets: dict[str, str]) -> list[Channel]:
    """`approved(lotus, alice, bob)`: DEMO-LINE and DEMO-EXP, or the sheets named by their channel's code."""
    carrier = Carrier.make(team, code="YUN", name="Yun Lines")
    channels = []
    for code, sheet in (sheets or {"DEMO-LINE": LINE, "DEMO-EXP": EXPRESS}).items():
        channel = Channel.make(team, carrier, code=code, name=code.replace("-", " ").title(), by=maker)
        made = replace(card(sheet), dates=Between(JANUARY))
        RateCard.draft(channel, made, source=f"{code}.xlsx", by=maker).approve(by=approver)
        channels.append(channel)
    return channels


def parcel(**asked: Any) -> Parcel:
    """P2 of the public examples, or what is asked otherwise."""
    box = {"kg": "0.301", "l": 20, "w": 15, "h": 5}
    return Parcel.read({"ship_date": "2026-03-01", "country": "US", "postcode": "10001", "boxes": [box]} | asked)


def offer_of(team: Any, code: str = "DEMO-LINE") -> Offered:
    return next(one for one in offered(team.id, MARCH) if one.channel.code == code)


def priced(team: Any, code: str = "DEMO-LINE", **asked: Any) -> tuple[Offered, Parcel, Any]:
    """What `FreightQuote.keep` takes after the team."""
    one, sent = offer_of(team, code), parcel(**asked)
    return one, sent, quote(one.card, sent, {})
