"""Where the client may call: Amazon over TLS, or loopback outside production. Nothing of the environment leads elsewhere."""

from __future__ import annotations

import socket
import ssl
import subprocess
from dataclasses import replace

import pytest

from integrations import wire
from integrations.amazon import endpoints
from integrations.amazon.http import make_client, require_safe, send
from integrations.amazon.schemas import fetch_schema
from integrations.errors import IntegrationError
from tests.integrations.rogue import Rogue, said

FOREIGN = [
    "http://sellingpartnerapi-eu.amazon.com",
    "https://sellingpartnerapi-eu.amazon.com.evil.example",
    "https://evilamazon.com",
    "https://amazon.com@evil.example/",
    "https://sellingpartnerapi-eu.amazon.com@evil.example",
    "https://user:word@sellingpartnerapi-eu.amazon.com",
    "https://sellingpartnerapi-eu.amazon.com:8443",
    "https://evil.example/sellingpartnerapi-eu.amazon.com",
    "https://s3.amazonaws.com.evil.example/x",
    "https://evil-amazonaws.com/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "ftp://amazon.com/x",
    "file:///etc/passwd",
    "//amazon.com/x",
    "https://[::1",
    "https://amazon.com:99999/",
    "",
]


@pytest.mark.parametrize("url", [*FOREIGN, "http://127.0.0.1:9/x", "https://localhost/x", "http://[::1]/x"])
def test_production_refuses_every_address_that_is_not_amazons(bare, url):
    with pytest.raises(IntegrationError) as refused:
        require_safe(replace(bare, mode="production"), url)
    assert refused.value.code == "unsafe_address" and refused.value.permanent


@pytest.mark.parametrize("url", FOREIGN)
def test_the_sandbox_mode_adds_loopback_and_nothing_else(bare, url):
    with pytest.raises(IntegrationError):
        require_safe(bare, url)
    require_safe(bare, "http://127.0.0.1:4000/x")


@pytest.mark.parametrize(
    "url",
    ["https://sellingpartnerapi-eu.amazon.com/x", "https://api.amazon.com/auth/o2/token", "https://api.amazon.co.uk/x",
     "https://selling-partner-definitions-prod-iad.s3.amazonaws.com/x?X-Amz-Signature=1"],
)  # fmt: skip
def test_amazons_own_addresses_are_called_in_production(bare, url):
    require_safe(replace(bare, mode="production"), url)


def test_production_ignores_the_addresses_of_the_sandbox(bare):
    settings = replace(bare, mode="production", amazon_url="http://127.0.0.1:1", lwa_url="http://127.0.0.1:1")
    assert endpoints.selling_partner(settings, "eu") == "https://sellingpartnerapi-eu.amazon.com"
    assert endpoints.lwa(settings) == "https://api.amazon.com"


def test_a_client_for_a_foreign_address_is_not_even_made(line_to):
    with pytest.raises(IntegrationError):
        line_to("https://evil.example")


def test_a_schema_is_fetched_without_a_token_and_from_amazon_only(bare, rogue):
    with pytest.raises(IntegrationError) as refused:
        fetch_schema(bare, "http://192.168.1.1/schema", "")
    assert refused.value.code == "unsafe_address"
    rogue.script = lambda _request: said(200, b'{"type": "object"}')
    assert fetch_schema(bare, f"{rogue.url}/documents/x", "") == '{"type": "object"}'
    assert "x-amz-access-token" not in rogue.requests[0].headers


@pytest.mark.parametrize("body", [b"", b"[]", b'{"a"', b"<html>", b"[" * 100_000])
def test_a_schema_that_is_no_json_object_is_not_kept(bare, rogue, body):
    rogue.script = lambda _request: said(200, body)
    with pytest.raises(IntegrationError) as failed:
        fetch_schema(bare, f"{rogue.url}/documents/x", "")
    assert failed.value.code == "unreadable" and not failed.value.permanent


def test_a_schema_that_does_not_fit_its_checksum_is_not_kept(bare, rogue):
    rogue.script = lambda _request: said(200, b"{}")
    with pytest.raises(IntegrationError, match="checksum"):
        fetch_schema(bare, f"{rogue.url}/documents/x", "AAAA")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
def test_proxies_of_the_environment_are_not_used(line, rogue, monkeypatch, name):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.05)
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        rogue.script = lambda _request: said(200, {"payload": []})
        line.call()
        with pytest.raises(TimeoutError):
            proxy.accept()
    assert len(rogue.asked("/sellers")) == 1 and len(rogue.asked("/auth")) == 1


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate nobody vouches for, for localhost."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2", "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost"]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed, so TLS was not tested.")
    return folder


@pytest.fixture
def tls_rogue(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = Rogue(context)
    yield server
    server.close()


def test_a_certificate_nobody_vouches_for_is_refused_and_no_token_is_sent(line_to, tls_rogue):
    line = line_to(tls_rogue.url)
    with pytest.raises(IntegrationError) as failed:
        line.call()
    assert failed.value.code == "token_unavailable" and not tls_rogue.requests
    with make_client() as client, pytest.raises(IntegrationError) as failed:
        send(client, "GET", tls_rogue.url, headers={"x-amz-access-token": "Atza|canary"})
    assert failed.value.code == "unreachable" and not tls_rogue.requests


def test_a_certificate_for_another_name_is_refused(certificate, tls_rogue, monkeypatch):
    trusting = wire.httpx2.create_ssl_context(trust_env=False)
    trusting.load_verify_locations(certificate / "cert.pem")
    monkeypatch.setattr(wire, "trust", lambda: trusting)
    with make_client() as client:
        assert send(client, "GET", tls_rogue.url.replace("127.0.0.1", "localhost"))[0].status_code == 200
        with pytest.raises(IntegrationError):
            send(client, "GET", tls_rogue.url)
    assert len(tls_rogue.requests) == 1


def test_tls_begins_with_version_1_2():
    assert wire.trust().minimum_version == ssl.TLSVersion.TLSv1_2
    assert wire.trust().verify_mode == ssl.CERT_REQUIRED and wire.trust().check_hostname
