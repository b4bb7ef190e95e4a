"""When the seller takes the grant back: the store says so, its jobs stop, nothing is lost, and a new token lets all go on."""

from __future__ import annotations

import pytest

from jobs.schedule import SCHEDULE
from models.audit.event import Event
from models.catalog.publication import Publication
from models.stores.store import Store


@pytest.fixture
def revoke(amazon, store):
    return lambda: amazon.tell(f"/accounts/{store.seller_id}/revoke")


def test_a_revoked_grant_stops_the_store_at_the_next_call(store, revoke, run_job):
    revoke()
    run_job("stores.check", store.uid)
    store = store.reload()
    assert store.state == "authorize_again" and "was revoked" in str(store.problem_words)
    assert Event.select().where(Event.name == "store_authorization_lost").count() == 1
    assert store.authorization is not None, "The token stays until a new one is given or the store is disconnected."


@pytest.mark.parametrize("job", ["catalog.publish", "orders.poll", "catalog.definitions", "stores.check"])
def test_every_job_of_the_store_notices(listing, store, revoke, run_job, job):
    Publication.ask([listing])
    revoke()
    run_job(job, store.uid)
    assert store.reload().state == "authorize_again"


def test_no_job_runs_for_it_any_more_nor_calls_amazon(listing, store, revoke, run_job, amazon):
    Publication.ask([listing])
    revoke()
    run_job("catalog.publish", store.uid)
    before = amazon.last
    scopes = {job.name: list(job.scopes()) for job in SCHEDULE}
    assert not [name for name, uids in scopes.items() if str(store.uid) in uids]
    for job in ("catalog.publish", "orders.poll", "catalog.definitions", "orders.fetch"):
        run_job(job, store.uid)
    assert amazon.last == before


def test_what_was_waiting_waits_and_goes_on_after_a_new_token(
    listing, store, revoke, run_job, publish, amazon, application, time_passes
):
    batch = Publication.ask([listing])
    revoke()
    run_job("catalog.publish", store.uid)
    assert [p.state for p in Publication.select()] == ["waiting"]
    time_passes(3 * 86400)
    with amazon.handle.world.turn():
        grant = amazon.handle.world.grant(application.client_id, store.seller_id)
    store.reload().authorize(application=application, refresh_token=grant.refresh_token)
    run_job("stores.check", store.uid)
    assert store.reload().is_active
    for _ in range(20):
        run_job("catalog.publish", store.uid)
        time_passes(15)
    assert [(p.state, p.batch) for p in Publication.select()] == [("live", batch)]


def test_in_the_middle_of_many_nothing_is_lost(enter, offer, store, revoke, run_job, amazon):
    listings = [listing for n in range(1, 6) for listing in offer(enter(n), store, "DE")]
    Publication.ask(listings)
    amazon.fault("expired_token", "putListingsItem", times=1)
    revoke()
    run_job("catalog.publish", store.uid)
    states = [p.state for p in Publication.select()]
    assert len(states) == 5 and set(states) <= {"waiting", "previewed", "submitted", "accepted"}
    assert all(p.attempts == 0 for p in Publication.select()), "It is nobody's failure but the store's."


def test_every_page_of_the_team_says_so_and_leads_to_the_store(store, revoke, run_job, as_, alice):
    revoke()
    run_job("stores.check", store.uid)
    for path in ("/t/lotus/catalog/products/", "/t/lotus/stores/"):
        page = as_(alice).get(path).text
        assert "has to be authorized again" in page and f"/t/lotus/stores/{store.uid}" in page
    assert "Authorize this store again" in as_(alice).get(f"/t/lotus/stores/{store.uid}").text


def test_a_rival_sees_nothing_of_it(store, revoke, run_job, as_, charlie):
    revoke()
    run_job("stores.check", store.uid)
    assert "authorized again" not in as_(charlie).get("/t/comet/stores/").text


def test_losing_it_twice_leaves_one_event(store):
    store.lose_authorization("x")
    Store.get_by_id(store.id).lose_authorization("x")
    assert Event.select().where(Event.name == "store_authorization_lost").count() == 1
