"""Signing in: the right password opens, and nothing else tells anything."""

from __future__ import annotations

import statistics
import time

import pytest

from models.audit.event import Event
from models.people import password as passwords
from models.people.lockout import Bucket
from models.people.password import Busy
from models.people.session import Session, SignInRefused, sign_in

HERE = {"address": "127.0.0.1", "network": "127.0.0.1", "device": "a test"}


def refusal(login: str, password: str, **where) -> str:
    with pytest.raises(SignInRefused) as refused:
        sign_in(login, password, **HERE | where)
    return str(refused.value)


@pytest.mark.both
def test_the_right_password_opens_a_session_and_leaves_an_event(alice, password, last_event):
    session, token = sign_in("alice", password, **HERE)
    assert Session.of_token(token) == session
    assert (last_event().name, last_event().actor_id) == ("person_signed_in", alice.id)


def test_the_name_is_read_as_people_type_it(alice, password):
    assert sign_in("  Alice ", password, **HERE)[0].person == alice


@pytest.mark.both
def test_wrong_unknown_suspended_and_locked_all_read_the_same(alice, bob, charlie, password, clock):
    bob.suspend("left", by=alice)
    for _ in range(10):
        refusal("charlie", "wrong", network="198.51.100.7")
        clock.move(seconds=31)  # Sooner it would not be counted.
    said = {
        refusal("alice", "wrong"), refusal("nobody", password), refusal("bob", password), refusal("charlie", password),
        refusal("", ""), refusal("alice", ""), refusal("x" * 5000, "y" * 5000), refusal("al\0ice", "\0"),
    }  # fmt: skip
    assert said == {"The sign-in name or the password is wrong, or the account is locked for a while."}


def test_a_password_is_taken_exactly(alice, password):
    for wrong in (password + " ", " " + password, password.lower(), password[:-1], password + "\0"):
        refusal("alice", wrong)


def test_a_person_without_a_password_cannot_sign_in(alice, lotus):
    from models.people.employees import invite

    invite(lotus, "dora", "Dora", role="lister", by=alice)
    for attempt in ("", "not a password of anyone", "None"):
        refusal("dora", attempt)


def test_a_failure_leaves_an_event_without_the_name_that_was_typed(alice, last_event):
    refusal("alice", "wrong")
    assert str(last_event().words("x")) == "Somebody failed to sign in as alice"
    refusal("my-password-typed-here", "wrong")
    assert str(last_event().words("x")) == "Somebody failed to sign in as somebody nobody knows here"
    assert not Event.select().where(Event.details.contains("typed") | Event.object_label.contains("typed")).exists()


def test_a_success_clears_what_was_counted(alice, password, clock):
    for _ in range(2):
        for _ in range(9):
            clock.move(seconds=31)
            refusal("alice", "wrong")
        clock.move(seconds=31)
        sign_in("alice", password, **HERE)
        assert {bucket.failures for bucket in Bucket.select()} == {0}


def test_a_hash_of_an_older_strength_is_renewed(alice, password):
    before = alice.password_hash
    passwords.use_memory(9)
    try:
        sign_in("alice", password, **HERE)
        assert "m=9216" in alice.reload().password_hash != before
        sign_in("alice", password, **HERE)
    finally:
        passwords.use_memory(8)


@pytest.mark.alone
def test_a_stranger_learns_nothing_from_the_time_it_takes(alice, bob, charlie, clock):
    """Medians of processor time, turn by turn, so that a busy machine weighs on all of them alike."""
    bob.suspend("left", by=alice)
    passwords.check_password(None, "warm")
    medians = _medians({"known": "alice", "unknown": "nobody-here", "suspended": "bob"})
    assert max(medians.values()) < 1.15 * min(medians.values()), medians
    cost = statistics.median(_cost() for _ in range(9))
    assert min(medians.values()) > 0.5 * cost, "a password was really checked each time"


def _medians(kinds: dict[str, str]) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(60):
        Bucket.delete().execute()
        for name, login in kinds.items():
            began = time.thread_time()
            refusal(login, f"wrong-{turn}")
            took[name].append(time.thread_time() - began)
    return {name: statistics.median(times) for name, times in took.items()}


def _cost() -> float:
    began = time.thread_time()
    passwords.hash_password("how long does one take")
    return time.thread_time() - began


def test_a_locked_account_costs_as_much_as_any_other(alice, password, monkeypatch):
    checked = []
    real = passwords.check_password
    monkeypatch.setattr(
        passwords, "check_password", lambda stored, typed: checked.append(stored) or real(stored, typed)
    )
    for _ in range(10):
        refusal("alice", "wrong")
    refusal("alice", password)
    assert len(checked) == 11
    assert checked[-1] is None, "behind a closed bucket only the dummy is checked, never the true hash"


def test_too_many_at_once_are_asked_to_come_again(alice, password, in_parallel):
    """Two checks at a time and a short queue; the rest is told so at once instead of filling the memory."""
    passwords.use_memory(32)
    try:
        outcomes = in_parallel(40, lambda: passwords.check_password(None, password))
    finally:
        passwords.use_memory(8)
    assert len(outcomes.results) >= passwords.CHECKS_AT_ONCE + passwords.QUEUE - 1
    assert {type(error) for error in outcomes.errors} <= {Busy}
    assert len(outcomes.results) + len(outcomes.errors) == 40
    assert passwords.check_password(alice.password_hash, password), "and the way is free again"


# At the door


def attempt(visitor, login: str, password: str, **more):
    return visitor.post("/sign-in", data={"login": login, "password": password, **more})


def test_the_page_signs_in_and_leads_on(visitor, alice, password):
    answer = attempt(visitor, "alice", password)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert visitor.get("/").headers["Location"] == "/t/lotus/"
    assert visitor.get("/sign-in").status_code == 303


def test_wrong_and_unknown_answer_byte_for_byte_the_same(visitor, alice):
    wrong, unknown = attempt(visitor, "alice", "wrong"), attempt(visitor, "nobod", "wrong")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace("alice", "nobod") == unknown.text
    assert "Set-Cookie" not in wrong.headers
    assert "is wrong, or the account is locked" in wrong.text


def test_a_form_with_nothing_in_it_is_a_422(visitor, portal):
    for sent in ({}, {"login": "alice"}, {"password": "x"}, {"login": "a" * 5000, "password": "x"}, {"x": "y"}):
        assert visitor.post("/sign-in", data=sent).status_code == 422


def test_a_password_never_comes_back_in_the_page(visitor, alice):
    assert "Wrong-Canary-4711" not in attempt(visitor, "alice", "Wrong-Canary-4711").text


def test_signing_in_again_ends_the_session_before(visitor, alice, password):
    attempt(visitor, "alice", password)
    first = visitor.get_cookie("sid").value
    attempt(visitor, "alice", password)
    assert visitor.get_cookie("sid").value != first
    assert Session.of_token(first) is None


def test_a_session_chosen_by_somebody_else_is_not_taken(visitor, alice, password):
    """Fixation: a cookie planted before signing in is worth nothing after it."""
    visitor.set_cookie("sid", "planted-by-the-attacker")
    attempt(visitor, "alice", password)
    assert visitor.get_cookie("sid").value != "planted-by-the-attacker"
    assert Session.of_token("planted-by-the-attacker") is None
