"""Two hundred guesses at once: every one is counted before anything is verified, and the portal stays usable meanwhile."""

from __future__ import annotations

import re
import statistics
import threading
import time
from pathlib import Path

import pytest

from models.people import lockout
from models.people.lockout import Bucket, TooManyTries, count_attempt
from models.people.network import Network
from models.people.session import Session, SignInRefused, sign_in
from tests.commands.test_serve import read_all, served
from views.support import crowd

THREADS, EACH = 25, 8
OFFERED = {"PORTOLAN_SECOND_FACTOR": "offered"}  # What is tested here is the first one.


def counted(kind: str) -> int:
    return Bucket.get(Bucket.kind == kind).failures


@pytest.mark.both
def test_of_two_hundred_guesses_at_an_account_a_few_are_looked_at(alice, in_parallel):
    """From two hundred networks, so that only the account can stop them."""

    def several(number: int) -> list[bool]:
        return [count_attempt("alice", f"10.{number}.{one}.1") for one in range(EACH)]

    outcomes = in_parallel(THREADS, several)
    assert outcomes.errors == []
    looked_at = sum(map(sum, outcomes.results))
    assert 4 <= looked_at <= 10
    assert counted("account") == looked_at
    assert counted("portal") == THREADS * EACH, "each of them is in the portal's count"


@pytest.mark.both
def test_of_two_hundred_guesses_from_one_address_thirty_are_looked_at(portal, in_parallel):
    def several(number: int) -> list[str]:
        found = []
        for one in range(EACH):
            try:
                found.append(str(count_attempt(f"person-{number}-{one}", "198.51.100.7")))
            except TooManyTries:
                found.append("wait")
        return found

    outcomes = in_parallel(THREADS, several)
    assert outcomes.errors == []
    told = [word for words in outcomes.results for word in words]
    assert (told.count("True"), told.count("wait")) == (30, 170)


@pytest.mark.both
def test_a_success_among_guesses_at_once_loses_no_count(alice, bob, in_parallel):
    def act(number: int) -> None:
        if number % 5:
            count_attempt("bob", f"10.0.{number}.1", "")
        else:
            count_attempt("alice", f"10.0.{number}.1", "a" * 24)
            lockout.clear("alice", f"10.0.{number}.1", "a" * 24)

    outcomes = in_parallel(20, act)
    assert outcomes.errors == []
    assert Bucket.get(Bucket.kind == "device").failures == 0
    assert 4 <= Bucket.get(Bucket.key == "bob").failures <= 10
    assert counted("portal") >= 16


@pytest.mark.both
def test_the_right_password_among_the_guesses_opens_nothing_once_it_is_too_late(alice, password, clock):
    """The attacker has the password as the eleventh of the list."""
    for number in range(10):
        clock.move(seconds=31)
        with pytest.raises(SignInRefused):
            sign_in("alice", f"guess {number}", address="10.0.0.1", network=f"10.{number}.0.1", device="x")
    with pytest.raises(SignInRefused):
        sign_in("alice", password, address="10.0.0.1", network="10.99.0.1", device="x")
    assert Session.select().where(Session.person == alice).count() == 0


def test_wrong_unknown_suspended_and_locked_are_byte_for_byte_the_same_page(
    visitor, alice, bob, charlie, password, clock
):
    bob.suspend("left", by=alice)
    for number in range(10):
        clock.move(seconds=31)
        count_attempt("charlie", f"10.{number}.0.1")
    pages = set()
    for login in ("alice", "nobod", "bob", "charlie"):
        answer = visitor.post(
            "/sign-in", data={"login": login, "password": password if login in ("bob", "charlie") else "x"}
        )
        assert answer.status_code == 422 and "Retry-After" not in answer.headers
        pages.add(re.sub(rf'value="{login}"', 'value=""', answer.text))
    assert len(pages) == 1


def test_who_has_to_wait_is_told_how_long(visitor, alice, password):
    for number in range(30):
        count_attempt(f"person-{number}", "127.0.0.1")
    answer = visitor.post("/sign-in", data={"login": "alice", "password": password})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 901
    unknown = visitor.post("/sign-in", data={"login": "nobody", "password": password})
    number = r"[0-9a-f]{32}"
    assert re.sub(number, "", unknown.text) == re.sub(number, "", answer.text)


def test_who_finds_no_room_is_sent_away_in_their_language_before_anything_is_looked_up(app, visitor, monkeypatch):
    monkeypatch.setattr(crowd, "_room", threading.Semaphore(0))
    answer = visitor.post("/sign-in", data={"login": "alice", "password": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert "Many people are signing in" in answer.text and "default-src" in answer.headers["Content-Security-Policy"]
    assert Bucket.select().count() == 0
    visitor.set_cookie("language", "zh_Hans")
    assert 'lang="zh-Hans"' in visitor.post("/sign-in").text
    visitor.set_cookie("language", "<script>")
    assert 'lang="en"' in visitor.post("/sign-in").text
    assert visitor.get("/sign-in").status_code == 200, "only who wants to sign in"


# Through a real server


def ask(portal, request: str) -> tuple[int, str, float]:
    began = time.monotonic()
    with portal.connect(60) as line:
        line.sendall(request.encode())
        answer = read_all(line)
    return int(answer.split(" ")[1]), answer, time.monotonic() - began


def guess_from(number: int) -> str:
    body = f"login=alice&password=guess-{number}"
    return (
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
        f"X-Forwarded-For: 10.{number % 200}.{number}.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )


@pytest.mark.alone
def test_other_pages_are_answered_while_two_hundred_sign_in_at_once(portal, alice):
    """With the real cost of a check. Who does not find a place in the queue is told to come again."""
    Network.allow("0.0.0.0/0")
    _session, token = Session.open(alice, address="10.1.1.1", device="x")
    page = f"GET /preferences HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: 10.1.1.1\r\nCookie: sid={token}\r\n\r\n"
    answers: list[tuple[int, str, float]] = []
    with served(portal, PORTOLAN_TRUSTED_PROXIES="127.0.0.1/32", PORTOLAN_PASSWORD_MEMORY_MB="46", **OFFERED) as server:
        ask(server, page)
        crowd = [threading.Thread(target=lambda n=n: answers.append(ask(server, guess_from(n)))) for n in range(200)]
        for one in crowd:
            one.start()
        waits = []
        while any(one.is_alive() for one in crowd):
            code, _text, took = ask(server, page)
            assert code == 200
            waits.append(took)
        for one in crowd:
            one.join()
        peak = max(memory_mb(pid) for pid in server.children())
    codes = [code for code, _text, _took in answers]
    assert set(codes) <= {422, 429, 503} and codes.count(422) >= 20, codes
    refused = next(text for code, text, _took in answers if code == 429)
    assert re.search(r"(?i)retry-after: \d+", refused)
    p95 = statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else waits[0]
    print(f"{len(waits)} pages, p95 {p95:.2f} s, {codes.count(422)} looked at, {codes.count(429)} sent away, {peak} MB")
    assert p95 < 2.0, waits
    assert peak < 500


def memory_mb(pid: int) -> int:
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) // 1024
