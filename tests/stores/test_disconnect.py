"""Disconnecting: all work stops and the tokens are destroyed, their key first of all; nothing is left in any file."""

from __future__ import annotations

import pytest

from models.audit.event import Event
from models.catalog.publication import Publication
from models.stores.store import Authorization, Store
from models.support.errors import AlreadyDecided, Refused
from models.vault import data_key
from models.vault.data_key import DataKey


def test_the_tokens_and_their_key_are_gone(store, alice):
    subject, sealed = store.vault_subject, store.authorization.refresh_token
    assert data_key.key_of(subject)
    store.disconnect(by=alice)
    store = store.reload()
    assert store.state == "disconnected" and store.disconnected_at is not None
    assert store.authorization is None and not Authorization.select().exists()
    assert data_key.is_destroyed(subject) and DataKey.get_by_id(subject).wrapped is None
    with pytest.raises(Refused):
        data_key.key_of(subject)
    assert sealed


@pytest.mark.sqlite
def test_no_file_holds_the_wrapped_key_or_the_ciphertext_any_more(store, portal):
    wrapped, sealed = bytes(DataKey.get_by_id(store.vault_subject).wrapped), store.authorization.refresh_token

    def holding(secret: bytes) -> list[str]:
        return [file.name for file in portal.data.rglob("*") if file.is_file() and secret in file.read_bytes()]

    assert holding(wrapped) and holding(sealed)
    store.disconnect()
    assert not holding(wrapped) and not holding(sealed)


def test_it_is_told_as_an_event_of_who_did_it(store, alice, last_event):
    store.disconnect(by=alice)
    assert (last_event().name, last_event().actor_id, last_event().object_label) == (
        "store_disconnected", alice.id, store.name
    )  # fmt: skip


def test_work_that_waited_ends_and_none_begins(listing, store, run_job, amazon, alice):
    Publication.ask([listing])
    store.disconnect(by=alice)
    before = amazon.last
    for job in ("catalog.publish", "stores.check", "orders.poll"):
        run_job(job, store.uid)
    assert amazon.last == before
    publication = Publication.get()
    assert publication.state == "stopped" and "disconnected" in str(publication.problem_words)
    assert listing.reload().publication_state == "stopped"


def test_a_run_under_way_stops_with_the_next_listing(enter, offer, store, run_job, amazon, monkeypatch):
    listings = [listing for n in range(1, 5) for listing in offer(enter(n), store, "DE")]
    Publication.ask(listings)
    from jobs import publishing

    step, taken = publishing.step, []

    def step_and_disconnect(client, its_store, publication):
        taken.append(publication)
        step(client, its_store, publication)
        if len(taken) == 2:
            Store.get_by_id(store.id).disconnect()

    monkeypatch.setattr(publishing, "step", step_and_disconnect)
    run_job("catalog.publish", store.uid)
    assert len(taken) == 2
    assert set(p.state for p in Publication.select()) == {"stopped"}


def test_a_check_under_way_does_not_bring_it_back(store, amazon, run_job, monkeypatch):
    from jobs import stores

    read = stores.participations

    def read_and_disconnect(payload):
        Store.get_by_id(store.id).disconnect()
        return read(payload)

    monkeypatch.setattr(stores, "participations", read_and_disconnect)
    run_job("stores.check", store.uid)
    assert store.reload().state == "disconnected"


def test_a_disconnected_store_cannot_be_authorized_or_disconnected_again(store, application):
    stale = Store.get_by_id(store.id)
    store.disconnect()
    for held in (store, stale):
        with pytest.raises(Refused, match="Connect it as a new one"):
            held.authorize(application=application, refresh_token="Atzr|x")
        with pytest.raises(AlreadyDecided):
            held.disconnect()
    assert Event.select().where(Event.name == "store_disconnected").count() == 1


def test_the_account_can_be_connected_anew_under_another_key(store, connect):
    store.disconnect()
    again = connect("eu")
    assert again.is_active and again.id != store.id and again.vault_subject != store.vault_subject


def test_it_asks_for_the_name_first(store, as_, alice):
    address = f"/t/lotus/stores/{store.uid}/disconnection"
    assert store.name in as_(alice).get(address).text
    wrong = as_(alice).post(address, data={"name": "lotus eu "})
    assert wrong.status_code == 422 and "Type the store&#39;s name exactly" in wrong.text and store.reload().is_active
    assert as_(alice).post(address, data={"name": store.name}).status_code == 303
    assert store.reload().state == "disconnected"
    page = as_(alice).get(f"/t/lotus/stores/{store.uid}").text
    assert "tokens were destroyed" in page and "Authorize again" not in page


@pytest.mark.both
def test_two_who_disconnect_at_once_leave_one_event(lotus, in_parallel):
    store = Store.declare(lotus, "Europe", "eu")
    outcomes = in_parallel(4, lambda: Store.get_by_id(store.id).disconnect())
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(AlreadyDecided)) == 3
    assert Event.select().where(Event.name == "store_disconnected").count() == 1
