"""Fetching a picture from a foreign address: only from the public internet. A canary on loopback must never be called."""

from __future__ import annotations

import ipaddress
import socket
import time

import pytest

from integrations import images
from integrations.errors import IntegrationError
from models.catalog.image import checked_url, is_private, is_public
from models.support.errors import FieldRefused
from tests.integrations.rogue import Rogue, said

PRIVATE_ADDRESSES = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "100::1", "2001:db8::1", "2001:2::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:c0a8:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "fe80::1%eth0",
]  # fmt: skip
PUBLIC_ADDRESSES = ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::1"]


@pytest.mark.parametrize("text", PRIVATE_ADDRESSES)
def test_an_address_that_is_not_on_the_public_internet_is_known_as_such(text):
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC_ADDRESSES)
def test_a_public_address_is_public(text):
    assert is_public(ipaddress.ip_address(text))


@pytest.fixture
def canary(rogue):
    """Something on loopback that must not be reached."""
    return rogue


HOSTILE = [
    "http://127.0.0.1:{port}/x", "http://localhost:{port}/x", "http://LOCALHOST:{port}/x", "http://localhost.:{port}/",
    "http://127.1:{port}/", "http://127.0.1:{port}/", "http://2130706433:{port}/", "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/", "http://0177.0.0.1:{port}/", "http://017700000001:{port}/", "http://0:{port}/",
    "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/", "http://[::127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/", "http://①②⑦.⓪.⓪.①:{port}/", "http://127。0。0。1:{port}/",
    "http://１２７.0.0.1:{port}/", "http://user@127.0.0.1:{port}/", "http://user:word@127.0.0.1:{port}/",
    "http://images.example.com@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@images.example.com/",
    "http://127.0.0.1:{port}?x=https://images.example.com",
    "https://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http:127.0.0.1:{port}", "http:///127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_GET", "data:image/png;base64,AAAA",
    "javascript:alert(1)", "http://[::1", "http://127.0.0.1:99999/", "http://127.0.0.1:{port} /", "",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_no_spelling_of_a_private_address_reaches_it(canary, url):
    with pytest.raises(IntegrationError):
        images.fetch(url.format(port=canary.port), is_public=is_public)
    assert canary.connections == 0


@pytest.mark.parametrize("url", [url for url in HOSTILE if url])
def test_none_of_them_is_taken_into_a_product_either(url):
    with pytest.raises(FieldRefused):
        checked_url(url.format(port=80))


@pytest.mark.parametrize(
    "host",
    ["printer.local", "nas.lan", "db.internal", "x.localhost", "router.home", "x.test", "metadata.google.internal",
     "intranet", "x.corp", "hidden.onion", "1.0.0.127.in-addr.arpa", "0x7f.1", "0x", "PRINTER.LOCAL.", "ⓛocalhost"],
)  # fmt: skip
def test_names_that_exist_only_inside_are_private(host):
    assert is_private(host)


@pytest.mark.parametrize(
    "host", ["images.example.com", "cdn.shop.de", "1.1.1.1", "xn--bcher-kva.example.com", "bücher.de"]
)
def test_other_names_are_not(host):
    assert not is_private(host)


@pytest.fixture
def allowed(rogue):
    """`allowed(path)`: fetches from the test's own server, which alone on loopback counts as public."""
    return lambda path="/x.jpg", **options: images.fetch(
        f"http://127.0.0.1:{rogue.port}{path}", is_public=is_public, allow_loopback_port=rogue.port, **options
    )


def test_a_picture_is_fetched_with_its_host_and_no_cookies_or_credentials(allowed, rogue):
    rogue.script = lambda _request: said(200, b"picture", Set_Cookie="a=b")
    assert allowed("/a/b.jpg?c=d") == b"picture"
    request = rogue.requests[0]
    assert request.target == "/a/b.jpg?c=d" and request.headers["host"] == f"127.0.0.1:{rogue.port}"
    assert request.headers["user-agent"].startswith("Portolan/") and request.headers["accept-encoding"] == "identity"
    assert not {"cookie", "authorization", "x-amz-access-token"} & set(request.headers)


def test_the_name_is_resolved_once_and_the_checked_address_is_the_one_called(rogue):
    """A resolver that answers with a public address first and a private one later gets no second question."""
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    began = time.monotonic()
    with pytest.raises(IntegrationError):
        images.fetch("http://rebind.example.com/x", is_public=lambda _a: True, resolve=lambda h, p: ["127.0.0.1"][:0])
    with pytest.raises(IntegrationError):
        images.fetch(f"http://rebind.example.com:{rogue.port}/x", is_public=is_public, resolve=rebinding)
    assert asked == [] and rogue.connections == 0 and time.monotonic() - began < 5


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1", "93.184.216.34"], ["10.0.0.1"], []]
)
def test_a_name_with_any_private_address_is_not_called(rogue, addresses):
    with pytest.raises(IntegrationError) as refused:
        images.fetch("http://mixed.example.com/x", is_public=is_public, resolve=lambda _h, _p: addresses)
    assert refused.value.code in ("image_private",) and refused.value.permanent
    assert rogue.connections == 0


def test_between_the_check_and_the_call_nothing_is_resolved_again(rogue, monkeypatch):
    real = socket.getaddrinfo
    names = []

    def watched(host, *args, **kwargs):
        names.append(host)
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", watched)
    rogue.script = lambda _request: said(200, b"x")
    images.fetch(
        f"http://pictures.example.com:{rogue.port}/x", is_public=is_public, allow_loopback_port=rogue.port,
        resolve=lambda _h, _p: ["127.0.0.1"],
    )  # fmt: skip
    assert "pictures.example.com" not in names
    assert rogue.requests[0].headers["host"] == f"pictures.example.com:{rogue.port}"


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/in", "http://localhost:{port}/in", "http://[::1]:{port}/in", "//127.0.0.1:{port}/in",
     "http://169.254.169.254/latest", "file:///etc/passwd", "http://user:word@127.0.0.1:{port}/in", "ftp://127.0.0.1/x", "http://[::1"],
)  # fmt: skip
def test_a_redirect_to_a_private_address_is_not_followed(rogue, target):
    inside = Rogue()
    rogue.script = lambda _request: said(302, b"", Location=target.format(port=inside.port))
    with pytest.raises(IntegrationError):
        images.fetch(f"http://127.0.0.1:{rogue.port}/x", is_public=is_public, allow_loopback_port=rogue.port)
    assert inside.connections == 0 and len(rogue.requests) == 1
    inside.close()


def test_at_most_three_redirects_are_followed(allowed, rogue):
    rogue.script = lambda request: (
        said(200, b"end") if request.target == "/3" else said(302, b"", Location=f"/{int(request.target[1:]) + 1}")
    )
    assert allowed("/0") == b"end" and len(rogue.requests) == 4
    rogue.script = lambda _request: said(301, b"", Location="/again")
    rogue.requests.clear()
    with pytest.raises(IntegrationError) as refused:
        allowed("/0")
    assert refused.value.code == "image_redirects" and len(rogue.requests) == 4


def test_more_than_fifteen_megabytes_are_not_read(allowed, rogue, monkeypatch):
    monkeypatch.setattr(images, "MOST_BYTES", 500_000)
    rogue.script = lambda _request: iter([said(200, b"", Content_Length="999999999")] + [b"x" * 100_000] * 40)
    with pytest.raises(IntegrationError) as refused:
        allowed()
    assert refused.value.code == "image_too_large" and refused.value.permanent


def test_a_server_that_drips_has_twenty_seconds_in_all(allowed, rogue, monkeypatch):
    monkeypatch.setattr(images, "TOTAL_SECONDS", 0.5)
    rogue.script = lambda _request: iter([said(200, b"", Content_Length="1000"), *([b"x", 0.05] * 400)])
    began = time.monotonic()
    with pytest.raises(IntegrationError) as failed:
        allowed()
    assert failed.value.code == "image_timeout" and not failed.value.permanent and time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("status", "permanent"), [(404, True), (403, True), (410, True), (500, False), (429, False), (204, False)]
)
def test_a_refusal_of_the_server_says_its_status(allowed, rogue, status, permanent):
    rogue.script = lambda _request: said(status)
    with pytest.raises(IntegrationError, match=str(status)) as failed:
        allowed()
    assert failed.value.permanent is permanent


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_of_the_environment_is_used(allowed, rogue, monkeypatch, name):
    proxy = Rogue()
    monkeypatch.setenv(name, proxy.url)
    rogue.script = lambda _request: said(200, b"x")
    assert allowed() == b"x" and proxy.connections == 0
    proxy.close()


def test_what_follows_a_sharp_is_no_name():
    asked = []
    with pytest.raises(IntegrationError):
        images.fetch(
            "http://images.example.com#@127.0.0.1/", is_public=is_public, resolve=lambda h, _p: asked.append(h) or []
        )
    assert asked == ["images.example.com"]


def test_a_name_without_an_address_is_trouble_that_may_pass():
    def unknown(_host, _port):
        raise socket.gaierror("no such name")

    with pytest.raises(IntegrationError) as failed:
        images.fetch("http://nowhere.example.com/x", is_public=is_public, resolve=unknown)
    assert failed.value.code == "image_unreachable" and not failed.value.permanent
