"""Login with Amazon: the three token requests, through Authlib. Access tokens live in memory only."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from config.settings import Settings
from integrations.amazon.endpoints import lwa
from integrations.amazon.http import TIMEOUT, USER_AGENT, require_safe
from integrations.errors import ApplicationRefused, AuthorizationLost, IntegrationError

SPARE_SECONDS = 120


@dataclass(frozen=True)
class Application:
    """The Amazon application that asks. `repr` hides the secret."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass
class Tokens:
    """Access tokens by store, shared by the threads of one process."""

    _held: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, store: str) -> str | None:
        with self._guard:
            token, until = self._held.get(store, ("", 0.0))
            return token if until > time.monotonic() else None

    def put(self, store: str, token: str, seconds: float) -> None:
        with self._guard:
            self._held[store] = (token, time.monotonic() + max(1.0, seconds - SPARE_SECONDS))

    def drop(self, store: str) -> None:
        with self._guard:
            self._held.pop(store, None)


def _ask(settings: Settings, application: Application, **grant: str) -> dict:
    url = f"{lwa(settings)}/auth/o2/token"
    require_safe(settings, url)
    try:
        with OAuth2Client(
            application.client_id,
            application.client_secret,
            token_endpoint_auth_method="client_secret_post",
            timeout=TIMEOUT,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT},
        ) as client:
            token = client.fetch_token(url, **grant)
    except OAuthError as error:
        if error.error in ("invalid_client", "unauthorized_client"):
            raise ApplicationRefused() from None
        if error.error == "invalid_grant":
            raise AuthorizationLost() from None
        raise IntegrationError("token_refused", f"Amazon refused a token ({error.error}).", permanent=True) from None
    except httpx2.HTTPStatusError as error:
        again = error.response.status_code in (429, 500, 502, 503, 504)
        raise IntegrationError(
            "token_unavailable", f"Amazon's token service answered {error.response.status_code}.", permanent=not again
        ) from None
    except (httpx2.HTTPError, ValueError) as error:
        raise IntegrationError(
            "token_unavailable", f"Amazon's token service did not answer ({type(error).__name__}).", permanent=False
        ) from None
    if not isinstance(token.get("access_token"), str):
        raise IntegrationError("token_unavailable", "Amazon's token service answered without a token.", permanent=False)
    return token


def refresh(settings: Settings, application: Application, refresh_token: str) -> tuple[str, float]:
    """A new access token and its seconds. Raises AuthorizationLost when the grant was revoked."""
    token = _ask(settings, application, grant_type="refresh_token", refresh_token=refresh_token)
    return token["access_token"], float(token.get("expires_in") or 3600)


def exchange_code(settings: Settings, application: Application, code: str, redirect_uri: str) -> tuple[str, str, float]:
    """Refresh token, access token and seconds for an authorization code (five minutes, once)."""
    token = _ask(settings, application, grant_type="authorization_code", code=code, redirect_uri=redirect_uri)
    if not isinstance(token.get("refresh_token"), str):
        raise IntegrationError("token_unavailable", "Amazon answered without a refresh token.", permanent=False)
    return token["refresh_token"], token["access_token"], float(token.get("expires_in") or 3600)
