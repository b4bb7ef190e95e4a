"""The pages of orders: who may see them, what they say, what they cost."""

from __future__ import annotations

import uuid

import pytest

from integrations.amazon.mapping.orders import order as mapped
from models.orders.ingest import keep
from models.orders.order import Order
from models.orders.purge import purge
from models.orders.refetch import OrderRefetch
from models.stores.sync import Sync
from models.support.db import db
from models.support.job_run import JobRun, JobWake
from models.support.words import say
from models.vault.data_key import keys_db
from tests.orders.conftest import UK, payload, snapshot

LIST = "/t/lotus/orders/"


def routes(order: Order) -> list[tuple[str, str]]:
    one = f"{LIST}{order.uid}"
    return [("GET", LIST), ("GET", one), ("GET", f"{one}/fetches"), ("POST", f"{one}/fetches"), ("POST", f"{one}/reveals"),
            ("POST", f"{LIST}fetches"), ("GET", f"{LIST}fetches"), ("GET", f"{LIST}tags"), ("POST", f"{LIST}tags"),
            ("GET", f"{one}/others"),
            *(("POST", f"{one}/{act}") for act in ("hold", "release", "assignment", "notes", "tags"))]  # fmt: skip


def test_a_stranger_gets_nothing_anywhere(order, as_, charlie, olga, visitor):
    for method, path in routes(order):
        for person in (charlie, olga):
            answer = as_(person).open(path, method=method, data={"reason": "Let me see"})
            assert answer.status_code == 404, (person.login, method, path)
            assert order.order_id not in answer.text
        assert visitor.open(path, method=method).status_code in (303, 401)


def test_a_strangers_own_team_does_not_lead_to_an_order_of_another(order, as_, charlie):
    for method, path in routes(order):
        if str(order.uid) in path:
            mine = path.replace("/t/lotus/", "/t/comet/")
            assert as_(charlie).open(mine, method=method, data={"reason": "Let me see"}).status_code == 404
    assert order.order_id not in as_(charlie).get("/t/comet/orders/").text
    assert numbers_in(as_(charlie).get(f"/t/comet/orders/?q={order.order_id}").text) == []
    assert order.order_id not in as_(charlie).get(f"/t/comet/orders/?store={order.store.uid}").text


def test_who_lists_products_sees_no_orders(order, as_, bob):
    for method, path in routes(order):
        assert as_(bob).open(path, method=method, data={"reason": "Let me see"}).status_code == 403, (method, path)


def test_an_order_that_does_not_exist_is_a_404(as_, alice, store):
    assert as_(alice).get(f"{LIST}{uuid.uuid4()}").status_code == 404


def test_the_list_shows_orders_newest_first(order_of, as_, alice):
    for number in (1, 2, 3):
        order_of(number, age_days=number)
    text = as_(alice).get(LIST).text
    places = [text.index(f"302-000000{number}-") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert "€24.90" in text and "Unshipped" in text and "Cup CUP-1" in text


def test_a_page_leads_to_the_next_and_back(store, as_, alice):
    keep(store, [snapshot(n, age_days=1 + n / 100) for n in range(120)])
    seen, url = [], LIST
    for _ in range(3):
        text = as_(alice).get(url).text
        seen += numbers_in(text)
        if 'rel="next"' not in text:
            break
        url = link(text, "next")
    assert seen == list(range(120))
    text = as_(alice).get(link(text, "prev")).text
    assert numbers_in(text) == list(range(50, 100))


def numbers_in(text: str) -> list[int]:
    import re

    return [int(number) for number in re.findall(r'data-copy="302-(\d{7})-', text)]


def link(text: str, rel: str) -> str:
    import html
    import re

    return html.unescape(re.search(rf'href="([^"]+)" rel="{rel}"', text).group(1))


def test_filters_stand_in_the_address_and_find_what_they_say(store, lotus, as_, alice):
    keep(store, [
        snapshot(1), snapshot(2, status="SHIPPED"), snapshot(3, market=UK), snapshot(4, ours=False, status="SHIPPED"),
        snapshot(5, age_days=20, skus=("MUG-77", "CUP-1")), snapshot(6, status="CANCELLED", amount="99.00"),
    ])  # fmt: skip
    found = {
        "": {1, 2, 3, 4, 5, 6}, "?status=SHIPPED": {2, 4}, "?status=SHIPPED&status=CANCELLED": {2, 4, 6}, "?market=UK": {3},
        "?by=AMAZON": {4}, "?ordered=7": {1, 2, 3, 4, 6}, f"?store={store.uid}": {1, 2, 3, 4, 5, 6}, "?q=MUG": {5}, "?q=MUG-77": {5},
        "?q=302-0000003-7654321": {3}, "?q=302-000000": {1, 2, 3, 4, 5, 6}, "?q=zzz": set(), "?q=nothing": set(),
        "?waiting=to_ship": {1, 3, 5}, "?status=SHIPPED&view=all": {2, 4}, "?waiting=to_ship&market=UK": {3}, "?status=nonsense&by=me&sort=up": {1, 2, 3, 4, 5, 6},
        "?ordered=today": set(), "?ordered_from=x&ordered_to=9999-12-31": {1, 2, 3, 4, 5, 6},
    }  # fmt: skip
    for query, numbers in found.items():
        assert set(numbers_in(as_(alice).get(LIST + query).text)) == numbers, query
    assert numbers_in(as_(alice).get(LIST + "?sort=-total").text)[0] == 6


def test_ship_today_is_what_is_promised_before_midnight_of_the_person(store, lotus, as_, alice, clock):
    keep(store, [snapshot(1, age_days=1.99), snapshot(2, age_days=3), snapshot(3, age_days=0)])
    assert numbers_in(as_(alice).get(LIST + "?waiting=today&sort=ship_by").text) == [2, 1], "the latest first"


def test_the_first_page_leads_to_exactly_the_orders_it_calls_late(store, as_, alice, clock):
    keep(store, [snapshot(1, age_days=3), snapshot(2, age_days=0)])
    page = as_(alice).get("/t/lotus/").text
    assert "Late orders" in page and "orders/?waiting=late&amp;sort=ship_by" in page
    assert numbers_in(as_(alice).get(LIST + "?waiting=late&sort=ship_by").text) == [1]


def test_a_buyer_who_wants_to_cancel_has_a_tab_and_a_warning(store, as_, alice):
    told = payload(1)
    told["orderItems"][0]["cancellation"] = {
        "cancellationRequest": {"requester": "BUYER", "cancelReason": "Found cheaper"}
    }
    keep(store, [mapped(told), snapshot(2)])
    assert numbers_in(as_(alice).get(LIST + "?waiting=cancel").text) == [1]
    text = as_(alice).get(f"{LIST}{Order.get(Order.cancel_requested).uid}").text
    assert "wants to cancel" in text and "Found cheaper" in text


def test_the_page_of_an_order_tells_money_promises_packages_and_its_story(store, as_, alice):
    from tests.orders.conftest import later

    told = payload(1, skus=("CUP-1", "CUP-2"))
    keep(store, [mapped(told)])
    shipped = later(told, 60, fulfillmentStatus="SHIPPED") | {"packages": payload(1, package="IN_TRANSIT")["packages"]}
    keep(store, [mapped(shipped)])
    text = as_(alice).get(f"{LIST}{Order.get().uid}").text
    for word in (
        "€12.45",
        "€24.90",
        "CUP-2",
        "Berlin",
        "00340434123456",
        "DHL",
        "In transit",
        "Ordered at Amazon",
        "Arrived in Portolan",
    ):
        assert word in text, word


def test_an_order_opens_in_the_drawer_too(order, as_, alice):
    answer = as_(alice).get(f"{LIST}{order.uid}", headers={"HX-Request": "true", "HX-Target": "drawer-content"})
    assert "drawer-head" in answer.text and "<html" not in answer.text


# When there is nothing


def test_three_kinds_of_nothing(lotus, as_, alice):
    from tests.orders.conftest import make_store

    assert "Connect a store to see its orders" in as_(alice).get(LIST).text
    store = make_store(lotus)
    assert "No orders yet" in as_(alice).get(LIST).text
    Sync.of(store, "orders.merchant").fail(say("Amazon has trouble on its side. Portolan tries again by itself."))
    text = as_(alice).get(LIST).text
    assert "could not be fetched" in text and "trouble on its side" in text
    assert "No order matches" in as_(alice).get(LIST + "?q=nothing").text
    assert "No order matches" in as_(alice).get(LIST + "?status=SHIPPED").text


# Acts


def test_fetch_now_wakes_the_poll_of_every_store(store, as_, alice):
    answer = as_(alice).post(LIST + "fetches")
    assert answer.status_code == 303
    assert [(wish.job, wish.scope) for wish in JobWake.select()] == [("orders.poll", str(store.uid))]


def test_one_order_is_asked_for_again_and_its_page_waits(order, as_, alice):
    answer = as_(alice).post(f"{LIST}{order.uid}/fetches", fragment=True)
    assert "every 2s" in answer.text
    assert OrderRefetch.of(order).is_waiting and JobWake.get().job == "orders.fetch"
    OrderRefetch.of(order).fail(say("Amazon does not know this order."))
    answer = as_(alice).get(f"{LIST}{order.uid}/fetches", fragment=True)
    assert "does not know" in answer.text and "every 2s" not in answer.text
    assert as_(alice).get(f"{LIST}{order.uid}/fetches").status_code == 303


def test_an_old_order_is_not_asked_for_again(order, as_, alice, clock):
    clock.move(days=31)
    assert as_(alice).post(f"{LIST}{order.uid}/fetches").status_code == 409


# Banners


def test_data_beyond_its_limit_is_a_banner_for_the_operator_and_for_the_boss_of_that_team(
    store, as_, alice, charlie, olga, clock
):
    keep(store, [snapshot(1, age_days=3, updated_minutes=4000, status="SHIPPED", package="DELIVERED")])
    clock.move(days=32)
    assert "2 days beyond" in as_(olga).get("/t/harbor/").text
    assert "2 days beyond" in as_(alice).get("/t/lotus/").text
    assert "beyond" not in as_(charlie).get("/t/comet/").text
    purge()
    assert "beyond" not in as_(olga).get("/t/harbor/").text


def test_a_purge_that_refused_tells_the_operator(portal, as_, olga, clock):
    run = JobRun.claim("retention.purge", "", clock.now())
    run.finish("failed", say("The clock shows a time before the last recorded event."))
    assert "before the last recorded event" in as_(olga).get("/t/harbor/").text


# What it costs


class Counted:
    """Queries made inside the block, per database."""

    def __enter__(self) -> Counted:
        self.statements: list[str] = []
        self.true = db.obj.execute_sql, keys_db.obj.execute_sql

        def counting(true):
            def execute(sql, *args, **kwargs):
                if not sql.upper().startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "PRAGMA")):
                    self.statements.append(sql)
                return true(sql, *args, **kwargs)

            return execute

        db.obj.execute_sql, keys_db.obj.execute_sql = (counting(true) for true in self.true)
        return self

    def __exit__(self, *_: object) -> None:
        del db.obj.execute_sql, keys_db.obj.execute_sql

    def of_orders(self) -> list[str]:
        """Those of the page itself: not the door's, not those of the navigation and the banners."""
        ours = (
            "order",
            "order_line",
            "order_package",
            "order_change",
            "order_refetch",
            "buyer",
            "sync",
            "event",
            "data_key",
        )
        made = [sql for sql in self.statements if any(f'FROM "{table}"' in sql for table in ours) and "MIN(" not in sql]
        return [f"{sql[:40]} … {sql[sql.find('FROM') :][:120]}" for sql in made]


@pytest.mark.parametrize(
    "query", ["", "?waiting=today&sort=ship_by", "?status=SHIPPED&market=DE&sort=-total", "?q=CUP-1"]
)
def test_a_list_page_costs_at_most_eight_queries_however_long_it_is(store, as_, alice, query):
    browser = as_(alice)
    costs = []
    for count in (1, 60):
        keep(store, [snapshot(n) for n in range(count)])
        browser.get(LIST + query)
        with Counted() as counted:
            assert browser.get(LIST + query).status_code == 200
        costs.append(len(counted.of_orders()))
    assert costs[0] == costs[1] <= 8 - 2, counted.of_orders()  # Two more: stores and marketplaces.
    assert len(counted.statements) <= 24, "door, navigation and banners included"


def test_the_page_of_an_order_costs_the_same_however_many_lines_it_has(order_of, as_, alice):
    costs = []
    for number, skus in ((1, ("A",)), (2, tuple("ABCDEFGHIJ"))):
        order = order_of(number, skus=skus, package="SHIPPED", status="SHIPPED")
        as_(alice).get(f"{LIST}{order.uid}")
        with Counted() as counted:
            as_(alice).get(f"{LIST}{order.uid}")
        costs.append(len(counted.of_orders()))
    assert costs[0] == costs[1] <= 9 + 3, counted.of_orders()  # Three more: the orders beside it, and its cases.
