"""The list of after-sales cases: its columns, filters, views and what is done with several at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.lists.filters import Cases, Choices, Days
from models.lists.list_of import Bulk, Column, ListOf, News, View, both, declare
from models.lists.viewer import Viewer
from models.mailbox import seeing_to
from models.mailbox.case import KINDS, REASONS, STATES, AfterSalesCase
from models.mailbox.thread import ANSWER, PERMISSION
from models.orders.assigning import names_of
from models.orders.order import Order
from models.stores.offers import stores_on_offer, stores_seen
from models.support import clock
from models.support.bulk import among
from models.support.words import say

SHOWN = tuple(
    getattr(AfterSalesCase, name)
    for name in [
        "id",
        "uid",
        "team",
        "store",
        "order",
        "sku",
        "units",
        "marketplace_id",
        "kind",
        "reason",
        "state",
        "cost_minor",
        "currency",
        "due_at",
        "assignee",
        "opened_at",
        "ended_at",
    ]
)


@dataclass(frozen=True)
class Around:
    """Orders, stores and people of a page of rows, by their ids."""

    orders: dict[int, Order]
    stores: dict[int, str]
    people: dict[int, str]


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    orders = Order.select(Order.id, Order.uid, Order.order_id).where(among(Order.id, [row.order_id for row in rows]))
    return Around(
        {one.id: one for one in orders}, {store.id: store.name for store in stores_seen(viewer, PERMISSION)},
        viewer.once(names_of),
    )  # fmt: skip


CASES = declare(ListOf(
    name="cases",
    title=say("After-sales cases"),
    model=AfterSalesCase,
    permission=PERMISSION,
    shown=SHOWN,
    columns=(
        Column("order", say("Order"), lambda one, viewer: viewer.around.orders[one.order_id].order_id, is_fixed=True),
        Column("kind", say("Kind"), lambda one, viewer: one.kind_words),
        Column("state", say("State"), lambda one, viewer: one.state_words),
        Column("due", say("Due"), lambda one, viewer: one.due_at, sort="due", kind="moment"),
        Column("reason", say("Reason"), lambda one, viewer: one.reason_words),
        Column("sku", say("SKU"), lambda one, viewer: one.sku),
        Column("units", say("Pieces"), lambda one, viewer: one.units, is_end=True),
        Column("cost", say("Cost"), lambda one, viewer: one.cost, is_end=True),
        Column("assignee", say("Assigned to"), lambda one, viewer: viewer.around.people.get(one.assignee_id, "")),
        Column("opened", say("Opened"), lambda one, viewer: one.opened_at, sort="-opened", kind="moment"),
        Column("ended", say("Ended"), lambda one, viewer: one.ended_at, kind="moment", is_shown=False),
        Column("marketplace", say("Marketplace"), lambda one, viewer: one.marketplace, is_shown=False),
        Column("store", say("Store"), lambda one, viewer: viewer.around.stores.get(one.store_id, ""), is_shown=False),
    ),
    sorts=both("opened", AfterSalesCase.opened_at, AfterSalesCase.id) | both("due", AfterSalesCase.due_at, AfterSalesCase.id),
    sort="-opened",
    filters=(
        Choices("state", say("State"), AfterSalesCase.state, offers=STATES, icon="circle-check", beside=("opened", "due")),
        Choices("kind", say("Kind"), AfterSalesCase.kind, offers=KINDS, icon="tag", beside=("opened",)),
        Choices("reason", say("Reason"), AfterSalesCase.reason, offers={key: words for key, words in REASONS.items() if key}, icon="list"),
        Cases("care", say("Assigned to"), cases={
            "mine": (say("Me"), lambda viewer: (AfterSalesCase.assignee == viewer.reach.person.id,)),
            "nobody": (say("Nobody"), lambda viewer: (AfterSalesCase.assignee.is_null(),)),
        }, icon="user"),
        Cases("time", say("Due"), cases={
            "overdue": (say("Overdue"), lambda viewer: (AfterSalesCase.state == "open", AfterSalesCase.due_at < clock.now())),
        }, icon="clock"),
        Choices("store", say("Store"), AfterSalesCase.store, offers=stores_on_offer(PERMISSION), icon="store", beside=("opened",)),
        Days("opened", say("Opened"), AfterSalesCase.opened_at, icon="calendar"),
    ),
    views=(
        View("open", say("Open"), "state=open&sort=due"),
        View("mine", say("Mine"), "care=mine&state=open&state=waiting&sort=due"),
        View("proposed", say("Proposed"), "state=proposed"),
        View("waiting", say("Waiting"), "state=waiting"),
        View("a_to_z", say("A-to-z"), "kind=a_to_z"),
        View("all", say("All")),
    ),
    bulk=(
        Bulk("take", say("See to them"), ANSWER, seeing_to.take, icon="check"),
        Bulk("settle", say("Settle"), ANSWER, seeing_to.settle, icon="circle-check"),
    ),
    news=News(say("1 new"), say("%(count)s new")),
    around=_around,
))  # fmt: skip
