"""The list of what was written to buyers through Amazon, and asking for reviews of many orders at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.lists.filters import Choices, Days
from models.lists.list_of import Bulk, Column, ListOf, News, View, add_bulk, both, declare
from models.lists.viewer import Viewer
from models.mailbox.outreach import STATES, Outreach
from models.mailbox.reaching_out import ask_review
from models.mailbox.thread import ANSWER, PERMISSION
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.stores.offers import stores_on_offer, stores_seen
from models.support.bulk import among
from models.support.words import say

SHOWN = (
    Outreach.id, Outreach.uid, Outreach.team, Outreach.store, Outreach.order, Outreach.action, Outreach.state, Outreach.problem,
    Outreach.created_at, Outreach.sent_at, Outreach.tries,
)  # fmt: skip


@dataclass(frozen=True)
class Around:
    """Orders and stores of a page of rows, by their ids."""

    orders: dict[int, Order]
    stores: dict[int, str]


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    orders = Order.select(Order.id, Order.uid, Order.order_id).where(among(Order.id, [row.order_id for row in rows]))
    return Around({one.id: one for one in orders}, {store.id: store.name for store in stores_seen(viewer, PERMISSION)})


OUTREACH = declare(ListOf(
    name="outreach",
    title=say("Through Amazon"),
    model=Outreach,
    permission=PERMISSION,
    shown=SHOWN,
    columns=(
        Column("order", say("Order"), lambda one, viewer: viewer.around.orders[one.order_id].order_id, is_fixed=True),
        Column("action", say("About"), lambda one, viewer: one.action_words),
        Column("state", say("State"), lambda one, viewer: one.state_words),
        Column("problem", say("What is wrong"), lambda one, viewer: one.problem_words, kind="text"),
        Column("asked", say("Asked"), lambda one, viewer: one.created_at, sort="-asked", kind="moment"),
        Column("sent", say("Sent"), lambda one, viewer: one.sent_at, kind="moment"),
        Column("store", say("Store"), lambda one, viewer: viewer.around.stores.get(one.store_id, "")),
    ),
    sorts=both("asked", Outreach.created_at, Outreach.id),
    sort="-asked",
    filters=(
        Choices("state", say("State"), Outreach.state, offers=STATES, icon="circle-check"),
        Choices("store", say("Store"), Outreach.store, offers=stores_on_offer(PERMISSION), icon="store", beside=("asked",)),
        Days("asked", say("Asked"), Outreach.created_at, icon="calendar"),
    ),
    views=(
        View("all", say("All")),
        View("waiting", say("Waiting"), "state=waiting&state=sending"),
        View("unsure", say("Unsure"), "state=unsure"),
        View("refused", say("Refused"), "state=refused"),
        View("sent", say("Sent"), "state=sent"),
    ),
    bulk=(Bulk("take_back", say("Take back"), ANSWER, Outreach.take_back, icon="undo"),),
    news=News(say("1 new"), say("%(count)s new")),
    around=_around,
))  # fmt: skip
add_bulk(
    ORDERS,
    Bulk("review", say("Ask for reviews"), ANSWER, ask_review, icon="star", called=lambda order: order.order_id),
)
