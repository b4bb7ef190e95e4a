"""Login with Amazon: the token endpoint. An authorization code lives five minutes and works once; a refresh token works
until the seller revokes it; an access token works for an hour of the sandbox's clock."""

from __future__ import annotations

from typing import Any

from sandbox.amazon import seal
from sandbox.amazon.clock import HOUR
from sandbox.amazon.identifiers import digest
from sandbox.amazon.records import Account, Application, Grant
from sandbox.amazon.world import World

LIFE = HOUR
SCOPES = (
    "sellingpartnerapi::notifications",
    "sellingpartnerapi::client_credential:rotation",
    "sellingpartnerapi::migration",
)
NOT_GRANTED = "The request has an invalid grant parameter : {}. User may have revoked or didn't grant the permission."


class Refusal(Exception):
    def __init__(self, status: int, error: str, description: str):
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


def answer(world: World, form: dict[str, str], basic: tuple[str, str] | None, now: int) -> dict[str, Any]:
    """The tokens for one request. Raises Refusal."""
    grant_type = _need(form, "grant_type")
    issue = {
        "authorization_code": _by_code,
        "refresh_token": _by_refresh_token,
        "client_credentials": _by_credentials,
    }.get(grant_type)
    if issue is None:
        raise Refusal(
            400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server"
        )
    application = _client(world, form, basic)
    return issue(world, application, form, now)


def bearer(world: World, token: str, now: int) -> tuple[Application, Account, str] | str:
    """Whom an access token speaks for, or Amazon's words for why it does not."""
    content = seal.unseal(world.seed, "access", token.removeprefix("Atza|")) if token.startswith("Atza|") else None
    if content is None or token in world.refused_tokens:
        return "The access token you provided is revoked, malformed or invalid."
    if content["expires_at"] <= now:
        return "The access token you provided has expired."
    application = world.applications.get(content["client_id"])
    grant = next((g for g in world.grants if digest(g.refresh_token) == content.get("grant")), None)
    if application is None or grant is None or grant.revoked:
        return "The access token you provided is revoked, malformed or invalid."
    account = world.accounts.get(grant.seller_id)
    if account is None:
        return "The access token you provided is revoked, malformed or invalid."
    return application, account, token


def _by_code(world: World, application: Application, form: dict[str, str], now: int) -> dict[str, Any]:
    code = world.codes.get(_need(form, "code"))
    redirect_uri = _need(form, "redirect_uri")
    if code is None or code.used or code.expires_at <= now or code.client_id != application.client_id:
        raise Refusal(400, "invalid_grant", NOT_GRANTED.format("code"))
    if code.redirect_uri != redirect_uri:
        raise Refusal(400, "invalid_grant", NOT_GRANTED.format("redirect_uri"))
    code.used = True
    world.codes.put(code)
    return _tokens(world, application, world.grant(application.client_id, code.seller_id), now)


def _by_refresh_token(world: World, application: Application, form: dict[str, str], now: int) -> dict[str, Any]:
    grant = world.grants.get(_need(form, "refresh_token"))
    if grant is None or grant.revoked or grant.client_id != application.client_id:
        raise Refusal(400, "invalid_grant", NOT_GRANTED.format("refresh_token"))
    return _tokens(world, application, grant, now)


def _by_credentials(world: World, application: Application, form: dict[str, str], now: int) -> dict[str, Any]:
    scope = _need(form, "scope")
    if scope not in SCOPES:
        raise Refusal(400, "invalid_scope", "The request has an invalid parameter : scope")
    return {
        "access_token": _access_token(world, application, now, scope=scope),
        "token_type": "bearer",
        "expires_in": LIFE,
    }


def _tokens(world: World, application: Application, grant: Grant, now: int) -> dict[str, Any]:
    return {
        "access_token": _access_token(world, application, now, grant=digest(grant.refresh_token)),
        "token_type": "bearer",
        "expires_in": LIFE,
        "refresh_token": grant.refresh_token,
    }


def _access_token(world: World, application: Application, now: int, **whose: str) -> str:
    content = {
        "client_id": application.client_id,
        "expires_at": now + LIFE,
        "number": world.count("access token"),
        **whose,
    }
    return "Atza|" + seal.seal(world.seed, "access", content)


def _client(world: World, form: dict[str, str], basic: tuple[str, str] | None) -> Application:
    client_id, secret = basic or (_need(form, "client_id"), _need(form, "client_secret"))
    application = world.applications.get(client_id)
    if application is None or application.client_secret != secret:
        raise Refusal(401, "invalid_client", "Client authentication failed")
    return application


def _need(form: dict[str, str], name: str) -> str:
    if not form.get(name):
        raise Refusal(400, "invalid_request", f"The request is missing a required parameter : {name}")
    return form[name]
