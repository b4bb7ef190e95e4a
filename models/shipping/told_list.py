"""The list of what Amazon was told, is being told and refused; and telling it of many parcels or orders at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.lists.filters import Choices, Days, Search
from models.lists.list_of import Bulk, Column, ListOf, News, View, add_bulk, both, declare
from models.lists.viewer import Viewer
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.shipping import lateness, promises  # noqa: F401 (they add to the list of orders)
from models.shipping.confirmation import STATES, Confirmation
from models.shipping.lists import PARCELS, PERMISSION, found
from models.shipping.parcel import Parcel
from models.shipping.telling import tell_again, tell_order, tell_parcel
from models.stores.offers import stores_on_offer, stores_seen
from models.support.bulk import among
from models.support.paging import COUNT_LIMIT
from models.support.words import say

CONFIRM = "parcels.confirm"
SHOWN = (
    Confirmation.id, Confirmation.uid, Confirmation.team, Confirmation.store, Confirmation.parcel, Confirmation.order,
    Confirmation.state, Confirmation.problem, Confirmation.number, Confirmation.carrier, Confirmation.left_at, Confirmation.tries,
    Confirmation.created_at, Confirmation.decided_at,
)  # fmt: skip


@dataclass(frozen=True)
class Around:
    """Parcels, orders and stores of a page of rows, by their ids."""

    parcels: dict[int, Parcel]
    orders: dict[int, Order]
    stores: dict[int, str]


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    parcels = Parcel.select(Parcel.id, Parcel.uid, Parcel.number, Parcel.core).where(
        among(Parcel.id, [row.parcel_id for row in rows])
    )
    orders = Order.select(Order.id, Order.uid, Order.order_id).where(among(Order.id, [row.order_id for row in rows]))
    return Around(
        {one.id: one for one in parcels}, {one.id: one for one in orders},
        {store.id: store.name for store in stores_seen(viewer, PERMISSION)},
    )  # fmt: skip


TOLD = declare(ListOf(
    name="told",
    title=say("Told to Amazon"),
    model=Confirmation,
    permission=PERMISSION,
    shown=SHOWN,
    columns=(
        Column("order", say("Order"), lambda one, viewer: viewer.around.orders[one.order_id].order_id, is_fixed=True),
        Column("parcel", say("Parcel"), lambda one, viewer: viewer.around.parcels[one.parcel_id].label),
        Column("state", say("State"), lambda one, viewer: one.state_words),
        Column("problem", say("What is wrong"), lambda one, viewer: one.problem_words, kind="text"),
        Column("number", say("Tracking number"), lambda one, viewer: one.number),
        Column("carrier", say("Carrier as told"), lambda one, viewer: one.carrier),
        Column("left", say("Left"), lambda one, viewer: one.left_at, kind="moment"),
        Column("asked", say("Asked"), lambda one, viewer: one.created_at, sort="-asked", kind="moment"),
        Column("decided", say("Decided"), lambda one, viewer: one.decided_at, kind="moment"),
        Column("tries", say("Tries"), lambda one, viewer: one.tries, is_end=True, is_shown=False),
        Column("store", say("Store"), lambda one, viewer: viewer.around.stores.get(one.store_id, ""), is_shown=False),
    ),
    sorts=both("asked", Confirmation.created_at, Confirmation.id),
    sort="-asked",
    filters=(
        Choices("state", say("State"), Confirmation.state, offers=STATES, icon="circle-check"),
        Choices("store", say("Store"), Confirmation.store, offers=stores_on_offer(PERMISSION), icon="store", beside=("asked",)),
        Days("asked", say("Asked"), Confirmation.created_at, icon="calendar"),
        Search("q", say("Find"), Confirmation.parcel, found=lambda viewer, text: found(viewer.reach, text, COUNT_LIMIT), icon="search",
               help=say("Order id, parcel's number or tracking number")),
    ),
    views=(
        View("all", say("All")),
        View("waiting", say("Waiting"), "state=waiting&state=sending"),
        View("refused", say("Refused"), "state=refused"),
        View("unsure", say("Unsure"), "state=unsure"),
        View("confirmed", say("Confirmed"), "state=confirmed"),
    ),
    bulk=(
        Bulk("again", say("Tell Amazon again"), CONFIRM, tell_again, icon="refresh"),
        Bulk("take_back", say("Take back"), CONFIRM, Confirmation.take_back, icon="undo"),
    ),
    news=News(say("1 new"), say("%(count)s new")),
    around=_around,
))  # fmt: skip
add_bulk(PARCELS, Bulk("tell", say("Tell Amazon"), CONFIRM, tell_parcel, icon="send"))
add_bulk(
    ORDERS, Bulk("tell", say("Tell Amazon"), CONFIRM, tell_order, icon="send", called=lambda order: order.order_id)
)
