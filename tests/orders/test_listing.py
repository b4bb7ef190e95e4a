"""The list's queries: they find what the filters say, and each walks an index."""

from __future__ import annotations

import itertools
import random
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from models.lists import days, list_of
from models.lists.viewer import Viewer
from models.orders import listing
from models.orders.ingest import keep
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.support.bulk import update_rows
from models.support.db import db
from tests.orders.conftest import DE, UK, make_store, snapshot

STATUSES = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "PENDING", "CANCELLED")


def find(reach: Any, query: str = "", **more: Any) -> Any:
    viewer = Viewer(reach)
    return ORDERS.find(viewer, ORDERS.asked(query, viewer), **more)


@pytest.fixture
def reach(lotus):
    """Somebody who may see all orders of lotus."""
    return SimpleNamespace(
        team=lotus, team_id=lotus.id, person=SimpleNamespace(id=1), by_permission={"orders.view": None}
    )


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


def walk(reach: Any, query: str, size: int = 23) -> list[int]:
    """All pages, forwards; the way back must be the same."""
    seen: list[list[int]] = []
    after = ""
    while True:
        page = find(reach, query, after=after, size=size).page
        seen.append([order.id for order in page])
        if not page.next_key:
            break
        after = page.next_key
    back = [seen[-1]]
    while page.previous_key:
        page = find(reach, query, before=page.previous_key, size=size).page
        back.insert(0, [order.id for order in page])
    assert back == seen
    return [order_id for part in seen for order_id in part]


CASES = {
    "": lambda o: True,
    "market=UK": lambda o: o.marketplace_id == UK,
    "status=SHIPPED&status=PENDING": lambda o: o.status in ("SHIPPED", "PENDING"),
    "status=SHIPPED&market=DE": lambda o: o.status == "SHIPPED" and o.marketplace_id == DE,
    "by=MERCHANT": lambda o: o.fulfilled_by == "MERCHANT",
    "waiting=to_ship": lambda o: o.fulfilled_by == "MERCHANT" and o.status in ("UNSHIPPED", "PARTIALLY_SHIPPED"),
    "q=SKU-3": lambda o: o.first_sku == "SKU-3",
    "q=SKU": lambda o: True,
    "q=SK%25": lambda o: False,
    "q=302-0000007-7654321": lambda o: o.order_id == "302-0000007-7654321",
    "total_least=10&total_most=25.50&total_in=EUR": lambda o: o.currency == "EUR" and 1000 <= o.total_minor <= 2550,
    "units_least=2": lambda o: o.unit_count >= 2,
    "status=nonsense&by=me&market=XX&total_least=5&sort=up&ordered=soon": lambda o: True,
}


@pytest.mark.both
@pytest.mark.parametrize("sort", ["", "date", "-total", "total"])
def test_every_filter_finds_what_it_says_on_every_page_in_order(many, reach, sort):
    orders = {order.id: order for order in many}
    stores = {str(order.store.uid): order.store_id for order in many}
    one, two = list(stores)[:2]
    by_store = {
        f"store={one}": lambda o: o.store_id == stores[one],
        f"store={one}&store={two}": lambda o: o.store_id in (stores[one], stores[two]),
    }
    for query, fits in {**CASES, **by_store}.items():
        query = query if "sort=" in query else f"{query}&sort={sort}"
        wanted = {o.id for o in many if fits(o)}
        found = walk(reach, query)
        assert set(found) == wanted and len(found) == len(wanted), query
        key = {"": lambda o: (o.ordered_at, o.id), "total": lambda o: (o.total_minor, o.id)}[
            sort.strip("-") if "total" in sort and "sort=up" not in query else ""
        ]
        descending = "sort=up" in query or sort in ("", "-total")
        assert found == sorted(found, key=lambda n: key(orders[n]), reverse=descending), query
        assert find(reach, query).count == len(wanted), query


@pytest.mark.both
def test_days_are_those_of_the_viewers_clock(many, reach):
    day = max(o.ordered_at for o in many).date()
    for zone in ("UTC", "Asia/Shanghai", "America/Los_Angeles"):
        viewer = Viewer(reach, zone)
        shown = ORDERS.find(viewer, ORDERS.asked(f"ordered_from={day}&ordered_to={day}", viewer), size=500)
        since, until = days.period("", zone, day, day)
        assert {o.id for o in shown.page} == {o.id for o in many if since <= o.ordered_at < until}


@pytest.mark.both
def test_ship_today_is_sorted_by_how_urgent_it_is(many, reach, clock):
    clock.move(to=max(o.ship_by for o in many) + timedelta(days=1))
    found = [order.ship_by for order in find(reach, "waiting=today&sort=ship_by", size=500).page]
    assert found and found == sorted(found)
    anywhere = Viewer(reach)
    assert ORDERS.asked("sort=ship_by", anywhere).sort == "", "only there every order has a promised day"


@pytest.mark.both
def test_late_is_what_was_promised_before_now_the_latest_first(many, reach, clock):
    promised = sorted(order.ship_by for order in many if order.awaits_shipment)
    clock.move(to=promised[len(promised) // 2])
    found = [order.ship_by for order in find(reach, "waiting=late&sort=ship_by", size=500).page]
    assert found == [moment for moment in promised if moment < promised[len(promised) // 2]] and found
    assert len(found) == listing.waiting(reach, promised[len(promised) // 2]).today, "the first page counts the same"


@pytest.mark.both
def test_every_row_is_walked_once_for_an_export(many, reach, monkeypatch):
    monkeypatch.setattr(list_of, "AT_ONCE", 17)
    viewer = Viewer(reach)
    walked = [order.id for order in ORDERS.rows(viewer, ORDERS.asked("by=MERCHANT", viewer))]
    assert sorted(walked) == sorted(o.id for o in many if o.fulfilled_by == "MERCHANT") and len(set(walked)) == len(
        walked
    )


@pytest.mark.both
def test_a_person_with_some_stores_finds_only_theirs(many, reach):
    mine = min(order.store_id for order in many)
    few = SimpleNamespace(team=reach.team, team_id=reach.team_id, by_permission={"orders.view": frozenset([mine])})
    assert {order.store_id for order in find(few, size=500).page} == {mine}
    assert {order.store_id for order in find(few, "q=SKU", size=500).page} == {mine}
    assert find(few, "q=" + next(o.order_id for o in many if o.store_id != mine)).count == 0
    nobody = SimpleNamespace(team=reach.team, team_id=reach.team_id, by_permission={})
    assert find(nobody).count == 0


def test_the_counts_of_the_tabs_count_what_waits_for_us(many, reach):
    waiting = [order for order in many if order.awaits_shipment]
    due = sorted(order.ship_by for order in waiting)[10]
    counts = listing.waiting(reach, due)
    assert (counts.to_ship, counts.today, counts.cancel) == (len(waiting), 10, 0)


def test_a_count_stops_at_ten_thousand(store, reach):
    keep(store, [snapshot(n, ours=False) for n in range(3)])
    assert find(reach).count == 3
    one = Order.get()
    rows = [{**one.__data__, "id": None, "uid": f"{n:032x}", "order_id": f"x{n}"} for n in range(10_050)]
    for start in range(0, len(rows), 500):
        Order.insert_many([{k: v for k, v in row.items() if k != "id"} for row in rows[start : start + 500]]).execute()
    assert find(reach).count == 10_001


# Plans


def plan(query: Any) -> list[str]:
    sql, params = query.sql()
    return [row[3] for row in db.execute_sql("EXPLAIN QUERY PLAN " + sql, params).fetchall()]


OFFERED = [
    "&".join(part for part in parts if part)
    for parts in itertools.product(
        ("", "status=SHIPPED", "status=SHIPPED&status=PENDING"), ("", "market=DE", "market=DE&market=UK"), ("", "store=0", "store=0&store=1"),
        ("", "by=MERCHANT"), ("", "ordered_from=2026-01-01&ordered_to=2026-12-01"), ("", "sort=date", "sort=-total", "sort=total"),
    )
]  # fmt: skip
OFFERED += ["care=nobody", "care=held", "care=mine", "kind=p", "kind=b&kind=g", "care=held&store=0", "kind=p&market=DE"]


@pytest.mark.sqlite
def test_every_list_on_offer_walks_an_index_and_sorts_nothing(many, reach, monkeypatch):
    stores = sorted({str(order.store.uid) for order in many})
    plans: list[tuple[str, list[str]]] = []
    true = list_of.page_of

    def explained(query: Any, sorting: Any, **rest: Any) -> Any:
        columns = [column.desc() if sorting.descending else column.asc() for column in sorting.columns]
        plans.append((current, plan(query.whole().order_by(*columns).limit(51))))
        return true(query, sorting, **rest)

    monkeypatch.setattr(list_of, "page_of", explained)
    for current in OFFERED:
        for number, uid in enumerate(stores):
            current = current.replace(f"store={number}", f"store={uid}")
        find(reach, current, size=5)
    assert len(plans) == len(OFFERED)
    for query, steps in plans:
        assert all("USE TEMP B-TREE" not in step for step in steps), (query, steps)
        assert all(step.startswith("SEARCH") and "INDEX" in step for step in steps), (query, steps)


@pytest.mark.sqlite
def test_the_small_lists_of_what_waits_are_found_by_their_own_index(many, reach):
    for case in ("to_ship", "today", "cancel"):
        viewer = Viewer(reach)
        query = ORDERS.walk(viewer, ORDERS.asked(f"waiting={case}", viewer))
        assert any("awaits_shipment" in step or "order_waiting" in step for step in plan(query)), case


@pytest.mark.sqlite
def test_a_search_and_the_purge_use_indexes(many, reach, lotus, monkeypatch):
    seen: list[list[str]] = []
    true = db.obj.execute_sql

    def watched(sql: str, params: Any = None, *rest: Any) -> Any:
        if sql.startswith("SELECT") and "EXPLAIN" not in sql:
            seen.append([row[3] for row in true("EXPLAIN QUERY PLAN " + sql, params).fetchall()])
        return true(sql, params, *rest)

    monkeypatch.setattr(db.obj, "execute_sql", watched)
    find(reach, "q=302-0000007-7654321")
    find(reach, "q=SKU-3")
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
    scans = [step for steps in seen for step in steps if step.startswith("SCAN") and "json_each" not in step and "VIRTUAL TABLE INDEX" not in step and "store" not in step
             and "counted" not in step and "CONSTANT" not in step and "SUBQUERY" not in step]  # fmt: skip
    assert len(seen) >= 8 and not scans, scans


@pytest.mark.sqlite
@pytest.mark.parametrize("query", ["q=302-0000007-7654321", "q=SKU-3&sort=-total", "q=SKU-3&status=SHIPPED&market=DE"])
def test_few_that_a_search_found_are_looked_up_and_no_index_is_walked_for_them(many, reach, query):
    for sort in (None, "-date"):
        viewer = Viewer(reach)
        asked = ORDERS.asked(query, viewer)
        steps = plan(ORDERS.narrowed(viewer, asked, Order.select(Order.id), sort))
        assert any("USING INTEGER PRIMARY KEY" in step for step in steps), (sort, steps)


@pytest.mark.sqlite
def test_many_that_a_search_found_are_met_along_the_index_of_the_sort(many, reach, monkeypatch):
    monkeypatch.setattr(list_of, "FEW", 0)
    viewer = Viewer(reach)
    query = ORDERS.walk(viewer, ORDERS.asked("q=SKU-3", viewer)).order_by(Order.ordered_at.desc(), Order.id.desc())
    assert any("order_team_id_ordered_at_id" in step for step in plan(query.limit(51)))


@pytest.mark.parametrize("query", ["q=SKU-3", "q=SKU", "q=SKU-3&status=SHIPPED", "q=nothing-like-it"])
def test_the_count_of_a_search_is_that_of_its_rows(many, reach, query):
    shown = find(reach, query, size=1000)
    assert shown.count == len(shown.page)


# Days


def test_a_day_begins_at_midnight_of_the_team(clock):
    clock.move(to=datetime(2026, 3, 29, 1, 30))  # Berlin puts its clocks forward in half an hour.
    assert days.midnight(date(2026, 3, 29), "Europe/Berlin") == datetime(2026, 3, 28, 23)
    assert days.end_of_today("Europe/Berlin") == datetime(2026, 3, 29, 22), "a day of 23 hours"
    assert days.end_of_today("Asia/Shanghai") == datetime(2026, 3, 29, 16)
    assert days.period("today", "Asia/Shanghai") == (datetime(2026, 3, 28, 16), None)
    assert days.period("7", "Asia/Shanghai") == (datetime(2026, 3, 22, 16), None)
    assert days.period("", "UTC", date(2026, 3, 1), date(2026, 3, 2)) == (datetime(2026, 3, 1), datetime(2026, 3, 3))
    assert days.period("", "UTC") == (None, None)


def test_rows_written_in_bulk_obey_the_databases_rules(store):
    keep(store, [snapshot(1)])
    import peewee

    with pytest.raises(peewee.IntegrityError), db.atomic():
        update_rows(Order, ("buyer_state",), [("sold", Order.get().id)])
    assert Order.get().created_at > datetime.now() - timedelta(days=2)
