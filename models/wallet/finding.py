"""The filters of the tables of transfers: one wallet at a time, rare kinds by an index of their own, many waybills at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import peewee

from models.freight.channel import Channel
from models.lists.filters import BY_ID, Args, Choices, Offer, Search
from models.lists.viewer import Viewer
from models.orders.order import Order
from models.people.team import Team
from models.shipping.number import normalized
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.stores.store import Store
from models.support.bulk import among, raw_rows
from models.support.matching import beside_index
from models.support.paging import COUNT_LIMIT
from models.wallet.account import Account
from models.wallet.reaching import of_stores
from models.wallet.transfer import CHARGES, NOT_FREIGHT, OTHER, Transfer
from models.wallet.wallet import Wallet

MOST_WAYBILLS, MOST_TEXT = 100, 4000
TRACKED = peewee.Expression(Parcel.tracking_number, "<>", peewee.SQL("''"))
"""In queries: as the index of tracking numbers has it, word for word."""


@dataclass(frozen=True)
class WalletOffer(Offer):
    currency: str = ""
    is_first: bool = False


@dataclass(frozen=True)
class OfWallet(Choices):
    """One of the team's wallets: the first where none is asked for, which stands in no address."""

    def read(self, args: Args, viewer: Viewer) -> Any:
        offers = self.on_offer(viewer)
        wanted = args.get(self.name) or ()
        return tuple([one for one in offers if one.key in wanted][:1] or offers[:1]) or None

    def written(self, value: Any) -> dict[str, list[str]]:
        return {} if value[0].is_first else super().written(value)


@dataclass(frozen=True)
class OfKind(Choices):
    """Rare kinds are found by an index of their own."""

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        query = super().where(query, value, viewer, walked)
        return query.where(NOT_FREIGHT) if self.are_rare(value) else query

    def are_rare(self, value: Any) -> bool:
        return not any(one.value in CHARGES for one in value)


@dataclass(frozen=True)
class AccountOffer(Offer):
    is_beside: bool = False


@dataclass(frozen=True)
class OfChannel(Choices):
    """By the account on which a channel earns in the wallet's currency, whose index knows the order: a channel of long ago is found
    as fast as today's. `wallet` and `kinds` are the list's own filters of these."""

    wallet: Any = None
    kinds: Any = None

    def read(self, args: Args, viewer: Viewer) -> Any:
        found, wallets = super().read(args, viewer), self.wallet.read(args, viewer)
        if found is None or wallets is None:
            return None
        known = viewer.once(accounts)
        kinds = self.kinds.read(args, viewer)
        is_beside = kinds is not None and self.kinds.are_rare(kinds)
        return tuple(
            AccountOffer(one.key, known.get((one.value, wallets[0].currency), 0), one.label, is_beside) for one in found
        )  # fmt: skip

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        ids = [one.value for one in value]
        has_no_order = value[0].is_beside or (len(ids) > 1 and walked is not None)
        account = beside_index(peewee.EnclosedNodeList([OTHER]), walked == BY_ID or has_no_order)
        is_one = account == ids[0] if len(ids) == 1 else peewee.Expression(account, peewee.OP.IN, ids)
        return query.where(Transfer.parcel.is_null(False), is_one)


@dataclass(frozen=True)
class OfStore(Choices):
    """A store of long ago is found as fast as today's."""

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        return query.where(of_stores([one.value for one in value], walked))


@dataclass(frozen=True)
class Waybills(Search):
    """Several numbers at once, as they are pasted: of parcels, waybills or orders."""

    def read(self, args: Args, viewer: Viewer) -> str | None:
        text = " ".join((args.get(self.name) or [""])[0][:MOST_TEXT].replace("\0", "").replace(",", " ").split())
        return text or None


def wallets(viewer: Viewer) -> list[Offer]:
    found = Wallet.of_team(viewer.reach.team_id)
    return [WalletOffer(one.currency, one.id, one.label, one.currency, place == 0) for place, one in enumerate(found)]


def channels(viewer: Viewer) -> list[Offer]:
    offered = Channel.select().where(Channel.team == Team.operator()).order_by(Channel.code)
    return [Offer(one.code, one.id, one.code) for one in offered]


def accounts(viewer: Viewer) -> dict[tuple[int, str], int]:
    """The accounts on which channels earn, by channel and currency."""
    found: Any = Account.select(Account.id, Account.code).where(Account.code.startswith("freight:")).tuples()
    told = ((number, code.split(":")) for number, code in found)
    return {(int(channel), currency): number for number, (_kind, channel, currency) in told}


def parcels_of(viewer: Viewer, text: str) -> list[int]:
    """The team's parcels with these numbers, each whole. Each condition has an index of its own."""
    words, team = text.split()[:MOST_WAYBILLS], viewer.reach.team_id
    mine = Parcel.select(Parcel.id).where(Parcel.team == team)
    numbers = [
        int(one[2:]) for one in map(str.upper, words) if one[:2] == "P-" and one[2:].isdecimal() and len(one) < 12
    ]
    stores = Store.select(Store.id).where(Store.team == team)
    orders = Order.select(Order.id).where(Order.store.in_(stores), Order.order_id.in_(words))
    packed = ParcelLine.select(ParcelLine.parcel).where(ParcelLine.order.in_(orders))
    queries = (
        mine.where(Parcel.tracking_number.in_(tracking(words)), TRACKED),
        mine.where(Parcel.number.in_(numbers)),
        Parcel.select(Parcel.id).where(beside_index(Parcel.team) == team, Parcel.id.in_(packed)),
    )
    return sorted({row[0] for query in queries for row in raw_rows(query.limit(COUNT_LIMIT))})


def tracking(words: list[str]) -> list[str]:
    return [number for number in map(normalized, words) if number]


def transfers_of(viewer: Viewer, text: str) -> list[int]:
    """The transfers of the team's parcels with these numbers."""
    return beside(parcels_of(viewer, text), COUNT_LIMIT)


def beside(parcels: list[int], most: int) -> list[int]:
    """The transfers of these parcels, so many at most."""
    query = Transfer.select(Transfer.id).where(among(Transfer.parcel, parcels), Transfer.parcel.is_null(False))
    return [row[0] for row in raw_rows(query.limit(most))] if parcels else []
