"""What a page of transfers needs from elsewhere: asked for once, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import peewee

from models.freight.channel import Channel
from models.freight.kept_quote import FreightQuote
from models.freight.rate_card import RateCard
from models.lists.viewer import Viewer
from models.orders.order import Order
from models.people.person import Person
from models.people.role import Grant
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.weighing import Weighing
from models.support.bulk import among
from models.support.money import Money
from models.wallet.hold import Hold
from models.wallet.transfer import CHARGES, Transfer
from models.wallet.wallet import Wallet

BY_SELLERS = {"exchange"}  # All else is posted by the operator's people.


@dataclass(frozen=True)
class Around:
    """Parcels, their channels, orders, quotes and scales, holds, teams and people of a page of transfers, each by its id."""

    parcels: dict[int, Parcel] = field(default_factory=dict)
    channels: dict[int, str] = field(default_factory=dict)
    orders: dict[int, list[Order]] = field(default_factory=dict)
    quotes: dict[int, FreightQuote] = field(default_factory=dict)
    scales: dict[int, FreightQuote] = field(default_factory=dict)
    weighed: dict[int, int] = field(default_factory=dict)
    holds: dict[int, Hold] = field(default_factory=dict)
    wallets: dict[int, Wallet] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    mine: set[int] = field(default_factory=set)
    """Of them, those of the reader's team now: who has left has no role any more."""
    is_operator: bool = False
    operator: str = ""

    def parcel(self, one: Transfer) -> Parcel | None:
        return self.parcels.get(one.parcel_id or 0)

    def country(self, one: Transfer) -> str:
        parcel = self.parcel(one)
        return parcel.country if parcel else ""

    def waybill(self, one: Transfer) -> str:
        parcel = self.parcel(one)
        return (parcel.tracking_number or parcel.label) if parcel else ""

    def orders_of(self, one: Transfer) -> list[Order]:
        return self.orders.get(one.parcel_id or 0, [])

    def channel(self, one: Transfer) -> str:
        parcel = self.parcel(one)
        return self.channels.get(parcel.channel_id or 0, "") if parcel else ""

    def ours(self, one: Transfer) -> Decimal | None:
        """The weight that counted at the label."""
        parcel = self.parcel(one)
        quote = self.quotes.get(parcel.quote_id or 0) if parcel else None
        return _kilograms(quote, parcel.grams) if quote and parcel else None

    def sheet(self, one: Transfer) -> RateCard | None:
        """The price sheet its label was priced by."""
        parcel = self.parcel(one)
        quote = self.quotes.get(parcel.quote_id or 0) if parcel else None
        if quote is None:
            return None
        return (
            RateCard.select(RateCard.id, RateCard.uid, RateCard.version, RateCard.team)
            .where(RateCard.id == quote.rate_card_id)
            .get()
        )

    def billed(self, one: Transfer) -> Decimal | None:
        """The weight that counted at the scale."""
        quote = self.scales.get(one.parcel_id or 0) if one.kind in CHARGES else None
        return _kilograms(quote, self.weighed[one.parcel_id or 0]) if quote else None

    def hold(self, one: Transfer) -> Hold | None:
        """What was held for it: of a charge in two parts, beside the first."""
        return self.holds.get(one.ref_id or 0) if one.ref_kind == "hold" and one.kind == "freight" else None

    def held(self, one: Transfer) -> Money | None:
        hold = self.hold(one)
        return hold.amount if hold else None

    def difference(self, one: Transfer) -> Money | None:
        """What the scale made it more than was held."""
        hold = self.hold(one)
        return Money(hold.captured_minor - hold.amount_minor, hold.currency) if hold else None

    def by(self, one: Transfer) -> str:
        """Who did it, by name among one's own. People of another team are that team: for a seller the operator, for the operator
        the seller."""
        if not one.made_by_id:
            return ""
        is_mine = one.made_by_id in self.mine or (one.kind in BY_SELLERS) != self.is_operator
        other = self.teams.get(one.team_id, "") if self.is_operator else self.operator
        return self.people.get(one.made_by_id, "") if is_mine else other


def _kilograms(quote: FreightQuote, grams: int) -> Decimal:
    """What a price was for. Where it was for cubic metres, what the parcel weighed: the columns are of kilograms."""
    return quote.chargeable if quote.unit == "KG" else Decimal(grams) / 1000


def around(viewer: Viewer, rows: list[Any]) -> Around:
    """Of the team's own transfers, with orders."""
    parcels = _parcels(rows)
    lines: Any = (
        ParcelLine.select(ParcelLine.parcel, Order).join(Order)
        .where(among(ParcelLine.parcel, list(parcels))).order_by(ParcelLine.parcel, ParcelLine.id)
    ) if parcels else ()  # fmt: skip
    orders: dict[int, list[Order]] = {}
    for line in lines:
        known = orders.setdefault(line.parcel_id, [])
        if line.order not in known:
            known.append(line.order)
    return Around(parcels, **_beside(rows, parcels), orders=orders, **_people(viewer, rows))


def around_all(viewer: Viewer, rows: list[Any]) -> Around:
    """Of every team's, for the operator."""
    parcels = _parcels(rows)
    teams = Team.select(Team.id, Team.name).where(among(Team.id, sorted({row.team_id for row in rows})))
    wallets = Wallet.select().where(among(Wallet.id, sorted({row.wallet_id for row in rows})))
    return Around(
        parcels, **_beside(rows, parcels), teams={team.id: team.name for team in teams},
        wallets={one.id: one for one in wallets}, is_operator=True, **_people(viewer, rows),
    )  # fmt: skip


def _parcels(rows: list[Any]) -> dict[int, Parcel]:
    wanted = sorted({row.parcel_id for row in rows if row.parcel_id})
    return {one.id: one for one in Parcel.select().where(among(Parcel.id, wanted))} if wanted else {}


def _beside(rows: list[Any], parcels: dict[int, Parcel]) -> dict[str, Any]:
    channels = _by_id(Channel, {one.channel_id for one in parcels.values()}, Channel.id, Channel.code)
    weighings = Weighing.of_parcels(parcels) if parcels else {}
    quotes = _by_id(
        FreightQuote,
        {one.quote_id for one in (*parcels.values(), *weighings.values())},
        FreightQuote.id,
        FreightQuote.uid, FreightQuote.number, FreightQuote.rate_card, FreightQuote.chargeable, FreightQuote.unit,
    )  # fmt: skip
    return {
        "channels": {number: one.code for number, one in channels.items()},
        "quotes": quotes,
        "scales": {parcel: quotes[one.quote_id] for parcel, one in weighings.items() if one.quote_id in quotes},
        "weighed": {parcel: one.grams for parcel, one in weighings.items()},
        "holds": _by_id(Hold, {row.ref_id for row in rows if row.ref_kind == "hold"}),
    }


def _by_id(model: Any, ids: Iterable[int | None], *columns: Any) -> dict[int, Any]:
    wanted = sorted({one for one in ids if one})
    return {one.id: one for one in model.select(*columns).where(among(model.id, wanted))} if wanted else {}


def _people(viewer: Viewer, rows: list[Any]) -> dict[str, Any]:
    ids = sorted({row.made_by_id for row in rows if row.made_by_id})
    if not ids:
        return {}
    is_mine = peewee.fn.EXISTS(
        Grant.select(peewee.SQL("1")).where(Grant.person == Person.id, Grant.team == viewer.reach.team_id)
    )
    people: Any = list(Person.select(Person.id, Person.name, is_mine).where(among(Person.id, ids)).tuples())
    operator = Team.operator()
    return {
        "people": {id_: name for id_, name, _is_mine in people}, "mine": {id_ for id_, _name, mine in people if mine},
        "operator": operator.name if operator else "",
    }  # fmt: skip
