"""How a job gets a client for a store: credentials unsealed, throttle and call log handed in, trouble put in words."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from config.settings import Settings, read_settings
from integrations.amazon.client import AmazonClient, Call
from integrations.amazon.lwa import Application, Tokens
from integrations.errors import AuthorizationLost, IntegrationError
from models.stores.call_log import CallLog
from models.stores.problems import PROBLEMS
from models.stores.rate_bucket import StoreThrottle
from models.stores.store import Authorization, Store
from models.support.db import require_no_txn
from models.support.errors import Refused
from models.support.words import Words, say

_settings: Settings | None = None
TOKENS = Tokens()


def use_settings(settings: Settings) -> None:
    """Hands in the settings of this process, once at its start."""
    global _settings
    _settings = settings


def settings() -> Settings:
    return _settings or read_settings()


@contextmanager
def client_for(store: Store) -> Iterator[GuardedClient]:
    """A client for the store's authorization. Raises Refused when the store has none (any more)."""
    authorization = store.authorization
    if authorization is None:
        raise Refused("This store has no authorization.")
    client_id, client_secret, refresh_token, _code = authorization.secrets()
    if not refresh_token:
        raise Refused("This store has no authorization.")
    with AmazonClient(
        settings(),
        store=f"{store.uid}:{fingerprint(client_id, refresh_token)}",
        region=store.region,
        application=Application(client_id, client_secret),
        refresh_token=refresh_token,
        tokens=TOKENS,
        throttle=StoreThrottle(str(store.uid)),
        log=lambda call: CallLog.write(store, call),
        sleep=time.sleep,
    ) as client:
        yield GuardedClient(client, authorization)


def fingerprint(client_id: str, refresh_token: str) -> str:
    """Names an authorization in the cache of access tokens, so that a new one never speaks with the old one's token."""
    return hashlib.sha256(f"{client_id} {refresh_token}".encode()).hexdigest()


def note_token(store: Store) -> Callable[[int, int, str], None]:
    """Puts a token request into the call log."""
    return lambda status, ms, error: CallLog.write(store, Call("token", "POST", status, ms, 1, "", None, error))


class GuardedClient:
    """The client, refusing to call while a transaction is open."""

    def __init__(self, client: AmazonClient, authorization: Authorization):
        self._client, self.authorization = client, authorization

    def call(self, name: str, **options: Any) -> Any:
        require_no_txn(f"{name} was called")
        return self._client.call(name, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def problem_words(error: IntegrationError) -> Words:
    """What a person reads about a failure; Amazon's own sentence where the failure is about what was sent."""
    if error.code in PROBLEMS:
        return PROBLEMS[error.code]
    if error.code == "denied":
        return say(
            "Amazon denies this: %(message)s Check the application's roles and the seller id.", message=error.message
        )
    return say("Amazon says: %(message)s", message=error.message)


def note_trouble(store: Store, error: IntegrationError) -> None:
    """A lost authorization stops the store's jobs until it is given again."""
    if isinstance(error, AuthorizationLost):
        store.lose_authorization(error.code)


__all__ = ["Call", "GuardedClient", "client_for", "note_trouble", "problem_words", "use_settings"]
