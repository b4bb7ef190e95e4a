"""A sensitive act wants a proof of the last five minutes: the question, the way back, and nothing typed is lost."""

from __future__ import annotations

import pytest

from models.people import lockout
from models.people.person import Person
from models.people.proof import Shown, prove
from models.people.session import Session

PEOPLE, PAGE = "/t/lotus/people/", "/factors/app"
DORA = {"name": "Dora “<Ox>” & Co", "login": "dora.ox", "role": "lister", "language": "en"}


@pytest.fixture
def desk(as_, alice, clock):
    """Alice's browser, ten minutes after she signed in."""
    desk = as_(alice)
    desk.keeps_proving = False
    clock.move(minutes=10)
    return desk


def say_password(desk, password: str, **more):
    return desk.post("/prove", data={"password": password, **more})


def hidden(text: str, name: str) -> str:
    """The value of a hidden field, as a browser would send it again."""
    from html import unescape

    return unescape(text.partition(f'name="{name}" value="')[2].partition('"')[0])


def test_right_after_signing_in_nothing_is_asked(as_, alice):
    desk = as_(alice)
    desk.keeps_proving = False
    assert desk.get(PAGE).status_code == 200
    assert desk.post(PEOPLE, data=DORA).status_code == 201


def test_five_minutes_after_the_proof_a_page_leads_to_the_question_and_back(as_, alice, password, clock):
    desk = as_(alice)
    desk.keeps_proving = False
    clock.move(minutes=4, seconds=59)
    assert desk.get(PAGE).status_code == 200
    clock.move(minutes=5)
    answer = desk.get(PAGE + "?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/prove?next=/factors/app?x%3D1")
    assert "Prove that it is you" in desk.get(answer.headers["Location"]).text
    back = say_password(desk, password, next=PAGE + "?x=1")
    assert (back.status_code, back.headers["Location"]) == (303, PAGE + "?x=1")
    assert desk.get(PAGE).status_code == 200


def test_what_is_not_sensitive_asks_for_nothing(desk):
    assert desk.get(PEOPLE).status_code == 200
    assert desk.post("/preferences", data={"theme": "dark"}).status_code == 303


def test_without_a_proof_nothing_is_done(desk):
    assert desk.post(PEOPLE, data=DORA).status_code == 401
    assert Person.by_login("dora.ox") is None


def test_a_form_that_was_sent_is_kept_through_the_question_and_done_by_a_click(desk, password):
    asked = desk.post(PEOPLE, data=DORA, headers={"Referer": "http://localhost" + PEOPLE + "new"})
    assert "What you typed is kept." in asked.text
    kept = {f"carried:{name}": hidden(asked.text, f"carried:{name}") for name in DORA}
    assert kept == {f"carried:{name}": value for name, value in DORA.items()}
    sent = {**kept, "repeat": hidden(asked.text, "repeat"), "whole": "1", "next": hidden(asked.text, "next")}
    assert sent["next"] == PEOPLE + "new"
    wrong = say_password(desk, "wrong", **sent)
    assert wrong.status_code == 422 and hidden(wrong.text, "carried:name") == DORA["name"]
    offered = say_password(desk, password, **sent)
    again = {name: hidden(offered.text, name) for name in DORA}
    assert (offered.status_code, again) == (200, DORA)
    assert desk.post(PEOPLE, data=again).status_code == 201


def test_a_secret_is_never_put_into_a_page(desk, password):
    asked = desk.post(
        "/t/lotus/stores/applications", data={"name": "Mine", "kind": "private", "client_secret": "canary-4711"}
    )
    assert asked.status_code == 401
    assert "canary-4711" not in asked.text and hidden(asked.text, "carried:name") == "Mine"
    assert "but for files and secrets" in asked.text


def test_a_fragment_is_told_where_to_prove_and_stays_as_it_is(desk):
    answer = desk.post(PEOPLE, data=DORA, fragment=True, headers={"HX-Current-URL": "http://localhost" + PEOPLE})
    assert (answer.status_code, answer.text, answer.headers["X-Prove"]) == (401, "", "/prove?next=" + PEOPLE)
    drawer = desk.get(PAGE, fragment=True)
    assert (drawer.status_code, drawer.headers["HX-Redirect"]) == (401, "/prove?next=" + PAGE)


def test_the_dialog_asks_and_closes_itself(desk, password):
    into = {"HX-Target": "prove-content"}
    asked = desk.get("/prove", fragment=True, headers=into)
    assert asked.text.lstrip().startswith('<div id="prove-content"') and 'hx-post="/prove"' in asked.text
    wrong = desk.post("/prove", data={"password": "x"}, fragment=True, headers=into)
    assert wrong.status_code == 422 and 'id="prove-content"' in wrong.text
    right = desk.post("/prove", data={"password": password}, fragment=True, headers=into)
    assert (right.status_code, right.headers["HX-Trigger"]) == (204, "proved")


@pytest.mark.both
def test_a_proof_gives_a_new_id_and_the_old_one_is_dead_at_once(desk, password, last_event):
    old = desk.get_cookie("sid").value
    say_password(desk, password)
    new = desk.get_cookie("sid").value
    assert new != old and Session.of_token(old) is None and Session.of_token(new) is not None
    assert last_event().name == "identity_proved"


def test_a_wrong_proof_is_counted_and_the_fifth_ends_the_session(desk, password, last_event, clock):
    for _ in range(4):
        assert say_password(desk, "wrong").status_code == 422
        clock.move(seconds=31)
    assert last_event().name == "proof_refused"
    assert desk.get(PEOPLE).status_code == 200
    say_password(desk, "wrong")
    assert desk.get(PEOPLE).status_code == 303


def test_a_right_proof_forgets_the_wrong_ones(desk, password):
    for _ in range(3):
        for _ in range(3):
            say_password(desk, "wrong")
        assert say_password(desk, password).status_code == 303


def test_guessing_in_new_sessions_locks_the_account_like_guessing_at_the_door(app, alice, password, clock):
    for _ in range(2):
        _session, token = Session.open(alice, address="127.0.0.1", device="x")
        thief = app.test_client()
        thief.set_cookie("sid", token)
        for _ in range(5):
            say_password(thief, "wrong")
            clock.move(seconds=31)
    assert lockout.state_of(alice).is_locked


@pytest.mark.both
def test_two_proofs_at_once_leave_one_living_id(alice, password, in_parallel):
    _session, token = Session.open(alice, address="127.0.0.1", device="x")
    outcomes = in_parallel(3, lambda: prove(Session.of_token(token), Shown(password), network="127.0.0.1"))
    assert sum(Session.of_token(new) is not None for new in outcomes.results) == 1
    assert Session.of_token(token) is None


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil", "javascript:alert(1)", "/nothing"]
)
def test_the_way_back_leads_nowhere_else(desk, password, target):
    assert say_password(desk, password, next=target).headers["Location"] == "/"


def test_a_visitor_is_asked_to_sign_in_instead(visitor, portal):
    assert visitor.get("/prove").headers["Location"].startswith("/sign-in")
