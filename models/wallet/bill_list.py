"""Agreed differences of carriers' bills as the operator's list: those that wait for a wallet, with the reason, and those that were posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.freight.bills.carrier_bill import CarrierBill
from models.freight.bills.line import BillLine
from models.lists.filters import Cases, Choices
from models.lists.list_of import Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.people.team import Team
from models.support.bulk import among
from models.support.money import Money
from models.support.words import Words, say
from models.wallet.bill_wait import BillWait
from models.wallet.finding_all import teams
from models.wallet.reaching import ALL, everybodys

SOON = say("It is posted in a moment.")


@dataclass(frozen=True)
class Around:
    """Whose parcels they are, and why lines wait, by the line's id."""

    teams: dict[int, str]
    waits: dict[int, Words]

    def why(self, line: BillLine) -> Words | str:
        return "" if line.posted_ref else self.waits.get(line.id, SOON)


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    wanted = sorted({row.parcel_team_id for row in rows if row.parcel_team_id})
    named = (
        {team.id: team.name for team in Team.select(Team.id, Team.name).where(among(Team.id, wanted))} if wanted else {}
    )
    return Around(named, BillWait.why(rows))


def _seen(viewer: Viewer) -> Any:
    """The operator's own bills, about parcels that are not its own."""
    others = BillLine.parcel_team.is_null() | (BillLine.parcel_team != viewer.reach.team_id)
    return (
        everybodys(BillLine, viewer.reach)
        & (BillLine.team == viewer.reach.team_id)
        & (BillLine.state == "agreed")
        & others
    )


LOOKS = {
    "waiting": (say("Waiting"), lambda viewer: (BillLine.posted_ref == "",)),
    "posted": (say("Posted"), lambda viewer: (BillLine.posted_ref != "",)),
}
WALLET_BILLS = declare(ListOf(
    name="wallet_bills",
    title=say("Bill differences"),
    model=BillLine,
    permission=ALL,
    seen=_seen,
    joined=lambda query: query.select_extend(CarrierBill).join(CarrierBill),
    columns=(
        Column("waybill", say("Waybill"), lambda line, viewer: line.waybill, is_fixed=True),
        Column("team", say("Team"), lambda line, viewer: viewer.around.teams.get(line.parcel_team_id, "")),
        Column("amount", say("Agreed"), lambda line, viewer: Money(line.agreed_minor or 0, line.currency), is_end=True, kind="money"),
        Column("posted", say("Posted as"), lambda line, viewer: line.posted_ref),
        Column("why", say("Why it waits"), lambda line, viewer: viewer.around.why(line)),
        Column("bill", say("Bill"), lambda line, viewer: line.bill.number),
        Column("reason", say("Reason"), lambda line, viewer: line.reason),
        Column("decided", say("Agreed at"), lambda line, viewer: line.decided_at, kind="moment"),
    ),
    sorts=both("new", BillLine.id),
    sort="-new",
    filters=(
        Cases("look", say("State"), cases=LOOKS, icon="circle-check"),
        Choices("team", say("Team"), BillLine.parcel_team, offers=teams, icon="building"),
    ),
    views=(View("all", say("All")), View("waiting", say("Waiting"), "look=waiting")),
    around=_around,
))  # fmt: skip
