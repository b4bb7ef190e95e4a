"""A person is told on the next screen that somebody tried to sign in as them."""

from __future__ import annotations

import pytest

from models.audit.origin import Origin, acting
from models.people import tries
from models.people.session import SignInRefused, sign_in


def fail(address: str, times: int) -> None:
    for number in range(times):
        with acting(Origin("stranger", address=address)), pytest.raises(SignInRefused):
            sign_in("alice", "wrong", address=address, network=f"10.{number}.0.1", device="x")


@pytest.mark.both
def test_failures_are_counted_by_address_until_they_are_seen(alice, clock):
    fail("198.51.100.7", 6)
    fail("203.0.113.9", 1)
    found = {one.address: one.times for one in tries.tries_at(alice)}
    assert found == {"198.51.100.7": 6, "203.0.113.9": 1}
    tries.were_seen(alice)
    assert tries.tries_at(alice) == []


@pytest.mark.both
def test_ones_own_few_mistakes_are_not_told(alice, password, clock):
    fail("198.51.100.7", 2)
    fail("127.0.0.1", 2)
    clock.move(seconds=31)
    with acting(Origin("stranger", address="127.0.0.1")):
        sign_in("alice", password, address="127.0.0.1", network="127.0.0.1", device="x")
        from models.people import lockout

        lockout.clear("alice", "127.0.0.1")  # Whatever step made the success whole.
    assert [one.address for one in tries.tries_at(alice)] == ["198.51.100.7"]


def test_the_next_screen_says_so_and_leads_to_when_and_from_where(as_, alice, bob):
    fail("198.51.100.7", 6)
    fail("203.0.113.9", 1)
    browser = as_(alice)
    assert "Somebody tried 7 times to sign in as you" in browser.get("/t/lotus/").text
    assert "Somebody tried" not in as_(bob).get("/t/lotus/").text
    page = browser.get("/tries").text
    assert "198.51.100.7" in page and "203.0.113.9" in page
    assert browser.post("/tries/seen").status_code == 303
    assert "Somebody tried" not in browser.get("/t/lotus/").text


def test_what_was_not_seen_is_forgotten_after_thirty_days(alice, clock):
    fail("198.51.100.7", 1)
    clock.move(days=29)
    assert tries.forget_old() == 0
    clock.move(days=2)
    assert tries.forget_old() == 1


def test_a_known_device_is_given_after_a_full_success_and_to_nobody_else(visitor, alice, password):
    visitor.post("/sign-in", data={"login": "alice", "password": "wrong"})
    assert visitor.get_cookie("dev") is None


def test_that_they_were_seen_stands_in_the_log_once(as_, alice, app, last_event):
    give_up = app.test_client()
    give_up.post("/sign-in", data={"login": "alice", "password": "Wrong-Kettle-27"})
    as_(alice).post("/tries/seen")
    event = last_event()
    assert (event.name, event.actor_id) == ("failed_tries_seen", alice.id)
    as_(alice).post("/tries/seen")
    assert last_event().id == event.id
