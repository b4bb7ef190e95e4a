"""The filters of the tables of transfers: one wallet at a time, rare kinds by an index of their own, many waybills at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

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
from models.wallet.reports.sums import FreightMonth
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
class OfParcel(Choices):
    """By what the parcel knows. The transfers of few parcels are looked up; those of many are met soon on the way."""

    few: ClassVar[int] = 4_000

    def ids(self, value: Any, viewer: Viewer) -> list[int] | None:
        return viewer.once(self._of_few, tuple(one.value for one in value))  # type: ignore[no-any-return]

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        known = self.ids(value, viewer)
        if known is not None:
            return query.where(among(Transfer.id, known))
        is_one = (Parcel.id == Transfer.parcel) & beside_index(self.column).in_([one.value for one in value])
        return query.where(peewee.fn.EXISTS(Parcel.select(peewee.SQL("1")).where(is_one)))

    def _of_few(self, viewer: Viewer, values: tuple[Any, ...]) -> list[int] | None:
        mine = Parcel.select(Parcel.id).where(self.column.in_(values))
        if not viewer.reach.team.is_operator:
            mine = mine.where(Parcel.team == viewer.reach.team_id)
        parcels = [row[0] for row in raw_rows(mine.limit(self.few + 1))]
        if len(parcels) > self.few:
            return None
        found = _transfers_of(parcels, self.few + 1)
        return found if len(found) <= self.few else None


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
        accounts = viewer.once(_accounts)
        kinds = self.kinds.read(args, viewer)
        is_beside = kinds is not None and self.kinds.are_rare(kinds)
        return tuple(
            AccountOffer(one.key, accounts.get((one.value, wallets[0].currency), 0), one.label, is_beside) for one in found
        )  # fmt: skip

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        ids = [one.value for one in value]
        has_no_order = value[0].is_beside or (len(ids) > 1 and walked is not None)
        account = beside_index(peewee.EnclosedNodeList([OTHER]), walked == BY_ID or has_no_order)
        is_one = account == ids[0] if len(ids) == 1 else peewee.Expression(account, peewee.OP.IN, ids)
        return query.where(Transfer.parcel.is_null(False), is_one)


@dataclass(frozen=True)
class OfCountry(OfParcel):
    """Any country a report leads to, whether it is on offer or not."""

    def read(self, args: Args, viewer: Viewer) -> Any:
        wanted = [
            code for code in (args.get(self.name) or ())[:30] if len(code) == 2 and code.isascii() and code.isupper()
        ]
        return tuple(Offer(code, code, code) for code in dict.fromkeys(wanted)) or None


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


def _accounts(viewer: Viewer) -> dict[tuple[int, str], int]:
    """The accounts on which channels earn, by channel and currency."""
    found: Any = Account.select(Account.id, Account.code).where(Account.code.startswith("freight:")).tuples()
    told = ((number, code.split(":")) for number, code in found)
    return {(int(channel), currency): number for number, (_kind, channel, currency) in told}


def countries(viewer: Viewer) -> list[Offer]:
    """Those that parcels were charged for on days that are summed."""
    query: Any = FreightMonth.select(FreightMonth.country).where(FreightMonth.country != "").distinct()
    return [Offer(code, code, code) for (code,) in query.order_by(FreightMonth.country).limit(300).tuples()]


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
        mine.where(Parcel.tracking_number.in_(_tracking(words)), TRACKED),
        mine.where(Parcel.number.in_(numbers)),
        Parcel.select(Parcel.id).where(beside_index(Parcel.team) == team, Parcel.id.in_(packed)),
    )
    return sorted({row[0] for query in queries for row in raw_rows(query.limit(COUNT_LIMIT))})


def _tracking(words: list[str]) -> list[str]:
    return [number for number in map(normalized, words) if number]


def any_parcels(viewer: Viewer, text: str) -> list[int]:
    """Parcels of any team with these tracking numbers."""
    numbers = _tracking(text.split()[:MOST_WAYBILLS])
    query = Parcel.select(Parcel.id).where(
        Parcel.team.in_(Team.select(Team.id)), Parcel.tracking_number.in_(numbers), TRACKED
    )
    return [row[0] for row in raw_rows(query.limit(COUNT_LIMIT))]


def transfers_of(viewer: Viewer, text: str) -> list[int]:
    """The transfers of the team's parcels with these numbers."""
    return _transfers_of(parcels_of(viewer, text), COUNT_LIMIT)


def any_transfers(viewer: Viewer, text: str) -> list[int]:
    """The transfers of any team's parcels with these tracking numbers."""
    return _transfers_of(any_parcels(viewer, text), COUNT_LIMIT)


def _transfers_of(parcels: list[int], most: int) -> list[int]:
    query = Transfer.select(Transfer.id).where(among(Transfer.parcel, parcels), Transfer.parcel.is_null(False))
    return [row[0] for row in raw_rows(query.limit(most))] if parcels else []


def teams(viewer: Viewer) -> list[Offer]:
    query = Team.select().where(Team.id.in_(Wallet.select(Wallet.team))).order_by(Team.name)
    return [Offer(team.slug, team.id, team.name) for team in query]


def all_wallets(viewer: Viewer) -> list[Offer]:
    return [Offer(str(one.uid), one.id, one.label) for one in Wallet.select().order_by(Wallet.id).limit(1000)]
