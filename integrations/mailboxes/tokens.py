"""Access tokens for XOAUTH2 (Google, Microsoft): a refresh token, the application's id and secret, and the provider's token address.

An access token is kept in memory until shortly before it ends. Some providers give a new refresh token with it: it has to be kept.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import httpx2

from config.settings import Settings, is_loopback
from integrations import wire
from integrations.amazon.http import USER_AGENT
from integrations.errors import IntegrationError
from integrations.outside import Outside

TOTAL_SECONDS, MOST_BYTES = 30.0, 256 * 1024
EARLY_SECONDS = 120
PROVIDERS = {
    "google": "https://oauth2.googleapis.com/token",
    "microsoft": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
}


@dataclass(frozen=True)
class Grant:
    """What a person got from the provider."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True)
class Access:
    """`refresh_token` is a new one to keep, or empty."""

    token: str = field(repr=False)
    until: float
    refresh_token: str = field(default="", repr=False)


class Tokens:
    """The access tokens of this process."""

    def __init__(self) -> None:
        self._held: dict[Grant, Access] = {}

    def access(self, settings: Settings, grant: Grant) -> Access:
        """Raises IntegrationError."""
        held = self._held.get(grant)
        if held is not None and held.until > time.monotonic():
            return Access(held.token, held.until)
        self._held = {one: access for one, access in self._held.items() if access.until > time.monotonic()}
        fresh = fetch(settings, grant)
        self._held[grant] = fresh
        if fresh.refresh_token:
            self._held[replace(grant, refresh_token=fresh.refresh_token)] = fresh
        return fresh

    def forget(self, grant: Grant) -> None:
        """The server does not take it."""
        self._held.pop(grant, None)


def fetch(settings: Settings, grant: Grant) -> Access:
    """Asks the provider. Raises IntegrationError: `grant_refused`, `client_refused`, or one that passes."""
    _require_safe(settings, grant.token_url)
    form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token, "client_id": grant.client_id}
    if grant.client_secret:
        form["client_secret"] = grant.client_secret
    status, told = _posted(settings, grant.token_url, form)
    token, seconds = told.get("access_token"), told.get("expires_in")
    if status != 200 or not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise _refused(status, told)
    lasts = seconds if isinstance(seconds, int) and 0 < seconds < 1_000_000 else 600
    renewed = told.get("refresh_token")
    is_new = isinstance(renewed, str) and 0 < len(renewed) < 8000 and renewed != grant.refresh_token
    return Access(token, time.monotonic() + max(lasts - EARLY_SECONDS, 30), str(renewed) if is_new else "")


def _posted(settings: Settings, url: str, form: dict[str, str]) -> tuple[int, dict]:
    backend = Outside(allow_loopback=not settings.is_production)
    try:
        with (
            wire.budget(TOTAL_SECONDS, MOST_BYTES),
            httpx2.Client(transport=wire.Transport(backend), timeout=TOTAL_SECONDS, trust_env=False, follow_redirects=False,
                          headers={"User-Agent": USER_AGENT, "Accept": "application/json"}) as client,
        ):  # fmt: skip
            response = client.post(url, data=form)
            return response.status_code, _object(response.content)
    except httpx2.TimeoutException as error:
        raise IntegrationError("token_unavailable", "The provider did not answer in time.", permanent=False) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        words = f"The provider could not be reached ({type(error).__name__})."
        raise IntegrationError("token_unavailable", words, permanent=False) from error


def _object(content: bytes) -> dict:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _refused(status: int, told: dict) -> IntegrationError:
    said = told.get("error")
    if said == "invalid_grant":
        return IntegrationError("grant_refused", "The provider does not take the refresh token.", permanent=True)
    if said in ("invalid_client", "unauthorized_client"):
        return IntegrationError("client_refused", "The provider does not take the application.", permanent=True)
    if status == 429 or status >= 500 or status == 200:
        return IntegrationError("token_unavailable", f"The provider answered {status}.", permanent=False)
    return IntegrationError("grant_refused", f"The provider answered {status}.", permanent=True)


def _require_safe(settings: Settings, url: str) -> None:
    parts = urlsplit(url)
    is_near = not settings.is_production and parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not (parts.scheme == "https" or is_near) or "@" in parts.netloc:
        raise IntegrationError("unsafe_address", "The token address has to begin with https://.", permanent=True)
