"""The lists of carriers, channels and price sheets. Beside a team's own they show what the operator offers, to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.event import Event
from models.freight.carrier import Carrier
from models.freight.channel import KINDS, LABEL_APIS, Channel
from models.freight.origin import today
from models.freight.rate_card import STATES, RateCard, in_force_on
from models.lists.filters import Cases, Choices, Offer, Search
from models.lists.list_of import Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.people.person import Person
from models.people.two_people import decides_alone
from models.support.words import Words, say

OWN, OPERATORS = say("Our own"), say("The operator's")
YES, NO = say("Yes"), say("No")


def _whose(model: Any) -> Cases:
    return Cases("whose", say("Whose"), cases={
        "own": (OWN, lambda viewer: (model.team == viewer.reach.team_id,)),
        "operator": (OPERATORS, lambda viewer: (model.team != viewer.reach.team_id,)),
    }, icon="building")  # fmt: skip


def whose(record: Any, viewer: Viewer) -> Words:
    return OWN if record.team_id == viewer.reach.team_id else OPERATORS


def _matching(rows: Iterable[Any], text: str) -> list[int]:
    """The ids of those whose code or names hold the text; a team has few, and they are read anyway."""
    wanted = text.casefold()
    return [row.id for row in rows if wanted in f"{row.code} {row.name} {row.name_cn}".casefold()]


def _state_of(model: Any) -> Cases:
    return Cases("state", say("State"), cases={
        "on": (say("Offered"), lambda viewer: (model.is_active == True,)),  # noqa: E712
        "off": (say("Switched off"), lambda viewer: (model.is_active == False,)),  # noqa: E712
    }, icon="circle-check")  # fmt: skip


# Carriers


def _carriers(viewer: Viewer) -> list[Carrier]:
    return list(Carrier.select().where(Carrier.seen_by(viewer.reach)).order_by(Carrier.code))


CARRIERS = declare(ListOf(
    name="carriers",
    title=say("Carriers"),
    model=Carrier,
    permission="freight.view",
    seen=lambda viewer: Carrier.seen_by(viewer.reach),
    columns=(
        Column("code", say("Code"), lambda carrier, viewer: carrier.code, sort="code", is_fixed=True),
        Column("name", say("Name"), lambda carrier, viewer: carrier.name),
        Column("name_cn", say("Chinese name"), lambda carrier, viewer: carrier.name_cn),
        Column("website", say("Website"), lambda carrier, viewer: carrier.website),
        Column("track_key", say("Number at 17TRACK"), lambda carrier, viewer: carrier.track_key, is_shown=False),
        Column("state", say("State"), lambda carrier, viewer: say("Offered") if carrier.is_active else say("Switched off")),
        Column("whose", say("Whose"), whose),
    ),
    sorts=both("code", Carrier.code, Carrier.id),
    sort="code",
    filters=(_state_of(Carrier), _whose(Carrier), Search("q", say("Find"), Carrier.id, found=lambda viewer, text: _matching(viewer.once(_carriers), text),
                                                         icon="search", help=say("Code or name"))),
    views=(View("all", say("All")), View("own", say("Our own"), "whose=own")),
))  # fmt: skip


# Channels


def channels_seen(viewer: Viewer) -> list[Channel]:
    return list(Channel.select().where(Channel.seen_by(viewer.reach)).order_by(Channel.code))


def _carriers_on_offer(viewer: Viewer) -> list[Offer]:
    return [Offer(str(carrier.uid), carrier.id, carrier.code) for carrier in viewer.once(_carriers)]


def _found_channels(viewer: Viewer, text: str) -> list[int]:
    return _matching(viewer.once(channels_seen), text)


def _price_of(channel: Channel, viewer: Viewer) -> Words | str:
    version = viewer.around.get(channel.id)
    return say("Version %(version)s", version=version.version) if version else ""


CHANNELS = declare(ListOf(
    name="channels",
    title=say("Channels"),
    model=Channel,
    permission="freight.view",
    seen=lambda viewer: Channel.seen_by(viewer.reach),
    joined=lambda query: query.select_extend(Carrier).join(Carrier, on=(Channel.carrier == Carrier.id)),
    columns=(
        Column("code", say("Code"), lambda channel, viewer: channel.code, sort="code", is_fixed=True),
        Column("name", say("Name"), lambda channel, viewer: channel.name),
        Column("name_cn", say("Chinese name"), lambda channel, viewer: channel.name_cn, is_shown=False),
        Column("carrier", say("Carrier"), lambda channel, viewer: channel.carrier.code),
        Column("kind", say("Kind"), lambda channel, viewer: KINDS[channel.kind]),
        Column("prices", say("Prices today"), _price_of),
        Column("fuel", say("Includes fuel"), lambda channel, viewer: YES if channel.includes_fuel else NO, is_shown=False),
        Column("duty", say("Includes duty"), lambda channel, viewer: YES if channel.includes_duty else NO, is_shown=False),
        Column("clearance", say("Includes clearance"), lambda channel, viewer: YES if channel.includes_clearance else NO, is_shown=False),
        Column("labels", say("Labels"), lambda channel, viewer: LABEL_APIS[channel.label_api], is_shown=False),
        Column("state", say("State"), lambda channel, viewer: say("Offered") if channel.is_active else say("Switched off")),
        Column("whose", say("Whose"), whose),
    ),
    sorts=both("code", Channel.code, Channel.id),
    sort="code",
    filters=(
        _state_of(Channel),
        Choices("kind", say("Kind"), Channel.kind, offers=KINDS, icon="truck"),
        Choices("carrier", say("Carrier"), Channel.carrier, offers=_carriers_on_offer, icon="ship"),
        _whose(Channel),
        Search("q", say("Find"), Channel.id, found=_found_channels, icon="search", help=say("Code or name")),
    ),
    views=(View("all", say("All")), View("own", say("Our own"), "whose=own")),
    around=lambda viewer, rows: {one.channel_id: one for one in RateCard.in_force([row.id for row in rows], today())},
))  # fmt: skip


# Price sheets


def _channels_on_offer(viewer: Viewer) -> list[Offer]:
    return [Offer(str(channel.uid), channel.id, channel.code) for channel in viewer.once(channels_seen)]


class _KindOfChannel(Choices):
    """By the kind of the channel, which another table knows."""

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        kinds = [offer.value for offer in value]
        return query.where(RateCard.channel.in_(Channel.select(Channel.id).where(Channel.kind.in_(kinds))))


def to_approve(viewer: Viewer) -> tuple[Any, ...]:
    """Drafts with a first day that this person had no hand in; where one person decides alone, theirs too."""
    me = viewer.reach.person
    waiting = (RateCard.team == viewer.reach.team_id, RateCard.state == "draft", RateCard.effective_from.is_null(False))
    if decides_alone(me, viewer.reach.team):
        return waiting
    drafts = RateCard.select(RateCard.id).where(*waiting)
    changed = Event.select(Event.object_id).where(
        Event.object_kind == "rate_card", Event.object_id.in_(drafts), Event.name == "rate_card_revised", Event.actor_id == me.id
    )  # fmt: skip
    mine = peewee.fn.COALESCE(RateCard.made_by, 0)
    return (*waiting, mine != me.id, RateCard.id.not_in(changed))


def waiting_for_approval(viewer: Viewer) -> int:
    return RateCard.select().where(*to_approve(viewer)).count()


def _names(viewer: Viewer, rows: list[Any]) -> dict[int, str]:
    """Who made and approved them; of another team's nobody is named."""
    ids = {
        person for row in rows if row.team_id == viewer.reach.team_id for person in (row.made_by_id, row.approved_by_id)
    }
    query: Any = Person.select(Person.id, Person.name).where(Person.id.in_(ids - {None})).tuples()
    return dict(query) if ids - {None} else {}


SHEETS = declare(ListOf(
    name="price_sheets",
    title=say("Price sheets"),
    model=RateCard,
    permission="freight.view",
    shown=tuple(RateCard.without_content()),
    seen=lambda viewer: RateCard.seen_by(viewer.reach),
    joined=lambda query: query.select_extend(Channel).join(Channel, on=(RateCard.channel == Channel.id)),
    columns=(
        Column("channel", say("Channel"), lambda sheet, viewer: sheet.channel.code, is_fixed=True),
        Column("version", say("Version"), lambda sheet, viewer: sheet.version, is_end=True),
        Column("state", say("State"), lambda sheet, viewer: STATES[sheet.state]),
        Column("kind", say("Kind"), lambda sheet, viewer: KINDS[sheet.channel.kind], is_shown=False),
        Column("currency", say("Currency"), lambda sheet, viewer: sheet.currency),
        Column("from", say("Holds from"), lambda sheet, viewer: sheet.effective_from),
        Column("until", say("Holds until"), lambda sheet, viewer: sheet.effective_to),
        Column("rows", say("Rows"), lambda sheet, viewer: sheet.row_count, is_end=True),
        Column("made_by", say("Made by"), lambda sheet, viewer: viewer.around.get(sheet.made_by_id, "")),
        Column("approved_by", say("Approved by"), lambda sheet, viewer: viewer.around.get(sheet.approved_by_id, "")),
        Column("source", say("Source"), lambda sheet, viewer: sheet.source, is_shown=False),
        Column("made", say("Made"), lambda sheet, viewer: sheet.created_at, sort="-made", kind="moment"),
        Column("whose", say("Whose"), whose, is_shown=False),
    ),
    sorts=both("made", RateCard.created_at, RateCard.id),
    sort="-made",
    filters=(
        Cases("stand", say("Standing"), cases={
            "to_approve": (say("To approve"), to_approve),
            "in_force": (say("In force"), lambda viewer: in_force_on(today())),
            "coming": (say("Coming"), lambda viewer: (RateCard.state == "approved", RateCard.effective_from > today())),
            "ended": (say("Ended"), lambda viewer: (RateCard.state == "approved", RateCard.effective_to < today())),
        }, icon="clock"),
        Choices("state", say("State"), RateCard.state, offers=STATES),
        Choices("channel", say("Channel"), RateCard.channel, offers=_channels_on_offer, icon="truck"),
        _KindOfChannel("kind", say("Kind"), offers=KINDS, icon="layers"),
        _whose(RateCard),
        Search("q", say("Find"), RateCard.channel, found=_found_channels, icon="search", help=say("Code or name of a channel")),
    ),
    views=(
        View("all", say("All")),
        View("to_approve", say("To approve"), "stand=to_approve"),
        View("in_force", say("In force"), "stand=in_force"),
        View("drafts", say("Drafts"), "state=draft"),
    ),
    around=_names,
))  # fmt: skip
