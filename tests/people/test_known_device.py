"""A known device: given after a full success, worth nothing to anybody else, and good while a stranger hammers."""

from __future__ import annotations

import pytest

from models.people import device
from models.people.device import recognise, remember
from models.people.lockout import Bucket, count_attempt
from models.people.session import Session


def sign_in(browser, login: str, password: str):
    return browser.post("/sign-in", data={"login": login, "password": password})


def test_a_device_is_known_to_whom_it_was_made_for_alone(alice, bob):
    cookie = remember(alice, "")
    assert len(recognise(alice, cookie)) == 24
    assert recognise(bob, cookie) == recognise(None, cookie) == ""


def test_four_people_may_share_a_browser_and_the_fifth_takes_the_place_of_the_first(alice, bob, charlie, olga, lotus):
    from models.people.employees import invite
    from models.people.invitation import Invitation

    dora, token = invite(lotus, "dora", "Dora Maar", role="lister")
    dora = Invitation.of_token(token).use("Amber-Lantern-58!")
    cookie = ""
    for person in (alice, bob, charlie, olga):
        cookie = remember(person, cookie)
    assert len({recognise(person, cookie) for person in (alice, bob, charlie, olga)}) == 1
    assert all(recognise(person, cookie) for person in (alice, bob, charlie, olga))
    cookie = remember(dora, cookie)
    assert recognise(dora, cookie) and not recognise(alice, cookie)


@pytest.mark.parametrize("change", [lambda c: c[:-1] + ("0" if c[-1] != "0" else "1"), lambda c: ("b" if c[0] == "a" else "a") + c[1:], lambda c: c + ".",
                                    lambda c: c.replace("_", "9_", 1), lambda c: c * 9, lambda c: "", lambda c: "x.1_y", lambda c: c.upper()])  # fmt: skip
def test_a_changed_cookie_is_nobodys(alice, change):
    cookie = remember(alice, "")
    assert recognise(alice, cookie) and recognise(alice, change(cookie)) == ""


def test_after_a_hundred_and_eighty_days_it_is_forgotten(alice, clock):
    cookie = remember(alice, "")
    clock.move(days=180)
    assert recognise(alice, cookie)
    clock.move(days=1)
    assert recognise(alice, cookie) == ""


def test_the_person_comes_in_at_the_first_try_while_a_stranger_hammers(app, visitor, alice, password, clock):
    assert sign_in(visitor, "alice", password).status_code == 303
    cookie = visitor.get_cookie("dev")
    assert cookie and cookie.http_only and cookie.max_age == int(device.LASTS.total_seconds())
    for number in range(60):
        clock.move(seconds=31)
        count_attempt("alice", f"10.{number}.0.1", "")
    assert Bucket.get(Bucket.kind == "account").is_locked
    stranger = app.test_client()
    assert sign_in(stranger, "alice", password).status_code == 422, "also with the right password"
    assert stranger.get_cookie("dev") is None
    assert sign_in(visitor, "alice", password).status_code == 303


def test_a_cookie_somebody_else_planted_opens_nothing(app, visitor, alice, charlie, password):
    """Charlie's own device, put into the way of alice's account, counts as a stranger's."""
    sign_in(visitor, "charlie", password)
    sign_in(visitor, "alice", "wrong")
    assert Bucket.get(Bucket.key == "alice").kind == "account"
    assert Session.select().where(Session.person == alice).count() == 0
