"""Sessions: they end by standing still, by growing old, and at once when their person may no longer come in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.audit.event import Event
from models.people import password as passwords
from models.people.session import MOST_SESSIONS, Session


def open_for(person, device: str = "a test") -> tuple[Session, str]:
    return Session.open(person, address="127.0.0.1", device=device)


@pytest.mark.both
def test_a_token_finds_its_session_and_is_stored_nowhere(alice):
    session, token = open_for(alice)
    assert Session.of_token(token).person == alice
    assert len(token) >= 43
    row = Session.select().where(Session.id == session.id).dicts().get()
    assert token not in str(row)


@pytest.mark.parametrize("token", [None, "", "x", "x" * 101, "x" * 100_000, "\0", "é", "' OR 1=1 --"])
def test_no_other_token_finds_one(alice, token):
    open_for(alice)
    assert Session.of_token(token) is None


def test_a_token_is_not_its_hash(alice):
    session, _token = open_for(alice)
    assert Session.of_token(session.token_hash) is None


def test_standing_still_ends_it_by_the_strictest_role(alice, bob, clock):
    """A boss may stand still for a quarter of an hour, a lister for an hour."""
    boss, lister = open_for(alice)[1], open_for(bob)[1]
    clock.move(minutes=14, seconds=59)
    assert Session.of_token(boss) and Session.of_token(lister)
    clock.move(minutes=15)
    assert Session.of_token(boss) is None
    assert Session.of_token(lister)
    clock.move(minutes=60)
    assert Session.of_token(lister) is None


def test_who_keeps_clicking_stays_for_twelve_hours_and_no_longer(alice, clock):
    _session, token = open_for(alice)
    for _ in range(71):
        clock.move(minutes=10)
        assert Session.of_token(token)
    clock.move(minutes=10)
    assert Session.of_token(token) is None


def test_being_seen_is_written_at_most_once_a_minute(alice, clock):
    session, token = open_for(alice)
    clock.move(to=clock.now())
    first = session.last_seen_at
    clock.move(seconds=30)
    Session.of_token(token)
    assert session.reload().last_seen_at == first
    clock.move(seconds=31)
    Session.of_token(token)
    assert session.reload().last_seen_at == clock.now()
    assert alice.reload().last_seen_at == clock.now()


@pytest.mark.both
def test_a_suspended_person_is_out_at_once_and_stays_out_when_restored(alice, olga, as_):
    browser = as_(alice)
    assert browser.get("/t/lotus/").status_code == 200
    alice.reload().suspend("suspected", by=olga)
    assert browser.get("/t/lotus/").status_code == 303
    alice.reload().restore(by=olga)
    assert browser.get("/t/lotus/").status_code == 303
    assert as_(alice.reload()) is browser  # Only a new sign-in helps.


def test_a_new_password_ends_every_session(alice, password):
    token = open_for(alice)[1]
    alice.take_password(passwords.hash_password("Another-Kettle-28"))
    assert Session.of_token(token) is None
    assert Session.of_token(open_for(alice)[1])


def test_a_stale_copy_of_a_person_cannot_bring_an_old_session_back(alice, olga):
    """Two copies of one person: what one does must not set the epoch back for the other."""
    stale = alice.reload()
    alice.take_password(alice.password_hash)
    old_token = open_for(alice)[1]
    alice.take_password(alice.password_hash)
    assert Session.of_token(old_token) is None
    stale.suspend("left", by=olga)
    stale.restore(by=olga)
    assert alice.reload().epoch > alice.epoch
    assert Session.of_token(old_token) is None


def test_a_sixth_session_ends_the_oldest(alice, bob):
    tokens = [open_for(alice)[1] for _ in range(MOST_SESSIONS + 2)]
    other = open_for(bob)[1]
    assert [bool(Session.of_token(token)) for token in tokens] == [False, False, *[True] * MOST_SESSIONS]
    assert Session.of_token(other)


@pytest.mark.both
def test_sessions_opened_at_once_are_never_more_than_five(alice, in_parallel):
    outcomes = in_parallel(8, lambda: open_for(alice)[1])
    assert outcomes.errors == []
    open_for(alice)
    assert sum(bool(Session.of_token(token)) for token in outcomes.results) <= MOST_SESSIONS


def test_an_ended_session_is_over_and_ends_once(alice, olga, last_event):
    session, token = open_for(alice)
    session.end()
    assert Session.of_token(token) is None
    assert last_event().name == "person_signed_out"
    before = Event.select().count()
    session.end()
    assert Event.select().count() == before
    other, _token = open_for(alice)
    other.end(by=olga)
    assert (last_event().name, last_event().actor_id) == ("session_ended", olga.id)


def test_ended_sessions_are_forgotten_after_thirty_days(alice, clock):
    open_for(alice)
    clock.move(days=29)
    open_for(alice)
    clock.move(days=2)
    assert Session.forget_ended() == 1
    assert Session.select().count() == 1


def test_signing_out_ends_it_and_empties_the_browser(as_, alice):
    browser = as_(alice)
    token = browser.get_cookie("sid").value
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get_cookie("sid") is None
    assert Session.of_token(token) is None


def test_a_session_that_ended_leads_to_the_door_and_back(as_, alice, clock):
    browser = as_(alice)
    clock.move(minutes=16)
    answer = browser.get("/t/lotus/people/?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/t/lotus/people/?x%3D1")


def test_a_fragment_of_a_session_that_ended_makes_the_browser_go_there(as_, alice, clock):
    """A redirect would be followed by htmx, and the sign-in page would land inside the fragment."""
    browser = as_(alice)
    clock.move(minutes=16)
    answer = browser.get("/t/lotus/people/", fragment=True)
    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_a_device_name_is_cut(alice):
    assert len(open_for(alice, "x" * 5000)[0].reload().device) == 200


def test_time_is_measured_from_the_last_page_and_not_from_signing_in(alice, clock):
    _session, token = open_for(alice)
    clock.move(minutes=10)
    Session.of_token(token)
    clock.move(minutes=10)
    assert Session.of_token(token).created_at < clock.now() - timedelta(minutes=15)
