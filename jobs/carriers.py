"""How a job gets a client for a tracking service or a carrier: secret unsealed, throttle and call log handed in, trouble in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

from integrations.carriers import Provider
from integrations.carriers.seventeen_client import SeventeenClient
from integrations.carriers.yunexpress_client import YunExpressClient
from integrations.errors import IntegrationError
from jobs.amazon import settings
from models.shipping.tracking_account import SEVENTEEN, TrackingAccount
from models.shipping.tracking_call import TrackingCall
from models.stores.rate_bucket import StoreThrottle
from models.support.db import require_no_txn
from models.support.words import Words, say

PROBLEMS = {
    "key_refused": say(
        "The service does not accept the key. Copy it anew from the service's own pages and save it here."
    ),
    "address_refused": say(
        "The service accepts calls from other addresses only. Add this server's address on the service's own pages."
    ),
    "unsafe_address": say(
        "The service's address is not one on the public internet that begins with https://. Correct it."
    ),
    "carrier_down": say("The service has trouble on its side. Portolan tries again by itself."),
    "throttled": say("The service asks for slower calls. Portolan goes on by itself."),
    "own_throttle": say("Our own limit for calls to the service is used up for now. Portolan goes on by itself."),
    "timeout": say("The service did not answer in time. Portolan tries again by itself."),
    "unreachable": say("The service could not be reached. Check the server's network; Portolan tries again by itself."),
    "unreadable": say("The service's answer could not be read. Portolan tries again by itself."),
    "too_large": say("The service's answer was too large to read. Portolan tries again by itself."),
    "daily_limit": say(
        "The service takes no more new numbers today. Portolan tries again every hour; what it follows already goes on."
    ),
    "quota_used": say(
        "The service's quota for new numbers is used up. Top it up on the service's own pages, then press “Try it now”."
    ),
}


@contextmanager
def client_for(account: TrackingAccount) -> Iterator[GuardedCarrier]:
    """A client for an account that asks somebody. Raises IntegrationError when its address or key cannot be right."""
    secret = account.open_secret()
    ours: dict[str, Any] = {
        "throttle": StoreThrottle(_bucket(account, secret)),
        "log": lambda call: TrackingCall.write(account, call),
        "sleep": lambda seconds: sleep(seconds),
    }
    if account.kind == SEVENTEEN:
        client: Any = SeventeenClient(settings(), key=secret, **ours)
    else:
        client = YunExpressClient(settings(), base=account.base_url, code=account.code, secret=secret, **ours)
    with client:
        yield GuardedCarrier(client)


def _bucket(account: TrackingAccount, secret: str) -> str:
    """Accounts with one key share one bucket: the service counts by the key."""
    told = f"{account.kind} {account.base_url} {account.code} {secret}"
    return f"tracking:{hashlib.sha256(told.encode()).hexdigest()[:32]}"


class GuardedCarrier:
    """The client, refusing to call while a transaction is open."""

    def __init__(self, client: Provider):
        self._client = client

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or name == "parse_webhook":
            return found

        def guarded(*args: Any, **options: Any) -> Any:
            require_no_txn(f"{name} was called")
            return found(*args, **options)

        return guarded


def problem_words(error: IntegrationError) -> Words:
    """What a person reads about a call that failed as a whole."""
    return PROBLEMS.get(error.code) or say("The service says: %(message)s", message=error.message)


def note_trouble(account: TrackingAccount, error: IntegrationError) -> None:
    """What only a person can mend stops the account; the rest gives it a while."""
    if error.code in ("key_refused", "address_refused", "unsafe_address"):
        account.refuse(problem_words(error))
    else:
        account.fail(problem_words(error), seconds=error.retry_after)
