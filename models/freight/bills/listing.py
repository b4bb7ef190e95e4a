"""The queue of differences as a list: filters by class, carrier, bill, state and amount, each sort on an index."""

from __future__ import annotations

from typing import Any

from models.freight.bills.carrier_bill import CURRENCIES, CarrierBill
from models.freight.bills.line import CLASSES, STATES, BillLine
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.lists.filters import Amounts, Choices, Offer, Search
from models.lists.list_of import Bulk, Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.people.team import Team
from models.support.matching import begins
from models.support.paging import COUNT_LIMIT
from models.support.words import say


def _joined(query: Any) -> Any:
    """With carrier, bill and channel; whose parcel it is comes by its id (`parcel_teams`)."""
    query = query.select_extend(Carrier, CarrierBill, Channel).join(Carrier).switch(BillLine).join(CarrierBill)
    return query.switch(BillLine).join(Channel, "LEFT OUTER JOIN")


def parcel_teams(viewer: Viewer, lines: list[Any]) -> dict[int, str]:
    """Names of the teams whose parcels these are."""
    wanted = {line.parcel_team_id for line in lines if line.parcel_team_id}
    return {team.id: team.name for team in Team.select(Team.id, Team.name).where(Team.id.in_(wanted))} if wanted else {}


def _carriers(viewer: Viewer) -> list[Offer]:
    query = Carrier.select().where(Carrier.team == viewer.reach.team_id).order_by(Carrier.code)
    return [Offer(carrier.code, carrier.id, carrier.code) for carrier in query]


def _bills(viewer: Viewer) -> list[Offer]:
    query = (
        CarrierBill.select().where(CarrierBill.team == viewer.reach.team_id).order_by(CarrierBill.id.desc()).limit(100)
    )
    return [Offer(str(bill.uid), bill.id, bill.number) for bill in query]


def _found(viewer: Viewer, text: str) -> list[int]:
    """By the beginning of a waybill."""
    query = BillLine.select(BillLine.id).where(
        BillLine.team == viewer.reach.team_id, begins(BillLine.waybill, text.upper())
    )
    return [line.id for line in query.limit(COUNT_LIMIT)]


def _agree(line: BillLine, *, by: Any) -> None:
    line.agree(by=by, reason=str(say("Agreed as billed.")))


DIFFERENCES = declare(ListOf(
    name="bill_lines",
    title=say("Differences"),
    model=BillLine,
    permission="freight.settle",
    joined=_joined,
    around=parcel_teams,
    columns=(
        Column("waybill", say("Waybill"), lambda line, viewer: line.waybill, is_fixed=True),
        Column("class", say("Class"), lambda line, viewer: ", ".join(str(CLASSES[kind]) for kind in line.kinds)),
        Column("state", say("State"), lambda line, viewer: STATES[line.state]),
        Column("difference", say("Difference"), lambda line, viewer: line.difference, sort="-size", is_end=True, kind="money"),
        Column("billed", say("Billed"), lambda line, viewer: line.billed, is_end=True, kind="money"),
        Column("quoted", say("Quoted"), lambda line, viewer: line.quoted, is_end=True, kind="money"),
        Column("billed_kg", say("Billed kg"), lambda line, viewer: line.billed_weight, is_end=True, kind="number"),
        Column("our_kg", say("Our kg"), lambda line, viewer: line.chargeable, is_end=True, kind="number"),
        Column("carrier", say("Carrier"), lambda line, viewer: line.carrier.code),
        Column("channel", say("Channel"), lambda line, viewer: line.channel.code if line.channel_id else ""),
        Column("team", say("Whose parcel"), lambda line, viewer: viewer.around.get(line.parcel_team_id, "")),
        Column("country", say("Country"), lambda line, viewer: line.country, is_shown=False),
        Column("bill", say("Bill"), lambda line, viewer: line.bill.number),
        Column("day", say("Day"), lambda line, viewer: line.billed_on, is_shown=False),
        Column("reason", say("Reason"), lambda line, viewer: line.reason or line.dispute, is_shown=False),
        Column("posted", say("Posted as"), lambda line, viewer: line.posted_ref, is_shown=False),
    ),
    sorts=both("new", BillLine.id) | both("size", BillLine.size_minor, BillLine.id),
    sort="-new",
    filters=(
        Choices("state", say("State"), BillLine.state, offers=STATES, icon="filter"),
        Choices("class", say("Class"), BillLine.kind, offers=CLASSES, icon="layers"),
        Choices("carrier", say("Carrier"), BillLine.carrier, offers=_carriers, icon="truck"),
        Choices("bill", say("Bill"), BillLine.bill, offers=_bills),
        Amounts("amount", say("Difference, whatever its sign"), BillLine.size_minor, currency_column=BillLine.currency,
                currencies=lambda viewer: list(CURRENCIES)),
        Search("find", say("Find"), BillLine.id, found=_found, icon="search", help=say("Beginning of a waybill")),
    ),
    views=(
        View("all", say("All")),
        View("open", say("To settle"), "state=open"),
        View("disputed", say("Disputed"), "state=disputed"),
        View("agreed", say("Agreed"), "state=agreed"),
        View("missing", say("Not billed"), "class=MISSING"),
    ),
    counts=lambda viewer: {"open": BillLine.open_count(viewer.reach.team_id)},
    bulk=(
        Bulk("agree", say("Agree as billed"), "freight.settle", _agree, icon="check", is_sensitive=True),  # It moves a wallet.
    ),
))  # fmt: skip


def line_of(reach: Any, uid: Any) -> BillLine:
    """A line of the team with its bill, carrier, channel, and whose parcel it is. Raises OutOfReach."""
    found = reach.get(BillLine, uid)
    return _joined(BillLine.select(BillLine)).where(BillLine.id == found.id).get()
