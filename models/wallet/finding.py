"""The filters of the tables of transfers: one wallet at a time, rare kinds by an index of their own, many waybills at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.freight.channel import Channel
from models.lists.filters import Args, Choices, Offer, Search
from models.lists.viewer import Viewer
from models.orders.order import Order
from models.people.team import Team
from models.shipping.number import normalized
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.support.paging import COUNT_LIMIT
from models.wallet.reports.sums import FreightMonth
from models.wallet.transfer import CHARGES, NOT_FREIGHT, Transfer
from models.wallet.wallet import Wallet

MOST_WAYBILLS, MOST_TEXT = 100, 4000


@dataclass(frozen=True)
class WalletOffer(Offer):
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
        return query if any(one.value in CHARGES for one in value) else query.where(NOT_FREIGHT)


@dataclass(frozen=True)
class OfParcel(Choices):
    """By what the parcel knows."""

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        parcels = Parcel.select(Parcel.id).where(self.column.in_([one.value for one in value]))
        return query.where(Transfer.parcel.in_(parcels))


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
    return [WalletOffer(one.currency, one.id, one.label, place == 0) for place, one in enumerate(found)]


def channels(viewer: Viewer) -> list[Offer]:
    offered = Channel.select().where(Channel.team == Team.operator()).order_by(Channel.code)
    return [Offer(one.code, one.id, one.code) for one in offered]


def countries(viewer: Viewer) -> list[Offer]:
    """Those that parcels were charged for on days that are summed."""
    query: Any = FreightMonth.select(FreightMonth.country).where(FreightMonth.country != "").distinct()
    return [Offer(code, code, code) for (code,) in query.order_by(FreightMonth.country).limit(300).tuples()]


def parcels_of(viewer: Viewer, text: str) -> list[int]:
    """The team's parcels with these numbers, each whole."""
    words = text.split()[:MOST_WAYBILLS]
    mine = Parcel.select(Parcel.id).where(Parcel.team == viewer.reach.team_id)
    numbers = [
        int(one[2:]) for one in map(str.upper, words) if one[:2] == "P-" and one[2:].isdecimal() and len(one) < 12
    ]
    orders = Order.select(Order.id).where(Order.team == viewer.reach.team_id, Order.order_id.in_(words))
    conditions = (
        Parcel.tracking_number.in_(_tracking(words)), Parcel.number.in_(numbers),
        Parcel.id.in_(ParcelLine.select(ParcelLine.parcel).where(ParcelLine.order.in_(orders))),
    )  # fmt: skip
    return sorted({row.id for condition in conditions for row in mine.where(condition).limit(COUNT_LIMIT)})


def _tracking(words: list[str]) -> list[str]:
    return [number for number in map(normalized, words) if number]


def any_parcels(viewer: Viewer, text: str) -> list[int]:
    """Parcels of any team with these tracking numbers."""
    numbers = _tracking(text.split()[:MOST_WAYBILLS])
    query = Parcel.select(Parcel.id).where(Parcel.tracking_number.in_(numbers), Parcel.tracking_number != "")
    return [row.id for row in query.limit(COUNT_LIMIT)]


def teams(viewer: Viewer) -> list[Offer]:
    query = Team.select().where(Team.id.in_(Wallet.select(Wallet.team))).order_by(Team.name)
    return [Offer(team.slug, team.id, team.name) for team in query]


def all_wallets(viewer: Viewer) -> list[Offer]:
    return [Offer(str(one.uid), one.id, one.label) for one in Wallet.select().order_by(Wallet.id).limit(1000)]
