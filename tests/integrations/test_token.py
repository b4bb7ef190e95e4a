"""Login with Amazon: what a refusal means, and what never gets in as a token."""

from __future__ import annotations

import pytest

from integrations.amazon import lwa
from integrations.amazon.lwa import Application, Tokens
from integrations.errors import ApplicationRefused, AuthorizationLost, IntegrationError
from tests.integrations.rogue import ACCESS, said
from tests.stores.selling import CLIENT_ID, CLIENT_SECRET


@pytest.fixture
def ask(bare, rogue):
    """`ask(answer)`: a refresh that gets this answer. `ask.notes` are the lines it leaves."""
    from dataclasses import replace

    settings = replace(bare, lwa_url=rogue.url)
    notes = []

    def refresh(answer: bytes):
        rogue.login = lambda _request: answer
        return lwa.refresh(settings, Application(CLIENT_ID, CLIENT_SECRET), "Atzr|r", lambda *note: notes.append(note))

    refresh.notes = notes
    return refresh


def test_the_request_is_the_one_amazon_documents(ask, rogue):
    assert ask(said(200, {"access_token": ACCESS, "token_type": "bearer", "expires_in": 3600})) == (ACCESS, 3600.0)
    request = rogue.requests[0]
    assert (request.method, request.target) == ("POST", "/auth/o2/token")
    assert request.headers["content-type"].startswith("application/x-www-form-urlencoded")
    fields = dict(pair.split("=") for pair in request.body.decode().split("&"))
    assert set(fields) == {"grant_type", "refresh_token", "client_id", "client_secret"}
    assert fields["grant_type"] == "refresh_token" and fields["refresh_token"] == "Atzr%7Cr"
    assert "authorization" not in request.headers
    assert ask.notes[0][0] == 200 and ask.notes[0][2] == ""


@pytest.mark.parametrize(
    ("status", "error", "kind", "code", "permanent"),
    [
        (400, "invalid_grant", AuthorizationLost, "authorization_lost", True),
        (401, "invalid_client", ApplicationRefused, "application_refused", True),
        (400, "unauthorized_client", ApplicationRefused, "application_refused", True),
        (400, "invalid_request", IntegrationError, "token_refused", True),
        (400, "unsupported_grant_type", IntegrationError, "token_refused", True),
        (400, "temporarily_unavailable", IntegrationError, "token_unavailable", False),
        (429, "slow_down", IntegrationError, "token_unavailable", False),
        (500, "server_error", IntegrationError, "token_unavailable", False),
        (503, "invalid_grant", IntegrationError, "token_unavailable", False),
    ],
)
def test_each_refusal_has_its_meaning(ask, status, error, kind, code, permanent):
    with pytest.raises(kind) as refused:
        ask(said(status, {"error": error, "error_description": "x", "error_index": "1", "request_id": "y"}))
    assert (refused.value.code, refused.value.permanent) == (code, permanent)
    assert refused.value.concerns_everything
    assert ask.notes[0][0] == status and ask.notes[0][2] == code


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'"x"', b"null", b"7", b"{}", b'{"access_token": 5}', b'{"access_token": ""}', b"[" * 100_000,
     b'{"access_token": "a\\nb"}', b'{"access_token": "\\u00e4"}', b'{"access_token": "' + b"a" * 20_000 + b'"}',
     b'{"access_token": "Atza|x", "expires_in": "soon"}'],
    ids=lambda body: body[:22].decode(),
)  # fmt: skip
def test_what_is_no_token_is_trouble_that_passes(ask, body):
    with pytest.raises(IntegrationError) as failed:
        ask(said(200, body))
    assert failed.value.code == "token_unavailable" and not failed.value.permanent


@pytest.mark.parametrize("expires", [None, -5, 0, True, 1e99, "3600"])
def test_a_lifetime_that_makes_no_sense_is_an_hour(ask, expires):
    assert ask(said(200, {"access_token": ACCESS, "expires_in": expires}))[1] in (3600.0, 1.0)


def test_a_huge_or_slow_answer_is_given_up(ask, rogue, monkeypatch):
    with pytest.raises(IntegrationError):
        ask(said(200, b'{"access_token": "' + b"a" * (lwa.MOST_BYTES + 10) + b'"}'))
    monkeypatch.setattr(lwa, "DEADLINE_SECONDS", 0.3)
    with pytest.raises(IntegrationError) as failed:
        ask(iter([10]))  # type: ignore[arg-type]
    assert failed.value.code == "token_unavailable"


def test_a_code_is_exchanged_with_its_redirect_address(bare, rogue):
    from dataclasses import replace

    settings = replace(bare, lwa_url=rogue.url)
    rogue.login = lambda _request: said(200, {"access_token": ACCESS, "refresh_token": "Atzr|new", "expires_in": 60})
    token = lwa.exchange_code(
        settings, Application(CLIENT_ID, CLIENT_SECRET), "RHcode", "https://erp.example/stores/consent"
    )
    assert token == ("Atzr|new", ACCESS, 60.0)
    assert b"grant_type=authorization_code" in rogue.requests[0].body and b"code=RHcode" in rogue.requests[0].body
    rogue.login = lambda _request: said(200, {"access_token": ACCESS})
    with pytest.raises(IntegrationError) as refused:
        lwa.exchange_code(
            settings, Application(CLIENT_ID, CLIENT_SECRET), "RHcode", "https://erp.example/stores/consent"
        )
    assert refused.value.permanent  # The code is spent; asking again cannot help.


def test_the_secret_is_not_in_any_error_or_repr(ask):
    with pytest.raises(IntegrationError) as refused:
        ask(said(400, {"error": "invalid_request Atzr|r", "error_description": "Atzr|r"}))
    text = repr(refused.value) + str(refused.value) + repr(refused.value.details)
    assert "Atzr|r" not in text and CLIENT_SECRET not in text
    assert CLIENT_SECRET not in repr(Application(CLIENT_ID, CLIENT_SECRET))


def test_access_tokens_live_in_memory_and_are_renewed_two_minutes_early(monkeypatch):
    import time

    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    tokens = Tokens()
    tokens.put("store", ACCESS, 3600)
    now[0] += 3479
    assert tokens.get("store") == ACCESS and tokens.get("other") is None
    now[0] += 2
    assert tokens.get("store") is None
    assert ACCESS not in repr(tokens)
