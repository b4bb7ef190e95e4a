"""The list of orders: columns, filters, sorts and views, each on an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from models.catalog.queries import pictures_of
from models.lists import many
from models.lists.days import end_of_today
from models.lists.filters import ALWAYS, Amounts, Cases, Choices, Days, Numbers, Search
from models.lists.list_of import Bulk, Column, ListOf, News, View, both, declare
from models.lists.viewer import Viewer
from models.orders import finding  # noqa: F401 (says what orders are found by)
from models.orders.assigning import names_of, people_on_offer
from models.orders.handling import BULK as HANDLING
from models.orders.marks import MARKS, Marked, words_of_marks
from models.orders.order import FULFILLED_BY, STATUSES, Order
from models.orders.refetch import OrderRefetch
from models.orders.tag import OrderTag, Tagged, tags_of, tags_on_offer
from models.stores.marketplace import MARKETPLACES
from models.stores.offers import marketplaces_on_offer, stores_on_offer, stores_seen
from models.stores.store import Store
from models.support import clock, search
from models.support.paging import Order as Sorting
from models.support.prepared import Prepared
from models.support.words import say

# What a row shows, and what its words are made of.
SHOWN = (
    Order.id, Order.uid, Order.team, Order.store, Order.marketplace_id, Order.order_id, Order.ordered_at, Order.status,
    Order.awaits_shipment, Order.fulfilled_by, Order.ship_by, Order.total_minor, Order.currency, Order.unit_count, Order.line_count,
    Order.first_title, Order.first_sku, Order.ship_country, Order.cancel_requested, Order.marks, Order.assignee, Order.held_at,
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """How many orders wait for us: all of them, those due today, those whose buyer wants to cancel."""

    to_ship: int = 0
    today: int = 0
    cancel: int = 0


def stores(viewer: Viewer) -> list[Store]:
    """The stores whose orders a person may see."""
    return stores_seen(viewer, "orders.view")


def stores_by_id(viewer: Viewer) -> dict[int, Store]:
    return {store.id: store for store in stores(viewer)}


def waiting(reach: Any, due_before: datetime) -> Waiting:
    """The counts of the views that call for somebody (one query over what waits for us)."""
    mine = reach.by_permission.get("orders.view", frozenset())
    [row] = _WAITING.rows(due_before, reach.team_id, None if mine is None else tuple(sorted(mine)))
    return Waiting(*(number or 0 for number in row))


def _counts(viewer: Viewer) -> dict[str, int]:
    """For the tabs, where a thousand and more may be those of a moment ago."""
    due, reach = end_of_today(viewer.zone), viewer.reach
    key = ("waiting", reach.team_id, reach.by_permission.get("orders.view", frozenset()), due)
    found = many.recall(key)
    if found is None:
        found = waiting(reach, due)
        many.keep(key, found, size=found.to_ship)
    return vars(found)


_marketplaces = marketplaces_on_offer("orders.view")


def _currencies(viewer: Viewer) -> list[str]:
    return sorted({MARKETPLACES[offer.value].currency for offer in viewer.once(_marketplaces)})


def _found(viewer: Viewer, text: str) -> list[int]:
    return search.found(Order, viewer.reach.team_id, text)


@dataclass(frozen=True)
class Around:
    """What rows need from elsewhere: pictures by SKU, tags by order."""

    pictures: dict[str, str]
    tags: dict[int, list[OrderTag]]


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    return Around(
        pictures_of(viewer.reach.team_id, (order.first_sku for order in rows)), tags_of(order.id for order in rows)
    )


ORDERS = declare(ListOf(
    name="orders",
    title=say("Orders"),
    model=Order,
    is_remembered=True,
    permission="orders.view",
    shown=SHOWN,
    columns=(
        Column("order", say("Order"), lambda order, viewer: order.order_id, is_fixed=True),
        Column("ordered", say("Ordered"), lambda order, viewer: order.ordered_at, sort="-date"),
        Column("status", say("Status"), lambda order, viewer: order.status_words),
        Column("ship_by", say("Ship by"), lambda order, viewer: order.ship_by, kind="moment"),
        Column("tags", say("Tags"), lambda order, viewer: ", ".join(tag.name for tag in viewer.around.tags.get(order.id, ()))),
        Column("kinds", say("Kinds"), lambda order, viewer: ", ".join(map(str, words_of_marks(order.marks))), is_shown=False),
        Column("items", say("Items"), lambda order, viewer: order.first_title),
        Column("sku", say("SKU"), lambda order, viewer: order.first_sku, is_shown=False),
        Column("units", say("Units"), lambda order, viewer: order.unit_count, is_end=True),
        Column("total", say("Total"), lambda order, viewer: order.total, sort="-total", is_end=True),
        Column("ship_to", say("Ship to"), lambda order, viewer: order.ship_country, is_shown=False),
        Column("store", say("Store"), lambda order, viewer: viewer.once(stores_by_id)[order.store_id].name),
        Column("marketplace", say("Marketplace"), lambda order, viewer: order.marketplace, is_shown=False),
        Column("shipped_by", say("Shipped by"), lambda order, viewer: order.fulfilled_by_words, is_shown=False),
        Column("assignee", say("Assigned to"), lambda order, viewer: viewer.once(names_of).get(order.assignee_id, ""), is_shown=False),
        Column("held", say("On hold since"), lambda order, viewer: order.held_at, is_shown=False, kind="moment"),
    ),
    sorts=both("date", Order.ordered_at, Order.id) | both("total", Order.total_minor, Order.id)
    | {"ship_by": Sorting((Order.ship_by, Order.id), descending=False)},
    sort="-date",
    sort_needs={"ship_by": ("waiting", "today", "late")},  # Only there every order has a promised day.
    filters=(
        Cases("waiting", say("Waiting for us"), cases={
            "to_ship": (say("Unshipped"), lambda viewer: (Order.awaits_shipment == True,)),  # noqa: E712
            "today": (say("Ship today"), lambda viewer: (Order.awaits_shipment == True, Order.ship_by < end_of_today(viewer.zone))),  # noqa: E712
            "late": (say("Late"), lambda viewer: (Order.awaits_shipment == True, Order.ship_by < clock.now())),  # noqa: E712
            "cancel": (say("Cancel requested"), lambda viewer: (Order.awaits_shipment == True, Order.cancel_requested == True)),  # noqa: E712
        }, icon="truck"),
        Cases("care", say("With us"), cases={
            "mine": (say("Mine"), lambda viewer: (Order.assignee == viewer.reach.person.id,)),
            "nobody": (say("Nobody's"), lambda viewer: (Order.awaits_shipment == True, Order.assignee.is_null())),  # noqa: E712
            "held": (say("On hold"), lambda viewer: (Order.held_at.is_null(False),)),
        }, icon="user"),
        Tagged("tag", say("Tag"), Order.id, offers=tags_on_offer),
        Marked("kind", say("Kind"), Order.marks, offers=MARKS),
        Choices("store", say("Store"), Order.store, offers=stores_on_offer("orders.view"), icon="store", beside=("total", "ship_by")),
        Choices("market", say("Marketplace"), Order.marketplace_id, offers=_marketplaces, icon="globe",
                beside=("total", "ship_by")),
        Choices("by", say("Shipped by"), Order.fulfilled_by, offers=FULFILLED_BY, icon="truck", beside=(ALWAYS,)),
        Days("ordered", say("Ordered"), Order.ordered_at, icon="calendar", beside=("total", "ship_by")),
        Search("q", say("Find"), Order.id, found=_found, icon="search",
               help=say("Order id, tracking number, SKU, ASIN or words of a title")),
        Choices("status", say("Status"), Order.status, offers=STATUSES),
        Choices("person", say("Assigned to"), Order.assignee, offers=people_on_offer),
        Amounts("total", say("Total"), Order.total_minor, currency_column=Order.currency, currencies=_currencies),
        Numbers("units", say("Units"), Order.unit_count),
    ),
    views=(
        View("all", say("All")),
        View("to_ship", say("Unshipped"), "waiting=to_ship"),
        View("today", say("Ship today"), "waiting=today&sort=ship_by"),
        View("cancel", say("Cancel requested"), "waiting=cancel"),
        View("mine", say("Mine"), "care=mine"),
        View("held", say("On hold"), "care=held"),
        View("shipped", say("Shipped"), "status=SHIPPED"),
    ),
    bulk=(
        *HANDLING,
        Bulk("fetch", say("Fetch again"), "orders.sync", OrderRefetch.ask, icon="refresh", called=lambda order: order.order_id),
    ),
    counts=_counts,
    news=News(say("1 new order"), say("%(count)s new orders")),
    around=_around,
))  # fmt: skip


def _waiting(due_before: Any, team: Any, stores: Any) -> Any:
    """Looks at the index `order_waiting` alone, in which only what waits for us stands."""
    today = peewee.Case(None, [(Order.ship_by < due_before, 1)], 0)
    cancel = peewee.Case(None, [(Order.cancel_requested, 1)], 0)
    query = Order.select(peewee.fn.COUNT(Order.id), peewee.fn.SUM(today), peewee.fn.SUM(cancel))
    query = query.where(Order.team == team, Order.awaits_shipment)
    return (query if stores is None else query.where(Order.store.in_(stores))).tuples()


_WAITING = Prepared(_waiting)
