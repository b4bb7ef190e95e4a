"""The operator's list of parcels on its channels, whoever's they are: weight, size, country, number, channel, state, and what its scale
said. Nothing of what lies in them, of orders or of buyers is ever read for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import peewee

from models.freight.channel import Channel
from models.lists.filters import Cases, Choices, Days, Offer, Search
from models.lists.list_of import Column, ListOf, News, View, both, declare
from models.lists.viewer import Viewer
from models.people.reach import OutOfReach
from models.people.team import Team
from models.shipping.hand_price import HandPrice
from models.shipping.number import normalized
from models.shipping.parcel import STATES, Parcel
from models.shipping.weighing import ARRIVED, ON_ITS_WAY, Weighing, size_text
from models.support import clock
from models.support.bulk import among
from models.support.matching import begins, beside_index
from models.support.paging import COUNT_LIMIT
from models.support.words import say

PERMISSION = "parcels.weigh"
SHOWN = (
    Parcel.id, Parcel.uid, Parcel.team, Parcel.state, Parcel.country, Parcel.grams, Parcel.length_mm, Parcel.width_mm,
    Parcel.height_mm, Parcel.channel, Parcel.quote, Parcel.tracking_number, Parcel.labelled_at,
)  # fmt: skip
MISSED_DAYS = 90  # So long after its label a parcel that was never weighed is looked for.


@dataclass(frozen=True)
class Around:
    """Teams and channels by their codes, and what the scale said of these parcels."""

    teams: dict[int, str]
    channels: dict[int, str]
    weighings: dict[int, Weighing]

    def of(self, parcel: Parcel) -> Weighing | None:
        return self.weighings.get(parcel.id)


def entrusted(team_id: int) -> Any:
    """The condition of parcels that ever had a label of this team's channels; nothing for a team that is not the operator."""
    own = Channel.select(Channel.id).join(Team).where(Channel.team == team_id, Team.is_operator)
    return Parcel.labelled_at.is_null(False) & beside_index(Parcel.channel).in_(own)


def get_entrusted(reach: Any, uid: Any) -> Parcel:
    """What the operator may know of such a parcel. Raises OutOfReach."""
    found = Parcel.select(*SHOWN).where(Parcel.uid == uid, entrusted(reach.team_id)).first()
    if found is None or not reach.may(PERMISSION):
        raise OutOfReach
    return found


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    teams = Team.select(Team.id, Team.name).where(among(Team.id, sorted({row.team_id for row in rows})))
    channels = Channel.select(Channel.id, Channel.code).where(
        among(Channel.id, sorted({row.channel_id for row in rows}))
    )
    return Around(
        {one.id: one.name for one in teams},
        {one.id: one.code for one in channels},
        Weighing.of_parcels(row.id for row in rows),
    )


def _found(viewer: Viewer, text: str) -> list[int]:
    """By the beginning of a tracking number."""
    tracking = normalized(text)
    if not tracking:
        return []
    wanted = Parcel.select(Parcel.id).where(begins(Parcel.tracking_number, tracking), Parcel.tracking_number != "")
    return [row.id for row in wanted.where(entrusted(viewer.reach.team_id)).limit(COUNT_LIMIT)]


def _teams(viewer: Viewer) -> list[Offer]:
    return [
        Offer(team.slug, team.id, team.name) for team in Team.select(Team.id, Team.slug, Team.name).order_by(Team.name)
    ]


def _channels(viewer: Viewer) -> list[Offer]:
    query = Channel.select(Channel.id, Channel.uid, Channel.code).where(Channel.team == viewer.reach.team_id)
    return [Offer(str(channel.uid), channel.id, channel.code) for channel in query.order_by(Channel.code)]


def _weighed(*conditions: Any) -> Any:
    return peewee.fn.EXISTS(Weighing.select(peewee.SQL("1")).where(Weighing.parcel == Parcel.id, *conditions))


def _without_price() -> Any:
    """Parcels that wait for a person who says what they cost."""
    decided = HandPrice.select(HandPrice.parcel).where(HandPrice.state == "approved")
    return Weighing.select(Weighing.parcel).where(Weighing.quote.is_null(), Weighing.parcel.not_in(decided))


def _of_weighing(name: str) -> Any:
    return lambda parcel, viewer: getattr(viewer.around.of(parcel), name, None)


WAREHOUSE = declare(ListOf(
    name="warehouse",
    title=say("Warehouse"),
    model=Parcel,
    permission=PERMISSION,
    shown=SHOWN,
    seen=lambda viewer: entrusted(viewer.reach.team_id),
    columns=(
        Column("tracking", say("Tracking number"), lambda parcel, viewer: parcel.tracking_number, is_fixed=True),
        Column("team", say("Team"), lambda parcel, viewer: viewer.around.teams.get(parcel.team_id, "")),
        Column("state", say("State"), lambda parcel, viewer: STATES[parcel.state]),
        Column("country", say("Country"), lambda parcel, viewer: parcel.country),
        Column("channel", say("Channel"), lambda parcel, viewer: viewer.around.channels.get(parcel.channel_id, "")),
        Column("weight", say("Declared weight"), lambda parcel, viewer: parcel.grams, is_end=True, kind="number"),
        Column("size", say("Declared size"), lambda parcel, viewer: size_text(parcel.length_mm, parcel.width_mm, parcel.height_mm)),
        Column("measured", say("Measured weight"), _of_weighing("grams"), is_end=True, kind="number"),
        Column("measured_size", say("Measured size"), _of_weighing("size")),
        Column("difference", say("Difference"), _of_weighing("difference"), is_end=True, kind="money"),
        Column("weighed", say("Weighed in"), _of_weighing("weighed_at"), kind="moment"),
        Column("labelled", say("Labelled"), lambda parcel, viewer: parcel.labelled_at, sort="-labelled", kind="moment"),
    ),
    sorts=both("labelled", Parcel.labelled_at, Parcel.id),
    sort="-labelled",
    filters=(
        Cases("scale", say("Scale"), icon="scale", cases={
            "waiting": (say("To weigh in"), lambda viewer: (Parcel.state.in_(ON_ITS_WAY), ~_weighed())),
            "missed": (say("Arrived, never weighed"), lambda viewer: (Parcel.state.in_(ARRIVED), Parcel.labelled_at > clock.ago(days=MISSED_DAYS), ~_weighed())),
            "weighed": (say("Weighed in"), lambda viewer: (_weighed(),)),
            "differs": (say("Costs more or less"), lambda viewer: (_weighed(Weighing.difference_minor != 0),)),
            "problem": (say("Without a price"), lambda viewer: (Parcel.id.in_(_without_price()),)),
        }),
        Choices("state", say("State"), Parcel.state, offers={key: STATES[key] for key in STATES if key != "draft"}, icon="circle-check"),
        Choices("team", say("Team"), Parcel.team, offers=_teams, icon="building"),
        Choices("channel", say("Channel"), Parcel.channel, offers=_channels, icon="truck"),
        Days("labelled", say("Labelled"), Parcel.labelled_at, icon="calendar"),
        Search("q", say("Find"), Parcel.id, found=_found, icon="search", help=say("Beginning of a tracking number")),
    ),
    views=(
        View("all", say("All")),
        View("waiting", say("To weigh in"), "scale=waiting"),
        View("differs", say("Costs more or less"), "scale=differs"),
        View("problem", say("Without a price"), "scale=problem"),
    ),
    news=News(say("1 new parcel"), say("%(count)s new parcels")),
    around=_around,
))  # fmt: skip
