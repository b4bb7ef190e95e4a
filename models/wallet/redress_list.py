"""Refunds and claims as the operator's list."""

from __future__ import annotations

from typing import Any

from models.lists.filters import Choices, Search
from models.lists.list_of import Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.people.deciding import STATES
from models.people.person import Person
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.support.bulk import among
from models.support.words import say
from models.wallet.finding_all import any_parcels, teams
from models.wallet.reaching import ALL, everybodys
from models.wallet.redress import KINDS, Redress


def _names(viewer: Viewer, rows: list[Any]) -> dict[int, str]:
    ids = {person for row in rows for person in (row.requested_by_id, row.decided_by_id) if person}
    query: Any = Person.select(Person.id, Person.name).where(among(Person.id, sorted(ids))).tuples()
    return dict(query) if ids else {}


def _joined(query: Any) -> Any:
    query = query.select_extend(Parcel.id, Parcel.uid, Parcel.tracking_number, Team.id, Team.name)
    return query.join(Parcel, on=(Redress.parcel == Parcel.id)).switch(Redress).join(Team, on=(Redress.team == Team.id))


REDRESSES = declare(ListOf(
    name="redresses",
    title=say("Refunds and claims"),
    model=Redress,
    permission=ALL,
    seen=lambda viewer: everybodys(Redress, viewer.reach),
    joined=_joined,
    columns=(
        Column("number", say("Number"), lambda one, viewer: one.label, is_fixed=True),
        Column("team", say("Team"), lambda one, viewer: one.team.name),
        Column("parcel", say("Parcel"), lambda one, viewer: one.parcel.tracking_number),
        Column("kind", say("Kind"), lambda one, viewer: KINDS[one.kind]),
        Column("amount", say("Amount"), lambda one, viewer: one.amount, is_end=True, kind="money"),
        Column("state", say("State"), lambda one, viewer: STATES[one.state]),
        Column("reason", say("Reason"), lambda one, viewer: one.reason),
        Column("asked", say("Proposed"), lambda one, viewer: one.created_at, sort="-asked", kind="moment"),
        Column("by", say("Proposed by"), lambda one, viewer: viewer.around.get(one.requested_by_id, "")),
        Column("decider", say("Decided by"), lambda one, viewer: viewer.around.get(one.decided_by_id, "")),
    ),
    sorts=both("asked", Redress.created_at, Redress.id),
    sort="-asked",
    filters=(
        Choices("state", say("State"), Redress.state, offers={key: STATES[key] for key in ("waiting", "approved", "rejected")}, icon="circle-check"),
        Choices("kind", say("Kind"), Redress.kind, offers=KINDS, icon="layers"),
        Choices("team", say("Team"), Redress.team, offers=teams, icon="building"),
        Search("q", say("Find"), Redress.parcel, found=any_parcels, icon="search", help=say("Waybills")),
    ),
    views=(View("all", say("All")), View("waiting", say("To decide"), "state=waiting")),
    around=_names,
))  # fmt: skip
