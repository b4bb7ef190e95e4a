"""How a job gets a client for a translator: key unsealed, throttle and call log handed in, trouble in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

from integrations.errors import IntegrationError
from integrations.translators import Translator
from integrations.translators.microsoft_client import MicrosoftClient
from jobs.amazon import settings
from models.stores.rate_bucket import StoreThrottle
from models.support.db import require_no_txn
from models.support.words import Words, say
from models.translation.account import MICROSOFT, TranslatorAccount
from models.translation.call import TranslatorCall

CLIENTS: dict[str, Any] = {MICROSOFT: MicrosoftClient}
PROBLEMS = {
    "key_refused": say(
        "The translator does not accept the key, or not in this region. Copy both anew from its own pages and save them here."
    ),
    "quota_used": say("The translator's quota is used up, or the key may not translate. Look on its own pages."),
    "language_unknown": say("The translator does not know this language."),
    "refused": say("The translator refused what was sent."),
    "carrier_down": say("The translator has trouble on its side. Portolan tries again by itself."),
    "throttled": say("The translator asks for slower calls. Portolan goes on by itself."),
    "own_throttle": say("Our own limit for calls to the translator is used up for now. Portolan goes on by itself."),
    "timeout": say("The translator did not answer in time. Portolan tries again by itself."),
    "unreachable": say(
        "The translator could not be reached. Check the server's network; Portolan tries again by itself."
    ),
    "unreadable": say("The translator's answer could not be read. Portolan tries again by itself."),
    "wrong_count": say(
        "The translator's answer did not have as many texts as were asked for. Portolan tries again by itself."
    ),
    "too_large": say("The translator's answer was too large to read."),
}


@contextmanager
def client_for(account: TranslatorAccount) -> Iterator[GuardedTranslator]:
    """Raises IntegrationError when its key cannot be right."""
    secret = account.open_secret()
    client = CLIENTS[account.kind](
        settings(), key=secret, region=account.region, throttle=StoreThrottle(_bucket(account, secret)),
        log=lambda call: TranslatorCall.write(account, call), sleep=lambda seconds: sleep(seconds),
    )  # fmt: skip
    with client:
        yield GuardedTranslator(client, account)


def _bucket(account: TranslatorAccount, secret: str) -> str:
    """Accounts with one key share one bucket: the translator counts by the key."""
    return f"translator:{hashlib.sha256(f'{account.kind} {secret}'.encode()).hexdigest()[:32]}"


class GuardedTranslator:
    """The client, in calls as large as it takes; each counted, and none while a transaction is open."""

    def __init__(self, client: Translator, account: TranslatorAccount):
        self._client, self._account = client, account

    def translate(self, texts: list[str], source: str, target: str) -> list[str]:
        """Raises IntegrationError; `budget_used` when the month's characters do not suffice."""
        if not self._account.may_send(sum(map(len, texts))):
            raise IntegrationError("budget_used", "The month's characters are used up.", permanent=True)
        answers: list[str] = []
        for batch in self._batches(texts):
            require_no_txn("A translator was asked")
            self._account.count(sum(map(len, batch)))
            answers += self._client.translate(batch, source, target)
        return answers

    def _batches(self, texts: list[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        for text in texts:
            is_full = len(batch) == self._client.most_texts
            if batch and (is_full or sum(map(len, batch)) + len(text) > self._client.most_characters):
                yield batch
                batch = []
            batch.append(text)
        if batch:
            yield batch


def problem_words(error: IntegrationError) -> Words:
    return PROBLEMS.get(error.code) or say("The translator says: %(message)s", message=error.message)


def note_trouble(account: TranslatorAccount, error: IntegrationError) -> None:
    """What only a person can mend stops the account; the rest gives it a while."""
    if error.code in ("key_refused", "unsafe_address"):
        account.refuse(problem_words(error))
    else:
        account.fail(problem_words(error), seconds=error.retry_after)
