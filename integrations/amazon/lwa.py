"""Login with Amazon: the three token requests, through Authlib. Access tokens live in memory only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from config.settings import Settings
from integrations import wire
from integrations.amazon.endpoints import lwa
from integrations.amazon.http import DEADLINE_SECONDS, client_options, require_safe, without_secrets
from integrations.errors import ApplicationRefused, AuthorizationLost, IntegrationError

SPARE_SECONDS = 120
MOST_BYTES, MOST_SIGNS = 256 * 1024, 10_000
# Words of OAuth for trouble that passes by itself; Amazon sends some of them with a 400.
PASSING = {"temporarily_unavailable", "server_error", "slow_down", "throttled"}


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


Note = Callable[[int, int, str], None]


def _ask(settings: Settings, application: Application, note: Note | None, **grant: str) -> dict:
    """One token request. `note` is told its HTTP status (0: no answer), milliseconds and error."""
    url = f"{lwa(settings)}/auth/o2/token"
    require_safe(settings, url)
    began, statuses, problem = time.perf_counter(), [0], ""
    try:
        with (
            wire.budget(DEADLINE_SECONDS, MOST_BYTES),
            OAuth2Client(
                application.client_id,
                application.client_secret,
                token_endpoint_auth_method="client_secret_post",
                **client_options(),
            ) as client,
        ):

            def look(response: httpx2.Response) -> httpx2.Response:
                statuses.append(response.status_code)
                if response.status_code not in (200, 400, 401, 403):
                    response.raise_for_status()
                return response

            client.register_compliance_hook("access_token_response", look)
            return _checked(client.fetch_token(url, **grant))
    except OAuthError as error:
        refusal = _refusal(str(error.error))
        problem = refusal.code
        raise refusal from None
    except httpx2.HTTPStatusError as error:
        problem = "token_unavailable"
        raise _unavailable(f"answered {error.response.status_code}") from None
    except (httpx2.HTTPError, ValueError, TypeError, AttributeError, RecursionError) as error:
        problem = "token_unavailable"
        raise _unavailable(f"did not answer ({type(error).__name__})") from None
    finally:
        if note:
            note(statuses[-1], round((time.perf_counter() - began) * 1000), problem)


def _refusal(code: str) -> IntegrationError:
    if code in ("invalid_client", "unauthorized_client"):
        return ApplicationRefused()
    if code == "invalid_grant":
        return AuthorizationLost()
    if code in PASSING:
        return _unavailable(f"answered {code}")
    return IntegrationError("token_refused", f"Amazon refused a token ({without_secrets(code)[:60]}).", permanent=True)


def _unavailable(what: str) -> IntegrationError:
    return IntegrationError("token_unavailable", f"Amazon's token service {what}.", permanent=False)


def _checked(token: Any) -> dict:
    """The answer, if it holds a token that fits into a header. Raises ValueError."""
    access = token.get("access_token")
    if (
        not isinstance(access, str)
        or not 0 < len(access) <= MOST_SIGNS
        or not (access.isascii() and access.isprintable())
    ):
        raise ValueError("no token")
    return token


def _seconds(token: dict) -> float:
    seconds = token.get("expires_in")
    return float(seconds) if isinstance(seconds, int) and 0 < seconds <= 86400 else 3600.0


def refresh(
    settings: Settings, application: Application, refresh_token: str, note: Note | None = None
) -> tuple[str, float]:
    """A new access token and its seconds. Raises AuthorizationLost when the grant was revoked."""
    token = _ask(settings, application, note, grant_type="refresh_token", refresh_token=refresh_token)
    return token["access_token"], _seconds(token)


def exchange_code(
    settings: Settings, application: Application, code: str, redirect_uri: str, note: Note | None = None
) -> tuple[str, str, float]:
    """Refresh token, access token and seconds for an authorization code (five minutes, once)."""
    token = _ask(settings, application, note, grant_type="authorization_code", code=code, redirect_uri=redirect_uri)
    if not isinstance(token.get("refresh_token"), str) or not 0 < len(token["refresh_token"]) <= MOST_SIGNS:
        raise IntegrationError("token_refused", "Amazon answered without a refresh token.", permanent=True)
    return token["refresh_token"], token["access_token"], _seconds(token)
