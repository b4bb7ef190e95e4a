"""A buyer is masked; seen in clear only with a reason, counted, and noted."""

from __future__ import annotations

import pytest

from integrations.amazon.mapping.orders import order as mapped
from models.audit.event import Event
from models.orders import reveal as room
from models.orders.buyer import Buyer, mask_word
from models.orders.ingest import keep
from models.orders.order import Order
from models.orders.purge import purge
from models.orders.reveal import MOST_A_DAY, QuotaReached, reveal, revealed_by
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.role import Grant, Role
from models.support.errors import FieldRefused, Refused
from models.vault.data_key import KeyDestroyed
from tests.orders.conftest import make_store, payload, snapshot

CANARY = "Zuzanna Kanarek"
SECRETS = (CANARY, "Kanarek", "Lange Straße", "Hamburg", "90210", "+49 40 5550123", "k7m2p9@", "Gift from Kanarek")


@pytest.fixture
def shipper(lotus, password):
    """Somebody of lotus who packs parcels: may reveal, may not manage."""
    _person, token = invite(lotus, "piet", "Piet Packer", role="shipper")
    return Invitation.of_token(token).use(password)


@pytest.fixture
def manager(lotus, password):
    """May see orders, not buyers."""
    _person, token = invite(lotus, "mara", "Mara Manager", role="manager")
    return Invitation.of_token(token).use(password)


@pytest.fixture
def order(store):
    keep(store, [mapped(payload(1, buyer=CANARY, gift="Gift from Kanarek"))])
    return Order.get()


def page(order: Order) -> str:
    return f"/t/lotus/orders/{order.uid}"


@pytest.mark.both
def test_a_look_with_a_reason_shows_everything_and_leaves_an_event(order, alice):
    clear = reveal(order, "Label is torn", by=alice)
    assert (clear["name"], clear["phone"], clear["email"]) == (
        CANARY,
        "+49 40 5550123",
        "k7m2p9@marketplace.amazon.example",
    )
    assert clear["lines"] == [CANARY, "Lange Straße 17", "90210 Hamburg", "DE"]
    assert clear["gifts"] == [("Cup CUP-1", "Gift from Kanarek")]
    event = Event.get(Event.name == "buyer_revealed")
    assert (event.actor_id, event.object_label, event.details) == (
        alice.id,
        order.order_id,
        {"reason": "Label is torn"},
    )
    assert not any(secret in str(event.__data__) for secret in SECRETS)


@pytest.mark.parametrize("reason", ["", "    ", "why", " abc "])
def test_without_a_reason_nothing_is_shown_nor_noted(order, alice, reason):
    with pytest.raises(FieldRefused):
        reveal(order, reason, by=alice)
    assert not Event.select().where(Event.name == "buyer_revealed").exists()


def test_a_person_looks_at_a_hundred_buyers_a_day_and_no_more(order, alice, charlie, monkeypatch, clock):
    monkeypatch.setattr(room, "MOST_A_DAY", 3)
    for _ in range(3):
        reveal(order, "Label is torn", by=alice)
    with pytest.raises(QuotaReached):
        reveal(order, "Label is torn", by=alice)
    assert revealed_by(alice) == 3 and revealed_by(charlie) == 0
    clock.move(hours=24, minutes=1)
    reveal(order, "Label is torn", by=alice)
    assert MOST_A_DAY == 100


@pytest.mark.both
def test_looks_at_once_cannot_slip_past_the_quota(order, alice, monkeypatch, in_parallel):
    monkeypatch.setattr(room, "MOST_A_DAY", 3)
    outcomes = in_parallel(8, lambda: reveal(order, "Label is torn", by=alice))
    assert len(outcomes.results) == 3 and len(outcomes.errors_of(QuotaReached)) == 5
    assert revealed_by(alice) == 3


def test_what_was_destroyed_or_never_told_cannot_be_shown(order, store, alice, clock):
    keep(store, [snapshot(2, status="PENDING")])
    with pytest.raises(Refused, match="has not told"):
        reveal(Order.get(Order.status == "PENDING"), "Label is torn", by=alice)
    clock.move(days=200)
    purge()
    with pytest.raises(KeyDestroyed):
        reveal(order.reload(), "Label is torn", by=alice)
    assert not Event.select().where(Event.name == "buyer_revealed").exists()


@pytest.mark.parametrize(
    ("word", "masked"), [("Smith", "S****"), ("李", "李"), ("王小明", "王**"), ("", ""), ("x" * 40, "x" + "*" * 10)]
)
def test_a_mask_shows_the_first_letter(word, masked):
    assert mask_word(word) == masked


def test_the_mask_shows_initials_the_first_digit_and_the_country(order):
    assert Buyer.of(order).masked() == "Z****** K******, 9****, DE"


# On the page


def test_the_page_shows_the_mask_and_nothing_more(order, as_, alice):
    text = as_(alice).get(page(order)).text
    assert "Z****** K******, 9****, DE" in text
    assert not any(secret in text for secret in SECRETS)
    text = as_(alice).get("/t/lotus/orders/").text
    assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("fragment", [False, True])
def test_a_reveal_is_answered_at_once_and_never_kept_by_the_browser(order, as_, shipper, fragment):
    answer = as_(shipper).post(page(order) + "/reveals", data={"reason": "To print the label"}, fragment=fragment)
    assert answer.status_code == 200, "no redirect, so that nothing of it stands in an address"
    assert all(secret in answer.text for secret in (CANARY, "Lange Straße 17", "+49 40 5550123", "Gift from Kanarek"))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "hx-history" in answer.text
    assert ("<html" in answer.text) is not fragment
    assert CANARY not in as_(shipper).get(page(order)).text, "the next look needs a reason again"


def test_a_reason_that_is_missing_or_short_is_said_beside_the_field(order, as_, shipper):
    for reason in ("", "abc"):
        for fragment in (False, True):
            answer = as_(shipper).post(page(order) + "/reveals", data={"reason": reason}, fragment=fragment)
            assert answer.status_code == 422 and "field-error" in answer.text
            assert not any(secret in answer.text for secret in SECRETS)


def test_who_may_see_orders_may_not_see_buyers(order, as_, manager):
    text = as_(manager).get(page(order)).text
    assert "Z******" in text and "/reveals" not in text
    answer = as_(manager).post(page(order) + "/reveals", data={"reason": "Just curious"})
    assert answer.status_code == 403 and CANARY not in answer.text


def test_a_permission_for_one_store_is_none_for_another(lotus, alice, as_, password, order):
    """Piet packs for the second store and lists for all: he sees no order of the first."""
    other = make_store(lotus, "Lotus Two")
    keep(other, [mapped(payload(8, buyer="Other Buyer"))])
    person, token = invite(lotus, "pieter", "Pieter", role="lister")
    person = Invitation.of_token(token).use(password)
    Grant.give(person, lotus, Role.built_in("shipper"), stores=[other.id], by=alice)
    browser = as_(person)
    assert browser.get(page(order)).status_code == 404
    assert browser.post(page(order) + "/reveals", data={"reason": "To print it"}).status_code == 404
    listed = browser.get("/t/lotus/orders/").text
    assert "302-0000008" in listed and order.order_id not in listed
    theirs = Order.get(Order.store == other)
    assert "Other Buyer" in browser.post(page(theirs) + "/reveals", data={"reason": "To print it"}).text


def test_who_may_see_all_orders_and_the_buyers_of_one_store_sees_no_other_buyers(lotus, alice, as_, password, order):
    other = make_store(lotus, "Lotus Two")
    keep(other, [mapped(payload(8, buyer="Other Buyer"))])
    person, token = invite(lotus, "pieter", "Pieter", role="manager")
    person = Invitation.of_token(token).use(password)
    Grant.give(person, lotus, Role.built_in("shipper"), stores=[other.id], by=alice)
    browser = as_(person)
    assert "/reveals" not in browser.get(page(order)).text
    answer = browser.post(page(order) + "/reveals", data={"reason": "To print it"})
    assert answer.status_code == 403 and CANARY not in answer.text
    theirs = Order.get(Order.store == other)
    assert "Other Buyer" in browser.post(page(theirs) + "/reveals", data={"reason": "To print it"}).text


def test_a_destroyed_buyer_says_since_when(order, as_, alice, clock):
    clock.move(days=60)
    purge()
    text = as_(alice).get(page(order)).text
    assert "was destroyed on" in text and "/reveals" not in text
    assert as_(alice).post(page(order) + "/reveals", data={"reason": "To print it"}).status_code == 409


def test_an_order_amazon_ships_says_that_nothing_is_asked(store, as_, alice):
    keep(store, [snapshot(5, ours=False)])
    assert "never asks" in as_(alice).get(page(Order.get())).text


def test_the_quota_is_said_in_a_sentence(order, as_, alice, monkeypatch):
    monkeypatch.setattr(room, "MOST_A_DAY", 0)
    answer = as_(alice).post(page(order) + "/reveals", data={"reason": "To print it"})
    assert answer.status_code == 409 and "24 hours" in answer.text and CANARY not in answer.text
