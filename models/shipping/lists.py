"""The list of parcels: the newest first, by state, store, channel, country and day; found by number, tracking number and order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee

from models.freight.channel import Channel
from models.lists.filters import Cases, Choices, Days, Offer, Search
from models.lists.list_of import Bulk, Column, ListOf, News, View, add_bulk, both, declare
from models.lists.viewer import Viewer
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.shipping.alerts.alert import ParcelAlert
from models.shipping.alerts.kinds import TITLES
from models.shipping.making import make_one
from models.shipping.number import normalized
from models.shipping.offers import choose_by_rule, choose_cheapest, choose_fastest
from models.shipping.parcel import STATES, Parcel
from models.shipping.parcel_line import ParcelLine
from models.stores.offers import stores_on_offer, stores_seen
from models.support.bulk import among, raw_rows
from models.support.matching import begins
from models.support.paging import COUNT_LIMIT
from models.support.words import say

PERMISSION, EDIT = "parcels.view", "parcels.edit"
SHOWN = (
    Parcel.id, Parcel.uid, Parcel.team, Parcel.store, Parcel.number, Parcel.state, Parcel.country, Parcel.grams, Parcel.channel,
    Parcel.tracking_number, Parcel.last_event_at, Parcel.created_at, Parcel.shipped_at,
)  # fmt: skip


@dataclass(frozen=True)
class Around:
    """What rows need from elsewhere: the orders in each parcel, channels and stores by their names, what is wrong with each."""

    orders: dict[int, list[str]]
    channels: dict[int, str]
    stores: dict[int, str]
    risks: dict[int, list[str]]

    def of(self, parcel: Parcel) -> str:
        return ", ".join(self.orders.get(parcel.id, ()))


def orders_in(parcels: list[int]) -> dict[int, list[str]]:
    """The order ids in each parcel (parcel id → Amazon's order ids)."""
    query = ParcelLine.select(ParcelLine.parcel, Order.order_id).join(Order).where(among(ParcelLine.parcel, parcels))
    found: dict[int, list[str]] = {}
    for parcel, order_id in raw_rows(query.distinct().order_by(ParcelLine.parcel, Order.order_id)):
        found.setdefault(parcel, []).append(order_id)
    return found


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    channels = Channel.select(Channel.id, Channel.code).where(
        among(Channel.id, [row.channel_id for row in rows if row.channel_id])
    )
    return Around(
        orders_in([row.id for row in rows]),
        {one.id: one.code for one in channels},
        {store.id: store.name for store in stores_seen(viewer, PERMISSION)},
        ParcelAlert.kinds_of([row.id for row in rows]),
    )


def _channels(viewer: Viewer) -> list[Offer]:
    offered = Channel.offered_to(viewer.reach.team_id).order_by(Channel.code)
    return [Offer(str(channel.uid), channel.id, f"{channel.code} · {channel.name}") for channel in offered]


def _countries(viewer: Viewer) -> list[Offer]:
    return [Offer(code, code, code) for code in countries_of(viewer.reach.team_id)]


def countries_of(team_id: int) -> list[str]:
    """Where the team's parcels go, from one country to the next along their index: a look each, not one at every parcel."""
    mine, least = Parcel.team == team_id, peewee.fn.MIN(Parcel.country)
    codes = Parcel.select(least).where(mine, Parcel.country > "").cte("codes", recursive=True, columns=("code",))
    step = Parcel.select(least).where(mine, Parcel.country > codes.c.code)
    codes = codes.union_all(peewee.Select((codes,), (step,)).where(codes.c.code.is_null(False)))
    query = codes.select_from(codes.c.code).where(codes.c.code.is_null(False))
    return [code for (code,) in raw_rows(query)]


def _at_risk(kind: str) -> tuple[Any, Callable[[Viewer], tuple[Any, ...]]]:
    return TITLES[kind], lambda viewer: (Parcel.id.in_(ParcelAlert.parcels_of(viewer.reach.team_id, kind)),)


RISKS = {
    "any": (say("Anything"), lambda viewer: (Parcel.id.in_(ParcelAlert.parcels_of(viewer.reach.team_id)),)),
    **{kind: _at_risk(kind) for kind in TITLES},
    "resting": (say("Looked after"), lambda viewer: (Parcel.id.in_(ParcelAlert.resting_of(viewer.reach.team_id)),)),
}


def found(reach: Any, text: str, most: int) -> list[int]:
    """The ids of parcels whose number, tracking number (its beginning is enough) or order's id a text is."""
    mine = Parcel.visible_to(reach, PERMISSION).select(Parcel.id)
    number = text.strip().upper().removeprefix("P-")
    if number.isascii() and number.isdecimal() and len(number) < 10:
        rows = list(mine.where(Parcel.number == int(number)))
        if rows or text.strip().upper().startswith("P-"):
            return [row.id for row in rows]
    orders = Order.select(Order.id).where(Order.team == reach.team_id, Order.order_id == text.strip())
    of_orders = mine.join(ParcelLine).where(ParcelLine.order.in_(orders)).distinct().limit(most)
    if rows := list(of_orders):
        return [row.id for row in rows]
    tracking = normalized(text)
    if not tracking:
        return []
    wanted = mine.where(begins(Parcel.tracking_number, tracking), Parcel.tracking_number != "")
    return [row.id for row in wanted.limit(most)]


def looked_up(reach: Any, text: str, most: int) -> list[Parcel]:
    """The parcels a text finds, the newest first."""
    ids = found(reach, text, most)
    rows = Parcel.visible_to(reach, PERMISSION).where(among(Parcel.id, ids)) if ids else []
    return sorted(rows, key=lambda parcel: -parcel.number)[:most]


def holding(reach: Any, order: Order) -> list[Parcel]:
    """The parcels in which something of an order lies, void ones too, the newest first."""
    ids = ParcelLine.select(ParcelLine.parcel).where(ParcelLine.order == order)
    return list(Parcel.visible_to(reach, PERMISSION).where(Parcel.id.in_(ids)).order_by(Parcel.number.desc()))


PARCELS = declare(ListOf(
    name="parcels",
    title=say("Parcels"),
    model=Parcel,
    is_remembered=True,
    permission=PERMISSION,
    shown=SHOWN,
    columns=(
        Column("number", say("Parcel"), lambda parcel, viewer: parcel.label, is_fixed=True),
        Column("state", say("State"), lambda parcel, viewer: STATES[parcel.state]),
        Column("orders", say("Orders"), lambda parcel, viewer: viewer.around.of(parcel)),
        Column("risk", say("At risk"), lambda parcel, viewer: ", ".join(str(TITLES[kind]) for kind in viewer.around.risks.get(parcel.id, ()))),
        Column("country", say("Country"), lambda parcel, viewer: parcel.country),
        Column("channel", say("Channel"), lambda parcel, viewer: viewer.around.channels.get(parcel.channel_id, "")),
        Column("tracking", say("Tracking number"), lambda parcel, viewer: parcel.tracking_number),
        Column("weight", say("Weight"), lambda parcel, viewer: parcel.grams or None, is_end=True, kind="number"),
        Column("made", say("Made"), lambda parcel, viewer: parcel.created_at, sort="-made", kind="moment"),
        Column("shipped", say("Shipped"), lambda parcel, viewer: parcel.shipped_at, kind="moment"),
        Column("news", say("Last news"), lambda parcel, viewer: parcel.last_event_at, kind="moment"),
        Column("store", say("Store"), lambda parcel, viewer: viewer.around.stores.get(parcel.store_id, "")),
    ),
    sorts=both("made", Parcel.created_at, Parcel.id),
    sort="-made",
    filters=(
        Choices("state", say("State"), Parcel.state, offers=STATES, icon="circle-check"),
        Cases("risk", say("At risk"), cases=RISKS, icon="warning"),
        Choices("store", say("Store"), Parcel.store, offers=stores_on_offer(PERMISSION), icon="store"),
        Choices("channel", say("Channel"), Parcel.channel, offers=_channels, icon="truck"),
        Choices("country", say("Country"), Parcel.country, offers=_countries, icon="globe"),
        Days("made", say("Made"), Parcel.created_at, icon="calendar"),
        Days("shipped", say("Shipped"), Parcel.shipped_at),
        Search("q", say("Find"), Parcel.id, found=lambda viewer, text: found(viewer.reach, text, COUNT_LIMIT), icon="search",
               help=say("Parcel's number, tracking number or order id")),
    ),
    views=(
        View("all", say("All")),
        View("to_label", say("To label"), "state=draft"),
        View("labelled", say("Labelled"), "state=labelled"),
        View("moving", say("On the way"), "state=shipped"),
        View("at_risk", say("At risk"), "risk=any"),
        View("ended", say("Ended"), "state=delivered&state=lost&state=returned"),
    ),
    bulk=(
        Bulk("cheapest", say("Choose the cheapest channel"), EDIT, choose_cheapest, icon="truck"),
        Bulk("fastest", say("Choose the fastest channel"), EDIT, choose_fastest, icon="zap"),
        Bulk("by_rule", say("Choose the channel by our rule"), EDIT, choose_by_rule, icon="sliders"),
        Bulk("numbers", say("Give tracking numbers"), EDIT, icon="barcode"),
        Bulk("scan", say("Scan tracking numbers"), EDIT, icon="barcode"),
        Bulk("label", say("Label"), EDIT, Parcel.put_label_on, icon="tag"),
        Bulk("leave", say("Handed over"), EDIT, Parcel.hand_over, icon="send"),
    ),
    news=News(say("1 new parcel"), say("%(count)s new parcels")),
    around=_around,
))  # fmt: skip
add_bulk(
    ORDERS,
    Bulk("parcels", say("Make parcels"), EDIT, make_one, icon="package", called=lambda order: order.order_id),
    Bulk("one_parcel", say("Into one parcel"), EDIT, icon="package"),
)
