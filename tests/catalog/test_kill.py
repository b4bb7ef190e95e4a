"""kill -9, twenty times and more, while listings are published and orders fetched: nothing is lost and nothing doubled."""

from __future__ import annotations

import random
import time

import pytest

from models.audit.event import Event
from models.catalog.listing import Listing
from models.catalog.publication import OPEN, Issue, Publication
from models.orders.line import OrderLine
from models.orders.order import Order
from models.support import clock
from models.support.db import db
from models.support.job_run import JobRun
from tests.catalog import killed

PRODUCTS, PLACES, KILLS = 5, ("DE", "FR"), 20


@pytest.fixture
def environment(portal):
    return {
        "PORTOLAN_DATA": str(portal.data), "PORTOLAN_MODE": "test", "PORTOLAN_KEY_FILE": str(portal.key_path),
        "PORTOLAN_AMAZON_URL": portal.amazon_url, "PORTOLAN_LWA_URL": portal.lwa_url, "PORTOLAN_LOG_LEVEL": "error",
    }  # fmt: skip


@pytest.fixture
def kill_while(environment, amazon):
    """`kill_while(operation, …)`: starts the command and kills it after it has made so many calls, and a little more."""
    chance = random.Random()

    def once(operation: str, most_calls: int, *arguments: str) -> bool:
        """True when it was killed, False when it came to its end before."""
        before, wanted = amazon.last, chance.randint(1, most_calls)
        process = killed.start(environment, *arguments)
        until = time.monotonic() + 20
        while process.is_alive() and time.monotonic() < until:
            if len(amazon.requests(operation, since=before)) >= wanted:
                time.sleep(chance.choice((0, 0.001, 0.003, 0.01, 0.03)))
                break
            time.sleep(0.002)
        was_alive = process.is_alive()
        process.kill()
        process.join(20)
        return was_alive and process.exitcode == -9

    return once


def later(amazon, seconds: float = 20):
    """Time passes: leases end, what was postponed is due, Amazon works on what it accepted."""
    JobRun.update(lease_until=clock.ago(seconds=1)).where(JobRun.state == "running").execute()
    Publication.update(due_at=clock.now()).where(Publication.state.in_(OPEN)).execute()
    amazon.tell("/clock", advance_seconds=seconds)


def offered(enter, offer, store):
    return [listing for number in range(1, PRODUCTS + 1) for listing in offer(enter(number), store, *PLACES)]


def outcome(amazon):
    """What Amazon has and what we say about it, without numbers and times of their own."""
    from sandbox.amazon import lifecycle

    now = amazon.handle.world.clock.now()
    there = {
        key: (record.product_type, record.attributes, record.asin, lifecycle.status(record, now))
        for key, record in amazon.listings().items()
    }
    here = {
        (listing.variant.sku, listing.marketplace_id): (listing.state, listing.publication_state, listing.asin,
                                                        listing.live_price_minor, listing.issue_count)
        for listing in Listing.select()
    }  # fmt: skip
    return there, here


@pytest.fixture
def uninterrupted(request):
    """The same voyage in a world of its own, where nothing is killed."""
    import sandbox
    from tests.stores.selling import FREE, Amazon

    other = Amazon(sandbox.start(seed=3, rate_scale=FREE))
    yield other
    other.close()


@pytest.mark.slow
def test_killed_twenty_times_while_publishing_and_fetching(
    kill_while, enter, offer, store, amazon, environment, tmp_path, run_job
):
    listings = offered(enter, offer, store)
    Publication.ask(listings)
    kills = rounds = 0
    while kills < KILLS and rounds < 80:
        rounds += 1
        operation = "getListingsItem" if kills % 3 == 2 else "putListingsItem"
        kills += kill_while(operation, 6, "job", "run", "catalog.publish", "--store", str(store.uid))
        if kills < KILLS and not Publication.select().where(Publication.state.in_(OPEN)).exists():
            Publication.ask([listing.reload() for listing in listings])  # Once more, to be killed in.
        later(amazon)
    assert kills == KILLS
    asked = Event.select().where(Event.name == "publications_asked").count()
    for _ in range(60):
        later(amazon)
        run_job("catalog.publish", store.uid)
        if not Publication.select().where(Publication.state.in_(OPEN)).exists():
            break
    assert {p.state for p in Publication.select()} == {"live"}
    assert Publication.select().count() == asked * len(listings), "No publication is lost, none is doubled."
    assert Event.select().where(Event.name == "publication_live").count() == asked * len(listings)
    there, here = outcome(amazon)
    assert len(there) == len(here) == len(listings)
    for key, (_type, attributes, asin, status) in there.items():
        assert status == ["BUYABLE", "DISCOVERABLE"] and here[key] == ("live", "live", asin, 1999, 0)
        mine = Publication.select().join(Listing).where(Listing.asin == asin, Listing.marketplace_id == key[1])
        assert mine.order_by(Publication.id.desc()).first().attributes == attributes
    assert not Issue.select().exists()
    assert db.obj.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]

    ids = set(amazon.tell("/orders", seller_id=store.seller_id, count=230, days=20)["order_ids"])
    kills = 0
    for _ in range(12):
        kills += kill_while("searchOrders", 3, "job", "run", "orders.poll", "--store", str(store.uid))
        later(amazon, 1)
    assert kills >= 1
    for _ in range(5):
        later(amazon, 1)
        run_job("orders.poll", store.uid)
    held = [order.order_id for order in Order.select()]
    assert sorted(held) == sorted(ids), "Each order once."
    lines = [(line.order_id, line.order_item_id) for line in OrderLine.select()]
    assert len(lines) == len(set(lines)) and {order for order, _line in lines} == {order.id for order in Order.select()}
    assert db.obj.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.slow
def test_the_end_is_the_same_as_without_any_kill(
    kill_while, enter, offer, store, amazon, uninterrupted, run_job, portal
):
    """The killed and the quiet voyage are compared to the last attribute."""
    from dataclasses import replace

    from jobs import amazon as amazon_jobs

    listings = offered(enter, offer, store)
    Publication.ask(listings)
    kills = 0
    for _ in range(6):
        kills += kill_while("putListingsItem", 8, "job", "run", "catalog.publish", "--store", str(store.uid))
        later(amazon)
    assert kills >= 2
    for _ in range(60):
        later(amazon)
        run_job("catalog.publish", store.uid)
        if not Publication.select().where(Publication.state.in_(OPEN)).exists():
            break
    killed_there, killed_here = outcome(amazon)

    Publication.delete().execute()
    Listing.update(state="draft", publication_state="", asin="", live_at=None, watch_at=None, statuses=[]).execute()
    amazon_jobs.TOKENS._held.clear()
    amazon_jobs.use_settings(
        replace(portal, amazon_url=uninterrupted.url, lwa_url=uninterrupted.url, seller_central_url=uninterrupted.url)
    )
    Publication.ask([listing.reload() for listing in listings])
    for _ in range(60):
        run_job("catalog.publish", store.uid)
        later(uninterrupted)
        if not Publication.select().where(Publication.state.in_(OPEN)).exists():
            break
    quiet_there, quiet_here = outcome(uninterrupted)
    assert killed_there == quiet_there and killed_here == quiet_here
