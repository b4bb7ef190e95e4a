"""Changing one's own password: with the present one, not again the same day, not an old one, in time."""

from __future__ import annotations

import re

import pytest

from models.people import choosing, device
from models.people.choosing import change, hash_of_new, take
from models.people.invitation import Invitation, LinkSpent
from models.people.lockout import Bucket
from models.people.past_password import PastPassword
from models.people.session import Session, sign_in
from models.support.errors import FieldRefused

HERE = {"network": "127.0.0.1"}
NEW = "Amber-Lantern-58!"
pytestmark = pytest.mark.both


def numbered(number: int) -> str:
    return f"Amber-Lantern-{number}-Quay"


@pytest.fixture
def days():
    """`days(30)`: the greatest age of a password."""
    yield choosing.use_days
    choosing.use_days(365)


def test_a_new_password_ends_every_session_and_makes_every_device_a_stranger(alice, password, clock):
    _session, token = Session.open(alice, address="127.0.0.1", device="x")
    cookie = device.remember(alice, "")
    assert device.recognise(alice, cookie)
    clock.move(days=2)
    _session, token = Session.open(alice, address="127.0.0.1", device="x")
    change(alice, password, NEW, **HERE)
    assert Session.of_token(token) is None
    assert device.recognise(alice.reload(), cookie) == ""
    assert sign_in("alice", NEW, address="127.0.0.1", device="x", **HERE)


def test_the_present_password_is_needed_and_guesses_at_it_count(alice, password, clock):
    clock.move(days=2)
    for _ in range(10):
        clock.move(seconds=31)
        with pytest.raises(FieldRefused) as refused:
            change(alice, "wrong", NEW, **HERE)
        assert refused.value.field == "present_password"
    clock.move(seconds=31)
    with pytest.raises(FieldRefused):
        change(alice, password, NEW, **HERE)
    assert Bucket.get(Bucket.key == "alice").is_locked


def test_a_password_is_kept_for_a_day_at_least(alice, password, clock):
    clock.move(hours=23)
    with pytest.raises(FieldRefused, match="less than a day"):
        change(alice, password, NEW, **HERE)
    clock.move(hours=1, minutes=1)
    change(alice, password, NEW, **HERE)


def test_but_a_link_changes_it_at_once(alice, olga):
    Invitation.of_token(Invitation.make(alice, "reset", by=olga)).use(NEW)


def test_the_last_ten_cannot_be_chosen_again_and_the_eleventh_can(alice, password):
    for number in range(10, 19):
        take(alice, hash_of_new(alice, numbered(number)))
    with pytest.raises(FieldRefused, match="had this password before"):
        hash_of_new(alice, password)
    with pytest.raises(FieldRefused):
        hash_of_new(alice, numbered(18))
    take(alice, hash_of_new(alice, numbered(19)))
    take(alice, hash_of_new(alice, password))
    assert PastPassword.select().where(PastPassword.person == alice).count() == 10


def test_of_two_changes_at_once_one_is_made(alice, password, clock, in_parallel):
    clock.move(days=2)
    fresh = [type(alice).get_by_id(alice.id) for _ in range(4)]
    outcomes = in_parallel(4, lambda number: change(fresh[number], password, numbered(number + 20), **HERE))
    assert len(outcomes.results) == 1
    assert {type(error) for error in outcomes.errors} == {FieldRefused}


@pytest.mark.parametrize("most", [1, 30, 365])
def test_a_password_ends_on_its_day(alice, days, clock, most):
    days(most)
    clock.move(to=alice.password_at)
    clock.move(days=most, seconds=-1)
    assert not choosing.is_spent(alice) and choosing.ends_soon(alice)
    clock.move(seconds=1)
    assert choosing.is_spent(alice)


def test_a_warning_comes_fourteen_days_before(alice, clock):
    clock.move(to=alice.password_at)
    clock.move(days=350)
    assert not choosing.ends_soon(alice)
    clock.move(days=1)
    assert choosing.ends_soon(alice)


# On the screen


@pytest.mark.sqlite
def test_the_page_changes_it_and_signs_out_everywhere_else(as_, alice, password, clock):
    clock.move(days=2)
    other = Session.open(alice, address="127.0.0.1", device="x")[1]
    browser = as_(alice)
    assert browser.get("/password").status_code == 200
    answer = browser.post("/password", data={"present_password": password, "password": NEW, "again": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/preferences")
    assert browser.get("/t/lotus/").status_code == 200, "here the person stays"
    assert Session.of_token(other) is None
    assert browser.get_cookie("dev"), "and the device is known anew"


@pytest.mark.sqlite
def test_the_page_says_what_is_wrong_and_shows_no_password_again(as_, alice, password, clock):
    clock.move(days=2)
    browser = as_(alice)
    for sent, said in (
        ({"present_password": "Wrong-Canary-1!", "password": NEW, "again": NEW}, "not your present"),
        ({"present_password": password, "password": NEW, "again": "x"}, "differ"),
        ({"present_password": password, "password": password, "again": password}, "before"),
        ({"present_password": password, "password": "short", "again": "short"}, "at least 12"),
    ):
        answer = browser.post("/password", data=sent)
        assert answer.status_code == 422 and said in answer.text
        assert NEW not in answer.text and "Canary" not in answer.text


@pytest.mark.sqlite
def test_a_spent_password_lets_nobody_past_the_page_that_changes_it(as_, alice, password, clock, days):
    days(30)
    clock.move(days=20)
    browser = as_(alice)
    assert "has to be changed by" in browser.get("/t/lotus/").text
    clock.move(days=11)
    _session, token = Session.open(alice, address="127.0.0.1", device="x")
    browser.set_cookie("sid", token)
    for path in ("/", "/t/lotus/", "/t/lotus/people/", "/preferences"):
        assert browser.get(path).headers["Location"] == "/password", path
    assert browser.get("/t/lotus/", fragment=True).headers["HX-Redirect"] == "/password"
    assert browser.post("/t/lotus/people/", data={}).headers["Location"] == "/password"
    assert "greatest age" in browser.get("/password").text
    answer = browser.post("/password", data={"present_password": password, "password": NEW, "again": NEW})
    assert answer.status_code == 303
    assert browser.get("/t/lotus/").status_code == 200


@pytest.mark.sqlite
def test_a_suggestion_is_shown_once_and_is_good(as_, alice):
    seen = {re.search(r'data-fill="([^"]+)"', as_(alice).get("/password?suggest=1").text)[1] for _ in range(3)}
    assert len(seen) == 3
    for one in seen:
        hash_of_new(alice, one)
    assert "data-fill" not in as_(alice).get("/password").text


@pytest.mark.sqlite
def test_an_opinion_is_given_while_typing(as_, alice, visitor, lotus):
    says = as_(alice).post("/password/opinion", data={"password": "Alice-Kettle-27"}).text
    assert "Weak" in says and "part of your name" in says
    assert "Strong" in visitor.post("/password/opinion", data={"password": "Alice-Copper-Kettle-Harbour-27"}).text
    token = Invitation.make(alice, "reset")
    asked = visitor.post("/password/opinion", data={"password": "Alice-Kettle-27", "link": token}).text
    assert "part of your name" in asked
    assert visitor.post("/password/opinion", data={"link": "invented"}).status_code == 200


# A forgotten one


def test_a_link_for_a_forgotten_password_dies_with_use_time_suspension_and_the_next_link(alice, bob, olga, clock):
    used = Invitation.make(alice, "reset", by=olga)
    tabs = [Invitation.of_token(used) for _ in range(2)]
    tabs[0].use(NEW)
    for dead in (lambda: tabs[1].use(numbered(1)), lambda: Invitation.of_token(used)):
        with pytest.raises(LinkSpent):
            dead()
    old, fresh = Invitation.make(bob, "reset"), Invitation.make(bob, "reset")
    with pytest.raises(LinkSpent):
        Invitation.of_token(old)
    open_tab = Invitation.of_token(fresh)
    bob.suspend("left", by=olga)
    for dead in (lambda: Invitation.of_token(fresh), lambda: open_tab.use(NEW)):
        with pytest.raises(LinkSpent):
            dead()
    late = Invitation.make(alice.reload(), "reset")
    clock.move(minutes=31)
    with pytest.raises(LinkSpent):
        Invitation.of_token(late)


def test_a_link_opens_a_locked_account(alice, olga, clock):
    from models.people import lockout

    for number in range(10):
        clock.move(seconds=31)
        lockout.count_attempt("alice", f"10.{number}.0.1")
    assert lockout.state_of(alice).is_locked
    Invitation.of_token(Invitation.make(alice, "reset", by=olga)).use(NEW)
    assert not lockout.state_of(alice).is_locked
