"""Counting attempts: growing gaps, then a locked bucket; and what strangers cannot do to a person by guessing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.audit.event import Event
from models.people import device, lockout
from models.people.lockout import ACCOUNT_LOCK, Bucket, TooManyTries, clear, count_attempt, forget_old, state_of, unlock
from models.people.network import network_key
from models.people.session import SignInRefused, sign_in
from models.support.errors import Refused

pytestmark = pytest.mark.both
ATTACKER = "198.51.100.7"
WHERE = {"address": "127.0.0.1", "network": "127.0.0.1", "device": "x"}


@pytest.fixture
def strict(portal):
    lockout.use_mode("strict")
    yield
    lockout.use_mode("people")


def account(login: str = "alice") -> Bucket:
    return Bucket.get(Bucket.kind == "account", Bucket.key == login)


def guess(login: str = "alice", network: str = ATTACKER, times: int = 1, known: str = "") -> list[bool]:
    return [count_attempt(login, network, known) for _ in range(times)]


def patient(clock, times: int, login: str = "alice", **more) -> list[bool]:
    """Guesses of somebody who waits out every gap; from a new network each time."""
    outcomes = []
    for number in range(times):
        clock.move(seconds=31)
        outcomes += guess(login, more.get("network", f"10.{number}.0.1"), known=more.get("known", ""))
    return outcomes


def test_from_the_fourth_failure_the_gaps_grow(portal, clock):
    clock.move(to=clock.now())
    assert guess(times=4) == [True] * 4, "people mistype"
    for gap in (1, 2, 4, 8, 16, 30):
        clock.move(seconds=gap - 0.01)
        assert guess() == [False], f"too soon: less than {gap} s"
        clock.move(seconds=0.02)
        assert guess() == [True], f"after {gap} s"
    assert account().is_locked, "that was the tenth"


def test_the_tenth_failure_closes_the_account_for_the_right_password_too(alice, password, clock):
    for _ in range(10):
        clock.move(seconds=31)
        with pytest.raises(SignInRefused):
            sign_in("alice", "wrong", **WHERE | {"network": ATTACKER})
    clock.move(minutes=29)
    with pytest.raises(SignInRefused):
        sign_in("alice", password, **WHERE)
    clock.move(minutes=2)
    assert sign_in("alice", password, **WHERE)


def test_the_ninth_does_not_close_it(alice, password, clock):
    patient(clock, 9)
    assert not account().is_locked
    clock.move(seconds=31)
    assert sign_in("alice", password, **WHERE)


def test_each_further_failure_doubles_the_time_up_to_a_day(portal, clock):
    patient(clock, 10)
    waits = []
    for number in range(8):
        waits.append(account().locked_until - clock.now())
        clock.move(to=account().locked_until + timedelta(seconds=1))
        assert guess(network=f"203.0.113.{number}") == [True]
        assert guess(network=f"203.0.113.{number}") == [False]
    hours = [round(wait / timedelta(hours=1), 1) for wait in waits]
    assert hours == [0.5, 1, 2, 4, 8, 16, 24, 24]


def test_attempts_at_a_closed_account_do_not_keep_it_closed(portal, clock):
    patient(clock, 10)
    until = account().locked_until
    for number in range(20):
        clock.move(seconds=10)
        assert guess(network=f"10.9.{number}.1") == [False]
    assert account().locked_until == until


def test_a_person_comes_in_from_a_known_device_while_a_stranger_hammers(alice, password, clock):
    """The stranger closes the door to strangers, and to nobody else."""
    known = device.recognise(alice, device.remember(alice, ""))
    for number in range(300):
        clock.move(seconds=1)
        guess(network=f"10.{number % 250}.0.1")
    assert account().is_locked
    assert count_attempt("alice", "127.0.0.1", known), "at the first try"
    clear("alice", "127.0.0.1", known)
    assert account().is_locked, "which opens nothing for the stranger"


def test_a_known_device_that_guesses_closes_itself_alone(alice, clock):
    one, two = ("a" * 24, "b" * 24)
    assert patient(clock, 10, known=one) == [True] * 10
    assert patient(clock, 1, known=one) == [False]
    assert patient(clock, 1, known=two) == [True]
    assert patient(clock, 1) == [True], "strangers have a bucket of their own"


def test_an_address_waits_after_thirty_failures_for_a_quarter_of_an_hour(portal, clock):
    for number in range(30):
        assert guess(f"person-{number}") == [True]
    with pytest.raises(TooManyTries) as refused:
        guess("alice")
    assert 0 < refused.value.retry_after <= 901
    assert guess("alice", "203.0.113.9") == [True]
    clock.move(minutes=14)
    with pytest.raises(TooManyTries):
        guess("alice")
    clock.move(minutes=2)
    assert guess("alice") == [True]


def test_a_closed_address_does_not_stop_a_known_device(alice):
    """A colleague, or a virus, in the same office must not keep the others out."""
    for number in range(30):
        guess(f"person-{number}")
    assert guess("alice", known="a" * 24) == [True]


def test_a_network_waits_after_two_hundred_failures(portal, clock):
    for number in range(200):
        assert guess(f"person-{number}", f"198.51.100.{number}") == [True]
    with pytest.raises(TooManyTries):
        guess("alice", "198.51.100.250")
    assert guess("alice", "203.0.113.9") == [True]
    clock.move(minutes=61)
    assert guess("alice", "198.51.100.250") == [True]


def test_a_thousand_failures_narrow_the_door_to_known_devices_and_raise_an_alarm(alice, clock):
    Bucket.create(kind="portal", key="", failures=999, since=clock.now())
    assert guess("nobody") == [True]
    with pytest.raises(TooManyTries):
        guess("alice", "203.0.113.9")
    assert guess("alice", "203.0.113.9", known="a" * 24) == [True]
    assert Event.select().where(Event.name == "door_narrowed").count() == 1
    clock.move(minutes=61)
    assert guess("alice", "203.0.113.9") == [True]


def test_an_address_forgets_old_failures(portal, clock):
    for number in range(29):
        guess(f"person-{number}")
    clock.move(minutes=16)
    assert guess("alice") == [True]
    assert Bucket.get(Bucket.kind == "address").failures == 1


def test_a_success_takes_back_what_it_counted_and_nothing_else(alice, bob):
    guess("alice", times=4)
    guess("bob", "203.0.113.9", times=2)
    clear("alice", ATTACKER)
    assert {(bucket.kind, bucket.key): bucket.failures for bucket in Bucket.select()} == {
        ("account", "alice"): 0, ("address", ATTACKER): 0, ("network", "198.51.100.0/24"): 0, ("portal", ""): 2,
        ("account", "bob"): 2, ("address", "203.0.113.9"): 2, ("network", "203.0.113.0/24"): 2,
    }  # fmt: skip


def test_a_success_of_ones_own_does_not_wash_away_guesses_at_others(alice, bob):
    """Somebody with an account cannot guess at others for ever by signing in now and then."""
    guess("bob", times=4)
    for _ in range(5):
        guess("alice")
        clear("alice", ATTACKER)
    assert Bucket.get(Bucket.kind == "address").failures == 4


def test_the_first_of_two_steps_is_no_failure_and_forgives_none(portal, clock):
    """Nine failures and then the right password: the second step is still open, at once, and the tenth failure locks."""
    patient(clock, 9)
    clock.move(seconds=31)
    assert guess() == [True]
    lockout.take_back("alice", ATTACKER)
    assert account().failures == 9
    assert guess() == [True], "the code, typed at once"
    assert account().is_locked


def test_another_person_opens_a_closed_account_and_says_why(alice, olga, last_event, clock):
    patient(clock, 10)
    patient(clock, 10, known="a" * 24)
    assert (state_of(alice).is_locked, state_of(alice).known_devices) == (True, 1)
    unlock(alice, "she called", by=olga)
    assert not state_of(alice).is_locked and account().failures == 0
    assert str(last_event().words("Olga")) == "Olga unlocked alice: she called"


def test_nobody_unlocks_themselves(alice):
    with pytest.raises(Refused):
        unlock(alice, "it is me", by=alice)


def test_strict_closes_the_whole_account_until_somebody_opens_it(alice, password, strict, clock, olga):
    known = device.recognise(alice, device.remember(alice, ""))
    patient(clock, 10)
    clock.move(days=300)
    assert guess(network="203.0.113.9", known=known) == [False], "known devices too"
    with pytest.raises(SignInRefused):
        sign_in("alice", password, **WHERE)
    assert state_of(alice).is_until_opened
    unlock(alice, "she called", by=olga)
    assert sign_in("alice", password, **WHERE)


def test_a_whole_ipv6_network_counts_as_one():
    import ipaddress

    keys = {network_key(ipaddress.ip_address(f"2001:db8:1:2::{number:x}")) for number in range(1, 50)}
    assert keys == {"2001:db8:1:2::/64"}
    assert network_key(ipaddress.ip_address("203.0.113.9")) == "203.0.113.9"
    assert lockout.wider("2001:db8:1:2::/64") == "2001:db8:1::/48"
    assert lockout.wider("203.0.113.9") == "203.0.113.0/24"


def test_old_counts_are_forgotten_but_not_a_persons_closed_ones(alice, clock):
    guess("old", times=3)
    clock.move(days=31)
    guess("new", "203.0.113.9", times=3)
    patient(clock, 10, "nobody", network="203.0.113.9")
    patient(clock, 10, network="203.0.113.9")
    Bucket.update(last_at=clock.ago(days=40), since=clock.ago(days=40)).where(
        Bucket.key.in_(["alice", "nobody"])
    ).execute()
    forget_old()
    kept = {bucket.key for bucket in Bucket.select()}
    assert "alice" in kept and "new" in kept and not {"old", "nobody", ATTACKER} & kept
    clock.move(to=clock.now() + ACCOUNT_LOCK * 2)
    forget_old()
    assert "alice" not in {bucket.key for bucket in Bucket.select()}


def test_one_name_has_one_bucket_however_it_is_spelled(alice):
    for spelling in ("alice", " ALICE ", "\u200b alice", "alice \u200b", "\u200b  \u2060Alice", "al\u200bice"):
        with pytest.raises(SignInRefused):
            sign_in(spelling, "wrong", **WHERE)
    assert [row.key for row in Bucket.select().where(Bucket.kind == "account")] == ["alice"]
