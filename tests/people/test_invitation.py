"""One-time links: once, in time, for the account as it is now."""

from __future__ import annotations

import pytest

from models.people.employees import invite
from models.people.invitation import Invitation, LinkSpent
from models.people.person import Person
from models.people.session import Session
from models.support.errors import FieldRefused

GOOD = "Brass-Lantern-31"


@pytest.fixture
def dora(lotus, alice) -> tuple[Person, str]:
    """A newcomer and her link."""
    return invite(lotus, "dora", "Dora Maar", role="lister", by=alice)


def spent(token: str) -> None:
    with pytest.raises(LinkSpent):
        Invitation.of_token(token)


@pytest.mark.both
def test_a_link_lets_its_person_choose_a_password_once(dora, last_event):
    person, token = dora
    Invitation.of_token(token).use(GOOD)
    assert person.reload().is_active
    assert last_event().name == "password_chosen"
    spent(token)


@pytest.mark.both
def test_a_link_used_in_two_windows_at_once_works_in_one(dora, in_parallel):
    _person, token = dora
    links = [Invitation.of_token(token) for _ in range(6)]
    outcomes = in_parallel(6, lambda number: links[number].use(f"{GOOD}{number}"))
    assert len(outcomes.results) == 1
    assert len(outcomes.errors_of(LinkSpent)) == 5


def test_a_bad_password_does_not_spend_the_link(dora):
    _person, token = dora
    with pytest.raises(FieldRefused):
        Invitation.of_token(token).use("short")
    assert Invitation.of_token(token).is_open


def test_a_link_expires(dora, alice, clock):
    _person, token = dora
    clock.move(hours=23, minutes=59)
    assert Invitation.of_token(token)
    clock.move(minutes=2)
    spent(token)
    fresh = Invitation.make(alice, "reset")
    clock.move(minutes=29)
    assert Invitation.of_token(fresh)
    clock.move(minutes=2)
    spent(fresh)


def test_a_newer_link_replaces_the_older(dora, alice):
    person, token = dora
    newer = Invitation.make(person, "invite", by=alice)
    spent(token)
    assert Invitation.of_token(newer)


def test_a_link_dies_with_a_new_password_and_with_suspension(dora, alice, olga):
    for turn in (lambda: alice.take_password(alice.password_hash), lambda: alice.suspend("x", by=olga)):
        token = Invitation.make(alice.reload(), "reset")
        turn()
        spent(token)
    alice.restore(by=olga)
    spent(token)


def test_somebody_suspended_while_choosing_a_password_stays_suspended(dora, alice):
    person, token = dora
    link = Invitation.of_token(token)
    assert link.person.state == "invited"
    person.reload().suspend("a mistake", by=alice)
    with pytest.raises(LinkSpent):
        link.use(GOOD)
    assert person.reload().state == "suspended"
    assert person.reload().password_hash is None


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "../..", "%00"])
def test_no_other_token_opens_anything(dora, token):
    spent(token)


def test_a_link_is_stored_only_as_its_hash(dora):
    _person, token = dora
    assert token not in str(list(Invitation.select().dicts()))
    spent(Invitation.get().token_hash)


def test_the_page_takes_the_password_and_signs_in(dora, visitor):
    person, token = dora
    assert "Dora Maar" in visitor.get(f"/welcome/{token}").text
    answer = visitor.post(f"/welcome/{token}", data={"password": GOOD, "again": GOOD})
    assert answer.status_code == 303
    assert Session.of_token(visitor.get_cookie("sid").value).person == person
    assert visitor.get(f"/welcome/{token}").status_code == 410


def test_the_page_says_what_is_wrong_beside_the_field(dora, visitor):
    _person, token = dora
    page = f"/welcome/{token}"
    differ = visitor.post(page, data={"password": GOOD, "again": "other"})
    assert (differ.status_code, "The two passwords differ." in differ.text) == (422, True)
    short = visitor.post(page, data={"password": "short", "again": "short"})
    assert (short.status_code, "at least 12" in short.text) == (422, True)
    assert GOOD not in differ.text
    assert Invitation.of_token(token).is_open


def test_a_spent_or_invented_link_is_said_to_be_one(visitor, dora):
    for method in (visitor.get, visitor.post):
        answer = method("/welcome/invented")
        assert answer.status_code == 410
        assert "used or is too old" in answer.text


def test_the_link_of_a_page_leads_nowhere_else(visitor, dora):
    """The token is in the address, so the page must not hand it to anybody."""
    _person, token = dora
    answer = visitor.get(f"/welcome/{token}")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
