"""Trying an authorization: what the account reports is kept, and only then the store is connected."""

from __future__ import annotations

import pytest

from integrations.amazon.mapping.sellers import Participation
from models.audit.event import Event
from models.stores.application import Application
from models.stores.call_log import CallLog
from models.stores.store import Store, StoreMarketplace
from models.stores.sync import Sync
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.job_run import JobWake
from tests.stores.selling import CLIENT_ID, CLIENT_SECRET


def test_a_good_token_connects_the_store_and_teaches_its_marketplaces(store):
    assert store.state == "active" and store.problem_words is None
    assert [row.code for row in store.marketplaces] == ["DE", "ES", "FR", "IT", "UK"]
    germany = next(row for row in store.marketplaces if row.code == "DE")
    assert (germany.currency, germany.language, germany.country) == ("EUR", "de_DE", "DE")
    event = Event.get(Event.name == "store_connected")
    assert event.details == {"marketplaces": ["DE", "ES", "FR", "IT", "UK"]} and event.actor_kind == "job"
    assert {wake.job for wake in JobWake.waiting()} >= {"orders.poll", "catalog.definitions"}
    assert Sync.of(store, "account").good_at is not None


def test_marketplaces_nobody_knows_are_kept(store):
    rows = {row.marketplace_id: row for row in StoreMarketplace.select().where(StoreMarketplace.store == store)}
    assert "A2ZV50J4W1RKNI" in rows and not rows["A2ZV50J4W1RKNI"].is_participating


def part(marketplace_id, **changes):
    values = {"country": "XX", "currency": "", "language": "", "name": "", "is_participating": True} | changes
    return Participation(marketplace_id, **values)


@pytest.mark.both
def test_odd_marketplaces_are_kept_as_far_as_they_fit(lotus, application):
    store = Store.declare(lotus, "Odd", "eu")
    store.authorize(application=application, refresh_token="Atzr|x")
    store.connected(
        [
            part("A1PA6795UKMFR9"),
            part("NEW", country="LONGLAND", currency="EURO", language="en_US_very_long_indeed", name="x" * 300),
            part("X" * 200),
        ],
        tried=store.authorization,
    )
    rows = {row.marketplace_id: row for row in store.reload().marketplaces}
    assert set(rows) == {"A1PA6795UKMFR9", "NEW"}
    assert (rows["A1PA6795UKMFR9"].currency, rows["A1PA6795UKMFR9"].language) == ("EUR", "de_DE")
    assert (rows["NEW"].currency, len(rows["NEW"].name)) == ("", 80)


def test_a_marketplace_the_account_left_is_no_place_to_sell_any_more(store):
    store.connected([part("A1PA6795UKMFR9")], tried=store.authorization)
    assert [row.code for row in store.reload().marketplaces] == ["DE"]
    store.connected([part("A1PA6795UKMFR9"), part("A13V1IB3VIYZZH")], tried=store.authorization)
    assert [row.code for row in store.reload().marketplaces] == ["DE", "FR"]


def test_an_answer_that_names_no_marketplace_connects_nothing(store, amazon, run_job, monkeypatch):
    with amazon.handle.world.turn():
        account = amazon.handle.world.accounts.get(store.seller_id)
    monkeypatch.setattr("sandbox.amazon.sellers._participations", lambda _call: [])
    run_job("stores.check", store.uid)
    assert [row.code for row in store.reload().marketplaces] == ["DE", "ES", "FR", "IT", "UK"], account
    assert "could not be read" in str(Sync.of(store, "account").problem_words)


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_broken_schema_does_not_take_the_marketplaces_away(store, amazon, run_job, times):
    for _ in range(times):
        amazon.fault("schema_break", "getMarketplaceParticipations", times=1)
        run_job("stores.check", store.uid)
    store = store.reload()
    assert store.is_active and [row.code for row in store.marketplaces][:5] == ["DE", "ES", "FR", "IT", "UK"]


def test_a_wrong_token_is_refused_in_words_and_can_be_replaced(lotus, application, amazon, run_job):
    store = Store.declare(lotus, "Europe", "eu")
    store.authorize(application=application, refresh_token="Atzr|nobody-gave-this")
    run_job("stores.check", store.uid)
    store = store.reload()
    assert store.state == "refused" and "Authorize the store again" in str(store.problem_words)
    assert Event.get(Event.name == "store_refused").details == {"code": "authorization_lost"}
    store.authorize(application=application, refresh_token=amazon.account("eu")["refresh_token"])
    run_job("stores.check", store.uid)
    assert store.reload().is_active


def test_a_wrong_client_secret_is_named_and_once_mended_the_store_is_tried_again(lotus, amazon, run_job, as_, alice):
    wrong = Application.save_for(lotus, name="App", kind="private", client_id=CLIENT_ID, client_secret="wrong")
    store = Store.declare(lotus, "Europe", "eu")
    store.authorize(application=wrong, refresh_token=amazon.account("eu")["refresh_token"])
    run_job("stores.check", store.uid)
    assert "client id or secret" in str(store.reload().problem_words)
    Application.save_for(lotus, name="App", kind="private", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    assert as_(alice).post(f"/t/lotus/stores/{store.uid}/check").status_code == 303
    run_job("stores.check", store.uid)
    assert store.reload().is_active


@pytest.mark.parametrize(
    ("kind", "operation"), [("html_503", "*"), ("reset", "*"), ("throttle", "*"), ("lwa_down", "token")]
)
def test_while_amazon_has_trouble_the_store_keeps_checking_and_says_why(
    lotus, application, amazon, run_job, kind, operation
):
    store = Store.declare(lotus, "Europe", "eu")
    store.authorize(application=application, refresh_token=amazon.account("eu")["refresh_token"])
    amazon.fault(kind, operation, seconds=600)
    run_job("stores.check", store.uid)
    store = store.reload()
    assert (store.state == "checking" and "tries again by itself" in str(Sync.of(store, "account").problem_words)) or (
        kind == "throttle" and "goes on by itself" in str(Sync.of(store, "account").problem_words)
    )
    amazon.heal()
    amazon.tell("/throttle/refill")
    from models.stores.rate_bucket import RateBucket

    RateBucket.delete().execute()
    run_job("stores.check", store.uid)
    assert store.reload().is_active and Sync.of(store, "account").problem_words is None


def test_a_token_given_while_another_is_tried_is_not_taken_for_the_tried_one(store, application):
    tried = store.authorization
    store.authorize(application=application, refresh_token="Atzr|another")
    with pytest.raises(AlreadyDecided):
        store.connected([part("A1PA6795UKMFR9")], tried=tried)
    assert store.reload().state == "checking"


def test_a_new_authorization_never_speaks_with_the_access_token_of_the_old_one(store, application, amazon, run_job):
    """SQLite gives the number of a deleted row to the next one; the cache of access tokens must not mind."""
    amazon.tell("/accounts", region="eu", name="Other", marketplaces=["NL"])
    other = amazon.ask("/accounts")["accounts"][-1]
    before = store.authorization.id
    store.change(seller_id="")
    store.authorize(application=application, refresh_token=other["refresh_token"])
    assert store.authorization.id == before
    run_job("stores.check", store.uid)
    assert [row.code for row in store.reload().marketplaces] == ["NL"]


def test_trying_again_needs_an_authorization(lotus):
    with pytest.raises(Refused):
        Store.declare(lotus, "Europe", "eu").try_again()


def test_another_seller_id_than_the_stores_changes_nothing(store, application):
    before = store.authorization.last4
    with pytest.raises(Refused, match="another seller account"):
        store.authorize(application=application, refresh_token="Atzr|zzzz", seller_id="A9999999999999")
    with pytest.raises(FieldRefused):
        store.authorize(application=application, refresh_token="Atzr|zzzz", seller_id="<script>")
    assert store.reload().state == "active" and store.authorization.last4 == before


def test_every_call_is_a_line_on_the_page_of_calls(store, as_, alice):
    assert {row.operation for row in CallLog.select()} == {"token", "getMarketplaceParticipations"}
    page = as_(alice).get("/t/lotus/stores/calls/").text
    assert "getMarketplaceParticipations" in page and store.name in page
    row = CallLog.get(CallLog.operation == "getMarketplaceParticipations")
    assert row.request_id in page and (row.status, row.attempt) == (200, 1)


def test_the_store_page_polls_while_it_is_checked_and_stops_then(lotus, application, amazon, run_job, as_, alice):
    store = Store.declare(lotus, "Europe", "eu")
    store.authorize(application=application, refresh_token=amazon.account("eu")["refresh_token"])
    address = f"/t/lotus/stores/{store.uid}"
    page = as_(alice).get(address).text
    assert 'hx-trigger="every 1s"' in page and "asking Amazon whether the authorization works" in page
    fragment = as_(alice).get(address, fragment=True)
    assert fragment.text.lstrip().startswith("<div") and 'id="store-state"' in fragment.text
    run_job("stores.check", store.uid)
    done = as_(alice).get(address, fragment=True).text
    assert "hx-trigger" not in done and "Connected" in done


def test_health_tells_the_last_good_time_and_trouble_in_words(store, amazon, run_job, as_, alice):
    amazon.fault("html_503", seconds=600)
    run_job("stores.check", store.uid)
    page = as_(alice).get(f"/t/lotus/stores/{store.uid}").text
    assert "Account and marketplaces" in page and "Amazon has trouble on its side" in page
    assert store.reload().is_active
