"""Counting attempts: in the database, before anything is verified, so that guesses made at once all count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.people.lockout import ACCOUNT_LOCK, Bucket, clear, count_attempt, forget_old, unlock
from models.people.network import network_key
from models.people.session import SignInRefused, sign_in

pytestmark = pytest.mark.both


def account(login: str = "alice") -> Bucket:
    return Bucket.get(Bucket.kind == "account", Bucket.key == login)


def guess(login: str = "alice", network: str = "198.51.100.7", times: int = 1) -> list[bool]:
    return [count_attempt(login, network) for _ in range(times)]


def test_thirty_guesses_at_once_all_count(portal, in_parallel):
    """Spread over networks, so that only the account can stop them: ten are looked at, twenty are not."""
    outcomes = in_parallel(30, lambda number: count_attempt("alice", f"198.51.100.{number}"))
    assert outcomes.errors == []
    assert outcomes.results.count(True) == 10
    assert account().failures == 10
    assert account().is_locked


def test_guesses_at_many_accounts_from_one_network_all_count(portal, in_parallel):
    outcomes = in_parallel(35, lambda number: count_attempt(f"person-{number}", "198.51.100.7"))
    assert outcomes.errors == []
    assert outcomes.results.count(True) == 30


def test_the_tenth_failure_closes_the_account_for_the_right_password_too(alice, password, clock):
    where = {"address": "127.0.0.1", "device": "x"}
    for number in range(10):
        with pytest.raises(SignInRefused):
            sign_in("alice", "wrong", network=f"198.51.100.{number}", **where)
    with pytest.raises(SignInRefused):
        sign_in("alice", password, network="127.0.0.1", **where)
    clock.move(minutes=29)
    with pytest.raises(SignInRefused):
        sign_in("alice", password, network="127.0.0.1", **where)
    clock.move(minutes=2)
    assert sign_in("alice", password, network="127.0.0.1", **where)


def test_the_ninth_does_not_close_it(alice, password):
    guess(times=9)
    assert not account().is_locked
    assert sign_in("alice", password, address="127.0.0.1", network="127.0.0.1", device="x")


def test_each_further_failure_doubles_the_time_up_to_a_day(portal, clock):
    guess(times=10)
    waits = []
    for number in range(8):
        waits.append(account().locked_until - clock.now())
        clock.move(to=account().locked_until + timedelta(seconds=1))
        assert guess(network=f"203.0.113.{number}") == [True]
        assert guess(network=f"203.0.113.{number}") == [False]
    hours = [round(wait / timedelta(hours=1), 1) for wait in waits]
    assert hours == [0.5, 1, 2, 4, 8, 16, 24, 24]


def test_attempts_at_a_closed_account_do_not_keep_it_closed(portal, clock):
    guess(times=10)
    until = account().locked_until
    for _ in range(20):
        clock.move(seconds=10)
        assert guess() == [False]
    assert account().locked_until == until


def test_a_network_is_closed_after_thirty_failures_for_a_quarter_of_an_hour(portal, clock):
    for number in range(30):
        assert guess(f"person-{number}") == [True]
    assert guess("alice") == [False]
    assert guess("alice", "203.0.113.9") == [True]
    clock.move(minutes=16)
    assert guess("alice") == [True]


def test_a_network_forgets_old_failures(portal, clock):
    for number in range(29):
        guess(f"person-{number}")
    clock.move(minutes=16)
    assert guess("alice") == [True]
    assert Bucket.get(Bucket.kind == "address").failures == 1


def test_a_success_clears_the_account_and_the_network_and_nothing_else(portal):
    guess("alice", times=5)
    guess("bob", "203.0.113.9", times=5)
    clear("alice", "198.51.100.7")
    assert {bucket.key: bucket.failures for bucket in Bucket.select()} == {
        "alice": 0, "198.51.100.7": 0, "bob": 5, "203.0.113.9": 5,
    }  # fmt: skip


def test_another_person_opens_a_closed_account_and_says_why(alice, olga, last_event):
    guess(times=10)
    unlock(alice, "she called", by=olga)
    assert not account().is_locked and account().failures == 0
    assert str(last_event().words("Olga")) == "Olga unlocked alice: she called"


def test_a_whole_ipv6_network_counts_as_one():
    import ipaddress

    keys = {network_key(ipaddress.ip_address(f"2001:db8:1:2::{number:x}")) for number in range(1, 50)}
    assert keys == {"2001:db8:1:2::/64"}
    assert network_key(ipaddress.ip_address("203.0.113.9")) == "203.0.113.9"


def test_old_counts_are_forgotten_but_not_closed_ones(portal, clock):
    guess("old", times=3)
    clock.move(days=31)
    guess("new", "203.0.113.9", times=3)
    guess("closed", "203.0.113.9", times=10)
    Bucket.update(since=clock.ago(days=40)).where(Bucket.key == "closed").execute()
    forget_old()
    assert {bucket.key for bucket in Bucket.select()} == {"new", "closed", "203.0.113.9"}
    clock.move(to=clock.now() + ACCOUNT_LOCK * 2)
    forget_old()
    assert {bucket.key for bucket in Bucket.select()} == {"new", "203.0.113.9"}
