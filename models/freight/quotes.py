"""The list of kept quotes: the newest first, by channel, country, day and whether the parcel was booked."""

from __future__ import annotations

from typing import Any

from models.freight.channel import Channel
from models.freight.kept_quote import FreightQuote
from models.lists.filters import Cases, Choices, Days, Offer, Search
from models.lists.list_of import Column, ListOf, News, View, both, declare
from models.lists.viewer import Viewer
from models.people.person import Person
from models.support.bulk import among
from models.support.money import Money
from models.support.paging import COUNT_LIMIT
from models.support.words import say

SHOWN = (
    FreightQuote.id, FreightQuote.uid, FreightQuote.team, FreightQuote.number, FreightQuote.channel, FreightQuote.ship_date,
    FreightQuote.country, FreightQuote.postcode, FreightQuote.chargeable, FreightQuote.unit, FreightQuote.total_minor,
    FreightQuote.currency, FreightQuote.home_minor, FreightQuote.made_by, FreightQuote.created_at, FreightQuote.waybill,
    FreightQuote.booked_at,
)  # fmt: skip


def _channels(viewer: Viewer) -> list[Offer]:
    offered = Channel.offered_to(viewer.reach.team_id).order_by(Channel.code)
    return [Offer(str(channel.uid), channel.id, f"{channel.code} · {channel.name}") for channel in offered]


def _countries(viewer: Viewer) -> list[Offer]:
    return [Offer(code, code, code) for code in FreightQuote.countries_of(viewer.reach.team_id)]


def _found(viewer: Viewer, text: str) -> list[int]:
    return FreightQuote.found(viewer.reach.team_id, text, COUNT_LIMIT)


def _around(viewer: Viewer, rows: list[Any]) -> dict[str, dict[int, str]]:
    """Channels and makers of these quotes by their names."""
    channels = Channel.select(Channel.id, Channel.name).where(among(Channel.id, [row.channel_id for row in rows]))
    people = Person.select(Person.id, Person.name).where(
        among(Person.id, [row.made_by_id for row in rows if row.made_by_id])
    )
    return {"channels": {one.id: one.name for one in channels}, "people": {one.id: one.name for one in people}}


def _home(quote: FreightQuote, _viewer: Viewer) -> Money | None:
    return quote.home


QUOTES = declare(ListOf(
    name="quotes",
    title=say("Quotes"),
    model=FreightQuote,
    permission="freight.view",
    shown=SHOWN,
    columns=(
        Column("number", say("Quote"), lambda quote, viewer: quote.label, is_fixed=True),
        Column("channel", say("Channel"), lambda quote, viewer: viewer.around["channels"].get(quote.channel_id, "")),
        Column("country", say("Destination"), lambda quote, viewer: quote.country),
        Column("postcode", say("Postcode"), lambda quote, viewer: quote.postcode, is_shown=False),
        Column("chargeable", say("Chargeable"), lambda quote, viewer: quote.chargeable, is_end=True),
        Column("total", say("Total"), lambda quote, viewer: quote.total, is_end=True, kind="money"),
        Column("home", say("In CNY"), _home, is_end=True, is_shown=False, kind="money"),
        Column("ships", say("Ship date"), lambda quote, viewer: quote.ship_date.isoformat()),
        Column("waybill", say("Tracking number"), lambda quote, viewer: quote.waybill),
        Column("by", say("Kept by"), lambda quote, viewer: viewer.around["people"].get(quote.made_by_id, "")),
        Column("kept", say("Kept"), lambda quote, viewer: quote.created_at, sort="-kept", kind="moment"),
    ),
    sorts=both("kept", FreightQuote.created_at, FreightQuote.id),
    sort="-kept",
    filters=(
        Cases("booked", say("Booked"), cases={
            "yes": (say("Booked"), lambda viewer: (FreightQuote.waybill != "",)),
            "no": (say("Not booked"), lambda viewer: (FreightQuote.waybill == "", FreightQuote.corrects.is_null())),
        }),
        Choices("channel", say("Channel"), FreightQuote.channel, offers=_channels, icon="truck"),
        Choices("country", say("Country"), FreightQuote.country, offers=_countries, icon="globe"),
        Days("kept", say("Kept"), FreightQuote.created_at, icon="calendar"),
        Search("find", say("Find"), FreightQuote.id, found=_found, icon="search", help=say("Number or tracking number")),
    ),
    views=(
        View("all", say("All")),
        View("open", say("Not booked"), "booked=no"),
        View("booked", say("Booked"), "booked=yes"),
    ),
    news=News(say("1 new quote"), say("%(count)s new quotes")),
    around=_around,
))  # fmt: skip
