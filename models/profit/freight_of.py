"""What an order's parcels cost, and how surely: charged to the wallet, billed by the carrier, on hold, or quoted; the surest counts.

A parcel with several orders is shared by what their pieces in it brought, else by their number (docs/domain.md §3.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from models.freight.bills.line import BillLine
from models.freight.kept_quote import FreightQuote
from models.freight.origin import ORIGIN
from models.orders.line import OrderLine
from models.orders.order import Order
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.support import clock
from models.support.bulk import among
from models.support.money import Money
from models.wallet.hold import Hold
from models.wallet.parcel_money import IS_FREIGHT
from models.wallet.transfer import SIGNED, Transfer

NOT_A_PRICE = ("MISSING", "NOT_OURS", "DUPLICATE")


@dataclass(frozen=True)
class Amount:
    """What a parcel cost on a day; `home_minor` where the price was given in CNY with it."""

    told: Money
    day: date
    state: str
    home_minor: int | None = None


@dataclass
class Packed:
    """A parcel with something of the order in it. `weights` are what each order in it counts for; none of `amounts` is no price yet."""

    parcel: Parcel
    weights: dict[int, int]
    pieces: int
    amounts: list[Amount]

    @property
    def is_shared(self) -> bool:
        return len(self.weights) > 1


def packed_of(order: Order) -> list[Packed]:
    """The order's parcels with what they cost. A void one only counts where it was charged."""
    found = _parcels(order)
    ids = [one.parcel.id for one in found]
    if not ids:
        return []
    by_parcel = _charged(order.team_id, ids)
    rest = [one for one in found if one.parcel.id not in by_parcel and one.parcel.state != "void"]
    for source in (_billed, _held, _quoted):
        by_parcel |= source([one.parcel for one in rest if one.parcel.id not in by_parcel])
    for one in found:
        one.amounts = by_parcel.get(one.parcel.id, [])
    return [one for one in found if one.amounts or one.parcel.state != "void"]


def _parcels(order: Order) -> list[Packed]:
    mine = ParcelLine.select(ParcelLine.parcel).where(ParcelLine.order == order)
    query = (
        ParcelLine.select(ParcelLine, Parcel, OrderLine, FreightQuote)
        .join(Parcel).join(FreightQuote, peewee.JOIN.LEFT_OUTER)
        .switch(ParcelLine).join(OrderLine)
        .where(ParcelLine.parcel.in_(mine)).order_by(ParcelLine.parcel, ParcelLine.id)
    )  # fmt: skip
    lines: dict[int, list[ParcelLine]] = {}
    for line in query:
        lines.setdefault(line.parcel_id, []).append(line)
    return [Packed(of[0].parcel, _weights(of), _pieces(of, order), []) for of in lines.values()]


def _pieces(lines: Sequence[ParcelLine], order: Order) -> int:
    mine = [line for line in lines if line.order_id == order.id]
    return sum(int(line.quantity) for line in mine)


def _weights(lines: Sequence[ParcelLine]) -> dict[int, int]:
    """By the gross of the pieces where it is known of all in one currency, else by the pieces."""
    sold = [one.order_line for one in lines]
    is_known = len({one.currency for one in sold}) == 1 and all(
        bool(one.currency and one.total_minor and one.quantity) for one in sold
    )
    weights: dict[int, int] = {}
    for line, of in zip(lines, sold, strict=True):
        weight = (of.total_minor or 0) * line.quantity // of.quantity if is_known else line.quantity
        weights[line.order_id] = weights.get(line.order_id, 0) + weight
    return weights


def _charged(team_id: int, parcels: list[int]) -> dict[int, list[Amount]]:
    """What the wallet felt, day by day: charges, and what was given back of them."""
    total = peewee.fn.SUM(SIGNED * -1)
    query: Any = (
        Transfer.select(Transfer.parcel, Transfer.currency, Transfer.effective_on, total)
        .where(among(Transfer.parcel, parcels), Transfer.team == team_id, IS_FREIGHT)
        .group_by(Transfer.parcel, Transfer.currency, Transfer.effective_on)
        .order_by(Transfer.parcel, Transfer.effective_on, Transfer.currency)
    )
    found: dict[int, list[Amount]] = {}
    for parcel, currency, day, minor in query.tuples():
        found.setdefault(parcel, []).append(Amount(Money(int(minor), currency), day, "charged"))
    return found


def _billed(parcels: Sequence[Parcel]) -> dict[int, list[Amount]]:
    """What the carrier asked on a bill of the team's own."""
    quotes = {parcel.quote_id: parcel for parcel in parcels if parcel.quote_id}
    if not quotes:
        return {}
    query = BillLine.select().where(among(BillLine.quote, list(quotes)), BillLine.kind.not_in(NOT_A_PRICE))
    found: dict[int, list[Amount]] = {}
    for line in query.order_by(BillLine.id):
        parcel = quotes[line.quote_id]
        if line.team_id == parcel.team_id:
            day = line.billed_on or clock.local(line.created_at, ORIGIN).date()
            found.setdefault(parcel.id, []).append(Amount(line.billed, day, "billed"))
    return found


def _held(parcels: Sequence[Parcel]) -> dict[int, list[Amount]]:
    ids = [parcel.id for parcel in parcels]
    holds: Any = Hold.select().where(among(Hold.parcel, ids), Hold.state == "pending") if ids else ()
    return {one.parcel_id: [Amount(one.amount, clock.local(one.created_at, ORIGIN).date(), "on_hold")] for one in holds}


def _quoted(parcels: Sequence[Parcel]) -> dict[int, list[Amount]]:
    quotes = {parcel.id: parcel.quote for parcel in parcels if parcel.quote is not None}
    return {id: [Amount(one.total, one.ship_date, "quoted", one.home_minor)] for id, one in quotes.items()}
