"""From where the portal may be used: portal and team and person, looked at before anything else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from models.people.network import Network
from models.support.errors import FieldRefused

INSIDE, OUTSIDE = "203.0.113.9", "198.51.100.7"


def from_(address: str) -> dict:
    return {"environ_base": {"REMOTE_ADDR": address}}


@pytest.fixture
def production(portal, compiled):
    """`production(**settings)`: a visitor of the same portal in mode production."""
    from app import create_app
    from tests import pages

    def make(**changes) -> pages.Visitor:
        app = create_app(replace(portal, mode="production", **changes))
        app.jinja_env.bytecode_cache = compiled
        app.test_client_class = pages.Visitor
        return app.test_client()

    return make


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203.0.113.9", "203.0.113.9/32"), (" 203.0.113.9/24 ", "203.0.113.0/24"), ("2001:db8::1", "2001:db8::1/128"),
        ("2001:DB8::/32", "2001:db8::/32"),
    ],
)  # fmt: skip
def test_a_network_is_kept_in_one_spelling(portal, typed, kept):
    assert Network.allow(typed).cidr == kept


@pytest.mark.parametrize(
    "typed", ["", "here", "203.0.113.0/33", "203.0.113", "1.2.3.4/24/8", "203.0.113.9:80", "::1%eth0/x"]
)
def test_what_is_no_network_is_refused_beside_the_field(portal, typed):
    with pytest.raises(FieldRefused) as refused:
        Network.allow(typed)
    assert refused.value.field == "cidr"


def test_changes_leave_events(portal, lotus, alice, last_event):
    row = Network.allow("203.0.113.0/24", note="office", team=lotus, by=alice)
    assert str(last_event().words("Alice")) == "Alice allowed the network 203.0.113.0/24 (office)"
    assert last_event().team_id == lotus.id
    row.remove(by=alice)
    assert str(last_event().words("Alice")) == "Alice removed the network 203.0.113.0/24"
    assert Network.select().count() == 0


def test_in_production_an_empty_list_lets_nobody_in(production):
    browser = production()
    for path in ("/", "/sign-in", "/health", "/static/css/portolan.css", "/nothing", "/welcome/x"):
        assert browser.get(path).status_code == 403, path


def test_outside_production_an_empty_list_lets_only_this_machine_in(visitor):
    assert visitor.get("/sign-in").status_code == 200
    assert visitor.get("/sign-in", **from_("::1")).status_code == 200
    assert visitor.get("/sign-in", **from_("10.0.0.1")).status_code == 403


def test_a_stranger_gets_the_same_answer_everywhere(production, alice, password):
    """The same words for every address, method and body, so that nothing is learned and nothing is read."""
    Network.allow("203.0.113.0/24")
    browser = production()
    answers = set()
    for method, path in (
        ("GET", "/"), ("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/t/lotus/"), ("GET", "/nothing"),
        ("GET", "/health"), ("DELETE", "/sign-in"), ("GET", "/static/css/portolan.css"), ("GET", "/welcome/x"),
    ):  # fmt: skip
        answer = browser.open(path, method=method, data={"login": "alice", "password": password}, **from_(OUTSIDE))
        assert answer.status_code == 403, path
        answers.add(re.sub(r"[0-9a-f]{32}", "", answer.text))  # The number to find it by.
    assert len(answers) == 1
    assert browser.get("/sign-in", **from_(INSIDE)).status_code == 200


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "Client-IP"]
)
def test_no_header_brings_a_stranger_in(production, header):
    Network.allow("203.0.113.0/24")
    value = f"for={INSIDE}" if header == "Forwarded" else INSIDE
    assert production().get("/sign-in", headers={header: value}, **from_(OUTSIDE)).status_code == 403
    trusting = production(trusted_proxies=_networks("127.0.0.1/32"))
    assert trusting.get("/sign-in", headers={header: value}, **from_(OUTSIDE)).status_code == 403


def _networks(*texts: str) -> tuple:
    import ipaddress

    return tuple(ipaddress.ip_network(text) for text in texts)


def test_behind_a_trusted_proxy_the_true_address_counts(production):
    Network.allow("203.0.113.0/24")
    browser = production(trusted_proxies=_networks("127.0.0.1/32"))

    def status(forwarded: str | None, peer: str = "127.0.0.1") -> int:
        headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
        return browser.get("/sign-in", headers=headers, **from_(peer)).status_code

    assert status(INSIDE) == 200
    assert status(f"{OUTSIDE}, {INSIDE}") == 200
    assert status(f"{INSIDE}, {OUTSIDE}") == 403, "what a client wrote itself does not count"
    assert status(f"{INSIDE}, unknown") == 403
    assert status(None) == 403
    assert status("") == 403
    assert status(INSIDE, peer=OUTSIDE) == 403


def test_a_forwarded_request_without_a_trusted_proxy_is_refused_in_production(production):
    """Somebody put a proxy in front and did not say so: every client would look like the proxy."""
    Network.allow("127.0.0.1")
    browser = production()
    assert browser.get("/sign-in", **from_("127.0.0.1")).status_code == 200
    assert browser.get("/sign-in", headers={"X-Forwarded-For": OUTSIDE}, **from_("127.0.0.1")).status_code == 403


def test_a_person_with_networks_comes_in_from_those_alone(as_, alice, bob):
    Network.allow("127.0.0.0/8")
    Network.allow(INSIDE)
    Network.allow(INSIDE, person=alice)
    assert as_(alice).get("/t/lotus/").status_code == 403
    assert as_(alice).get("/t/lotus/", **from_(INSIDE)).status_code == 200
    assert as_(bob).get("/t/lotus/").status_code == 200
    assert as_(alice).get("/sign-in").status_code == 303, "the door itself is open; what lies behind is not"


def test_a_team_with_networks_is_open_from_those_alone(as_, alice, bob, charlie, lotus):
    Network.allow("127.0.0.0/8")
    Network.allow(INSIDE)
    Network.allow(INSIDE, team=lotus)
    assert as_(bob).get("/t/lotus/").status_code == 403
    assert as_(bob).get("/t/lotus/", **from_(INSIDE)).status_code == 200
    assert as_(charlie).get("/t/comet/").status_code == 200
    assert as_(charlie).get("/t/lotus/", **from_(INSIDE)).status_code == 404


def test_a_team_or_a_person_cannot_widen_what_the_portal_allows(as_, alice, lotus):
    Network.allow("127.0.0.0/8")
    Network.allow(OUTSIDE, team=lotus)
    Network.allow(OUTSIDE, person=alice)
    assert as_(alice).get("/t/lotus/", **from_(OUTSIDE)).status_code == 403


def test_a_mapped_ipv4_address_is_the_ipv4_address(visitor, portal):
    Network.allow(INSIDE)
    assert visitor.get("/sign-in", **from_(f"::ffff:{INSIDE}")).status_code == 200
    assert visitor.get("/sign-in", **from_(f"::ffff:{OUTSIDE}")).status_code == 403
