"""The door: no request from a foreign page, no redirect to a foreign place, no cookie a foreign script could read."""

from __future__ import annotations

import io
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from models.people.session import Session

OURS = "http://localhost"


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": OURS}, True),
        ({"Origin": OURS, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "http://127.0.0.1:8765"}, True),  # The portal's own address by its settings.
        ({"X": "nothing at all"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
        ({"Origin": "http://user@localhost"}, False),
        ({"Origin": "localhost"}, False),
        ({"Origin": "http://[::1"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "SAME-ORIGIN"}, False),
        ({"Origin": OURS, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Referer": "http://localhost/sign-in"}, False),
        ({"HX-Request": "true", "HX-Current-URL": "http://localhost/"}, False),
        ({"X-Requested-With": "XMLHttpRequest"}, False),
    ],
    ids=str,
)
def test_an_unsafe_request_must_come_from_our_own_pages(as_, alice, headers, is_ours):
    answer = as_(alice).post("/preferences", data={"theme": "dark"}, headers=headers, ours=False)
    assert answer.status_code == (303 if is_ours else 403)
    assert alice.reload().theme == ("dark" if is_ours else "system")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_unsafe_method_is_looked_at(as_, alice, method):
    for path in ("/sign-out", "/preferences", "/sign-in", "/welcome/x", "/t/lotus/people/", "/nothing"):
        answer = as_(alice).open(path, method=method, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403, path
    assert as_(alice).get("/t/lotus/").status_code == 200


def test_a_form_that_looks_like_json_or_plain_text_is_no_way_around(as_, alice):
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x", ""):
        answer = as_(alice).open(
            "/preferences",
            method="POST",
            data=b"theme=dark",
            content_type=kind,
            headers={"Origin": "http://evil.example"},
        )
        assert answer.status_code == 403


def test_signing_in_from_a_foreign_page_is_refused(visitor, alice, password):
    """Else a victim could be signed in as the attacker, and type secrets into the wrong account."""
    answer = visitor.open(
        "/sign-in",
        method="POST",
        data={"login": "alice", "password": password},
        headers={"Origin": "http://evil.example"},
    )
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


FOREIGN = [
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "javascript:alert(1)",
    "data:text/html,x", "https:evil.example", "/%0d%0aLocation:%20//evil.example", "/..//evil.example", "/./\\evil.example",
    "//localhost@evil.example", "http://localhost@evil.example", "/\u2028/evil.example", "/t/lotus/..//evil.example", "?x",
    "evil.example", "/nothing-here", "/sign-out", "", "/" + "a" * 600, "/\x00", "／／evil.example", "/%2f/evil.example",
    "/%5cevil.example", "/.evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN, ids=repr)
def test_after_signing_in_nobody_is_sent_elsewhere(visitor, alice, password, target):
    answer = visitor.post("/sign-in", data={"login": "alice", "password": password, "next": target})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("target", FOREIGN, ids=repr)
def test_the_sign_in_page_carries_no_foreign_target(visitor, target):
    page = visitor.get("/sign-in", query_string={"next": target}).text
    assert "evil.example" not in page


@pytest.mark.parametrize(
    "target", ["/", "/t/lotus/people/", "/t/lotus/people/?after=x&name=y", "/preferences", "/t/lotus/audit/#top"]
)
def test_after_signing_in_people_go_where_they_wanted(visitor, alice, password, target):
    answer = visitor.post("/sign-in", data={"login": "alice", "password": password, "next": target})
    assert answer.headers["Location"] == target


def test_preferences_lead_back_to_our_own_page_only(as_, alice):
    browser = as_(alice)
    for referrer, target in (
        ("http://localhost/t/lotus/people/?x=1", "/t/lotus/people/"), ("http://evil.example/t/lotus/people/", "/t/lotus/people/"),
        ("http://evil.example//evil.example", "/"), ("javascript:alert(1)", "/"), ("", "/"),
    ):  # fmt: skip
        answer = browser.post(
            "/preferences", data={"theme": "dark"}, headers={"Referer": referrer, "Sec-Fetch-Site": "same-origin"}
        )
        assert urlsplit(answer.headers["Location"]).netloc == ""
        assert answer.headers["Location"] == target


def cookies(answer) -> dict[str, set[str]]:
    """Name of each cookie set, with its attributes."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        first, *rest = [part.strip() for part in line.split(";")]
        found[first.partition("=")[0]] = {
            part.partition("=")[0].lower() + part[len(part.partition("=")[0]) :].lower() for part in rest
        }
    return found


def test_the_cookie_of_a_session_is_out_of_reach_for_scripts(visitor, alice, password):
    made = cookies(visitor.post("/sign-in", data={"login": "alice", "password": password}))
    assert {"httponly", "samesite=lax", "path=/", "max-age=43200"} <= made["sid"]
    assert not any(part.startswith("domain") for part in made["sid"])


def test_over_tls_the_cookie_is_bound_to_the_host(portal, alice, password, compiled):
    from app import create_app
    from tests import pages

    app = create_app(replace(portal, url="https://portal.example"))
    app.jinja_env.bytecode_cache = compiled
    app.test_client_class = pages.Visitor
    browser = app.test_client()
    form = {"login": "alice", "password": password}
    answer = browser.post("/sign-in", data=form, base_url="https://portal.example")
    made = cookies(answer)
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= made["__Host-sid"]
    assert not any(part.startswith("domain") for part in made["__Host-sid"])
    assert "sid" not in made
    assert "Strict-Transport-Security" in answer.headers
    wrong = browser.post(
        "/sign-in", data=form, base_url="https://portal.example", headers={"Origin": "http://portal.example"}
    )
    assert wrong.status_code == 403


def test_every_cookie_is_out_of_reach_for_scripts(as_, visitor, alice):
    for browser in (visitor, as_(alice)):
        for name, attributes in cookies(
            browser.post("/preferences", data={"theme": "dark", "language": "zh_Hans"})
        ).items():
            assert {"httponly", "samesite=lax"} <= attributes, name


def test_a_session_cookie_of_http_is_not_taken_over_tls(portal, alice, compiled):
    from app import create_app
    from tests import pages

    _session, token = Session.open(alice, address="127.0.0.1", device="x")
    app = create_app(replace(portal, url="https://portal.example"))
    app.jinja_env.bytecode_cache = compiled
    app.test_client_class = pages.Visitor
    browser = app.test_client()
    browser.set_cookie("sid", token, domain="portal.example")
    assert browser.get("/t/lotus/", base_url="https://portal.example").status_code == 303


def test_a_nul_in_an_address_is_nothing(as_, alice):
    for path in ("/t/lo%00tus/", "/welcome/%00", "/t/lotus/audit/?name=%00", "/t/lotus/people/?q=a%00b"):
        assert as_(alice).get(path).status_code == 404


def test_a_body_that_is_too_large_is_refused_before_it_is_read(as_, alice):
    body = Untouched(b"theme=dark")
    answer = as_(alice).post("/preferences", input_stream=body, environ_overrides={"CONTENT_LENGTH": str(10**12)})
    assert answer.status_code == 413
    assert not body.was_read


class Untouched(io.BytesIO):
    was_read = False

    def read(self, *size: int) -> bytes:
        self.was_read = True
        return super().read(*size)
