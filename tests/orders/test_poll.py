"""Fetching orders from a sandbox Amazon over real HTTP."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.settings import PROJECT
from jobs import orders as job
from jobs.orders import FIRST_IMPORT, OVERLAP, window
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.orders.buyer import Buyer
from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.payload import OrderPayload
from models.orders.refetch import OrderRefetch
from models.orders.unread import UnreadOrder
from models.stores.store import Store
from models.stores.sync import Sync
from models.support import clock as the_clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.job_run import JobRun
from models.vault.data_key import DataKey


def poll(store: Store, name: str = "orders.poll") -> JobRun:
    """One run of the job, as the runner does it."""
    run = Runner(SCHEDULE, None).run(name, str(store.uid), the_clock.now())
    assert run is not None
    return run


def sync(store: Store, kind: str = "orders.merchant") -> Sync:
    return Sync.of(store, kind)


def world(store: Store) -> list[tuple[Any, ...]]:
    """All that a sync brings, in words that do not depend on when and how."""
    rows = []
    for order in Order.select().where(Order.store == store).order_by(Order.order_id):
        buyer = Buyer.of(order)
        lines = [
            (line.sku, line.quantity, line.total_minor, line.unseal("gift_message")) for line in OrderLine.of(order)
        ]
        rows.append((order.order_id, order.status, order.fulfilled_by, order.updated_at, order.total_minor, order.ship_country,
                     order.purge_at, tuple(lines), json.dumps(buyer.clear(), sort_keys=True) if buyer else None))  # fmt: skip
    return rows


def test_orders_arrive_with_the_buyers_of_those_we_ship_only(amazon, shop):
    ours = amazon.orders(6, fulfilled_by="MERCHANT", statuses=["UNSHIPPED", "SHIPPED"])
    theirs = amazon.orders(4, fulfilled_by="AMAZON", statuses=["SHIPPED"])
    run = poll(shop)
    assert (run.state, run.done) == ("done", 10)
    assert {order.order_id for order in Order.select()} == {*ours, *theirs}
    for order in Order.select():
        buyer = Buyer.of(order)
        if order.order_id in ours:
            assert buyer.clear()["name"] == amazon.true(order.order_id).buyer["buyerName"]
        else:
            assert buyer is None and order.buyer_state == "none"
    asked = amazon.asked()
    assert [request["query"]["fulfilledBy"] for request in asked] == ["MERCHANT", "AMAZON"]
    assert "RECIPIENT" in asked[0]["query"]["includedData"] and "RECIPIENT" not in asked[1]["query"]["includedData"]
    assert len(asked[0]["query"]["marketplaceIds"].split(",")) == 5, "all marketplaces of the region in one call"
    assert sync(shop).good_at and sync(shop, "orders.amazon").good_at and not sync(shop).problem


def test_the_first_import_reaches_30_days_back_and_later_ones_overlap(amazon, shop):
    amazon.orders(30, days=45, fulfilled_by="MERCHANT")
    poll(shop)
    assert Order.select().count() > 5
    assert min(order.ordered_at for order in Order.select()) >= the_clock.now() - FIRST_IMPORT
    amazon.wait(minutes=10)
    mark = sync(shop).watermark
    poll(shop)
    after = the_clock.parse_iso(amazon.asked()[-2]["query"]["lastUpdatedAfter"])
    assert after == mark - OVERLAP


def test_the_window_never_reaches_further_than_30_days(clock):
    now = clock.now()
    assert window(None, now) == now - timedelta(days=30)
    assert window(now - timedelta(days=90), now) == now - timedelta(days=30)
    assert window(now - timedelta(hours=1), now) == now - timedelta(hours=1, minutes=5)


def test_what_changes_at_amazon_changes_here(amazon, shop):
    (number,) = amazon.orders(1, fulfilled_by="MERCHANT", statuses=["UNSHIPPED"])
    poll(shop)
    amazon.act(number, "ship")
    amazon.wait(minutes=5)
    poll(shop)
    order = Order.get()
    assert order.status == "SHIPPED" and order.shipped_at is not None and not order.awaits_shipment
    amazon.wait(days=4, minutes=5)
    poll(shop)
    order = Order.get()
    assert order.delivered_at is not None
    assert order.purge_at == order.delivered_at + timedelta(days=23)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_every_page_boundary_the_end_is_the_same(amazon, shop, monkeypatch, when):
    monkeypatch.setattr(job, "PAGE_SIZE", 7)
    amazon.orders(30, days=20, fulfilled_by="MERCHANT")
    amazon.orders(9, days=20, fulfilled_by="AMAZON")
    poll(shop)
    uninterrupted, pages = world(shop), len(amazon.asked())
    assert pages >= 6
    true = job.keep
    for boundary in range(1, pages + 1):
        forget(shop)
        the_clock.move(seconds=1)
        monkeypatch.setattr(job, "keep", Deadly(true, boundary, when))
        run = JobRun.claim("orders.poll", str(shop.uid), the_clock.now())
        with pytest.raises(Killed):
            job.poll(run)
        run.change(lease_until=the_clock.ago(seconds=1))
        monkeypatch.setattr(job, "keep", true)
        before = len(amazon.asked())
        assert poll(shop).attempt == 2, "the same run goes on"
        assert world(shop) == uninterrupted
        assert sync(shop).watermark and sync(shop, "orders.amazon").watermark
        assert len(amazon.asked()) - before <= pages - boundary + 2, "no page is paid for twice"


class Killed(BaseException):
    """The process ends here."""


class Deadly:
    """Keeping the n-th page ends the process, before or after the page is kept."""

    def __init__(self, true: Any, left: int, when: str):
        self.true, self.left, self.when = true, left, when

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if not self.left and self.when == "before":
            raise Killed
        kept = self.true(*args, **kwargs)
        if not self.left:
            raise Killed
        return kept


@pytest.mark.slow
@pytest.mark.sqlite
def test_killed_for_real_again_and_again_nothing_is_lost_or_doubled(amazon, shop, portal):
    """Real processes, ended by SIGKILL somewhere in their work; the last one is left to finish."""
    ids = amazon.orders(700, days=20, fulfilled_by="MERCHANT")
    amazon.break_("slow", seconds=600, delay=0.05)
    rng, deaths = random.Random(4), 0
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "PORTOLAN_DATA": str(portal.data), "PORTOLAN_MODE": "test",
        "PORTOLAN_AMAZON_URL": amazon.handle.url,
    }  # fmt: skip
    command = [sys.executable, "-m", "commands", "job", "run", "orders.poll", "--store", str(shop.uid)]
    for attempt in range(24):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_a_run(process)
        try:
            process.wait(60 if attempt > 15 else rng.uniform(0, 0.35))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            deaths += 1
        with write_txn():
            JobRun.update(lease_until=datetime(2020, 1, 1), attempt=1).where(JobRun.state == "running").execute()
        if process.returncode == 0 and not sync(shop).page_token and sync(shop, "orders.amazon").watermark:
            break
    assert deaths >= 3 and process.returncode == 0
    kept = {order.order_id for order in Order.select()}
    assert kept <= set(ids) and len(kept) > 600 and Order.select().count() == len(kept)
    assert OrderLine.select().count() == sum(len(amazon.true(number).lines) for number in kept)
    for order in Order.select().where(Order.buyer_state == "held"):
        if buyer := Buyer.of(order):
            assert buyer.clear()["name"] == amazon.true(order.order_id).buyer["buyerName"]


def wait_for_a_run(process: subprocess.Popen) -> None:
    """Until the process has claimed its run, or ended."""
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        if JobRun.select().where(JobRun.state == "running", JobRun.lease_until > datetime(2021, 1, 1)).exists():
            return
        time.sleep(0.02)


def forget(store: Store) -> None:
    """As if nothing had ever been fetched."""
    for order in Order.select().where(Order.store == store):
        order.delete_instance(recursive=True)
    Sync.delete().where(Sync.store == store).execute()


def test_a_page_is_gone_on_with_and_not_begun_anew(amazon, shop, monkeypatch):
    monkeypatch.setattr(job, "PAGE_SIZE", 5)
    amazon.orders(12, days=5, fulfilled_by="MERCHANT")
    run = JobRun.claim("orders.poll", str(shop.uid), the_clock.now())
    calls = 0
    true = job.keep

    def third(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise RuntimeError
        return true(*args, **kwargs)

    monkeypatch.setattr(job, "keep", third)
    with pytest.raises(RuntimeError):
        job.poll(run)
    assert Order.select().count() == 10 and sync(shop).page_token and sync(shop).watermark is None
    before = len(amazon.asked())
    monkeypatch.setattr(job, "keep", true)
    job.poll(run)
    first = amazon.asked()[before:][1]  # The other pass had not begun, so it goes first.
    assert first["query"]["paginationToken"] == amazon.asked()[before - 1]["query"]["paginationToken"]
    assert Order.select().count() == 12 and not sync(shop).page_token and sync(shop).watermark


def test_a_token_that_died_begins_the_pass_anew_from_the_watermark(amazon, shop, monkeypatch):
    monkeypatch.setattr(job, "PAGE_SIZE", 5)
    amazon.orders(12, days=5, fulfilled_by="MERCHANT")
    sync(shop).change(page_token="nonsense", page_at=the_clock.now(),
                      page_query=json.dumps({"after": the_clock.iso(the_clock.ago(days=1)), "begun": the_clock.iso(the_clock.now()),
                                             "routine_after": the_clock.iso(the_clock.ago(days=1)), "marketplaces": []}))  # fmt: skip
    assert poll(shop).state == "done"
    assert Order.select().count() == 12, "from 30 days ago, not from where the dead token was"
    assert not sync(shop).problem
    sync(shop).change(page_token="old", page_at=the_clock.ago(hours=24))
    before = len(amazon.asked())
    amazon.wait(minutes=1)
    poll(shop)
    assert all(request["query"].get("paginationToken") != "old" for request in amazon.asked()[before:])


@pytest.mark.parametrize("kind", ["duplicate_page", "stale_order"])
def test_pages_that_come_twice_or_tell_old_things_end_the_same(amazon, shop, monkeypatch, kind):
    monkeypatch.setattr(job, "PAGE_SIZE", 4)
    amazon.orders(15, days=3, fulfilled_by="MERCHANT")
    poll(shop)
    true = world(shop)
    amazon.break_(kind, times=3)
    amazon.wait(minutes=1)
    for name in ("orders.merchant", "orders.amazon"):
        sync(shop, name).change(watermark=None)
    poll(shop)
    assert world(shop) == true
    forget(shop)
    amazon.break_(kind, times=2)
    poll(shop)
    amazon.mend()
    amazon.wait(minutes=1)
    for name in ("orders.merchant", "orders.amazon"):
        sync(shop, name).change(watermark=None)
    poll(shop)
    assert world(shop) == true


def test_an_answer_that_breaks_the_schema_loses_nothing(amazon, shop):
    ids = amazon.orders(12, days=3, fulfilled_by="MERCHANT", statuses=["UNSHIPPED", "SHIPPED"])
    for _ in range(4):  # The sandbox breaks answers in four ways, one after the other.
        amazon.break_("schema_break", times=2)
        assert poll(shop).state == "done"
        amazon.wait(minutes=1)
    amazon.mend()
    known = {order.order_id for order in Order.select()} | {unread.order_id for unread in UnreadOrder.select()}
    assert known >= set(ids)
    poll(shop)
    for name in ("orders.merchant", "orders.amazon"):
        sync(shop, name).change(watermark=None)
    amazon.wait(minutes=1)
    poll(shop)
    assert {order.order_id for order in Order.select()} == set(ids)


def test_a_payload_nobody_could_read_is_read_by_a_better_mapping(amazon, shop, monkeypatch):
    amazon.orders(3, fulfilled_by="MERCHANT", statuses=["UNSHIPPED"])
    true = job.mapping.order

    def worse(entry: Any) -> Any:
        raise job.Unreadable("order")

    monkeypatch.setattr(job.mapping, "order", worse)
    poll(shop)
    assert Order.select().count() == 0 and UnreadOrder.select().count() == 3
    assert "3" in str(sync(shop).problem_words), "a person sees it"
    assert DataKey.select().where(DataKey.subject.startswith("unread:"), DataKey.wrapped.is_null(False)).count() == 3
    monkeypatch.setattr(job.mapping, "order", true)
    job._tried.clear()
    amazon.wait(minutes=1)
    poll(shop)
    assert Order.select().count() == 3 and UnreadOrder.select().count() == 0
    assert Buyer.select().count() == 3
    assert not DataKey.select().where(DataKey.subject.startswith("unread:"), DataKey.wrapped.is_null(False)).exists()
    assert not sync(shop).problem


def test_a_denied_part_is_left_out_said_and_asked_for_again_later(amazon, shop):
    amazon.orders(3, fulfilled_by="MERCHANT", statuses=["UNSHIPPED"])
    amazon.break_("forbidden_part", seconds=3600)
    run = poll(shop)
    assert run.state == "done" and Order.select().count() == 3
    assert "RECIPIENT" in str(sync(shop).problem_words)
    assert [buyer.address for buyer in Buyer.select()] == [None] * 3, "the rest of the buyer came"
    before = len(amazon.asked())
    amazon.wait(minutes=6)
    poll(shop)
    asked = [r["query"]["includedData"] for r in amazon.asked()[before:] if r["query"]["fulfilledBy"] == "MERCHANT"]
    assert len(asked) == 1 and "RECIPIENT" not in asked[0], "not asked in vain every three minutes"
    amazon.mend()
    amazon.wait(hours=7)
    poll(shop)
    assert all(Buyer.of(order).clear()["address"]["city"] for order in Order.select())
    assert not sync(shop).problem
    amazon.wait(minutes=6)
    poll(shop)
    assert the_clock.parse_iso(amazon.asked()[-2]["query"]["lastUpdatedAfter"]) > the_clock.ago(hours=1)


def test_a_part_that_stays_denied_is_not_paid_for_with_every_page_again(amazon, shop, monkeypatch):
    monkeypatch.setattr(job, "PAGE_SIZE", 5)
    amazon.orders(20, days=5, fulfilled_by="MERCHANT", statuses=["SHIPPED"])
    amazon.break_("forbidden_part", seconds=3600)
    poll(shop)
    amazon.wait(hours=7)
    before = len(amazon.asked())
    poll(shop)
    mine = [r for r in amazon.asked()[before:] if r["query"]["fulfilledBy"] == "MERCHANT"]
    assert len([r for r in mine if r["status"] == 200]) == 1
    amazon.mend()
    amazon.wait(hours=7)
    poll(shop)
    assert all(buyer.address for buyer in Buyer.select()), "and yet nothing is forgotten"


def test_an_expired_token_is_renewed_within_the_run(amazon, shop):
    amazon.orders(3, fulfilled_by="MERCHANT")
    amazon.break_("expired_token", times=1)
    assert poll(shop).state == "done"
    assert Order.select().count() == 3 and shop.reload().is_active


def test_a_revoked_grant_stops_the_store_and_loses_nothing(amazon, shop):
    amazon.orders(3, fulfilled_by="MERCHANT")
    poll(shop)
    before = world(shop)
    amazon.control.post(f"/accounts/{amazon.seller.id}/revoke")
    amazon.wait(hours=2)
    poll(shop)
    assert shop.reload().state == "authorize_again"
    assert sync(shop).problem_words is not None and sync(shop).failures == 1
    assert world(shop) == before
    calls = len(amazon.asked())
    the_clock.move(minutes=3)
    poll(shop)
    assert len(amazon.asked()) == calls, "a store that lost its authorization is not asked for"


@pytest.mark.parametrize("kind", ["html_503", "empty_500", "reset", "truncated"])
def test_amazon_in_trouble_costs_nothing(amazon, shop, kind, monkeypatch):
    monkeypatch.setattr("random.uniform", lambda _a, _b: 0.0)
    amazon.orders(3, fulfilled_by="MERCHANT")
    amazon.break_(kind, times=2)
    assert poll(shop).state == "done"
    assert Order.select().count() == 3


def test_an_empty_bucket_ends_the_run_quietly_and_the_next_tick_goes_on(amazon, shop, monkeypatch):
    monkeypatch.setattr(job, "PAGE_SIZE", 2)
    amazon.orders(9, days=4, fulfilled_by="MERCHANT")
    poll_once_more = iter(range(100))

    def take(_self: Any, operation: str, rate: float, burst: int) -> float:
        return 0.0 if next(poll_once_more) % 3 else 170.0

    monkeypatch.setattr("models.stores.rate_bucket.StoreThrottle.take", take)
    for _ in range(8):
        assert poll(shop).state == "done"
        amazon.wait(minutes=3)
    assert Order.select().count() == 9
    assert not sync(shop).problem and not sync(shop).failures


def test_with_a_low_bucket_the_passes_take_turns(amazon, shop):
    poll(shop)
    from models.stores.rate_bucket import RateBucket

    assert len(job.turns(shop)) == 2
    RateBucket.update(rate=0.0056, full_at=the_clock.ahead(hours=2)).where(
        RateBucket.operation == "searchOrders"
    ).execute()
    first = job.turns(shop)
    assert len(first) == 1
    sync(shop, first[0].kind).change(page_at=the_clock.ahead(seconds=1))
    assert job.turns(shop) != first


def test_two_pollers_at_once_fetch_everything_once(amazon, shop, in_parallel):
    amazon.orders(25, days=4, fulfilled_by="MERCHANT")
    outcomes = in_parallel(4, lambda: Runner(SCHEDULE, None).run("orders.poll", str(shop.uid), the_clock.now()))
    assert not outcomes.errors
    assert Order.select().count() == len({order.order_id for order in Order.select()}) > 20


def test_a_store_disconnected_meanwhile_is_left_alone(amazon, shop, monkeypatch):
    monkeypatch.setattr(job, "PAGE_SIZE", 3)
    amazon.orders(9, days=4, fulfilled_by="MERCHANT")
    true = job.keep

    def keep_and_disconnect(*args: Any, **kwargs: Any) -> Any:
        kept = true(*args, **kwargs)
        if shop.reload().is_active:
            shop.disconnect()
        return kept

    monkeypatch.setattr(job, "keep", keep_and_disconnect)
    assert poll(shop).state == "done"
    assert len(amazon.asked()) == 1


# Single orders


def test_one_order_is_fetched_again_when_a_person_asks(amazon, shop, alice):
    (number,) = amazon.orders(1, fulfilled_by="MERCHANT", statuses=["UNSHIPPED"])
    poll(shop)
    amazon.act(number, "ship")
    order = Order.get()
    OrderRefetch.ask(order, by=alice)
    assert list(job.waiting_stores()) == [str(shop.uid)]
    poll(shop, "orders.fetch")
    assert Order.get().status == "SHIPPED"
    assert OrderRefetch.select().count() == 0


def test_an_order_that_amazon_does_not_know_says_so(amazon, shop, alice, order_of):
    order = order_of(77, at=shop)
    OrderRefetch.ask(order, by=alice)
    poll(shop, "orders.fetch")
    assert OrderRefetch.of(order).problem_words is not None
    assert list(job.waiting_stores()) == []


def test_old_orders_and_destroyed_buyers_are_not_asked_for(amazon, shop, alice, clock):
    amazon.orders(1, fulfilled_by="MERCHANT", statuses=["UNSHIPPED"])
    poll(shop)
    order = Order.get().change(buyer_state="destroyed", purge_at=None)
    OrderRefetch.ask(order, by=alice)
    poll(shop, "orders.fetch")
    assert "BUYER" not in amazon.asked("getOrder")[0]["query"]["includedData"]
    amazon.wait(days=31)
    with pytest.raises(Refused, match="30 days"):
        OrderRefetch.ask(Order.get(), by=alice)


# Nothing leaks


def test_a_buyer_is_nowhere_in_clear_neither_in_files_nor_logs_nor_events(amazon, shop, portal, capfd):
    from config import logs
    from models.audit.event import Event
    from tests.orders.test_purge import every_byte

    logs.set_up("debug", portal.data / "logs")
    canaries = ["Zuzanna-Kanarek", "kanarek@buyer.example", "Kanarienweg 77", "+49 151 0007734", "Für dich, Kanarek"]
    for number in amazon.orders(3, fulfilled_by="MERCHANT", statuses=["UNSHIPPED", "SHIPPED"]):
        one = amazon.true(number)
        one.buyer |= {"buyerName": canaries[0], "buyerEmail": canaries[1]}
        one.address |= {"name": canaries[0], "addressLine1": canaries[2], "phone": canaries[3]}
        one.lines[0]["gift"] = canaries[4]
        amazon.handle.world.orders.put(one)
    amazon.break_("schema_break", times=1)
    poll(shop)
    amazon.wait(minutes=1)
    sync(shop).change(watermark=None)
    poll(shop)
    assert {Buyer.of(order).clear()["name"] for order in Order.select()} == {canaries[0]}
    seen = every_byte(portal.data) + "".join(capfd.readouterr()).encode()
    seen += " ".join(str(event.__data__) for event in Event.select()).encode()
    for canary in canaries:
        assert canary.encode() not in seen
        assert json.dumps(canary)[1:-1].encode() not in seen
    assert OrderPayload.select().count() == 3
