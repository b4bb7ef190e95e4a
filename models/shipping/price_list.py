"""The operator's list of prices by hand: what weighed parcels cost that no price sheet takes, who proposed it and who decided."""

from __future__ import annotations

from typing import Any

from models.lists.filters import Choices, Offer
from models.lists.list_of import Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.shipping.hand_price import STATES, HandPrice
from models.shipping.parcel import Parcel
from models.support.bulk import among
from models.support.words import say

SEE, DECIDE = "wallets.view", "wallets.decide"


def get_price(reach: Any, uid: Any) -> HandPrice:
    """Raises OutOfReach."""
    found = HandPrice.get_or_none(HandPrice.uid == uid) if reach.team.is_operator and reach.may(SEE) else None
    if found is None:
        raise OutOfReach
    return found


def _with_parcel(query: Any) -> Any:
    shown = (Parcel.id, Parcel.uid, Parcel.tracking_number, Team.id, Team.slug)
    return (
        query.select_extend(*shown)
        .join(Parcel, on=(HandPrice.parcel == Parcel.id))
        .join(Team, on=(Parcel.team == Team.id))
    )


def _names(viewer: Viewer, rows: list[Any]) -> dict[int, str]:
    """People who proposed, and who decided."""
    ids = {person for row in rows for person in (row.requested_by_id, row.decided_by_id) if person}
    query: Any = Person.select(Person.id, Person.name).where(among(Person.id, sorted(ids))).tuples()
    return dict(query) if ids else {}


def _teams(viewer: Viewer) -> list[Offer]:
    return [Offer(team.slug, team.id, team.slug) for team in Team.select(Team.id, Team.slug).order_by(Team.slug)]


PRICES = declare(ListOf(
    name="hand_prices",
    title=say("Prices by hand"),
    model=HandPrice,
    permission=SEE,
    seen=lambda viewer: HandPrice.id.is_null(not viewer.reach.team.is_operator),
    joined=_with_parcel,
    columns=(
        Column("parcel", say("Tracking number"), lambda one, viewer: one.parcel.tracking_number, is_fixed=True),
        Column("team", say("Team"), lambda one, viewer: one.parcel.team.slug),
        Column("amount", say("Costs"), lambda one, viewer: one.amount, is_end=True, kind="money"),
        Column("state", say("State"), lambda one, viewer: STATES[one.state]),
        Column("reason", say("Reason"), lambda one, viewer: one.reason),
        Column("asked", say("Proposed"), lambda one, viewer: one.created_at, sort="-asked", kind="moment"),
        Column("by", say("Proposed by"), lambda one, viewer: viewer.around.get(one.requested_by_id, "")),
        Column("decider", say("Decided by"), lambda one, viewer: viewer.around.get(one.decided_by_id, "")),
    ),
    sorts=both("asked", HandPrice.created_at, HandPrice.id),
    sort="-asked",
    filters=(
        Choices("state", say("State"), HandPrice.state, offers=STATES, icon="circle-check"),
        Choices("team", say("Team"), HandPrice.team, offers=_teams, icon="building"),
    ),
    views=(View("all", say("All")), View("waiting", say("To decide"), "state=waiting")),
    around=_names,
))  # fmt: skip
