"""Whose address counts: only what trusted proxies say, read from the right; no header of a client's own brings anybody in."""

from __future__ import annotations

import ipaddress

import pytest

from config.client_address import allowed, client_address, parse
from config.settings import PROJECT
from models.people.network import Network
from tests.commands.test_serve import read_all, served

INSIDE, OUTSIDE, PROXY, SECOND = "203.0.113.9", "198.51.100.7", "127.0.0.1", "10.0.0.2"
TRUSTED = tuple(map(ipaddress.ip_network, ("127.0.0.1/32", "10.0.0.0/24", "2001:db8:ffff::/48")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("203.0.113.9", INSIDE), (" 203.0.113.9 ", INSIDE), ("203.0.113.9:4711", INSIDE), ('"203.0.113.9"', INSIDE),
        ("::ffff:203.0.113.9", INSIDE), ("[::ffff:203.0.113.9]:80", INSIDE), ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"), ("fe80::1%eth0", "fe80::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("", None), ("unknown", None), ("_hidden", None), ("203.0.113", None), ("203.0.113.9.1", None), ("0203.0.113.9", None),
        ("203.0.113.9:x", None), ("203.0.113.9:", None), ("203.0.113.9:123456", None), ("[203.0.113.9", None), ("[::1]x", None),
        ("[::1]:", None), ("203.0.113.9 198.51.100.7", None), ("203.0.113.9/32", None), ("0xcb.0.113.9", None), ("3405803785", None),
        ("２０３.0.113.9", None), ("for=203.0.113.9", None), ("203.0.113.9\x00", None), ("localhost", None), ("::ffff:203.0.113.9:80", None),
    ],
)  # fmt: skip
def test_an_address_in_a_header(text, found):
    assert parse(text) == (ipaddress.ip_address(found) if found else None)


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        # Nobody trusted: what the client says is air.
        (OUTSIDE, INSIDE, OUTSIDE), (OUTSIDE, "", OUTSIDE), (OUTSIDE, f"{INSIDE}, {PROXY}", OUTSIDE),
        # One proxy.
        (PROXY, INSIDE, INSIDE), (PROXY, f"{INSIDE}, {OUTSIDE}", OUTSIDE), (PROXY, f"{OUTSIDE}, {INSIDE}", INSIDE),
        (PROXY, f"{INSIDE}, {INSIDE}, {OUTSIDE}", OUTSIDE), ("::ffff:127.0.0.1", OUTSIDE, OUTSIDE),
        # Two, and a client that pretends to be one.
        (PROXY, f"{OUTSIDE}, {SECOND}", OUTSIDE), (PROXY, f"{INSIDE}, {OUTSIDE}, {SECOND}", OUTSIDE),
        (PROXY, f"{INSIDE}, {SECOND}, {OUTSIDE}", OUTSIDE), (PROXY, f"2001:db8::7, 2001:db8:ffff::2, {SECOND}", "2001:db8::7"),
        # Garbage where the true address should stand is nobody's address.
        (PROXY, "unknown", None), (PROXY, f"{INSIDE}, unknown", None), (PROXY, f"{INSIDE},", None), (PROXY, f"{INSIDE}, ,", None),
        (PROXY, f"{INSIDE}, {SECOND}, <script>", None), (PROXY, f"unknown, {OUTSIDE}", OUTSIDE), (PROXY, ",,,", None),
        ("", INSIDE, None), ("unix:", INSIDE, None), (PROXY, "", PROXY),
    ],
)  # fmt: skip
def test_the_true_address_behind_proxies(peer, forwarded, found):
    assert client_address(peer, forwarded, TRUSTED) == (ipaddress.ip_address(found) if found else None)


def test_nobodys_address_is_in_no_network():
    assert not allowed(None, [ipaddress.ip_network("0.0.0.0/0")])


# Through a real server, behind a trusted proxy on loopback


@pytest.fixture(scope="module")
def server(templates, tmp_path_factory):
    from models.database import close_databases, open_databases
    from tests.conftest import make_settings

    settings = templates.copy_to(make_settings(tmp_path_factory.mktemp("matrix") / "data"), "sqlite", with_cast=True)
    with served(settings, PORTOLAN_TRUSTED_PROXIES="127.0.0.1/32") as portal:
        open_databases(settings)
        Network.allow("203.0.113.0/24")
        Network.allow("2001:db8::/32")
        close_databases()
        yield portal


@pytest.mark.slow
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 403),
        (["X-Forwarded-For: 203.0.113.9"], 200),
        (["X-Forwarded-For: 203.0.113.9:4711"], 200),
        (["X-Forwarded-For: [2001:db8::1]:4711"], 200),
        (["X-Forwarded-For: ::ffff:203.0.113.9"], 200),
        (["X-Forwarded-For: 198.51.100.7"], 403),
        (["X-Forwarded-For: 203.0.113.9, 198.51.100.7"], 403),
        (["X-Forwarded-For: 203.0.113.9, 127.0.0.1, 198.51.100.7"], 403),
        (["X-Forwarded-For: 198.51.100.7, 203.0.113.9"], 200),
        # Twice: what the client sent, then what the proxy added. The last word is the proxy's.
        (["X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 198.51.100.7"], 403),
        (["X-Forwarded-For: 198.51.100.7", "X-Forwarded-For: 203.0.113.9"], 200),
        (["x-forwarded-for: 203.0.113.9", "X-FORWARDED-FOR: 198.51.100.7"], 403),
        (["X-Forwarded-For: 203.0.113.9,"], 403),
        (["X-Forwarded-For: unknown"], 403),
        (["X-Forwarded-For: 203.0.113.9;198.51.100.7"], 403),
        (["Forwarded: for=203.0.113.9"], 403),
        (["Forwarded: for=203.0.113.9", "X-Forwarded-For: 198.51.100.7"], 403),
        (["X-Real-IP: 203.0.113.9"], 403),
        (["X-Client-IP: 203.0.113.9", "True-Client-IP: 203.0.113.9", "CF-Connecting-IP: 203.0.113.9"], 403),
        (["X-Forwarded-For: 203.0.113.9" + ", 127.0.0.1" * 500], 200),
        (["X-Forwarded-For: 203.0.113.9, 198.51.100.7" + ", 127.0.0.1" * 500], 403),
    ],
    ids=lambda value: " | ".join(value)[:60] if isinstance(value, list) else str(value),
)  # fmt: skip
def test_no_header_fools_the_served_portal(server, headers, status):
    lines = "".join(f"{line}\r\n" for line in headers)
    with server.connect() as line:
        line.sendall(f"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n{lines}Connection: close\r\n\r\n".encode())
        assert int(read_all(line).split(" ")[1]) == status


def test_the_proxies_we_ship_let_no_look_alike_of_the_header_through():
    """`X_Forwarded_For` becomes the same variable as `X-Forwarded-For`; the server cannot tell them apart, so the proxy must."""
    caddy, nginx = ((PROJECT / "deploy" / name).read_text() for name in ("Caddyfile", "nginx.conf"))
    for name in ("X_Forwarded_For", "X-Forwarded_For", "X_Forwarded-For"):
        assert f"request_header -{name}" in caddy
    assert "underscores_in_headers off;" in nginx
