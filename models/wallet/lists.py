"""The other lists of the room: what a team has on hold and paid in; the operator's wallets, payments to decide and changes by hand."""

from __future__ import annotations

from typing import Any

from models.lists.filters import Cases, Choices, Days, Search
from models.lists.list_of import Column, ListOf, News, View, both, declare
from models.lists.viewer import Viewer
from models.people.person import Person
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.support.bulk import among, as_moment, raw_rows
from models.support.paging import COUNT_LIMIT
from models.support.words import say
from models.wallet.adjustment import KINDS as CHANGES_OF
from models.wallet.adjustment import STATES as DECISIONS
from models.wallet.adjustment import Adjustment
from models.wallet.bank.listing import without_line
from models.wallet.finding import wallets
from models.wallet.finding_all import teams
from models.wallet.hold import STATES as HOLD_STATES
from models.wallet.hold import Hold
from models.wallet.reaching import ALL, VIEW, everybodys, own
from models.wallet.recharge import METHODS, Recharge
from models.wallet.recharge import STATES as RECHARGE_STATES
from models.wallet.transfer import Transfer
from models.wallet.wallet import STATES, Wallet


def _parcels(viewer: Viewer, rows: list[Any]) -> dict[int, Parcel]:
    return {one.id: one for one in Parcel.select().where(among(Parcel.id, [row.parcel_id for row in rows]))}


def _names(viewer: Viewer, rows: list[Any]) -> dict[int, str]:
    """People who asked, and who decided."""
    ids = {person for row in rows for person in (row.requested_by_id, row.decided_by_id) if person}
    query: Any = Person.select(Person.id, Person.name).where(among(Person.id, sorted(ids))).tuples()
    return dict(query) if ids else {}


def _with_wallet(model: Any) -> Any:
    """The query of rows with each one's wallet and team."""
    return lambda query: (
        query.select_extend(Wallet, Team).join(Wallet, on=(model.wallet == Wallet.id)).join(Team, on=(Wallet.team == Team.id))
    )  # fmt: skip


def _referred(viewer: Viewer, text: str) -> list[int]:
    """Payments by their number or the bank's reference."""
    number = text.upper().removeprefix("R-")
    same = Recharge.bank_reference == text
    if number.isascii() and number.isdecimal() and len(number) < 12:
        same |= Recharge.id == int(number)
    return [row.id for row in Recharge.select(Recharge.id).where(same).limit(COUNT_LIMIT)]


HOLDS = declare(ListOf(
    name="holds",
    title=say("On hold"),
    model=Hold,
    permission=VIEW,
    seen=lambda viewer: own(Hold, viewer.reach) & Hold.wallet.in_([one.value for one in viewer.once(wallets)]),
    columns=(
        Column("parcel", say("Parcel"), lambda hold, viewer: viewer.around[hold.parcel_id].label, is_fixed=True),
        Column("waybill", say("Tracking number"), lambda hold, viewer: viewer.around[hold.parcel_id].tracking_number),
        Column("amount", say("On hold"), lambda hold, viewer: hold.amount, is_end=True, kind="money"),
        Column("state", say("State"), lambda hold, viewer: HOLD_STATES[hold.state]),
        Column("since", say("Since"), lambda hold, viewer: hold.created_at, kind="moment"),
        Column("ends", say("Ends"), lambda hold, viewer: hold.expires_at, sort="ends", kind="moment"),
        Column("ended", say("Ended"), lambda hold, viewer: hold.ended_at, is_shown=False, kind="moment"),
    ),
    sorts=both("ends", Hold.expires_at, Hold.id),
    sort="ends",
    filters=(
        Choices("state", say("State"), Hold.state, offers=HOLD_STATES, icon="circle-check"),
        Choices("wallet", say("Wallet"), Hold.wallet, offers=wallets, icon="wallet"),
        Days("since", say("Since"), Hold.created_at, icon="calendar"),
    ),
    views=(View("open", say("On hold"), "state=pending"), View("all", say("All")), View("expired", say("Expired"), "state=expired")),
    around=_parcels,
))  # fmt: skip
RECHARGES = declare(ListOf(
    name="recharges",
    title=say("Recharges"),
    model=Recharge,
    permission=VIEW,
    seen=lambda viewer: Recharge.seen_by(viewer.reach),
    columns=(
        Column("number", say("Recharge"), lambda one, viewer: one.label, is_fixed=True),
        Column("amount", say("Amount"), lambda one, viewer: one.amount, is_end=True, kind="money"),
        Column("state", say("State"), lambda one, viewer: RECHARGE_STATES[one.state]),
        Column("method", say("Paid by"), lambda one, viewer: METHODS[one.method]),
        Column("reference", say("Bank reference"), lambda one, viewer: one.bank_reference),
        Column("paid", say("Paid on"), lambda one, viewer: one.paid_on),
        Column("asked", say("Asked"), lambda one, viewer: one.created_at, sort="-asked", kind="moment"),
        Column("decided", say("Decided"), lambda one, viewer: one.decided_at, kind="moment"),
        Column("reason", say("Reason"), lambda one, viewer: one.reason),
    ),
    sorts=both("asked", Recharge.created_at, Recharge.id),
    sort="-asked",
    filters=(
        Choices("state", say("State"), Recharge.state, offers=RECHARGE_STATES, icon="circle-check"),
        Choices("wallet", say("Wallet"), Recharge.wallet, offers=wallets, icon="wallet"),
        Days("asked", say("Asked"), Recharge.created_at, icon="calendar"),
    ),
    views=(View("all", say("All")), View("waiting", say("Waiting"), "state=waiting")),
))  # fmt: skip


# The operator's


def _last_moved(viewer: Viewer, rows: list[Any]) -> dict[int, Any]:
    """When each wallet moved last: a seek in an index for each."""
    last = Transfer.alias()
    newest = last.select(last.posted_at).where(last.wallet == Wallet.id).order_by(last.id.desc()).limit(1)
    query = Wallet.select(Wallet.id, newest.alias("at")).where(among(Wallet.id, [row.id for row in rows]))
    return {number: as_moment(at) for number, at in raw_rows(query)}


LOOKS = {
    "low": (say("Below the alert level"), lambda viewer: (Wallet.is_low == True,)),  # noqa: E712
    "overdrawn": (say("Overdrawn"), lambda viewer: (Wallet.balance_minor < 0,)),
    "held": (say("With something on hold"), lambda viewer: (Wallet.held_minor > 0,)),
}
WALLETS = declare(ListOf(
    name="wallets",
    title=say("Wallets"),
    model=Wallet,
    permission=ALL,
    seen=lambda viewer: everybodys(Wallet, viewer.reach),
    joined=lambda query: query.select_extend(Team).join(Team, on=(Wallet.team == Team.id)),
    columns=(
        Column("number", say("Wallet"), lambda one, viewer: one.label, sort="number", is_fixed=True),
        Column("team", say("Team"), lambda one, viewer: one.team.name),
        Column("state", say("State"), lambda one, viewer: STATES[one.state]),
        Column("balance", say("Balance"), lambda one, viewer: one.balance, is_end=True, kind="money"),
        Column("held", say("On hold"), lambda one, viewer: one.held, is_end=True, kind="money"),
        Column("available", say("Available"), lambda one, viewer: one.available, is_end=True, kind="money"),
        Column("credit", say("Credit limit"), lambda one, viewer: one.credit_limit, is_end=True, kind="money"),
        Column("moved", say("Last movement"), lambda one, viewer: viewer.around.get(one.id), kind="moment"),
        Column("opened", say("Opened"), lambda one, viewer: one.created_at, is_shown=False, kind="moment"),
    ),
    sorts=both("number", Wallet.id),
    sort="number",
    filters=(
        Choices("team", say("Team"), Wallet.team, offers=teams, icon="building"),
        Choices("state", say("State"), Wallet.state, offers=STATES, icon="circle-check"),
        Cases("look", say("Look at"), cases=LOOKS, icon="eye"),
    ),
    views=(View("all", say("All")), View("low", say("Low"), "look=low"), View("overdrawn", say("Overdrawn"), "look=overdrawn"),
           View("frozen", say("Frozen"), "state=frozen")),
    around=_last_moved,
))  # fmt: skip
PAYMENTS = declare(ListOf(
    name="payments",
    title=say("Recharges of all teams"),
    model=Recharge,
    permission=ALL,
    seen=lambda viewer: everybodys(Recharge, viewer.reach),
    joined=_with_wallet(Recharge),
    columns=(
        Column("number", say("Recharge"), lambda one, viewer: one.label, is_fixed=True),
        Column("team", say("Team"), lambda one, viewer: one.wallet.team.name),
        Column("amount", say("Amount"), lambda one, viewer: one.amount, is_end=True, kind="money"),
        Column("state", say("State"), lambda one, viewer: RECHARGE_STATES[one.state]),
        Column("method", say("Paid by"), lambda one, viewer: METHODS[one.method]),
        Column("reference", say("Bank reference"), lambda one, viewer: one.bank_reference),
        Column("paid", say("Paid on"), lambda one, viewer: one.paid_on),
        Column("asked", say("Asked"), lambda one, viewer: one.created_at, sort="-asked", kind="moment"),
        Column("by", say("Asked by"), lambda one, viewer: viewer.around.get(one.requested_by_id, "")),
        Column("decided", say("Decided"), lambda one, viewer: one.decided_at, kind="moment"),
        Column("decider", say("Decided by"), lambda one, viewer: viewer.around.get(one.decided_by_id, ""), is_shown=False),
    ),
    sorts=both("asked", Recharge.created_at, Recharge.id),
    sort="-asked",
    filters=(
        Choices("state", say("State"), Recharge.state, offers=RECHARGE_STATES, icon="circle-check"),
        Choices("team", say("Team"), Recharge.team, offers=teams, icon="building"),
        Days("asked", say("Asked"), Recharge.created_at, icon="calendar"),
        Cases("bank", say("Bank"), cases={"missing": (say("Approved without a bank line"), lambda viewer: (without_line(),))}),
        Search("q", say("Find"), Recharge.id, found=_referred, icon="search", help=say("Number or bank reference")),
    ),
    views=(View("all", say("All")), View("waiting", say("To decide"), "state=waiting"),
           View("unbanked", say("Without a bank line"), "bank=missing")),
    news=News(say("1 new recharge"), say("%(count)s new recharges")),
    around=_names,
))  # fmt: skip
CHANGES = declare(ListOf(
    name="wallet_changes",
    title=say("Changes by hand"),
    model=Adjustment,
    permission=ALL,
    seen=lambda viewer: everybodys(Adjustment, viewer.reach),
    joined=_with_wallet(Adjustment),
    columns=(
        Column("number", say("Change"), lambda one, viewer: one.label, is_fixed=True),
        Column("team", say("Team"), lambda one, viewer: one.wallet.team.name),
        Column("wallet", say("Wallet"), lambda one, viewer: one.wallet.label),
        Column("kind", say("Kind"), lambda one, viewer: CHANGES_OF[one.kind]),
        Column("amount", say("Amount"), lambda one, viewer: one.amount, is_end=True, kind="money"),
        Column("state", say("State"), lambda one, viewer: DECISIONS[one.state]),
        Column("reason", say("Reason"), lambda one, viewer: one.reason),
        Column("asked", say("Proposed"), lambda one, viewer: one.created_at, sort="-asked", kind="moment"),
        Column("by", say("Proposed by"), lambda one, viewer: viewer.around.get(one.requested_by_id, "")),
        Column("decider", say("Decided by"), lambda one, viewer: viewer.around.get(one.decided_by_id, "")),
    ),
    sorts=both("asked", Adjustment.created_at, Adjustment.id),
    sort="-asked",
    filters=(
        Choices("state", say("State"), Adjustment.state, offers=DECISIONS, icon="circle-check"),
        Choices("kind", say("Kind"), Adjustment.kind, offers=CHANGES_OF, icon="layers"),
        Choices("team", say("Team"), Adjustment.team, offers=teams, icon="building"),
    ),
    views=(View("all", say("All")), View("waiting", say("To decide"), "state=waiting")),
    around=_names,
))  # fmt: skip
