"""The list's queries: they find what the filters say, and each walks an index."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from models.orders import listing
from models.orders.ingest import keep
from models.orders.listing import Filters, find
from models.orders.order import Order
from models.support.bulk import update_rows
from models.support.db import db
from tests.orders.conftest import DE, UK, make_store, snapshot

STATUSES = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "PENDING", "CANCELLED")


@pytest.fixture
def reach(lotus):
    """Somebody who may see all orders of lotus."""
    return SimpleNamespace(team=lotus, team_id=lotus.id, by_permission={"orders.view": None})


@pytest.fixture
def many(lotus, store, rival_store):
    """Two stores' orders of many kinds, and a rival's."""
    rng = random.Random(5)
    for place, shop in enumerate((store, make_store(lotus, "Lotus Two"), rival_store)):
        keep(shop, [
            snapshot(place * 1000 + n, age_days=rng.random() * 20, status=rng.choice(STATUSES), market=rng.choice((DE, UK)),
                     ours=rng.random() < 0.7, amount=str(rng.choice((5, 5, 20, 99))), skus=(f"SKU-{rng.randrange(9)}", "CUP-1"))
            for n in range(160)
        ])  # fmt: skip
    return list(Order.select().where(Order.team == lotus))


def walk(reach: Any, filters: Filters, size: int = 23) -> list[int]:
    """All pages, forwards; the way back must be the same."""
    seen: list[list[int]] = []
    after = ""
    while True:
        page = find(reach, filters, after=after, size=size).page
        seen.append([order.id for order in page])
        if not page.next_key:
            break
        after = page.next_key
    back = [seen[-1]]
    while page.previous_key:
        page = find(reach, filters, before=page.previous_key, size=size).page
        back.insert(0, [order.id for order in page])
    assert back == seen
    return [order_id for part in seen for order_id in part]


CASES = {
    "all": (Filters(), lambda o: True),
    "one store": (Filters(stores=(1,)), lambda o: o.store_id == 1),
    "two stores": (Filters(stores=(1, 3)), lambda o: o.store_id in (1, 3)),
    "marketplace": (Filters(marketplaces=(UK,)), lambda o: o.marketplace_id == UK),
    "two states": (Filters(statuses=("SHIPPED", "PENDING")), lambda o: o.status in ("SHIPPED", "PENDING")),
    "state and place": (Filters(statuses=("SHIPPED",), marketplaces=(DE,)), lambda o: o.status == "SHIPPED" and o.marketplace_id == DE),
    "ours": (Filters(fulfilled_by="MERCHANT"), lambda o: o.fulfilled_by == "MERCHANT"),
    "to ship": (Filters(tab="to_ship"), lambda o: o.fulfilled_by == "MERCHANT" and o.status in ("UNSHIPPED", "PARTIALLY_SHIPPED")),
    "sku": (Filters(text="SKU-3"), lambda o: o.first_sku == "SKU-3"),
    "sku beginning": (Filters(text="SKU"), lambda o: True),
    "a wildcard is no wildcard": (Filters(text="SK%"), lambda o: False),
    "order": (Filters(text="302-0000007-7654321"), lambda o: o.order_id == "302-0000007-7654321"),
}  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("sort", ["", "date", "-total", "total"])
def test_every_filter_finds_what_it_says_on_every_page_in_order(many, reach, sort):
    orders = {order.id: order for order in many}
    stores = sorted({order.store_id for order in many})
    for name, (filters, fits) in CASES.items():
        filters = replace(filters, sort=sort, stores=tuple(stores[0] if n == 1 else stores[1] for n in filters.stores))
        chosen = set(filters.stores)
        wanted = {o.id for o in many if (o.store_id in chosen if chosen else fits(o))}
        found = walk(reach, filters)
        assert set(found) == wanted and len(found) == len(wanted), name
        key = {"": lambda o: (o.ordered_at, o.id), "total": lambda o: (o.total_minor, o.id)}[
            sort.strip("-") if "total" in sort else ""
        ]
        assert found == sorted(found, key=lambda n: key(orders[n]), reverse=sort in ("", "-total")), name
        assert find(reach, filters).count == len(wanted), name


@pytest.mark.both
def test_ship_today_is_sorted_by_how_urgent_it_is(many, reach):
    due = max(o.ship_by for o in many)
    found = [order.ship_by for order in find(reach, Filters(tab="today", due_before=due), size=500).page]
    assert found and found == sorted(found)


@pytest.mark.both
def test_a_person_with_some_stores_finds_only_theirs(many, reach):
    mine = min(order.store_id for order in many)
    few = SimpleNamespace(team=reach.team, team_id=reach.team_id, by_permission={"orders.view": frozenset([mine])})
    assert {order.store_id for order in find(few, Filters(), size=500).page} == {mine}
    assert {order.store_id for order in find(few, Filters(text="SKU"), size=500).page} == {mine}
    assert find(few, Filters(text=next(o.order_id for o in many if o.store_id != mine))).count == 0
    nobody = SimpleNamespace(team=reach.team, team_id=reach.team_id, by_permission={})
    assert find(nobody, Filters()).count == 0


def test_the_counts_of_the_tabs_count_what_waits_for_us(many, reach):
    waiting = [order for order in many if order.awaits_shipment]
    due = sorted(order.ship_by for order in waiting)[10]
    counts = listing.waiting(reach, due)
    assert (counts.to_ship, counts.today, counts.cancel) == (len(waiting), 10, 0)


def test_a_count_stops_at_ten_thousand(store, reach):
    keep(store, [snapshot(n, ours=False) for n in range(3)])
    assert find(reach, Filters()).count == 3
    one = Order.get()
    rows = [{**one.__data__, "id": None, "uid": f"{n:032x}", "order_id": f"x{n}"} for n in range(10_050)]
    for start in range(0, len(rows), 500):
        Order.insert_many([{k: v for k, v in row.items() if k != "id"} for row in rows[start : start + 500]]).execute()
    assert find(reach, Filters()).count == 10_001


# Plans


def plan(query: Any) -> list[str]:
    sql, params = query.sql()
    return [row[3] for row in db.execute_sql("EXPLAIN QUERY PLAN " + sql, params).fetchall()]


OFFERED = [
    Filters(tab=tab, statuses=statuses, marketplaces=markets, stores=stores, fulfilled_by=by, sort=sort)
    for tab, statuses, markets, stores, by, sort in itertools.product(
        ("all", "shipped"), ((), ("SHIPPED",), ("SHIPPED", "PENDING")), ((), (DE,), (DE, UK)), ((), (1,), (1, 2)), ("", "MERCHANT"),
        ("", "date", "-total", "total"),
    )
]  # fmt: skip


@pytest.mark.sqlite
@pytest.mark.parametrize("period", [False, True])
def test_every_list_on_offer_walks_an_index_and_sorts_nothing(many, reach, period, monkeypatch):
    plans: list[tuple[Filters, list[str]]] = []
    true = listing.page_of

    def explained(query: Any, sorting: Any, **rest: Any) -> Any:
        columns = [column.desc() if sorting.descending else column.asc() for column in sorting.columns]
        plans.append((current, plan(query.order_by(*columns).limit(51))))
        return true(query, sorting, **rest)

    monkeypatch.setattr(listing, "page_of", explained)
    for current in OFFERED:
        if period:
            current = replace(current, since=datetime(2026, 1, 1), until=datetime(2026, 12, 1))
        find(reach, current, size=5)
    assert len(plans) == len(OFFERED)
    for filters, steps in plans:
        assert all("USE TEMP B-TREE" not in step for step in steps), (filters, steps)
        assert all(step.startswith("SEARCH") and "INDEX" in step for step in steps), (filters, steps)


@pytest.mark.sqlite
def test_the_small_lists_of_what_waits_are_found_by_their_own_index(many, reach):
    for tab in ("to_ship", "today", "cancel"):
        query = listing._matching(
            reach, Filters(tab=tab, due_before=datetime(2027, 1, 1)), None, Order.select(Order.id), walks=True
        )
        assert any("awaits_shipment" in step for step in plan(query)), tab


@pytest.mark.sqlite
def test_a_search_and_the_purge_use_indexes(many, reach, lotus, monkeypatch):
    seen: list[list[str]] = []
    true = db.obj.execute_sql

    def watched(sql: str, params: Any = None, *rest: Any) -> Any:
        if sql.startswith("SELECT") and "EXPLAIN" not in sql:
            seen.append([row[3] for row in true("EXPLAIN QUERY PLAN " + sql, params).fetchall()])
        return true(sql, params, *rest)

    monkeypatch.setattr(db.obj, "execute_sql", watched)
    find(reach, Filters(text="302-0000007-7654321"))
    find(reach, Filters(text="SKU-3"))
    listing.waiting(reach, datetime(2027, 1, 1))
    assert any("COVERING INDEX order_waiting" in step for step in seen[-1]), "not a row of what waits is looked at"
    from models.orders import purge

    purge.due_count()
    purge.oldest_beyond_limit()
    purge.oldest_beyond_limit(lotus)
    assert any("order_due" in step for step in seen[-1]), (
        "the banner stands on every page: it looks at what is due, not at all orders"
    )
    list(purge._due_batches())
    scans = [step for steps in seen for step in steps if step.startswith("SCAN") and "json_each" not in step and "store" not in step
             and "counted" not in step and "CONSTANT" not in step and "SUBQUERY" not in step]  # fmt: skip
    assert len(seen) >= 8 and not scans, scans


# Days


def test_a_day_begins_at_midnight_of_the_team(clock):
    clock.move(to=datetime(2026, 3, 29, 1, 30))  # Berlin puts its clocks forward in half an hour.
    assert listing.midnight(date(2026, 3, 29), "Europe/Berlin") == datetime(2026, 3, 28, 23)
    assert listing.end_of_today("Europe/Berlin") == datetime(2026, 3, 29, 22), "a day of 23 hours"
    assert listing.end_of_today("Asia/Shanghai") == datetime(2026, 3, 29, 16)
    assert listing.period("today", "Asia/Shanghai") == (datetime(2026, 3, 28, 16), None)
    assert listing.period("7", "Asia/Shanghai") == (datetime(2026, 3, 22, 16), None)
    assert listing.period("", "UTC", date(2026, 3, 1), date(2026, 3, 2)) == (datetime(2026, 3, 1), datetime(2026, 3, 3))
    assert listing.period("", "UTC") == (None, None)


def test_rows_written_in_bulk_obey_the_databases_rules(store):
    keep(store, [snapshot(1)])
    import peewee

    with pytest.raises(peewee.IntegrityError), db.atomic():
        update_rows(Order, ("buyer_state",), [("sold", Order.get().id)])
    assert Order.get().created_at > datetime.now() - timedelta(days=2)
