"""The list of orders: filters, sorts and tabs, each on an index. A filter of several words is checked row by row while the
index of the sort is walked; left to itself SQLite would sort every match instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import peewee

from models.orders.line import OrderLine
from models.orders.order import Order
from models.stores.marketplace import MARKETPLACES, marketplace_code
from models.stores.store import Store, StoreMarketplace
from models.support import clock
from models.support.bulk import among, raw_rows
from models.support.matching import begins, beside_index
from models.support.paging import COUNT_LIMIT, Page, capped_count, page_of
from models.support.paging import Order as Sorting
from models.support.prepared import Prepared

TABS = ("all", "to_ship", "today", "cancel", "shipped")
PERIODS = {"today": 1, "7": 7, "30": 30}
NEWEST, OLDEST = Sorting((Order.ordered_at, Order.id)), Sorting((Order.ordered_at, Order.id), descending=False)
DEAREST, CHEAPEST = Sorting((Order.total_minor, Order.id)), Sorting((Order.total_minor, Order.id), descending=False)
MOST_URGENT = Sorting((Order.ship_by, Order.id), descending=False)
SORTS = {"-date": NEWEST, "date": OLDEST, "-total": DEAREST, "total": CHEAPEST}
LEAST_SEARCH, MOST_SEARCH = 3, 80
ORDER_ID = re.compile(r"\d{3}-[\d-]*")
# What a row shows, and what its words are made of.
SHOWN = (
    Order.id, Order.uid, Order.team, Order.store, Order.marketplace_id, Order.order_id, Order.ordered_at, Order.status,
    Order.awaits_shipment, Order.fulfilled_by, Order.ship_by, Order.total_minor, Order.currency, Order.unit_count, Order.line_count,
    Order.first_title, Order.first_sku, Order.ship_country, Order.cancel_requested, Order.delivered_at, Order.programs,
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What a list shows. `since` and `until` bound the day of ordering; `due_before` ends today for the tab "today"."""

    tab: str = "all"
    stores: tuple[int, ...] = ()
    marketplaces: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    fulfilled_by: str = ""
    since: datetime | None = None
    until: datetime | None = None
    due_before: datetime | None = None
    text: str = ""
    sort: str = ""

    @property
    def are_set(self) -> bool:
        """Is anything left out that a tab alone would show?"""
        return bool(
            self.stores
            or self.marketplaces
            or self.statuses
            or self.fulfilled_by
            or self.since
            or self.until
            or self.text
        )

    @property
    def sorting(self) -> Sorting:
        return SORTS.get(self.sort) or (MOST_URGENT if self.tab == "today" else NEWEST)

    @property
    def by_total(self) -> bool:
        return self.sorting in (DEAREST, CHEAPEST)


@dataclass(frozen=True)
class Waiting:
    """How many orders wait for us: all of them, those due today, those whose buyer wants to cancel."""

    to_ship: int = 0
    today: int = 0
    cancel: int = 0


@dataclass(frozen=True)
class Shown:
    """A page of the list, and how many match (at most 10,001)."""

    page: Page
    count: int


def find(reach: Any, filters: Filters, *, after: str = "", before: str = "", size: int = 50) -> Shown:
    """What this person may see of it."""
    found = _found(reach, filters.text) if filters.text else None
    rows = _matching(reach, filters, found, Order.select(*SHOWN), walks=True)
    counted = _matching(reach, filters, found, Order.select(Order.id), walks=False)
    return Shown(page_of(rows, filters.sorting, after=after, before=before, size=size), capped_count(counted))


def waiting(reach: Any, due_before: datetime) -> Waiting:
    """The counts of the tabs that call for somebody (one query over what waits for us)."""
    mine = reach.by_permission.get("orders.view", frozenset())
    row = _WAITING.first(due_before, reach.team_id, None if mine is None else tuple(sorted(mine)))
    return Waiting(*(number or 0 for number in row))


def _waiting(due_before: Any, team: Any, stores: Any) -> Any:
    """Looks at the index `order_waiting` alone, in which only what waits for us stands."""
    today = peewee.Case(None, [(Order.ship_by < due_before, 1)], 0)
    cancel = peewee.Case(None, [(Order.cancel_requested, 1)], 0)
    query = Order.select(peewee.fn.COUNT(Order.id), peewee.fn.SUM(today), peewee.fn.SUM(cancel))
    query = query.where(Order.team == team, Order.awaits_shipment)
    return (query if stores is None else query.where(Order.store.in_(stores))).tuples()


def marketplace_codes(stores: list[Store]) -> list[str]:
    """The known marketplaces of the stores, as short codes."""
    ids = _MARKETPLACES.all(tuple(store.id for store in stores))
    return sorted(marketplace_code(marketplace_id) for (marketplace_id,) in ids if marketplace_id in MARKETPLACES)


_WAITING = Prepared(_waiting)
_MARKETPLACES = Prepared(
    lambda stores: (
        StoreMarketplace.select(StoreMarketplace.marketplace_id)
        .where(StoreMarketplace.store.in_(stores))
        .distinct()
        .tuples()
    )
)


def _matching(reach: Any, filters: Filters, found: list[int] | None, query: Any, *, walks: bool) -> Any:
    """The query with every condition. `found` are the ids a search named; `walks`: rows come in the sort's order, so its
    index should lead."""
    dear = walks and filters.by_total
    query = query.where(Order.team == reach.team_id)
    mine = reach.by_permission.get("orders.view", frozenset())
    if mine is not None:
        query = query.where(_one_of(Order.store, tuple(sorted(mine)), walks=walks, is_beside=dear))
    for column, values in ((Order.store, filters.stores), (Order.marketplace_id, filters.marketplaces)):
        if values:
            query = query.where(_one_of(column, values, walks=walks, is_beside=dear))
    if filters.statuses:
        query = query.where(_one_of(Order.status, filters.statuses, walks=walks))
    if filters.fulfilled_by:
        query = query.where(beside_index(Order.fulfilled_by, walks) == filters.fulfilled_by)
    ordered_at = beside_index(Order.ordered_at, dear)
    if filters.since:
        query = query.where(ordered_at >= filters.since)
    if filters.until:
        query = query.where(ordered_at < filters.until)
    if found is not None:
        query = query.where(among(Order.id, found))
    return _on_tab(query, filters)


def _on_tab(query: Any, filters: Filters) -> Any:
    if filters.tab in ("to_ship", "today", "cancel"):
        query = query.where(Order.awaits_shipment == True)  # noqa: E712
    if filters.tab == "today":
        query = query.where(Order.ship_by < (filters.due_before or clock.now()))
    if filters.tab == "cancel":
        query = query.where(Order.cancel_requested == True)  # noqa: E712
    if filters.tab == "shipped":
        query = query.where(Order.status == "SHIPPED")
    return query


def _one_of(column: Any, values: tuple, *, walks: bool, is_beside: bool = False) -> Any:
    if len(values) == 1:
        return beside_index(column, is_beside) == values[0]
    return peewee.Expression(beside_index(column, walks), peewee.OP.IN, list(values))


# Search


def _found(reach: Any, text: str) -> list[int]:
    """Orders whose id or one of whose SKUs is or begins with the text: the newest of them, no more than a count shows."""
    text = text.strip()[:MOST_SEARCH]
    if len(text) < LEAST_SEARCH:
        return []
    found: list[Any] = []
    if ORDER_ID.match(text):
        stores = reach.by_permission.get("orders.view")
        ids = sorted(stores) if stores is not None else [store.id for store in Store.of_team(reach.team)]
        query = Order.select(Order.id).where(Order.store.in_(ids), begins(Order.order_id, text))
        found += [row[0] for row in raw_rows(query.limit(COUNT_LIMIT))]
    lines = OrderLine.select(OrderLine.order).where(OrderLine.team == reach.team_id, begins(OrderLine.sku, text))
    found += [row[0] for row in raw_rows(lines.order_by(OrderLine.order.desc()).limit(COUNT_LIMIT))]
    return list(dict.fromkeys(found))


# Days


def end_of_today(zone: str) -> datetime:
    """The next midnight on the wall clock of a zone, as UTC."""
    return midnight(clock.local(clock.now(), zone).date() + timedelta(days=1), zone)


def midnight(day: date, zone: str) -> datetime:
    """The beginning of a day in a zone, as naive UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def period(name: str, zone: str, first: date | None = None, last: date | None = None) -> tuple[Any, Any]:
    """(since, until) of a preset ("today", "7", "30") or of two days, both counted in."""
    if name in PERIODS:
        return midnight(clock.local(clock.now(), zone).date() - timedelta(days=PERIODS[name] - 1), zone), None
    since = midnight(first, zone) if first else None
    return since, midnight(last + timedelta(days=1), zone) if last else None
