"""Where one is signed in: seen, ended, and asked again when it goes on in another place."""

from __future__ import annotations

import pytest

from models.people.browser import browser_of, has_moved
from models.people.session import Session

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"
)
NEWER = CHROME.replace("143", "144")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"


def opened(app, person, *, address: str = "127.0.0.1", device: str = CHROME):
    """A browser of its own with a session, and that session."""
    session, token = Session.open(person, address=address, device=device)
    browser = app.test_client()
    browser.set_cookie("sid", token)
    browser.environ_base["HTTP_USER_AGENT"] = device
    return browser, session


@pytest.mark.parametrize(
    ("said", "read"),
    [(CHROME, ("Chrome", "Windows")), (FIREFOX, ("Firefox", "Linux")), (IPHONE, ("Safari", "iPhone")), ("", ("", "")),
     (CHROME + " Edg/143.0", ("Edge", "Windows")), ("<script>", ("", "")), ("x" * 5000, ("", ""))],
)  # fmt: skip
def test_browsers_are_read_simply(said, read):
    assert browser_of(said) == read


@pytest.mark.parametrize(
    ("was", "now", "moved"),
    [(("203.0.113.7", CHROME), ("203.0.200.9", NEWER), False), (("203.0.113.7", CHROME), ("203.1.113.7", CHROME), True),
     (("203.0.113.7", CHROME), ("203.0.113.7", FIREFOX), True), (("203.0.113.7", CHROME), ("203.0.113.7", ""), True),
     (("2001:db8:1::1", CHROME), ("2001:db8:2::1", CHROME), False), (("2001:db8::1", CHROME), ("2001:db9::1", CHROME), True),
     (("127.0.0.1", ""), ("203.0.113.7", CHROME), False)],
)  # fmt: skip
def test_another_network_or_browser_is_a_move_and_a_newer_version_is_none(was, now, moved):
    assert has_moved(was, now) is moved


def test_the_page_shows_every_device_and_marks_this_one(app, alice):
    browser, _session = opened(app, alice)
    opened(app, alice, device=FIREFOX)
    page = browser.get("/sessions/").text
    assert page.count("This one") == 1
    assert "Chrome on Windows" in page and "Firefox on Linux" in page and "127.0.0.1" in page


def test_one_is_ended_and_all_others_are(app, alice, last_event):
    browser, _session = opened(app, alice)
    other, theirs = opened(app, alice, device=FIREFOX)
    third, _theirs = opened(app, alice, device=IPHONE)
    assert browser.post(f"/sessions/{theirs.uid}/end").headers["Location"] == "/sessions/"
    assert other.get("/sessions/").status_code == 303 and third.get("/sessions/").status_code == 200
    browser.post("/sessions/end-others")
    assert third.get("/sessions/").status_code == 303 and browser.get("/sessions/").status_code == 200
    assert last_event().name == "person_signed_out"


def test_nobody_sees_or_ends_anothers(app, alice, bob):
    browser, _session = opened(app, alice)
    _other, theirs = opened(app, bob, device=FIREFOX)
    assert "Firefox" not in browser.get("/sessions/").text
    assert browser.post(f"/sessions/{theirs.uid}/end").status_code == 404
    assert theirs.reload().ended_at is None


def test_another_browser_has_to_prove_itself_and_is_not_thrown_out(app, alice, password):
    """A cookie that was stolen is worth nothing in the thief's browser; its person goes on after a proof."""
    browser, session = opened(app, alice)
    browser.environ_base["HTTP_USER_AGENT"] = FIREFOX
    assert browser.get("/t/lotus/people/").headers["Location"] == "/prove?next=/t/lotus/people/"
    assert browser.post("/preferences", data={"theme": "dark"}).status_code in (303, 401)
    assert browser.post("/sessions/end-others").status_code == 401
    fragment = browser.get("/t/lotus/people/", fragment=True)
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/prove?next=/t/lotus/people/")
    assert browser.get("/prove").status_code == 200, "though the last proof is a moment ago"
    assert browser.post("/prove", data={"password": password, "next": "/t/lotus/people/"}).status_code == 303
    assert browser.get("/t/lotus/people/").status_code == 200
    assert session.reload().device == FIREFOX


def test_an_old_cookie_is_dead_after_everything_that_renews_or_ends(app, alice, password, lotus):
    from models.people.role import Grant

    for change in (
        lambda browser: browser.post("/prove", data={"password": password}),
        lambda browser: browser.post("/sign-out"),
        lambda browser: Grant.get(Grant.person == alice).person.renew_rights(),
        lambda browser: alice.reload().end_sessions(by=None),
    ):
        browser, _session = opened(app, alice.reload())
        old = browser.get_cookie("sid").value
        assert browser.get("/sessions/").status_code == 200
        change(browser)
        thief = app.test_client()
        thief.set_cookie("sid", old)
        thief.environ_base["HTTP_USER_AGENT"] = CHROME
        assert thief.get("/sessions/").headers["Location"].startswith("/sign-in")
